"""CircleCI's configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.formats._yaml import elements, has_key, items, load_maps
from complygate.model.document import Document, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "circleci"
KINDS = ("circleci/config", "circleci/job", "circleci/step")
ORDER = 10
ENDINGS = frozenset({".yaml", ".yml"})
EXAMPLE_PATHS = {"circleci/*": ".circleci/config.yml"}

_PATH = re.compile(r"(?:.*/)?\.circleci/[^/]+\.ya?ml", re.DOTALL)
_KEYS = ("version", "jobs", "workflows", "orbs", "commands", "setup")
_CONFIG = re.compile(rf"(?m)^(?:{'|'.join(_KEYS)})[ \t]*:")


def claims(source: Source) -> str | None:
    """Return the file's own path when it is the configuration, or one that a set-up continues with."""
    if not _PATH.fullmatch(source.path):
        return None
    sure = source.name.startswith("config.") or _CONFIG.search(source.text)
    return source.path if sure or has_key(source, *_KEYS) else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the configuration, with a view for each job, and for each step that is more than a name."""
    for source in sources:
        trees, problems = load_maps(source)
        yield from problems
        for tree in trees:
            yield Document("circleci/config", "", tree, tree.data, views=tuple(_views(tree.data)))


def _views(data: dict[str, Any]) -> Iterator[View]:
    for _, at, job in items(data, "", "jobs"):
        yield View("circleci/job", job, at)
        yield from _steps(job, at)
    for _, at, command in items(data, "", "commands"):
        yield from _steps(command, at)


def _steps(data: Any, pointer: str) -> Iterator[View]:
    for at, step in elements(data, pointer, "steps"):
        if isinstance(step, dict):
            yield View("circleci/step", step, at)
            for condition in ("when", "unless"):
                yield from _steps(step.get(condition), f"{at}/{condition}")
