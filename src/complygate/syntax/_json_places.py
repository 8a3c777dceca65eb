"""Where the values of a well-formed JSON text stand, as offsets."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from complygate.model.pointer import build

if TYPE_CHECKING:
    from complygate.syntax._places import Entry, Node

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]|[^\s,:\[\]{}"]+', re.DOTALL)

Duplicates = list["tuple[str, Entry, Entry]"]
"""Pointer, first entry and later entry of each key that is given twice in its object."""
_MOST_DUPLICATES = 100
"""A text with more is not one that a person needs the whole list for."""


def nodes(text: str, duplicates: Duplicates | None = None) -> Node:
    """Return the node of the value that `text` is; what is given twice in an object joins `duplicates`.

    The text has been read, so it is well-formed and its depth is bounded.
    """
    return _Nodes(text, duplicates).value()


def key_of(text: str, entry: Entry) -> str:
    """Return the key that stands at `entry`, without quotes and escapes."""
    raw = text[entry[0] + 1 : entry[1] - 1]
    return str(json.loads(text[entry[0] : entry[1]])) if "\\" in raw else raw


class _Nodes:
    """Reads the tokens of one text, in their order."""

    def __init__(self, text: str, duplicates: Duplicates | None) -> None:
        self._text = text
        self._next = _TOKEN.finditer(text).__next__
        self._duplicates = duplicates
        self._trail: list[str | int] = []

    def value(self, token: re.Match[str] | None = None) -> Node:
        """Return the node of the next value, or of the one that starts with `token`."""
        token = token or self._next()
        start = token.start()
        if token[0] == "{":
            return self._object(start)
        if token[0] == "[":
            items: list[Node] = []
            self._trail.append(0)
            while (token := self._next())[0] != "]":
                self._trail[-1] = len(items)
                items.append(self.value(token))
            self._trail.pop()
            return start, token.end(), items, ""
        return start, token.end(), None, ""

    def _object(self, start: int) -> Node:
        entries: dict[str, Entry] = {}
        self._trail.append("")
        while (token := self._next())[0] != "}":
            span = token.start(), token.end()
            key = key_of(self._text, (*span, (0, 0, None, "")))
            self._trail[-1] = key
            entry: Entry = (*span, self.value())
            if key in entries:
                self._duplicate(entries[key], entry)
            entries[key] = entry
        self._trail.pop()
        return start, token.end(), entries, ""

    def _duplicate(self, first: Entry, again: Entry) -> None:
        if self._duplicates is not None and len(self._duplicates) < _MOST_DUPLICATES:
            self._duplicates.append((build(self._trail), first, again))
