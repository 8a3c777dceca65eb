"""package.json, and the lock files of npm, yarn and pnpm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.formats import _lock as lock
from complygate.formats._lock import Package
from complygate.formats._problems import defects, not_an_object, unreadable
from complygate.model.document import Document
from complygate.model.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "npm"
KINDS = ("npm/package", "npm/lock")
ORDER = 10
ENDINGS = frozenset({".json", ".lock", ".yaml"})
EXAMPLE_PATHS = {"npm/package": "package.json", "npm/lock": "package-lock.json"}

_NPM_LOCKS = frozenset({"package-lock.json", "npm-shrinkwrap.json"})
_NAMES = _NPM_LOCKS | {"package.json", "yarn.lock", "pnpm-lock.yaml"}
_FOLDER = "node_modules/"


def claims(source: Source) -> str | None:
    """Return the file's own path when its name is one that these tools read."""
    return source.path if source.name in _NAMES else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the package, or the lock file in the shape that all of them share."""
    for source in sources:
        try:
            yield from _read(source)
        except SyntaxProblem as error:
            yield unreadable(source.path, error)


def _read(source: Source) -> Iterator[Document | Problem]:
    from complygate.formats import _lock_text  # noqa: PLC0415 - only where there is one
    from complygate.syntax import json  # noqa: PLC0415

    if source.name == "yarn.lock":
        found = _lock_text.read_yarn(source.path, source.text)
        yield lock.document("npm/lock", "yarn", found.version, found.packages, found.tree)
        return
    if source.name == "pnpm-lock.yaml":
        found = _lock_text.read_pnpm(source.path, source.text)
        yield lock.document("npm/lock", "pnpm", found.version, found.packages, found.tree)
        return
    (tree,) = json.parse(source)
    yield from defects(tree)
    if not isinstance(tree.data, dict):
        yield not_an_object(tree)
    elif source.name in _NPM_LOCKS:
        yield lock.document("npm/lock", "npm", tree.data.get("lockfileVersion"), _packages(tree.data), tree)
    else:
        yield Document("npm/package", "", tree, tree.data)


def _packages(data: dict[str, Any]) -> list[Package]:
    """Return what a package-lock.json locks; version 1 has only `dependencies`, later ones `packages`."""
    packages = data.get("packages")
    if not isinstance(packages, dict):
        return list(_dependencies(data))
    return [
        _package(path.rpartition(_FOLDER)[2] if _FOLDER in path else entry.get("name") or path, entry, at)
        for path, entry in packages.items()
        if path and isinstance(entry, dict) and (at := join("/packages", path))
    ]


def _dependencies(data: dict[str, Any]) -> Iterator[Package]:
    """Yield the packages of a lock file of version 1, whose entries may hold further ones."""
    stack = [("", data)]
    while stack:
        at, holder = stack.pop()
        inner = holder.get("dependencies")
        for name, entry in inner.items() if isinstance(inner, dict) else ():
            if isinstance(entry, dict):
                here = join(at, "dependencies", name)
                yield _package(name, entry, here)
                stack.append((here, entry))


def _package(name: str, entry: dict[str, Any], at: str) -> Package:
    resolved = lock.text(entry.get("resolved"))
    version = lock.text(entry.get("version"))
    if resolved is None and version is not None and ("://" in version or lock.is_git(version)):
        resolved = version  # version 1 writes the URL of a git dependency here
    brought_along = entry.get("inBundle") or entry.get("bundled") or entry.get("link")
    outside = "packages" in at[:9] and _FOLDER not in at.replace("~1", "/")
    local = (resolved or version or "").startswith("file:")
    fields: dict[str, str] = {
        part: f"/{part}" for part in ("version", "resolved", "integrity") if part in entry
    }
    fetched = not (brought_along or outside or local)
    return Package(name, version, resolved, lock.text(entry.get("integrity")), fetched, at, fields)
