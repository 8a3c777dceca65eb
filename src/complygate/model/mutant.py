"""A mutant: a rule's check with one thing changed, to see whether the rule's examples notice."""

from __future__ import annotations

from typing import Any

from complygate.values import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed check.

    Attributes:
        name: what was changed, in words that stay the same while the rest of the check is edited:
            `without self.a == 1`.
        check: the changed check, in the form of the original.
        pointer: where in the rule's `check` it was changed: `/cel`, `/schema/properties/a`.
        line: the line, from 1, in the text that the pointer leads to; 0 where it leads to no text.
        column: the column, from 1.
    """

    name: str
    check: Any
    pointer: str
    line: int = 0
    column: int = 0
