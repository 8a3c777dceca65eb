"""What stops a run, as opposed to what a run reports.

Broken input is a value (`model.problem.Problem`) and never one of these. An error here means that
nothing was judged: the usage, the configuration or the policy is wrong. This module imports nothing
of ours, so every layer may raise them.
"""

from __future__ import annotations

from complygate.values import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file of the user's an error is. Lines and columns count from 1; 0 means unknown."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return `path:line:column`, leaving out what is unknown."""
        parts = [self.path, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


class ComplygateError(Exception):
    """The base of every error that complygate raises on purpose.

    Attributes:
        message: what is wrong, in one sentence.
        hint: the next step for the person who reads it, or "".
        place: where it is, or None.
    """

    def __init__(self, message: str, *, hint: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        """Return the place and the message on one line, without the hint."""
        return f"{self.place}: {self.message}" if self.place else self.message


class UsageError(ComplygateError):
    """The command line or an API argument asks for something that cannot be done."""


class PolicyError(ComplygateError):
    """A policy set, policy, rule or control file is wrong.

    Several mistakes are reported in one run: `others` holds those after the first.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        place: Place | None = None,
        others: tuple[PolicyError, ...] = (),
    ) -> None:
        super().__init__(message, hint=hint, place=place)
        self.others = others

    @classmethod
    def all_of(cls, errors: list[PolicyError]) -> PolicyError:
        """Return the first of `errors` (at least one) carrying the rest."""
        first, *rest = errors
        return cls(first.message, hint=first.hint, place=first.place, others=tuple(rest))


class UndecidedError(ComplygateError):
    """What would decide cannot be had now, such as a policy whose source does not answer."""


class CheckError(ComplygateError):
    """A rule's `check` is not something its engine can compile.

    Attributes:
        pointer: JSON pointer, inside `check`, of the part that is wrong, such as "/cel".
        line: line within that part's text, from 1; 0 where unknown.
        column: column within that line, from 1; 0 where unknown.
        file: the file that line and column are in, relative to the rule's folder; "" for the rule's own.
    """

    def __init__(
        self,
        message: str,
        *,
        pointer: str = "",
        line: int = 0,
        column: int = 0,
        hint: str = "",
        file: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.pointer = pointer
        self.line = line
        self.column = column
        self.file = file


class SyntaxProblem(ComplygateError):  # noqa: N818 - named for the Problem that it becomes
    """A text is not well-formed in its language; whoever read the text turns this into a `Problem`.

    `place.path` is the file; the line and column are those of the mistake.
    """
