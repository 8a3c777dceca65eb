"""composer.json and composer.lock of PHP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.formats import _lock as lock
from complygate.formats._lock import Package, Wanted
from complygate.formats._problems import defects, not_an_object, unreadable
from complygate.model.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "composer"
KINDS = ("composer/package", "composer/lock")
ORDER = 10
ENDINGS = frozenset({".json", ".lock"})
EXAMPLE_PATHS = {"composer/package": "composer.json", "composer/lock": "composer.lock"}

_MANIFEST, _LOCK = "composer.json", "composer.lock"
_GROUPS = (("require", "packages"), ("require-dev", "packages-dev"))


def claims(source: Source) -> str | None:
    """Return the folder for a package and the lock file beside it, which are compared; else the path."""
    if source.name not in (_MANIFEST, _LOCK):
        return None
    return lock.group(source, (_MANIFEST,), (_LOCK,))


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the package and the lock file."""
    manifest: dict[str, Any] | None = None
    for source in sorted(sources, key=lambda source: source.name != _MANIFEST):
        try:
            for item in _read(source, manifest):
                if isinstance(item, Document) and item.kind == "composer/package":
                    manifest = item.data
                yield item
        except SyntaxProblem as error:
            yield unreadable(source.path, error)


def _read(source: Source, manifest: dict[str, Any] | None) -> Iterator[Document | Problem]:
    from complygate.syntax import json  # noqa: PLC0415 - only where there is one

    (tree,) = json.parse(source)
    yield from defects(tree)
    if not isinstance(tree.data, dict):
        yield not_an_object(tree)
    elif source.name == _MANIFEST:
        yield Document("composer/package", "", tree, tree.data)
    else:
        packages = list(_packages(tree.data))
        missing = _missing(manifest, tree.data) if manifest else ()
        version = tree.data.get("plugin-api-version")
        yield lock.document("composer/lock", "composer", version, packages, tree, missing)


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for _, group in _GROUPS:
        entries = data.get(group)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict):
                yield f"/{group}/{index}", entry


def _packages(data: Mapping[str, Any]) -> Iterator[Package]:
    """Yield the packages. Composer keeps the commit of what it fetches, and seldom a hash of the archive."""
    for at, entry in _entries(data):
        dist, source = (
            part if isinstance(part := entry.get(key), dict) else {} for key in ("dist", "source")
        )
        resolved = lock.text(dist.get("url")) or lock.text(source.get("url"))
        hashed = (
            lock.text(dist.get("shasum"))
            or lock.text(dist.get("reference"))
            or lock.text(source.get("reference"))
        )
        fields = {"version": "/version"} if "version" in entry else {}
        if dist.get("url"):
            fields |= {"resolved": "/dist/url"}
        name, version = lock.text(entry.get("name")) or "", lock.text(entry.get("version"))
        fetched = dist.get("type") != "path" and bool(resolved)
        yield Package(
            name,
            version,
            resolved,
            hashed,
            fetched,
            at,
            fields,
            not dist,
            script=entry.get("type") == "composer-plugin",
        )


def _missing(manifest: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Wanted]:
    """Yield what is required and neither locked nor provided or replaced by what is; `php` is no package."""
    names = set()
    for _, entry in _entries(data):
        names.add(str(entry.get("name")).lower())
        for key in ("provide", "replace"):
            others = entry.get(key)
            names.update(other.lower() for other in (others if isinstance(others, dict) else ()))
    for key in ("provide", "replace"):
        own = manifest.get(key)
        names.update(other.lower() for other in (own if isinstance(own, dict) else ()))
    for group, _ in _GROUPS:
        entries = manifest.get(group)
        for name, wanted in entries.items() if isinstance(entries, dict) else ():
            if "/" in name and name.lower() not in names and isinstance(wanted, str):
                yield Wanted(name, wanted, _MANIFEST)
