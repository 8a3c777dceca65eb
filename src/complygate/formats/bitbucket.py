"""Bitbucket Pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.formats._yaml import load_maps
from complygate.model.document import Document, View
from complygate.model.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "bitbucket-pipelines"
KINDS = ("bitbucket-pipelines/pipeline", "bitbucket-pipelines/step")
ORDER = 10
ENDINGS = frozenset({".yaml", ".yml"})
EXAMPLE_PATHS = {"bitbucket-pipelines/*": "bitbucket-pipelines.yml"}

_NAMES = frozenset({"bitbucket-pipelines.yml", "bitbucket-pipelines.yaml"})


def claims(source: Source) -> str | None:
    """Return the file's own path when it is called as Bitbucket demands."""
    return source.path if source.name in _NAMES else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the pipelines, with a view for each step."""
    for source in sources:
        trees, problems = load_maps(source)
        yield from problems
        for tree in trees:
            views = tuple(_steps(tree.data, "", set()))
            yield Document("bitbucket-pipelines/pipeline", "", tree, tree.data, views=views)


def _steps(data: Any, pointer: str, seen: set[int]) -> Iterator[View]:
    """Yield each step in `data` once: steps are defined under an anchor, and used by alias."""
    if not isinstance(data, dict | list) or id(data) in seen:
        return
    seen.add(id(data))
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        at = f"{pointer}/{escape(str(key))}"
        if key == "step" and isinstance(value, dict) and id(value) not in seen:
            yield View("bitbucket-pipelines/step", value, at)
        yield from _steps(value, at, seen)
