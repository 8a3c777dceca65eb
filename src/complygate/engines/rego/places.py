"""Where in the judged value a result points.

From the surest to the least: a `path` that the result gives; else a value that it names and that stands in
one place only. What is in doubt is not guessed: the result then points at the whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.engines.rego.results import Result

_PATHS = ("path", "pointer", "json_path", "jsonPath", "jsonpath")
"""Keys under which results give a path."""
_GROUPS = ("metadata", "details")
"""Keys under which results put what else they tell, as Gatekeeper's and Conftest's do."""
_OTHER = frozenset(
    {*_PATHS, *_GROUPS, "_loc", "msg", "message", "id", "severity", "title", "description", "query", "url"}
)
_STEP = re.compile(r"""\.?([^.\[\]"']+)|\[\s*(\d+)\s*\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*'([^']*)'\s*\]""")
_MOST = 200_000


def pointer_of(result: Result, node: Any) -> str:
    """Return the address in `node` that `result` points at; "" for the whole."""
    for group in _told(result.told):
        for key in _PATHS:
            if key in group and (found := _written(group[key], node)) is not None:
                return found
    named = [item for group in _told(result.told) for item in _named(group)]
    return _of_named(named, node) if named else ""


def line_of(result: Result) -> int:
    """Return the line that the result's `_loc` gives, or 0."""
    for group in _told(result.told):
        place = group.get("_loc")
        if isinstance(place, dict):
            line = place.get("line")
            if isinstance(line, str) and line.isascii() and line.isdigit():
                line = int(line)
            if isinstance(line, int) and not isinstance(line, bool) and 0 < line < 10**9:
                return line
    return 0


def _told(told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield told
    for key in _GROUPS:
        inner = told.get(key)
        if isinstance(inner, dict):
            yield inner


def _written(path: Any, node: Any) -> str | None:
    """Return the pointer that `path` is, in whichever notation; None where it leads nowhere.

    What is absent may be pointed at as long as what should hold it is there.
    """
    for steps in _readings(path):
        pointer = ptr.build(steps)
        if ptr.resolve(node, pointer) is not ptr.MISSING:
            return pointer
        if steps and isinstance(ptr.resolve(node, ptr.parent(pointer)), dict | list):
            return pointer
    return None


def _readings(path: Any) -> Iterator[list[str]]:
    """Yield what `path` may mean: tokens, a JSON pointer, or names joined by dots and brackets."""
    if isinstance(path, list):
        if all(isinstance(step, str | int) and not isinstance(step, bool) for step in path):
            yield [str(step) for step in path]
    elif isinstance(path, str):
        if path.startswith("/"):
            yield ptr.split(path)
        steps = _steps(path)
        if steps is not None:
            yield steps
            if steps[:1] == ["input"]:
                yield steps[1:]


def _steps(path: str) -> list[str] | None:
    """Return the steps of `$.spec.containers[0]["a.b"]`, or None where it is not of this form."""
    path = path.strip().removeprefix("$")
    steps: list[str] = []
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            return None
        steps.append(next(group for group in found.groups() if group is not None))
        at = found.end()
    return steps


def _named(group: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the names in a result's metadata, with their keys: `("container", "web")`."""
    for key, value in sorted(group.items()):
        if key not in _OTHER and isinstance(value, str) and value:
            yield key, value


def _of_named(named: Sequence[tuple[str, str]], node: Any) -> str:
    """Return the deepest place that a name leads to on its own; "" when none does."""
    places: dict[str, list[str]] = {}
    wanted = {value for _, value in named}
    for count, (pointer, value) in enumerate(scalars(node)):
        if count > _MOST:
            return ""
        if value in wanted:
            places.setdefault(value, []).append(pointer)
    found = [place for key, value in named for place in _single(key, places.get(value, []))]
    return max(found, key=lambda place: (place.count("/"), place), default="")


def _single(key: str, places: list[str]) -> list[str]:
    """Return the one place, if there is only one, or only one under the key's own name or its plural."""
    if len(places) > 1:
        word = key.casefold()
        places = [
            place
            for place in places
            if any(step.casefold() in {word, f"{word}s"} for step in ptr.split(place))
        ]
    return places if len(places) == 1 else []


def scalars(node: Any) -> Iterator[tuple[str, str]]:
    """Yield every string in `node`, and every key, with its pointer."""
    stack: list[tuple[str, Any]] = [("", node)]
    while stack:
        pointer, value = stack.pop()
        if isinstance(value, str):
            yield pointer, value
        elif isinstance(value, dict):
            for key, item in value.items():
                inner = ptr.join(pointer, key)
                if not isinstance(item, str):
                    yield inner, key
                stack.append((inner, item))
        elif isinstance(value, list):
            stack.extend((ptr.join(pointer, i), item) for i, item in enumerate(value))
