"""The commit that a pull request is compared with, read by object id.

What decides what a pull request may do to itself (the baseline, CODEOWNERS) is read from here, since the pull
request writes the scanned tree. A name that means two things, such as a branch and a tag that somebody pushed
under the branch's name, is refused: git would pick the tag.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from complygate.discover import git, worktree
from complygate.discover.state import object_id
from complygate.errors import UndecidedError
from complygate.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 8 * 1024 * 1024
"""A larger file is not read: neither a baseline nor CODEOWNERS is as large."""

_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAME = re.compile(r"(?P<name>[^\s~^:?*\[\\@{}-][^\s~^:?*\[\\@{}]*|@)(?P<steps>(?:[~^]\d{0,6}){0,8})")
_FOLDERS = ("refs/heads", "refs/remotes", "refs/tags")
_FETCH = "fetch it first: `fetch-depth: 0` for actions/checkout, GIT_DEPTH: 0 for GitLab, or git fetch"


@dataclass(frozen=True, slots=True)
class Base:
    """A commit of the scanned repository.

    Attributes:
        top: the work tree's top level.
        commit: the commit's object id.
    """

    top: Path
    commit: str

    def read(self, path: str) -> bytes | None:
        """Return the file at `path`, from git's top level, in this commit; None where there is none.

        Raises:
            UndecidedError: it is a link, a folder or too large, or git cannot give it.
        """
        entry = self.entries((path,)).get(path)
        if entry is None:
            return None
        mode, oid = entry
        if mode not in {"100644", "100755"}:
            raise UndecidedError(f"{path} is no plain file in commit {self.commit}: not read")
        size = git.run(self.top, "cat-file", "-s", oid)
        if size is None or int(size) > MAX_BYTES:
            raise UndecidedError(f"{path} is missing or too large in commit {self.commit}")
        text = git.run(self.top, "cat-file", "blob", oid)
        data = os.fsencode(text) if text is not None else b""
        if text is None or object_id(data, oid) != oid:
            raise UndecidedError(f"{path} cannot be read in commit {self.commit}", hint=_FETCH)
        return data

    def entries(self, paths: tuple[str, ...] = ()) -> dict[str, tuple[str, str]]:
        """Return mode and object id of the files at `paths` in this commit, or of all files; by path.

        Raises:
            UndecidedError: git cannot tell.
        """
        wanted = ("--", *paths) if paths else ()
        listed = git.run(self.top, "ls-tree", "-r", "-z", "--full-tree", self.commit, *wanted)
        if listed is None:
            raise UndecidedError(f"commit {self.commit} cannot be read", hint=_FETCH)
        found = {}
        for line in filter(None, listed.split("\0")):
            head, _, path = line.partition("\t")
            mode, _, oid = head.split(" ")
            found[path] = (mode, oid)
        return found


def find(folder: Path, ref: str) -> Base:
    """Return the commit that `ref` means in the repository that holds `folder`.

    Args:
        folder: a folder of the work tree.
        ref: a commit's id, a branch, a remote's branch, a tag, or `HEAD`, each with `~1` or `^` behind it.

    Raises:
        UndecidedError: there is no such commit here, or the name means several.
    """
    found = worktree.find(folder)
    if found is None or found.directory is None:
        raise UndecidedError(f"--base {ref}: the scanned folder is in no git repository")
    commits = sorted(set(filter(None, (_commit(found.top, name) for name in _meanings(ref)))))
    if len(commits) > 1:
        raise UndecidedError(
            f"--base {ref}: means several commits ({', '.join(commits)})",
            hint="give the commit's full id, or the name in full: refs/remotes/origin/main",
        )
    if not commits:
        raise UndecidedError(f"--base {ref}: is no commit of this clone", hint=_FETCH)
    return Base(found.top, commits[0])


def _meanings(ref: str) -> tuple[str, ...]:
    """Return what `ref` may stand for; () for what is no name of a commit."""
    if _FULL_ID.fullmatch(ref):
        return (ref,)
    named = _NAME.fullmatch(ref)
    if named is None:
        return ()
    if ref.startswith("refs/") or named["name"] in {"HEAD", "@"}:
        return (ref,)
    return (ref, *(f"{folder}/{ref}" for folder in _FOLDERS))


def _commit(top: Path, name: str) -> str:
    shown = git.run(top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return (shown or "").strip()
