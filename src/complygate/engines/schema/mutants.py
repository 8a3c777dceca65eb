"""Schemas that differ from a rule's in one thing: a keyword, an alternative or a required name is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.engines.schema.vocabulary import ANNOTATIONS, KEYWORDS, LISTS, MAPS, ONE, POINTER
from complygate.model import pointer as ptr
from complygate.model.mutant import Mutant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_NAMES = frozenset({"enum", "required", "type"})
"""Keywords whose value is a list, each item of which says something by itself."""
_WITH_IT = {"if": ("then", "else"), "contains": ("minContains", "maxContains")}
"""Keywords that mean nothing without another, and so leave with it."""
_OPPOSITE = {"anyOf": "allOf", "oneOf": "anyOf"}


def mutants(check: Mapping[str, Any]) -> Iterator[Mutant]:
    """Yield schemas that differ from `check` in one thing.

    Args:
        check: a schema that compiles. Not every mutant does: leaving out what others rest on is a mistake.
    """
    for what, at, schema in _mutations(dict(check), POINTER, lambda part: part):
        yield Mutant(what, schema, at)


def _mutations(schema: Any, at: str, build: Callable[[Any], Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield what was changed, where, and what becomes of the whole.

    Args:
        schema: a part of the whole that is a schema.
        at: its pointer.
        build: makes the whole with another part in its place.
    """
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        place = ptr.join(at, keyword)

        def put(new: Any, keyword: str = keyword) -> Any:
            return build({**schema, keyword: new})

        if keyword not in ANNOTATIONS and keyword in KEYWORDS and keyword not in MAPS:
            gone = {keyword, *_WITH_IT.get(keyword, ())}
            yield _without(place), place, build({k: v for k, v in schema.items() if k not in gone})
        if keyword in ONE:
            yield from _mutations(value, place, put)
        elif keyword in LISTS | _NAMES and isinstance(value, list):
            yield from _items(keyword, value, place, put)
        elif keyword in MAPS:
            yield from _members(value, place, put, whole=keyword != "$defs")


def _items(
    keyword: str, items: list[Any], at: str, put: Callable[[Any], Any]
) -> Iterator[tuple[str, str, Any]]:
    for i, item in enumerate(items):
        place = ptr.join(at, i)
        if len(items) > 1 and keyword != "enum":
            name = f"{_without(at)}/{item}" if keyword in _NAMES else _without(place)
            yield name, place, put([*items[:i], *items[i + 1 :]])
        if keyword in LISTS:
            yield from _mutations(item, place, lambda new, i=i: put([*items[:i], new, *items[i + 1 :]]))  # type: ignore[misc]


def _members(
    members: Mapping[str, Any], at: str, put: Callable[[Any], Any], *, whole: bool
) -> Iterator[tuple[str, str, Any]]:
    for name, part in members.items():
        place = ptr.join(at, name)
        if whole:
            yield _without(place), place, put({k: v for k, v in members.items() if k != name})
        yield from _mutations(part, place, lambda new, name=name: put({**members, name: new}))  # type: ignore[misc]


def _without(pointer: str) -> str:
    return f"without {pointer.removeprefix(POINTER)}"
