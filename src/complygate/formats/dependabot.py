"""Dependabot's configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complygate.formats._yaml import load_maps
from complygate.model.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "dependabot"
KINDS = ("dependabot/config",)
ORDER = 10
ENDINGS = frozenset({".yaml", ".yml"})
EXAMPLE_PATHS = {"dependabot/*": ".github/dependabot.yml"}

_PATH = re.compile(r"(?:.*/)?\.github/dependabot\.ya?ml", re.DOTALL)


def claims(source: Source) -> str | None:
    """Return the file's own path when it lies where GitHub looks for it."""
    return source.path if _PATH.fullmatch(source.path) else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the configuration."""
    for source in sources:
        trees, problems = load_maps(source)
        yield from problems
        for tree in trees:
            yield Document("dependabot/config", "", tree, tree.data)
