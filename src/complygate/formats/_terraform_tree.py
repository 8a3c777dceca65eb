"""Module folders of the tree: what each declares, who calls whom, and which are roots."""

from __future__ import annotations

import posixpath
import re
from dataclasses import field
from typing import TYPE_CHECKING

from complygate.syntax import hcl_nodes as hcl
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from complygate.model.source import Files

_EXAMPLE_PARTS = frozenset(
    {"example", "examples", "test", "tests", "testing", "testdata", "fixtures", "e2e", "wrappers", "samples"}
)
_RESOURCE_LABELS = 2
_MAX_TEMPLATE = 1 << 20


@dataclass(frozen=True, slots=True)
class Placed:
    """A top-level block and the file that it stands in."""

    block: hcl.Block
    path: str


@dataclass(slots=True)
class Folder:
    """What the files of one folder declare together: a module.

    Attributes:
        path: the folder, relative to the scanned root.
        blocks: every top-level block that gives documents, in order of file and place.
        variables, outputs, calls: by name.
        locals: their expressions, by name.
        resources: by mode ("resource" or "data"), type and name.
        tfvars: values that Terraform loads by itself when it runs in this folder.
        broken: files that cannot be read in full.
        broken_values: a file of values that cannot be read, or "".
        texts: the text of each file, by path.
        value_files: the files of `tfvars`, in the order in which they count.
        file_calls: the calls of functions that read files, and where they stand, once they are looked for.
    """

    path: str
    blocks: list[Placed] = field(default_factory=list)
    variables: dict[str, Placed] = field(default_factory=dict)
    outputs: dict[str, Placed] = field(default_factory=dict)
    calls: dict[str, Placed] = field(default_factory=dict)
    locals: dict[str, hcl.Expression] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], Placed] = field(default_factory=dict)
    tfvars: dict[str, hcl.Expression] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    broken_values: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    value_files: list[str] = field(default_factory=list)
    file_calls: list[tuple[str, hcl.Call]] | None = None

    def add(self, block: hcl.Block, path: str) -> None:
        """Take in one top-level block of the file `path`."""
        placed = Placed(block, path)
        self.blocks.append(placed)
        if block.type == "locals":
            for name, attribute in block.attributes.items():
                self.locals.setdefault(name, attribute.expression)
        elif block.type in ("resource", "data") and len(block.labels) == _RESOURCE_LABELS:
            self.resources.setdefault((block.type, *block.labels), placed)  # type: ignore[arg-type]  # two labels
        elif block.labels:
            by_name = {"variable": self.variables, "output": self.outputs, "module": self.calls}.get(
                block.type
            )
            if by_name is not None:
                by_name.setdefault(block.labels[0], placed)


class Forest:
    """All module folders of the scanned tree."""

    def __init__(self, folders: Mapping[str, Folder], files: Files) -> None:
        self.folders = folders
        self.readable = files.paths
        self.root = files.root
        self._templates: dict[str, bool] = {}

    def target(self, call: Placed) -> Folder | None:
        """Return the folder that a module call leads to, or None when it is not in the tree."""
        source = local_source(call.block)
        if source is None:
            return None
        path = normal(posixpath.join(posixpath.dirname(call.path), source))
        return None if path is None else self.folders.get(path)

    def inside(self, base: str, path: str) -> str | None:
        """Return `path`, as seen from the folder `base`, relative to the scanned root; None if outside."""
        return None if path.startswith(("/", "~")) else normal(posixpath.join(base, path))

    def plain_template(self, path: str) -> bool:
        """Tell whether a template of the tree can be read and reads no file itself."""
        if path not in self._templates:
            try:
                text = (self.root / path).read_bytes()[:_MAX_TEMPLATE]
            except OSError:
                text = b"file("
            self._templates[path] = re.search(rb"file\w*\s*\(", text) is None and len(text) < _MAX_TEMPLATE
        return self._templates[path]

    # -- roots -------------------------------------------------------------------------------------

    def roots(self) -> list[str]:
        """Return the folders that are judged as they stand, in order of path.

        A folder is a root when no module calls it, calls from examples, tests and from below itself apart:
        the module at the root of a repository is judged as written, not once for each of its examples.
        """
        called = {
            target
            for caller, target in self.calls()
            if not (is_example(caller) and not is_example(target)) and not _below(caller, target)
        }
        return [path for path in sorted(self.folders) if path not in called and self.folders[path].blocks]

    def calls(self) -> Iterable[tuple[str, str]]:
        """Yield caller and target of every module call inside the tree."""
        for path in sorted(self.folders):
            for call in self.folders[path].calls.values():
                target = self.target(call)
                if target is not None and target.path != path:
                    yield path, target.path


def local_source(block: hcl.Block) -> str | None:
    """Return a module call's `source` when it is a path in the tree, else None."""
    attribute = block.attributes.get("source")
    value = (
        attribute.expression.value if attribute and isinstance(attribute.expression, hcl.Literal) else None
    )
    return value if isinstance(value, str) and value.startswith(("./", "../")) else None


def normal(path: str) -> str | None:
    """Return a relative path without "." and "..", or None when it leads out of the tree."""
    short = posixpath.normpath(path)
    if short == ".":
        return ""
    return None if short == ".." or short.startswith(("../", "/")) else short


def is_example(path: str) -> bool:
    """Tell whether a folder holds an example or a test rather than what is run."""
    return not _EXAMPLE_PARTS.isdisjoint(path.split("/"))


def _below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")
