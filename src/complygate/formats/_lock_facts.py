"""What is worth knowing of a lock file as a whole, worked out once and not by every rule for every package.

hosts      [{host, scheme, git, packages, first}]: where packages come from, how many, and one of them
unhashed   {packages, first}: what is fetched without a hash to compare it with, or null
misnamed   [{name, url}]: packages whose URL is that of another package in a registry of npm's kind
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complygate.formats._lock import Package

_TARBALL = "/-/"
"""What stands between a package's name and its file's in the URLs of registries of npm's kind."""


def of(packages: Sequence[Package]) -> tuple[dict[str, Any], dict[str, tuple[int, str | None]]]:
    """Return the facts, and where each stands: the number of a package and a part of it, by pointer."""
    hosts, hosts_at = _hosts(packages)
    unhashed, unhashed_at = _unhashed(packages)
    misnamed, misnamed_at = _misnamed(packages)
    facts = {"hosts": hosts, "unhashed": unhashed, "misnamed": misnamed}
    return facts, hosts_at | unhashed_at | misnamed_at


def _hosts(packages: Sequence[Package]) -> tuple[list[dict[str, Any]], dict[str, tuple[int, str | None]]]:
    found: dict[tuple[str, str, bool], dict[str, Any]] = {}
    places: dict[str, tuple[int, str | None]] = {}
    for index, package in enumerate(packages):
        origin = _origin(package) if package.fetched else None
        if origin is None:
            continue
        scheme, host = origin
        key = (scheme, host, package.from_git)
        if key not in found:
            places[f"/hosts/{len(found)}"] = (index, "resolved")
            found[key] = dict(zip(("scheme", "host", "git"), key, strict=True)) | {
                "packages": 0,
                "first": package.name,
            }
        found[key]["packages"] += 1
    return list(found.values()), places


def _origin(package: Package) -> tuple[str, str] | None:
    """Return the scheme and the host of the URL that a package comes from, if it has one."""
    url = package.resolved or ""
    if "://" not in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:  # a bracket that no address has
        return None
    return (parts.scheme.lower(), host.lower()) if host else None


def _unhashed(packages: Sequence[Package]) -> tuple[dict[str, Any] | None, dict[str, tuple[int, str | None]]]:
    without = [
        index
        for index, package in enumerate(packages)
        if package.fetched and package.hashable and not package.integrity and not package.from_git
    ]
    if not without:
        return None, {}
    fact = {"packages": len(without), "first": packages[without[0]].name}
    return fact, {"/unhashed": (without[0], None)}


def _misnamed(packages: Sequence[Package]) -> tuple[list[dict[str, Any]], dict[str, tuple[int, str | None]]]:
    found: list[dict[str, Any]] = []
    places: dict[str, tuple[int, str | None]] = {}
    for index, package in enumerate(packages):
        url = package.resolved or ""
        if not package.fetched or package.from_git or _TARBALL not in url or "://" not in url:
            continue
        asked = unquote(url.partition("://")[2].partition(_TARBALL)[0]).lower()
        if not asked.endswith(f"/{package.name.lower()}"):
            places[f"/misnamed/{len(found)}"] = (index, "resolved")
            found.append({"name": package.name, "url": url})
    return found, places
