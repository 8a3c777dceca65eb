"""package.json, .npmrc, and the lock files of npm, yarn and pnpm."""

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
KINDS = ("npm/package", "npm/lock", "npm/settings")
ORDER = 10
ENDINGS = frozenset({"", ".json", ".lock", ".yaml"})
EXAMPLE_PATHS = {"npm/package": "package.json", "npm/lock": "package-lock.json", "npm/settings": ".npmrc"}

_NPM_LOCKS = frozenset({"package-lock.json", "npm-shrinkwrap.json"})
_TEXT_LOCKS = {"yarn.lock": "yarn", "pnpm-lock.yaml": "pnpm"}
_LOCKS = _NPM_LOCKS | _TEXT_LOCKS.keys()
_MANIFEST = "package.json"
_SETTINGS = ".npmrc"
_NAMES = _LOCKS | {_MANIFEST, _SETTINGS}
_FOLDER = "node_modules/"


def claims(source: Source) -> str | None:
    """Return the folder for a package and the lock files beside it, which are compared; else the path."""
    if source.name not in _NAMES:
        return None
    return lock.group(source, (_MANIFEST,), _LOCKS)


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the package, and the lock files in the shape that all of them share."""
    manifest: dict[str, Any] | None = None
    for source in sorted(sources, key=lambda source: source.name != _MANIFEST):
        try:
            for item in _read(source, manifest):
                if isinstance(item, Document) and item.kind == "npm/package":
                    manifest = item.data
                yield item
        except SyntaxProblem as error:
            yield unreadable(source.path, error)


def _read(source: Source, manifest: dict[str, Any] | None) -> Iterator[Document | Problem]:
    from complygate.formats import _lock_text  # noqa: PLC0415 - only where there is one
    from complygate.formats import _npm_wanted as wanted  # noqa: PLC0415
    from complygate.syntax import json  # noqa: PLC0415

    if source.name == _SETTINGS:
        from complygate.syntax import pairs  # noqa: PLC0415

        settings = pairs.parse(source, "settings")
        yield Document("npm/settings", "", settings, settings.data)
        return
    if source.name in _TEXT_LOCKS:
        manager = _TEXT_LOCKS[source.name]
        reader = _lock_text.read_yarn if manager == "yarn" else _lock_text.read_pnpm
        found = reader(source.path, source.text)
        missing = wanted.missing(manager, manifest, found.packages, source.text) if manifest else ()
        yield lock.document("npm/lock", manager, found.version, found.packages, found.tree, missing)
        return
    (tree,) = json.parse(source)
    yield from defects(tree)
    if not isinstance(tree.data, dict):
        yield not_an_object(tree)
    elif source.name in _NPM_LOCKS:
        missing = wanted.missing_in_npm(manifest, tree.data) if manifest else ()
        version = tree.data.get("lockfileVersion")
        yield lock.document("npm/lock", "npm", version, _packages(tree.data), tree, missing)
    else:
        yield Document("npm/package", "", tree, tree.data)


def _packages(data: dict[str, Any]) -> list[Package]:
    """Return what a package-lock.json locks; version 1 has only `dependencies`, later ones `packages`."""
    packages = data.get("packages")
    if not isinstance(packages, dict):
        return list(_dependencies(data))
    return [
        _package(_name(path, entry), entry, at)
        for path, entry in packages.items()
        if path and isinstance(entry, dict) and (at := join("/packages", path))
    ]


def _name(path: str, entry: dict[str, Any]) -> str:
    """Return the package's own name, which stands in an entry that is called otherwise."""
    return lock.text(entry.get("name")) or path.rpartition(_FOLDER)[2]


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
    if version is not None and version.startswith("npm:"):  # so version 1 says what an alias stands for
        name, _, version = version[4:].rpartition("@")
    brought_along = entry.get("inBundle") or entry.get("bundled") or entry.get("link")
    outside = "packages" in at[:9] and _FOLDER not in at.replace("~1", "/")
    local = (resolved or version or "").startswith("file:")
    fields: dict[str, str] = {
        part: f"/{part}" for part in ("version", "resolved", "integrity") if part in entry
    }
    fetched = not (brought_along or outside or local)
    script = entry.get("hasInstallScript") is True
    integrity = lock.text(entry.get("integrity"))
    return Package(name, version, resolved, integrity, fetched, at, fields, script=script)
