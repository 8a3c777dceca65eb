"""What Python's lock files hold: those of Poetry, uv, PDM and Pipenv, and pylock.toml (PEP 751)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.formats._lock import Package, is_git, text
from complygate.model.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION = {
    "poetry": ("metadata", "lock-version"),
    "uv": ("version",),
    "pdm": ("metadata", "lock_version"),
    "pylock": ("lock-version",),
    "pipenv": ("_meta", "pipfile-spec"),
}
_LOCAL = frozenset({"editable", "virtual", "directory", "path", "file"})
_GIT_KEYS = ("git", "vcs")


def read(manager: str, data: dict[str, Any]) -> tuple[Any, list[Package]]:
    """Return the version of a lock file's format, and its packages.

    Args:
        manager: the tool that wrote it.
        data: what it holds.
    """
    version: Any = data
    for key in _VERSION[manager]:
        version = version.get(key) if isinstance(version, dict) else None
    if manager == "pipenv":
        return version, list(_pipenv(data))
    key = "packages" if manager == "pylock" else "package"
    entries = data.get(key)
    entries = entries if isinstance(entries, list) else []
    files = _old_files(data)
    return version, [
        _package(entry, join("", key, index), files)
        for index, entry in enumerate(entries)
        if isinstance(entry, dict)
    ]


def _old_files(data: dict[str, Any]) -> dict[str, Any]:
    """Return the hashes by package that old Poetry and PDM versions kept in a table of their own."""
    metadata = data.get("metadata")
    files = metadata.get("files") if isinstance(metadata, dict) else None
    return files if isinstance(files, dict) else {}


def _package(entry: dict[str, Any], at: str, files: dict[str, Any]) -> Package:
    name = text(entry.get("name")) or ""
    source = entry.get("source")
    source = source if isinstance(source, dict) else entry
    kind = source.get("type")
    git = next((source[key] for key in _GIT_KEYS if key in source), None)
    resolved = text(git if not isinstance(git, dict) else git.get("url")) or text(source.get("url"))
    resolved = resolved or text(source.get("registry"))
    local = kind in _LOCAL or bool(_LOCAL & source.keys())
    fields = {part: f"/{part}" for part in ("version",) if part in entry}
    hashed = next(_hashes(entry, files.get(name) or files.get(f"{name} {entry.get('version')}")), None)
    return Package(
        name,
        text(entry.get("version")),
        resolved,
        hashed,
        not local,
        at,
        fields,
        kind == "git" or git is not None or is_git(resolved),
    )


def _hashes(entry: dict[str, Any], old: Any) -> Iterator[str]:
    """Yield the hashes of what an entry fetches."""
    for key in ("files", "wheels", "sdist", "archive"):
        found = entry.get(key)
        yield from _hashes_of(found if isinstance(found, list) else [found])
    yield from _hashes_of(old if isinstance(old, list) else [])


def _hashes_of(files: list[Any]) -> Iterator[str]:
    for file in files:
        if not isinstance(file, dict):
            continue
        if isinstance(file.get("hash"), str):
            yield file["hash"]
        hashes = file.get("hashes")
        for name, value in hashes.items() if isinstance(hashes, dict) else ():
            yield f"{name}:{value}"


def _pipenv(data: dict[str, Any]) -> Iterator[Package]:
    """Yield the packages of a Pipfile.lock, which has one map for each group."""
    for group, entries in data.items():
        if group == "_meta" or not isinstance(entries, dict):
            continue
        for name, entry in entries.items():
            if isinstance(entry, dict):
                hashes = entry.get("hashes")
                version = text(entry.get("version"))
                yield Package(
                    name,
                    version.removeprefix("==") if version else None,
                    text(entry.get("git")) or text(entry.get("file")),
                    text(hashes[0]) if isinstance(hashes, list) and hashes else None,
                    "path" not in entry,
                    join("", group, name),
                    {part: f"/{part}" for part in ("version",) if part in entry},
                    "git" in entry,
                )
