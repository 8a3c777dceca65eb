"""Where, in a rule's file, a check is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.errors import CheckError, PolicyError
from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from complygate.model.rule import Rule


def place_of(rule: Rule, error: CheckError) -> PolicyError:
    """Return `error`, said by an engine about the check of `rule`, with its place in the rule's file."""
    pointer = f"/check{error.pointer}"
    message = f"{'.'.join(ptr.split(pointer))}: {error.message}"
    if rule.places is None:
        return PolicyError(message, place=rule.place, hint=error.hint)
    start = rule.places[pointer]
    place = rule.places.inside(pointer, error.line, error.column) if error.line else start
    return PolicyError(message, place=place, hint=error.hint)
