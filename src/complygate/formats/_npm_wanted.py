"""What a package.json asks for and the lock file beside it does not hold.

Said only where an installation that does not change the lock file (`npm ci`, `yarn --frozen-lockfile`,
`pnpm install --frozen-lockfile`) would stop, or `npm install` would change it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.formats._lock import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.formats._lock import Package

_GROUPS = ("dependencies", "devDependencies", "optionalDependencies")
_LINE = re.compile(r"(?m)^( *+)['\"]?([^\s'\"#:][^'\":\n]*+)['\"]?:")
_TOP, _PROJECT = 0, 2


def _asked(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and version of what comes from a registry: no folder, no repository."""
    for group in _GROUPS:
        entries = manifest.get(group)
        for name, wanted in entries.items() if isinstance(entries, dict) else ():
            if isinstance(wanted, str) and not re.search(r"[:/]", wanted):
                yield name, wanted


def missing_in_npm(manifest: Mapping[str, Any], lock: Mapping[str, Any]) -> Iterator[Wanted]:
    """Yield what a package-lock.json does not hold, or for another version than is asked for."""
    packages = lock.get("packages")
    root = packages.get("") if isinstance(packages, dict) else None
    if not isinstance(root, dict):
        names = lock.get("dependencies")
        yield from _without(manifest, names if isinstance(names, dict) else {})
        return
    held: dict[str, set[str]] = {}
    for group in _GROUPS:
        entries = root.get(group)
        for name, version in entries.items() if isinstance(entries, dict) else ():
            held.setdefault(name, set()).add(str(version))
    for name, wanted in _asked(manifest):
        if wanted not in held.get(name, ()):
            yield Wanted(name, wanted, "package.json")


def missing(
    manager: str, manifest: Mapping[str, Any], packages: Sequence[Package], text: str
) -> Iterator[Wanted]:
    """Yield what a yarn.lock or pnpm-lock.yaml does not hold.

    Args:
        manager: `yarn` or `pnpm`.
        manifest: the package.json beside it.
        packages: what is locked.
        text: the lock file's.
    """
    if manager == "pnpm":
        importer = _importer(text)
        if importer is not None:
            yield from _without(manifest, importer)
    elif "workspaces" not in manifest:  # whose packages a yarn.lock need not name
        yield from _without(manifest, {package.name for package in packages} | _aliases(text))


def _without(manifest: Mapping[str, Any], names: object) -> Iterator[Wanted]:
    return (Wanted(name, wanted, "package.json") for name, wanted in _asked(manifest) if name not in names)  # type: ignore[operator]


def _aliases(text: str) -> set[str]:
    """Return the names by which a yarn.lock calls packages that have others."""
    return {
        match[1] for match in re.finditer(r"(?m)^\"?(?:[^\n]*, )?\"?(@?[^@\s\"]+)@npm:@?[^@\s\"]+@", text)
    }


def _importer(text: str) -> set[str] | None:
    """Return what a pnpm-lock.yaml says that the package beside it asks for; None where it says nothing.

    That stands under `importers` and `.`, or at the top where there is only one package.
    """
    section = re.search(r"(?m)^importers:[ \t]*\r?$", text)
    start, depth = (section.end(), _PROJECT) if section else (0, _TOP)
    found: set[str] | None = set() if not section else None
    group = False
    for match in _LINE.finditer(text, start):
        indent, key = len(match[1]), match[2]
        if section and indent == _TOP:
            break
        if section and indent == _PROJECT:
            if found is not None:
                break
            found = set() if key == "." else None
        elif indent == depth + (2 if section else 0):
            group = key in _GROUPS
        elif group and found is not None and indent == depth + (4 if section else 2):
            found.add(key)
    return found
