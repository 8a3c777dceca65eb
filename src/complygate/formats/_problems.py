"""Defects of a text, as problems in the stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model.problem import Problem, ProblemKind
from complygate.model.tree import Span, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.errors import SyntaxProblem


_BROKEN = "Correct the file; the policy's `exclude` is the place for one that is broken on purpose."


def unreadable(path: str, error: SyntaxProblem) -> Problem:
    """Return the problem that the file at `path` cannot be read."""
    span = None
    if error.place is not None and error.place.line:
        line, column = error.place.line, error.place.column or 1
        span = Span(line, column, line, column)
    return Problem(ProblemKind.PARSE_ERROR, error.message, path, span, hint=error.hint or _BROKEN)


def defects(tree: Tree) -> Iterator[Problem]:
    """Yield a problem for each note of `tree`: data is there, but not all of it can be trusted."""
    for note in tree.notes:
        yield Problem(ProblemKind.PARSE_ERROR, note.message, tree.path, note.span, hint=_BROKEN)


def not_an_object(tree: Tree) -> Problem:
    """Return the problem that a file whose top must be a map holds something else."""
    return Problem(
        ProblemKind.PARSE_ERROR,
        "The file does not hold an object.",
        tree.path,
        tree.values.get(""),
        hint=_BROKEN,
    )
