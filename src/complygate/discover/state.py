"""Whether the files on disk are those of the commit, found out without running anything of the repository's.

`git status` and `git diff` run the filters that a repository's settings name. So git is asked for its lists
alone (index and commit, no file is opened for that), and the files are hashed here.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING

from complygate.discover import git, worktree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

_LINK, _SUBMODULE = "120000", "160000"
_SHA1_LENGTH = 40
_LONGEST_POINTER = 1024
_CHUNK = 1024 * 1024
_LARGE = 32 * 1024 * 1024
"""Larger files are no text that is judged; their line ends are not looked at."""
# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: what git holds for a large file.
_POINTER = re.compile(
    r"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\nsize (\d+)\n"
)


def tree_of(folder: Path) -> str:
    """Return the object id of the tree of HEAD, or "" where git does not know."""
    return (git.run(folder, "rev-parse", "--verify", "--quiet", "HEAD^{tree}") or "").strip()


def changes(folder: Path, scanned: Collection[str] = ()) -> tuple[str, ...] | None:
    """Return the paths that are not as HEAD has them, from git's top level; None where git cannot tell.

    A file is as the commit has it if it holds the same bytes, the same but for the line ends of Windows, or
    what a Git LFS pointer names. Submodules are repositories of their own and not looked at.

    Args:
        folder: a folder of the work tree.
        scanned: paths from git's top level that were judged: those that git does not track count as changes.
    """
    found = worktree.find(folder)
    if found is None:
        return None
    top = found.top
    staged = git.run(top, "diff-index", "--cached", "--name-only", "-z", "--no-renames", "HEAD")
    listed = git.run(top, "ls-files", "--stage", "-z")
    if staged is None or listed is None:
        return None
    entries = list(_entries(listed))
    folders = _Folders(top)
    differing = {
        path for mode, oid, path in entries if folders.leads_out(path) or not _same(top, mode, oid, path)
    }
    tracked = {path for _, _, path in entries}
    differing.update(filter(None, staged.split("\0")))
    differing.update(path for path in scanned if path not in tracked)
    return tuple(sorted(differing))


def _entries(listed: str) -> Iterator[tuple[str, str, str]]:
    """Yield mode, object id and path of each entry of the index; one in conflict has an id of none."""
    for line in filter(None, listed.split("\0")):
        head, _, path = line.partition("\t")
        mode, oid, stage = head.split(" ")
        if mode != _SUBMODULE:
            yield mode, oid if stage == "0" else "", path


class _Folders:
    """Tells whether a path leads through a link: then git holds it for deleted, whatever stands there."""

    def __init__(self, top: Path) -> None:
        self._linked = {"": False}
        self._top = top

    def leads_out(self, path: str) -> bool:
        folder = path.rpartition("/")[0]
        if folder not in self._linked:
            self._linked[folder] = self.leads_out(folder) or (self._top / folder).is_symlink()
        return self._linked[folder]


def _same(top: Path, mode: str, oid: str, path: str) -> bool:
    file = top / path
    try:
        about = file.lstat()
        if stat.S_ISLNK(about.st_mode) or mode == _LINK:
            return mode == _LINK and object_id(os.fsencode(file.readlink()), oid) == oid
        if not stat.S_ISREG(about.st_mode):  # opening a pipe would wait
            return False
        if _id(_chunks(file), about.st_size, oid) == oid:
            return True
        if about.st_size <= _LARGE:
            data = file.read_bytes()
            if b"\r\n" in data and object_id(data.replace(b"\r\n", b"\n"), oid) == oid:
                return True
        return _is_large_file(top, file, about.st_size, oid)
    except (OSError, ValueError):
        return False


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def object_id(data: bytes, oid: str) -> str:
    """Return the id that git gives to a file's content, by the hash function of `oid`."""
    return _id([data], len(data), oid)


def _id(chunks: Iterable[bytes], size: int, oid: str) -> str:
    head = b"blob %d\0" % size
    made = hashlib.sha1(head, usedforsecurity=False) if len(oid) == _SHA1_LENGTH else hashlib.sha256(head)
    for chunk in chunks:
        made.update(chunk)
    return made.hexdigest()


def _is_large_file(top: Path, file: Path, size: int, oid: str) -> bool:
    """Tell whether the blob `oid` is a Git LFS pointer to what `file` holds."""
    length = git.run(top, "cat-file", "-s", oid) if oid else None
    if length is None or int(length) > _LONGEST_POINTER:
        return False
    pointer = _POINTER.fullmatch(git.run(top, "cat-file", "blob", oid) or "")
    if pointer is None or int(pointer[2]) != size:
        return False
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == pointer[1]
