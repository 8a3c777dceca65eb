"""Which work tree a folder belongs to, by where `.git` stands and never by what is written in it.

git itself believes settings (`core.worktree`, `core.bare`) and pointers (`gitdir:`, `commondir`) that may
come with the tree. Here the work tree is the folder that holds `.git`; a pointer is followed only where git
puts one, and where the other end agrees: a linked work tree, or a submodule.
"""

from __future__ import annotations

import os
from pathlib import Path

from complygate.values import dataclass

_MAX_POINTER_BYTES = 8192


@dataclass(frozen=True, slots=True)
class WorkTree:
    """A folder with a `.git`.

    Attributes:
        top: the folder.
        directory: the git directory; None where there is something called `.git` that is not believed.
    """

    top: Path
    directory: Path | None


def find(folder: Path) -> WorkTree | None:
    """Return the work tree that holds `folder` (a path without links), or None: no folder above has a `.git`.

    The nearest `.git` decides, also a broken one: a repository further out may ignore the whole folder.
    """
    for top in (folder, *folder.parents):
        mark = top / ".git"
        if os.path.lexists(mark):
            return WorkTree(top, _directory(mark))
    return None


def _directory(mark: Path) -> Path | None:
    """Return the git directory that `mark` is, or points to and that is seen to belong to it."""
    if mark.is_symlink():
        return None
    if mark.is_dir():
        # Only linked work trees share a directory, and theirs are not called `.git`.
        return None if os.path.lexists(mark / "commondir") else mark
    target = _pointer(mark, mark.parent, "gitdir: ")
    if target is not None and (_is_linked(target, mark) or _is_submodule(target, mark.parent)):
        return target
    return None


def _is_linked(directory: Path, mark: Path) -> bool:
    """Tell whether `directory` is that of a linked work tree: names `mark`, and stands where git puts it."""
    common = _pointer(directory / "commondir", directory)
    back = _pointer(directory / "gitdir", directory)
    return common is not None and directory.parent == common / "worktrees" and back == mark


def _is_submodule(directory: Path, top: Path) -> bool:
    """Tell whether `directory` stands among the submodules of the repository around `top`."""
    outer = find(top.parent)
    return (
        outer is not None
        and outer.directory is not None
        and directory.is_relative_to(outer.directory / "modules")
        and not os.path.lexists(directory / "commondir")
    )


def _pointer(file: Path, start: Path, label: str = "") -> Path | None:
    """Return the path that `file` holds after `label`, from `start`; None when it holds none."""
    try:
        if not file.is_file():  # opening a pipe would wait
            return None
        with file.open("rb") as stream:
            text = os.fsdecode(stream.read(_MAX_POINTER_BYTES))
        if not text.startswith(label):
            return None
        return (start / text.removeprefix(label).rstrip("\r\n")).resolve()
    except (OSError, ValueError, RuntimeError):  # RuntimeError: links in a circle, before Python 3.13
        return None
