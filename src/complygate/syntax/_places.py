"""The side tables of a `Tree`, looked up when asked.

A reader leaves one node for each value; where a pointer leads, and which line that is, is worked out only
for the few pointers that somebody asks about. Making the tables in full would cost more than reading the
text, and a value that is used twice by an alias would be entered twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

from complygate.model.pointer import escape, split
from complygate.model.tree import Span

Node: TypeAlias = "tuple[Any, Any, dict[str, Entry] | list[Node] | None, str]"
"""A value: start, end, what it holds, and its tag or "". Start and end are in the reader's own terms."""
Entry: TypeAlias = tuple[Any, Any, Node]
"""A key's start, its end, and the node of its value."""
Root: TypeAlias = Callable[[], Node]
"""Gives the root's node: a reader may put off finding places until somebody asks for one."""
SpanOf: TypeAlias = Callable[[Any, Any], Span]
"""Turns a reader's start and end into a span."""
_T_co = TypeVar("_T_co", covariant=True)

_LONGEST_INDEX = 9


class Table(Mapping[str, _T_co]):
    """A read-only table over the nodes of one text, by pointer."""

    __slots__ = ("_root", "_take")

    def __init__(self, root: Root, take: Callable[[Entry | None, Node], _T_co | None]) -> None:
        """Take the nodes, and what gives a value's place here, from its key and node; None for no place."""
        self._root = root
        self._take = take

    def __getitem__(self, pointer: str) -> _T_co:
        """Return what is held for `pointer`, or raise KeyError."""
        found = _find(self._root(), pointer)
        value = None if found is None else self._take(*found)
        if value is None:
            raise KeyError(pointer)
        return value

    def __iter__(self) -> Iterator[str]:
        """Yield every pointer that has a value here, in the order of the text."""
        for pointer, entry, node in _walk(self._root()):
            if self._take(entry, node) is not None:
                yield pointer

    def __len__(self) -> int:
        """Return how many pointers have a value here."""
        return sum(1 for _ in self)

    def __reduce__(self) -> tuple[type[dict[str, _T_co]], tuple[dict[str, _T_co]]]:
        """Travel to another process as a plain dict."""
        return dict, (dict(self),)


def values(root: Root, span_of: SpanOf) -> Table[Span]:
    """Return the span of each value."""
    return Table(root, lambda _, node: span_of(node[0], node[1]))


def keys(root: Root, span_of: SpanOf) -> Table[Span]:
    """Return the span of the key of each value that has one."""
    return Table(root, lambda entry, _: entry and span_of(entry[0], entry[1]))


def tags(root: Root) -> Table[str]:
    """Return the tag of each value that has one which the syntax does not define itself."""
    return Table(root, lambda _, node: node[3] or None)


def _find(root: Node, pointer: str) -> tuple[Entry | None, Node] | None:
    """Return the key and the node that `pointer` leads to, or None."""
    if pointer and not pointer.startswith("/"):
        return None
    entry: Entry | None = None
    node = root
    for token in split(pointer):
        inner = node[2]
        if isinstance(inner, dict):
            entry = inner.get(token)
            if entry is None:
                return None
            node = entry[2]
        elif isinstance(inner, list) and _is_index(token) and int(token) < len(inner):
            entry, node = None, inner[int(token)]
        else:
            return None
    return entry, node


def _is_index(token: str) -> bool:
    return token.isascii() and token.isdigit() and len(token) <= _LONGEST_INDEX


def _walk(root: Node) -> Iterator[tuple[str, Entry | None, Node]]:
    """Yield pointer, key and node of every value, each before what it holds."""
    stack: list[tuple[str, Entry | None, Node]] = [("", None, root)]
    while stack:
        pointer, entry, node = stack.pop()
        yield pointer, entry, node
        inner = node[2]
        if isinstance(inner, dict):
            stack.extend((f"{pointer}/{escape(key)}", e, e[2]) for key, e in reversed(inner.items()))
        elif isinstance(inner, list):
            stack.extend((f"{pointer}/{i}", None, inner[i]) for i in range(len(inner) - 1, -1, -1))
