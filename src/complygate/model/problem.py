"""Something in scope that could not be decided. A value in the stream, never an exception."""

from __future__ import annotations

from enum import StrEnum

from complygate.model.tree import Span
from complygate.values import dataclass


class ProblemKind(StrEnum):
    """Why something was not decided. A policy says for each kind what it does to the verdict."""

    PARSE_ERROR = "parse-error"
    """A file that is surely of a kind we judge, and cannot be read."""
    ENGINE_ERROR = "engine-error"
    """A crash, a time-out, a missing engine, an expression that raises."""
    NOTHING_SCANNED = "nothing-scanned"
    """Nothing in the given paths could be judged."""
    NOT_RENDERED = "not-rendered"
    """A template whose values are needed first."""
    NOT_IMPORTED = "not-imported"
    """Rules ask for results of a tool, and none were given."""
    UNKNOWN_VALUE = "unknown-value"
    """A rule needs a value that cannot be known from the files."""
    LOOSENING = "loosening"
    """The scanned tree tries to loosen the policy, which was refused: nothing was loosened."""
    UNKNOWN_COHORT = "unknown-cohort"
    """A policy's entries are for some repositories, and whether for the scanned one cannot be told."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that could not be decided.

    Attributes:
        kind: the kind that the policy's `undecided` table speaks of.
        message: what happened, in one sentence.
        path: the file concerned, relative to the scanned root; "" for the run as a whole.
        span: where in the file, or None.
        rule: id of the rule that could not be decided, or "" where it concerns all of them.
        hint: the next step, or "".
        count: how many things this one problem sums up: 12 templates of one chart.
    """

    kind: ProblemKind
    message: str
    path: str = ""
    span: Span | None = None
    rule: str = ""
    hint: str = ""
    count: int = 1
