"""pre-commit's configuration: https://pre-commit.com/#pre-commit-configyaml---top-level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.formats._yaml import load_maps
from complygate.model.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "pre-commit"
KINDS = ("pre-commit/config",)
ORDER = 10
ENDINGS = frozenset({".yaml", ".yml"})
EXAMPLE_PATHS = {"pre-commit/*": ".pre-commit-config.yaml"}

_NAMES = frozenset({".pre-commit-config.yaml", ".pre-commit-config.yml"})


def claims(source: Source) -> str | None:
    """Return the file's own path when it is called as pre-commit looks for it."""
    return source.path if source.name in _NAMES else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the configuration."""
    for source in sources:
        trees, problems = load_maps(source)
        yield from problems
        for tree in trees:
            yield Document("pre-commit/config", "", tree, tree.data)
