"""What a pyproject.toml asks for and the lock file beside it does not hold, by the packages' names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.formats._lock import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.formats._lock import Package

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(.*)", re.DOTALL)
_SEPARATORS = re.compile(r"[-_.]+")


def missing(manager: str, manifest: Mapping[str, Any], packages: Sequence[Package]) -> Iterator[Wanted]:
    """Yield what is asked for and not locked.

    Args:
        manager: the tool whose lock file it is. PDM locks the groups that it is told to: only the
            project's own dependencies count. Of others nothing is said.
        manifest: the pyproject.toml beside it.
        packages: what is locked.
    """
    asked = {"poetry": _of_poetry, "uv": _of_uv, "pdm": _of_project}.get(manager)
    if asked is None:
        return
    project = _map(manifest, "project")
    own = {_normal(str(name)) for name in (project.get("name"), _map(manifest, "tool", "poetry").get("name"))}
    names = {_normal(package.name) for package in packages} | own | {"python"}
    for name, wanted in asked(manifest):
        if _normal(name) not in names:
            yield Wanted(name, wanted, "pyproject.toml")


def _normal(name: str) -> str:
    return _SEPARATORS.sub("-", name).lower()


def _map(data: Any, *keys: str) -> Mapping[str, Any]:
    """Return the map at `keys`, empty where there is none."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _texts(found: Any) -> Iterator[tuple[str, str]]:
    """Yield name and version of each requirement in a list of them."""
    for text in found if isinstance(found, list) else ():
        match = _NAME.match(text) if isinstance(text, str) else None
        if match:
            yield match[1], match[2].strip()


def _of_project(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _texts(_map(manifest, "project").get("dependencies"))


def _of_uv(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _of_project(manifest)
    for group in _map(manifest, "project", "optional-dependencies").values():
        yield from _texts(group)
    for group in _map(manifest, "dependency-groups").values():
        yield from _texts(group)
    yield from _texts(_map(manifest, "tool", "uv").get("dev-dependencies"))


def _of_poetry(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _of_project(manifest)
    poetry = _map(manifest, "tool", "poetry")
    groups = [_map(group, "dependencies") for group in _map(poetry, "group").values()]
    for group in (_map(poetry, "dependencies"), _map(poetry, "dev-dependencies"), *groups):
        for name, wanted in group.items():
            version = wanted.get("version") if isinstance(wanted, dict) else wanted
            yield name, version if isinstance(version, str) else ""
