"""Compose files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complygate.formats._yaml import has_key, items, load_maps
from complygate.model.document import Document, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "compose"
KINDS = ("compose/file", "compose/service")
ORDER = 10
ENDINGS = frozenset({".yaml", ".yml"})
EXAMPLE_PATHS = {"compose/*": "compose.yaml"}

_NAME = re.compile(r"(?:docker-)?compose(?:[._-].*)?\.ya?ml")
_SERVICES = re.compile(r"(?m)^(?:\{[ \t]*)?[\"']?services[\"']?[ \t]*:")


def claims(source: Source) -> str | None:
    """Return the file's own path when it is named as Compose files are, and has services."""
    if not _NAME.fullmatch(source.name):
        return None
    return source.path if _SERVICES.search(source.text) or has_key(source, "services") else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the file, with a view for each service."""
    for source in sources:
        trees, problems = load_maps(source)
        yield from problems
        for tree in trees:
            views = tuple(
                View("compose/service", data, at) for _, at, data in items(tree.data, "", "services")
            )
            yield Document("compose/file", "", tree, tree.data, views=views)
