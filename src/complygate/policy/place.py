"""Where, in a rule's file, a check is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.errors import PolicyError
from complygate.model import pointer as ptr
from complygate.policy.rules import Places

if TYPE_CHECKING:
    from complygate.errors import CheckError
    from complygate.model.rule import Rule


def place_of(rule: Rule, error: CheckError) -> PolicyError:
    """Return `error`, said by an engine about the check of `rule`, with its place in the rule's file."""
    pointer = f"/check{error.pointer}"
    message = f"{'.'.join(ptr.split(pointer))}: {error.message}"
    place = rule.place
    if isinstance(rule.places, Places):
        places = rule.places
        place = places.inside(pointer, error.line, error.column) if error.line else places.key(pointer)
    return PolicyError(message, place=place, hint=error.hint)
