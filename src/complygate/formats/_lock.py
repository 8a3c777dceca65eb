"""The one small shape that every lock file is brought into.

    file       the file's name
    manager    "npm", "yarn", "pnpm", "poetry", "uv", "pdm", "pipenv", "pylock", "cargo", "composer" or
               "bundler"
    version    the version of the lock file's format, as a text, or null
    packages   [{name, version, resolved, integrity, git, fetched}]
    unlocked   [{name, wanted, manifest}]: what the manifest beside it asks for and it does not hold
    scripts    names of the packages that run a script when they are installed, as far as the file says so

and what `_lock_facts` works out.

`resolved` is the URL that a package comes from, where the lock file says so; `integrity` a hash of what is
fetched, or null; `git` tells whether it comes from a git repository; `fetched` whether it is fetched by
itself at all: a workspace's own package, a linked folder and what another package brings along are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.formats import _lock_facts
from complygate.formats._moved import Moved
from complygate.model.document import Document
from complygate.model.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from complygate.model.source import Source
    from complygate.model.tree import Span

# An archive of a commit is as fixed as the commit.
_GIT = re.compile(
    r"git(?:\+|:|@)|(?:github|gitlab|bitbucket):|[^#]*\.git(?:[#?@]|$)"
    r"|https://codeload\.github\.com/[^/]+/[^/]+/tar\.gz/[0-9a-f]{40}"
)
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
        hashable: whether the file's format has a place for a hash of it.
        script: whether it runs a script when it is installed.
    """

    name: str
    version: str | None
    resolved: str | None
    integrity: str | None
    fetched: bool
    at: str
    fields: Mapping[str, str] = {}
    git: bool | None = None
    hashable: bool = True
    script: bool = False

    @property
    def from_git(self) -> bool:
        """Whether it comes from a git repository."""
        return is_git(self.resolved) if self.git is None else self.git

    def data(self) -> dict[str, Any]:
        """Return the package as rules see it."""
        return {
            "name": self.name,
            "version": self.version,
            "resolved": self.resolved,
            "integrity": self.integrity,
            "git": self.from_git,
            "fetched": self.fetched,
        }


class Wanted(NamedTuple):
    """What a manifest asks for and the lock file beside it does not hold.

    Attributes:
        name: the package's name.
        wanted: what the manifest says of its version.
        manifest: the manifest's file name.
    """

    name: str
    wanted: str
    manifest: str


def is_git(url: str | None) -> bool:
    """Tell whether `url` names a git repository."""
    return url is not None and _GIT.match(url) is not None


def group(source: Source, manifests: Iterable[str], locks: Iterable[str]) -> str:
    """Return the group of a file: its folder, where it is a lock file or a manifest beside the other.

    Args:
        source: a file of the family.
        manifests: names of manifests.
        locks: names of lock files.
    """
    others = manifests if source.name in locks else locks if source.name in manifests else ()
    head = f"{source.folder}/" if source.folder else ""
    return f"{source.folder}/" if any(head + name in source.files for name in others) else source.path


def text(value: Any) -> str | None:
    """Return `value` if it is a text, a number as a text, and None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def document(
    kind: str,
    manager: str,
    version: Any,
    packages: Sequence[Package],
    tree: Tree,
    unlocked: Iterable[Wanted] = (),
) -> Document:
    """Return the document of a lock file.

    Args:
        kind: `npm/lock`, `python/lock` and so on.
        manager: the tool that writes such files.
        version: the version of their format.
        packages: what is locked.
        tree: the lock file; the packages' pointers lead into it.
        unlocked: what the manifest beside it asks for in vain.
    """
    facts, places = _lock_facts.of(packages)
    scripts = [index for index, package in enumerate(packages) if package.script]
    places |= {f"/scripts/{number}": (index, None) for number, index in enumerate(scripts)}
    data = {
        "file": tree.path.rpartition("/")[2],
        "manager": manager,
        "version": text(version),
        "packages": [package.data() for package in packages],
        "unlocked": [wanted._asdict() for wanted in unlocked],
        "scripts": [packages[index].name for index in scripts],
        **facts,
    }

    def origin(pointer: str) -> str | None:
        match = _PACKAGE.fullmatch(pointer)
        if match is None and pointer not in places:
            return "" if not pointer else None
        index, part = (int(match[1]), match[2]) if match else places[pointer]
        if index >= len(packages):
            return None
        package = packages[index]
        if match is None and part not in package.fields:
            return package.at
        if part is None or (part in _KEYED and part not in package.fields):
            return package.at  # the entry's key says it, or nothing does
        return package.at + package.fields[part] if part in package.fields else None

    values: Mapping[str, Span] = Moved(data, origin, lambda: tree.values)
    keys: Mapping[str, Span] = Moved(data, origin, lambda: tree.keys)
    moved = Tree(tree.path, tree.syntax, data, values, keys, comments=tree.comments)
    return Document(kind, "", moved, data)
