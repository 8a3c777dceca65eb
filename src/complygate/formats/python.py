"""pyproject.toml, requirements files, and the lock files of Python's tools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.formats import _lock as lock
from complygate.formats._problems import defects, not_an_object, unreadable
from complygate.model.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "python"
KINDS = ("python/pyproject", "python/requirements", "python/lock")
ORDER = 10
ENDINGS: frozenset[str] | None = None
EXAMPLE_PATHS = {
    "python/pyproject": "pyproject.toml",
    "python/requirements": "requirements.txt",
    "python/lock": "poetry.lock",
}

_LOCKS = {
    "poetry.lock": "poetry",
    "uv.lock": "uv",
    "pdm.lock": "pdm",
    "Pipfile.lock": "pipenv",
    "pylock.toml": "pylock",
}
_MANIFEST = "pyproject.toml"
_REQUIREMENTS = re.compile(r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)", re.IGNORECASE)
_FOLDERS = frozenset({"requirements", "constraints"})


def claims(source: Source) -> str | None:
    """Return the folder for a project and the lock files beside it, which are compared; else the path."""
    name = source.name
    if name == _MANIFEST or _manager(name) or _REQUIREMENTS.fullmatch(name):
        return lock.group(source, (_MANIFEST,), _LOCKS)
    folder = source.folder.rpartition("/")[2]
    return source.path if folder in _FOLDERS and source.suffix in (".txt", ".in") else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the project, the requirements, and lock files in the shape that all of them share."""
    manifest: dict[str, Any] | None = None
    for source in sorted(sources, key=lambda source: source.name != _MANIFEST):
        try:
            for item in _read(source, manifest):
                if isinstance(item, Document) and item.kind == "python/pyproject":
                    manifest = item.data
                yield item
        except SyntaxProblem as error:
            yield unreadable(source.path, error)


def _manager(name: str) -> str | None:
    """Return the tool whose lock file is called `name`, or None."""
    if name.startswith("pylock.") and name.endswith(".toml"):
        return "pylock"
    return _LOCKS.get(name)


def _read(source: Source, manifest: dict[str, Any] | None) -> Iterator[Document | Problem]:
    if source.suffix in (".txt", ".in"):
        from complygate.syntax import requirements  # noqa: PLC0415 - only where there is one

        tree = requirements.parse(source)
        yield from defects(tree)
        yield Document("python/requirements", "", tree, tree.data)
        return
    from complygate.syntax import json, toml  # noqa: PLC0415

    (tree,) = json.parse(source) if source.name == "Pipfile.lock" else toml.parse(source)
    yield from defects(tree)
    manager = _manager(source.name)
    if not isinstance(tree.data, dict):
        yield not_an_object(tree)
    elif manager is None:
        yield Document("python/pyproject", "", tree, tree.data)
    else:
        from complygate.formats import _python_lock, _python_wanted  # noqa: PLC0415

        version, packages = _python_lock.read(manager, tree.data)
        missing = _python_wanted.missing(manager, manifest, packages) if manifest else ()
        yield lock.document("python/lock", manager, version, packages, tree, missing)
