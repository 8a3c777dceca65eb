"""Which files of a tree are scanned, and why the others are not."""

from __future__ import annotations

import os
import stat
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from complygate.discover import git, ignore, worktree
from complygate.errors import UsageError
from complygate.model.glob import any_matches
from complygate.model.report import LeftOut
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pathspec import GitIgnoreSpec

VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".jj"})
VENDORED = frozenset(
    {
        "node_modules", "bower_components", "vendor", "third_party", ".venv", "venv", ".tox", ".nox",
        "site-packages", "__pycache__", ".terraform", ".terragrunt-cache", ".serverless", "Pods",
    }
)  # fmt: skip
"""Folders that hold other people's code or a tool's copies. Linguist's and Terraform's own names for them."""


@dataclass(frozen=True)
class Root:
    """Where a scan starts.

    Attributes:
        folder: the directory that stands for the repository.
        prefix: its path below git's top level, ending in "/", or "": every path in a report starts with
            it, so that platforms find the file whatever folder was scanned.
        selected: paths below `folder` that the report is limited to; empty means all. Analysis always
            sees the whole folder: a module or a chart is more than the file that changed.
    """

    folder: Path
    prefix: str = ""
    selected: tuple[str, ...] = ()

    def selects(self, path: str) -> bool:
        """Tell whether a finding in `path` (relative to `folder`) belongs into the report."""
        return not self.selected or any(
            chosen in {path, "."} or path.startswith(f"{chosen}/") for chosen in self.selected
        )


@dataclass
class Tree:
    """The files of a tree.

    Attributes:
        root: where it starts.
        paths: the files to scan, in order, relative to the root's folder.
        left_out: what is not scanned, and why.
        links: for a file that is scanned through a symbolic link: the path that it leads to.
    """

    root: Root
    paths: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)


def find_root(paths: Sequence[Path], cwd: Path) -> Root:
    """Return the root for the command line's `paths`; none means the current directory.

    One directory is itself the repository to be judged. Files, or several paths, are judged as parts of
    the repository that holds them: git's top level, else the current directory, else their own folder.

    Raises:
        UsageError: a path does not exist, or the paths lie in different repositories.
    """
    given = [(cwd / path) for path in paths] or [cwd]
    for path, shown in zip(given, paths, strict=False):
        if not path.exists():
            raise UsageError(f"{shown}: no such file or folder", hint="name a path that exists")
    real = [path.resolve() for path in given]
    if len(real) == 1 and real[0].is_dir():
        found = worktree.find(real[0])
        prefix = real[0].relative_to(found.top).as_posix() if found else "."
        return Root(real[0], "" if prefix == "." else f"{prefix}/")
    folder = _common_folder(real, cwd.resolve())
    return Root(folder, "", tuple(path.relative_to(folder).as_posix() for path in real))


def _common_folder(real: list[Path], cwd: Path) -> Path:
    found = [worktree.find(path if path.is_dir() else path.parent) for path in real]
    tops = {work_tree.top if work_tree else None for work_tree in found}
    if len(tops) > 1:
        raise UsageError(
            "the given paths belong to different repositories", hint="scan one repository at a time"
        )
    top = tops.pop()
    if top is not None:
        return top
    if all(path.is_relative_to(cwd) for path in real):
        return cwd
    return Path(os.path.commonpath([path if path.is_dir() else path.parent for path in real]))


def list_tree(root: Root, *, exclude: Iterable[str] = (), scope: Sequence[str] = ("**",)) -> Tree:
    """Return the files below `root` that are scanned and those that are not.

    Args:
        root: where to look.
        exclude: globs of paths, from git's top level, that the policy leaves out.
        scope: globs of paths, from git's top level, that the policy looks at.
    """
    tree = Tree(root)
    excluded = tuple(exclude)
    links: list[str] = []
    linked = _LinkedFolders(root.folder)
    for path in _candidates(tree):
        reason = _reason(root, path, excluded, scope) or ("link" if path in linked else "")
        if reason == "link":
            links.append(path)
        elif reason:
            tree.left_out.append(LeftOut(root.prefix + path, reason))
        else:
            tree.paths.append(path)
    _follow(tree, links)
    tree.paths.sort()
    tree.left_out.sort(key=lambda item: (item.path, item.reason))
    return tree


