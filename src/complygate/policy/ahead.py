"""The built-in rules, read ahead of time.

Reading and checking some hundred rule files takes longer than judging a manifest, and the built-in ones
are the same at every start. So a build writes down what it read, beside this module: the data of each file
without its examples, under a digest of all that it comes from. Where the digest does not fit, because a
rule or the reader was changed, or where the record is missing or damaged, the files are read as any others
are. The record decides how long loading takes, never what is loaded; it stands with the program's code,
where no scanned tree reaches.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complygate import __version__
from complygate.policy.files import File, Mistakes, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.tree import Tree

RECORD = Path(__file__).with_name("built_in.json")
"""Where a build leaves the record."""

_PACKAGE = Path(__file__).parents[1]
_READERS = ("policy/*.py", "policy/schemas/*.json", "syntax/*.py")
"""What turns a file into data: a change of it makes the record stale."""
_EXAMPLES = "examples"


class Ahead(File):
    """A rule file whose data is known; the file itself is read when somebody asks for more."""

    def __init__(self, path: Path, shown: str, name: str, head: dict[str, Any]) -> None:
        # The base class would set `tree` and `text`; here they are computed on first use.
        object.__setattr__(self, "shown", shown)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "_path", path)
        object.__setattr__(self, "_head", head)

    @property
    def data(self) -> dict[str, Any]:
        """The file's map, without the examples."""
        head: dict[str, Any] = self.__dict__["_head"]
        return head

    @cached_property
    def _file(self) -> File:
        mistakes = Mistakes()
        file = read(self.__dict__["_path"], self.shown, self.name, "rule", mistakes)
        mistakes.stop()
        assert file is not None  # noqa: S101 - there would be mistakes
        return file

    @property
    def tree(self) -> Tree:
        """Data and places of the whole file."""
        return self._file.tree

    @property
    def text(self) -> str:
        """The text itself."""
        return self._file.text


def rules(root: Path, shown: str, record: Path = RECORD) -> list[Ahead] | None:
    """Return the rule files of the built-in set at `root` in order of path, or None without a fitting record.

    Args:
        root: the set's folder.
        shown: how messages name the set.
        record: where the record stands.
    """
    try:
        digest, _, text = record.read_text("utf-8").partition("\n")
        if digest != _digest(root, text):
            return None
        heads = json.loads(text)
    except (OSError, ValueError):
        return None
    folder = root / "rules"
    return [Ahead(folder / f"{name}.yaml", f"{shown}/rules/{name}.yaml", name, h) for name, h in heads]


def write(root: Path, files: list[File], record: Path = RECORD) -> None:
    """Write the record of the built-in set at `root`, whose rule `files` were read and are right."""
    heads = [[f.name, {key: value for key, value in f.data.items() if key != _EXAMPLES}] for f in files]
    text = json.dumps(heads, ensure_ascii=True, separators=(",", ":"))
    record.write_text(f"{_digest(root, text)}\n{text}", encoding="utf-8", newline="\n")


def _digest(root: Path, text: str) -> str:
    """Return the digest of a record's text and of everything that it was made from."""
    found = hashlib.sha256(f"{__version__}\0{text}\0".encode())
    for base, path in _sources(root):
        content = path.read_bytes()
        found.update(f"{path.relative_to(base).as_posix()}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def _sources(root: Path) -> Iterator[tuple[Path, Path]]:
    """Yield what a record is made from: a folder, and a file below it."""
    for pattern in _READERS:
        yield from ((_PACKAGE, path) for path in sorted(_PACKAGE.glob(pattern)))
    for current, folders, names in os.walk(root / "rules"):
        folders.sort()
        yield from ((root, Path(current, name)) for name in sorted(names))
