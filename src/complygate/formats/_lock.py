"""The one small shape that every lock file is brought into.

    file       the file's name
    manager    "npm", "yarn", "pnpm", "poetry", "uv", "pdm", "pipenv" or "pylock"
    version    the version of the lock file's format, as a text, or null
    packages   [{name, version, resolved, integrity, git, fetched}]

`resolved` is the URL that a package comes from, where the lock file says so; `integrity` a hash of what is
fetched, or null; `git` tells whether it comes from a git repository; `fetched` whether it is fetched by
itself at all: a workspace's own package, a linked folder and what another package brings along are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.formats._moved import Moved
from complygate.model.document import Document
from complygate.model.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complygate.model.tree import Span

_GIT = re.compile(r"git(?:\+|:|@)|(?:github|gitlab|bitbucket):|[^#]*\.git(?:[#?@]|$)")
_PACKAGE = re.compile(r"/packages/(\d{1,9})(?:/([^/]+))?")
_KEYED = ("name", "version")


class Package(NamedTuple):
    """One locked package.

    Attributes:
        name: its name.
        version: its version, or None.
        resolved: the URL that it comes from, or None.
        integrity: a hash of what is fetched, or None.
        fetched: whether it is fetched by itself.
        at: where the entry stands: its pointer in the lock file.
        fields: where the parts stand, as pointers below `at`, by the name of the part.
        git: whether it comes from a git repository; worked out from `resolved` where None.
    """

    name: str
    version: str | None
    resolved: str | None
    integrity: str | None
    fetched: bool
    at: str
    fields: Mapping[str, str] = {}
    git: bool | None = None

    def data(self) -> dict[str, Any]:
        """Return the package as rules see it."""
        return {
            "name": self.name,
            "version": self.version,
            "resolved": self.resolved,
            "integrity": self.integrity,
            "git": is_git(self.resolved) if self.git is None else self.git,
            "fetched": self.fetched,
        }


def is_git(url: str | None) -> bool:
    """Tell whether `url` names a git repository."""
    return url is not None and _GIT.match(url) is not None


def text(value: Any) -> str | None:
    """Return `value` if it is a text, a number as a text, and None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def document(kind: str, manager: str, version: Any, packages: Sequence[Package], tree: Tree) -> Document:
    """Return the document of a lock file.

    Args:
        kind: `npm/lock` or `python/lock`.
        manager: the tool that writes such files.
        version: the version of their format.
        packages: what is locked.
        tree: the lock file; the packages' pointers lead into it.
    """
    data = {
        "file": tree.path.rpartition("/")[2],
        "manager": manager,
        "version": text(version),
        "packages": [package.data() for package in packages],
    }

    def origin(pointer: str) -> str | None:
        match = _PACKAGE.fullmatch(pointer)
        if match is None:
            return "" if not pointer else None
        index = int(match[1])
        if index >= len(packages):
            return None
        package = packages[index]
        part = match[2]
        if part is None or (part in _KEYED and part not in package.fields):
            return package.at  # the entry's key says it, or nothing does
        return package.at + package.fields[part] if part in package.fields else None

    values: Mapping[str, Span] = Moved(data, origin, lambda: tree.values)
    keys: Mapping[str, Span] = Moved(data, origin, lambda: tree.keys)
    moved = Tree(tree.path, tree.syntax, data, values, keys, comments=tree.comments)
    return Document(kind, "", moved, data)
