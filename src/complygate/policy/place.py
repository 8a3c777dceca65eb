"""Where, in a rule's file, a check is wrong."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from complygate.errors import Place, PolicyError
from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from complygate.errors import CheckError
    from complygate.model.rule import Rule


def place_of(rule: Rule, error: CheckError) -> PolicyError:
    """Return `error`, said by an engine about the check of `rule`, with its place in the rule's file."""
    pointer = f"/check{error.pointer}"
    message = f"{'.'.join(ptr.split(pointer))}: {error.message}"
    place, places = rule.place, rule.places
    if error.file and place is not None:
        place = Place(str(PurePosixPath(place.path).parent / error.file), error.line, error.column)
    elif places is not None:
        place = places.inside(pointer, error.line, error.column) if error.line else places.key(pointer)
    return PolicyError(message, place=place, hint=error.hint)
