"""Whether the files on disk are those of the commit, found out without running anything of the repository's.

`git status` and `git diff` run the filters that a repository's settings name. So git is asked for its lists
alone (index and commit, no file is opened for that), and the files are hashed here.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

from complygate.discover import git, worktree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_LINK, _SUBMODULE = "120000", "160000"
_SHA1_LENGTH = 40
_LONGEST_POINTER = 1024
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
    differing = {path for mode, oid, path in entries if not _same(top, mode, oid, path)}
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


def _same(top: Path, mode: str, oid: str, path: str) -> bool:
    try:
        if mode == _LINK:
            return object_id(os.fsencode((top / path).readlink()), oid) == oid
        if (top / path).is_symlink():
            return False
        data = (top / path).read_bytes()
    except (OSError, ValueError):
        return False
    if object_id(data, oid) == oid or (
        b"\r\n" in data and object_id(data.replace(b"\r\n", b"\n"), oid) == oid
    ):
        return True
    return _is_large_file(top, data, oid)


def object_id(data: bytes, oid: str) -> str:
    """Return the id that git gives to a file's content, by the hash function of `oid`."""
    whole = b"blob %d\0" % len(data) + data
    if len(oid) == _SHA1_LENGTH:
        return hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    return hashlib.sha256(whole).hexdigest()


def _is_large_file(top: Path, data: bytes, oid: str) -> bool:
    """Tell whether the blob `oid` is a Git LFS pointer to `data`."""
    size = git.run(top, "cat-file", "-s", oid) if oid else None
    if size is None or int(size) > _LONGEST_POINTER:
        return False
    pointer = _POINTER.fullmatch(git.run(top, "cat-file", "blob", oid) or "")
    return (
        pointer is not None
        and int(pointer[2]) == len(data)
        and pointer[1] == hashlib.sha256(data).hexdigest()
    )
