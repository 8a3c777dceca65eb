"""Cargo.toml and Cargo.lock of Rust."""

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

NAME = "cargo"
KINDS = ("cargo/manifest", "cargo/lock")
ORDER = 10
ENDINGS = frozenset({".toml", ".lock"})
EXAMPLE_PATHS = {"cargo/manifest": "Cargo.toml", "cargo/lock": "Cargo.lock"}

_MANIFEST, _LOCK = "Cargo.toml", "Cargo.lock"
_GROUPS = ("dependencies", "dev-dependencies", "build-dependencies")


def claims(source: Source) -> str | None:
    """Return the folder for a manifest and the lock file beside it, which are compared; else the path."""
    if source.name not in (_MANIFEST, _LOCK):
        return None
    return lock.group(source, (_MANIFEST,), (_LOCK,))


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the manifest, with `main` (whether there is a program), and the lock file."""
    manifest: dict[str, Any] | None = None
    for source in sorted(sources, key=lambda source: source.name != _MANIFEST):
        try:
            for item in _read(source, manifest):
                if isinstance(item, Document) and item.kind == "cargo/manifest":
                    manifest = item.data
                yield item
        except SyntaxProblem as error:
            yield unreadable(source.path, error)


def _read(source: Source, manifest: dict[str, Any] | None) -> Iterator[Document | Problem]:
    from complygate.syntax import toml  # noqa: PLC0415 - only where there is one

    (tree,) = toml.parse(source)
    yield from defects(tree)
    if not isinstance(tree.data, dict):
        yield not_an_object(tree)
    elif source.name == _MANIFEST:
        head = f"{source.folder}/" if source.folder else ""
        program = f"{head}src/main.rs" in source.files or bool(tree.data.get("bin"))
        yield Document("cargo/manifest", "", tree, tree.data | {"program": program})
    else:
        entries = tree.data.get("package")
        sums = tree.data.get("metadata")  # where Cargo kept them before 2020
        sums = sums if isinstance(sums, dict) else {}
        packages = [
            _package(entry, f"/package/{index}", sums)
            for index, entry in enumerate(entries if isinstance(entries, list) else [])
            if isinstance(entry, dict)
        ]
        missing = _missing(manifest, packages) if manifest else ()
        yield lock.document("cargo/lock", "cargo", tree.data.get("version"), packages, tree, missing)


def _package(entry: dict[str, Any], at: str, sums: Mapping[str, Any]) -> Package:
    """Return a package; one without a source is of the workspace itself."""
    source = lock.text(entry.get("source"))
    git = source is not None and source.startswith("git+")
    resolved = source.removeprefix("registry+").removeprefix("sparse+") if source else None
    fields = {"version": "/version"} if "version" in entry else {}
    if source is not None:
        fields |= {"resolved": "/source"}
    name, version = lock.text(entry.get("name")) or "", lock.text(entry.get("version"))
    integrity = lock.text(entry.get("checksum") or sums.get(f"checksum {name} {version} ({source})"))
    return Package(name, version, resolved, integrity, source is not None, at, fields, git)


def _missing(manifest: Mapping[str, Any], packages: Sequence[Package]) -> Iterator[Wanted]:
    """Yield what the manifest asks for and no package of the lock file is called."""
    names = {package.name for package in packages}
    for group in _GROUPS:
        entries = manifest.get(group)
        for name, wanted in entries.items() if isinstance(entries, dict) else ():
            table = wanted if isinstance(wanted, dict) else {}
            real = table.get("package", name)
            if "workspace" not in table and isinstance(real, str) and real not in names:
                version = table.get("version") if table else wanted
                yield Wanted(real, version if isinstance(version, str) else "", _MANIFEST)
