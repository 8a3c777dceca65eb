"""go.mod; go.sum only by its presence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.errors import SyntaxProblem
from complygate.formats._problems import defects, unreadable
from complygate.model.document import Document
from complygate.syntax import gomod

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "go"
KINDS = ("go/mod",)
ORDER = 10
ENDINGS = frozenset({".mod"})
EXAMPLE_PATHS = {"go/*": "go.mod"}


def claims(source: Source) -> str | None:
    """Return the file's own path when it is a go.mod."""
    return source.path if source.name == "go.mod" else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the module, with `sum`: whether a go.sum stands beside it."""
    for source in sources:
        try:
            tree = gomod.parse(source)
        except SyntaxProblem as error:
            yield unreadable(source.path, error)
            continue
        yield from defects(tree)
        beside = f"{source.folder}/go.sum" if source.folder else "go.sum"
        yield Document("go/mod", "", tree, tree.data | {"sum": beside in source.files})