def _candidates(tree: Tree) -> Iterator[str]:
    """Yield the paths that are neither ignored nor in a folder that is left out; note the others."""
    folder, prefix = tree.root.folder, tree.root.prefix
    listing = git.listed(folder)
    if listing is None:
        yield from _walked(tree)
        return
    known, ignored = listing
    for path in ignored:
        tree.left_out.append(LeftOut(prefix + path, _folder_reason(path.rstrip("/").split("/")) or "ignored"))
    noted: set[str] = set()
    for path in known:
        parts = path.rstrip("/").split("/")
        depth = next((i for i, part in enumerate(parts[:-1]) if _folder_reason([part])), None)
        if depth is None:
            yield path
            continue
        outer = "/".join(parts[: depth + 1]) + "/"
        if outer not in noted:
            noted.add(outer)
            tree.left_out.append(LeftOut(prefix + outer, _folder_reason(parts[: depth + 1]) or "vendored"))


def _folder_reason(parts: Sequence[str]) -> str:
    """Return why a folder called `parts[-1]` is left out, or ""."""
    if parts[-1] in VERSION_CONTROL:
        return "version-control"
    return "vendored" if parts[-1] in VENDORED else ""


def _walked(tree: Tree) -> Iterator[str]:
    """Walk the disk, for a tree that git does not manage.

    Where there is a `.git` that could not be asked, ignore files are not honoured: what they match may be
    tracked, and scanning more is the safe side.
    """
    folder = tree.root.folder
    honour = worktree.find(folder) is None
    specs: dict[str, GitIgnoreSpec] = {}
    for current, folders, files in os.walk(folder, onerror=None):
        here = Path(current).relative_to(folder).as_posix()
        base = "" if here == "." else f"{here}/"
        if honour and ".gitignore" in files:
            specs[base] = ignore.read(Path(current) / ".gitignore")
        folders[:] = [name for name in sorted(folders) if _enters(tree, specs, base, name)]
        for name in sorted(files):
            if ignore.is_ignored(specs, base + name):
                tree.left_out.append(LeftOut(tree.root.prefix + base + name, "ignored"))
            else:
                yield base + name


def _enters(tree: Tree, specs: dict[str, GitIgnoreSpec], base: str, name: str) -> bool:
    """Tell whether the walk goes into the folder `base + name`; note why it does not."""
    path = f"{base}{name}/"
    reason = _folder_reason([name])
    if not reason and (tree.root.folder / path).is_symlink():
        reason = "link"
    if not reason and ignore.is_ignored(specs, path):
        reason = "ignored"
    if reason and name not in VERSION_CONTROL:
        tree.left_out.append(LeftOut(tree.root.prefix + path, reason))
    return not reason


def _reason(root: Root, path: str, exclude: tuple[str, ...], scope: Sequence[str]) -> str:
    """Return why the file at `path` is not scanned, or ""."""
    shown = root.prefix + path
    if any_matches(exclude, shown):
        return "excluded"
    if tuple(scope) != ("**",) and not any_matches(scope, shown):
        return "out-of-scope"
    try:
        mode = os.lstat(f"{root.folder}/{path}").st_mode  # one call where a Path takes three, for every file
    except (OSError, ValueError):
        return "missing"
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISDIR(mode):
        return "repository-of-its-own"
    return "" if stat.S_ISREG(mode) else "missing"


class _LinkedFolders:
    """The paths that lead through a linked folder: git lists what it tracked there before the link came."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders = {"": False}

    def __contains__(self, path: str) -> bool:
        """Tell whether a folder on the way to the file at `path` is a link; each folder is looked at once."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            at, is_linked = "", False
            for part in folder.split("/"):
                at = f"{at}/{part}" if at else part
                is_linked = is_linked or self._folders.get(at) or (self._root / at).is_symlink()
                self._folders[at] = is_linked
        return self._folders[folder]


def _follow(tree: Tree, links: list[str]) -> None:
    """Scan the target of a link when it lies in the tree and would not be scanned otherwise."""
    folder = tree.root.folder
    scanned = set(tree.paths)
    for path in links:
        target = Path(os.path.realpath(folder / path))
        inside = target.is_relative_to(folder) and target.is_file()
        where = target.relative_to(folder).as_posix() if inside else ""
        if inside and where not in scanned and ".git" not in where.split("/"):
            tree.paths.append(path)
            tree.links[path] = where
        else:
            tree.left_out.append(LeftOut(tree.root.prefix + path, "link"))
