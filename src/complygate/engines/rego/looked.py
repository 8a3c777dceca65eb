"""Where a result most likely points that names no place: at what its rule looks at, where that is one thing.

A rule that reads `kind`, the object's name and `spec.replicas` objects to `spec.replicas`. What only tells
which object it is does not count; where several things are left, what holds all of them is shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.engines.rego.places import scalars
from complygate.engines.rego.reads import ANY
from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from complygate.engines.rego.reads import Path, Reads

_NAMING = frozenset({"apiVersion", "kind", "name", "namespace", "version"})
"""Members that tell which thing it is."""
_METADATA = "metadata"
_MOST = 2000
_SHORTEST = 2


def pointer_of(reads: Reads, node: Any, message: str) -> tuple[str, bool]:
    """Return the address in `node` of what the rule looks at, and whether it goes over the members of that.

    The address is "" where it is no one thing.

    Args:
        reads: what the rule looks at.
        node: the judged value.
        message: the result's message: of several like things, it tells which one is meant.
    """
    if reads.all:
        return "", False
    leaves = [path for path in _leaves(reads.whole | reads.surface) if path and not _names(path)]
    leaves = [path for path in leaves if path[0] != _METADATA] or leaves
    at, iterates = _followed(node, list(_shared(leaves)), message) if leaves else ("", False)
    found = ptr.resolve(node, at)
    if not isinstance(found, dict | list):
        return at, False
    mentioned = _mentioned(found, at, message)
    return mentioned, iterates and mentioned == at


def _mentioned(node: Any, at: str, message: str) -> str:
    """Return where the longest text in `node` stands that the message mentions and that stands only once."""
    places: dict[str, list[str]] = {}
    for count, (pointer, text) in enumerate(scalars(node)):
        if count > _MOST:
            return at
        if len(text) > _SHORTEST and ptr.split(pointer)[0] not in {_METADATA, *_NAMING}:
            places.setdefault(text, []).append(pointer)
    once = [text for text, where in places.items() if len(where) == 1 and _is_word(text, message)]
    return at + places[max(once, key=len)][0] if once else at


def _names(path: Path) -> bool:
    return path[-1] in _NAMING and (len(path) == 1 or path[-2] in {"metadata", ANY})


def _leaves(paths: Iterable[Path]) -> list[Path]:
    """Return the paths that lead to no other of them."""
    found = sorted(set(paths))
    return [path for i, path in enumerate(found) if i + 1 == len(found) or found[i + 1][: len(path)] != path]


def _shared(paths: list[Path]) -> Path:
    """Return what all paths start with."""
    first, last = min(paths), max(paths)
    count = next(
        (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(min(paths, key=len))
    )
    return first[: min(count, len(first), len(last))]


def _followed(node: Any, steps: list[str], message: str) -> tuple[str, bool]:
    """Return the pointer that `steps` lead to, and whether it ends where any member may be meant."""
    at: list[str] = []
    value = node
    for step in steps:
        if step != ANY:
            at.append(step)
            value = value.get(step) if isinstance(value, dict) else None
            continue
        members = list(_members(value))
        named = [key for key, item in members if _is_named(item, key, message)]
        chosen = named if len(named) == 1 else [key for key, _ in members] if len(members) == 1 else []
        if not chosen:
            return ptr.build(at), True
        at.append(chosen[0])
        value = dict(members)[chosen[0]]
    return ptr.build(at), False


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from list(value.items())[:_MOST]
    elif isinstance(value, list):
        yield from ((str(i), item) for i, item in enumerate(value[:_MOST]))


def _is_named(item: Any, key: str, message: str) -> bool:
    """Tell whether the message names a member: by its key, its value, or one of the texts in it."""
    texts = [item, *item.values()] if isinstance(item, dict) else [item]
    words = [
        text
        for text in (key, *texts)
        if isinstance(text, str) and len(text) >= _SHORTEST and not text.isdigit()
    ]
    return any(_is_word(word, message) for word in words)


def _is_word(word: str, message: str) -> bool:
    return re.search(rf"(?<![\w./-]){re.escape(word)}(?![\w/-])", message) is not None
