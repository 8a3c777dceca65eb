"""The built-in rules, controls and policies, read ahead of time.

Reading and checking some hundred files takes longer than judging a manifest, and the built-in ones are the
same at every start. So a build writes down what it read, beside this module: the data of each file without
what no scan asks for, under a digest of all that it comes from. Where the digest does not fit, because a rule
or the reader was changed, or where the record is missing or damaged, the files are read as any others are.
The record decides how long loading takes, never what is loaded; it stands with the program's code, where no
scanned tree reaches.
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
    from collections.abc import Iterable, Iterator, Mapping

    from complygate.model.tree import Tree

RECORD = Path(__file__).with_name("built_in.json")
"""Where a build leaves the record."""

_PACKAGE = Path(__file__).parents[1]
_READERS = (("policy", ".py"), ("policy/schemas", ".json"), ("syntax", ".py"))
"""What turns a file into data: a change of it makes the record stale."""
LATER = frozenset({"examples", "differs", "equivalent"})
"""Keys that are read from the file itself when somebody asks."""
FOLDERS = {"rules": "rule", "controls": "control", "policies": "policy"}
"""The folders of a set whose files are read ahead, each with the schema of its files."""
MANIFEST = "policyset"
"""The file beside those folders, which is read ahead too; its schema has the same name."""


class Ahead(File):
    """A file whose data is known; the file itself is read when somebody asks for more.

    That is for places and texts, mostly of one policy. The record holds only of right files, so that the file
    is not held against its schema again.
    """

    def __init__(self, path: Path, shown: str, name: str, head: dict[str, Any]) -> None:
        # The base class would set `tree` and `text`; here they are computed on first use.
        object.__setattr__(self, "shown", shown)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "_path", path)
        object.__setattr__(self, "_head", head)

    @property
    def data(self) -> dict[str, Any]:
        """The file's map, without what is read later."""
        head: dict[str, Any] = self.__dict__["_head"]
        return head

    @cached_property
    def _file(self) -> File:
        mistakes = Mistakes()
        file = read(self.__dict__["_path"], self.shown, self.name, None, mistakes)
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


def known(root: Path, shown: str, record: Path = RECORD) -> dict[str, list[Ahead]] | None:
    """Return the files of the built-in set at `root` in order of path, or None without a fitting record.

    Args:
        root: the set's folder.
        shown: how messages name the set.
        record: where the record stands.

    Returns:
        The files, by the folder of `FOLDERS` that they stand in, or `MANIFEST`.
    """
    try:
        digest, _, text = record.read_text("utf-8").partition("\n")
        if digest != _digest(root, text):
            return None
        heads = json.loads(text)
    except (OSError, ValueError):
        return None
    return {
        group: [_ahead(root, shown, group, *entry) for entry in entries] for group, entries in heads.items()
    }


def _ahead(root: Path, shown: str, group: str, name: str, head: dict[str, Any]) -> Ahead:
    below = f"{name}.yaml" if group == MANIFEST else f"{group}/{name}.yaml"
    return Ahead(root / below, f"{shown}/{below}", name, head)


def write(root: Path, files: Mapping[str, Iterable[File]], record: Path = RECORD) -> None:
    """Write the record of the built-in set at `root`, whose `files` were read and are right.

    Args:
        root: the set's folder.
        files: its files, by the folder of `FOLDERS` that they stand in, or `MANIFEST`.
        record: where the record goes.
    """
    heads = {group: [[file.name, _head(file)] for file in found] for group, found in files.items()}
    text = json.dumps(heads, ensure_ascii=True, separators=(",", ":"))
    record.write_text(f"{_digest(root, text)}\n{text}", encoding="utf-8", newline="\n")


def _head(file: File) -> dict[str, Any]:
    return {key: value for key, value in file.data.items() if key not in LATER}


def _digest(root: Path, text: str) -> str:
    """Return the digest of a record's text and of everything that it was made from."""
    found = hashlib.sha256(f"{__version__}\0{text}\0".encode())
    for name, path in _sources(str(root)):
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - see `_sources`
            content = file.read()
        found.update(f"{name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def _sources(root: str) -> Iterator[tuple[str, str]]:
    """Yield what a record is made from: the name of each file, and where it is.

    Path objects for some hundred files would take longer than hashing all that is in them.
    """
    for folder, ending in _READERS:
        inside = os.listdir(_PACKAGE / folder)  # noqa: PTH208 - as above
        names = sorted(name for name in inside if name.endswith(ending))
        yield from ((f"{folder}/{name}", f"{_PACKAGE}/{folder}/{name}") for name in names)
    yield f"{MANIFEST}.yaml", f"{root}/{MANIFEST}.yaml"
    for folder in FOLDERS:
        for current, folders, names in os.walk(f"{root}/{folder}"):
            folders.sort()
            below = current[len(root) + 1 :].replace(os.sep, "/")
            yield from ((f"{below}/{name}", f"{current}/{name}") for name in sorted(names))
