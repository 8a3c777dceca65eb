"""Where the tables, keys and values of a well-formed TOML text stand, as offsets."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from complygate.syntax._places import Node

_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|\n"
    r"|[\[\]{}=,.]"
    r"|[^\s\[\]{}=,.\#\"']+",
    re.DOTALL,
)
_Open = list[Any]
"""A node that is still growing: start, end, contents, tag."""


def nodes(text: str) -> Node:
    """Return the node of the root table of `text`.

    The text has been read, so it is well-formed and its depth is bounded.
    """
    return _Nodes(text).read()


class _Nodes:
    """Reads the tokens of one text, in their order."""

    def __init__(self, text: str) -> None:
        self._tokens = [m for m in _TOKEN.finditer(text) if m[0][0] != "#"]
        self._at = 0
        self._root: _Open = [0, len(text), {}, ""]

    def read(self) -> Node:
        """Return the root's node."""
        table = [self._root]
        while self._at < len(self._tokens):
            sign = self._peek()
            if sign == "\n":
                self._at += 1
            elif sign == "[":
                table = self._header()
            else:
                end = self._pair(table[-1])
                for open_ in table[1:]:
                    open_[1] = max(open_[1], end)
        return cast("Node", self._root)

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _take(self) -> re.Match[str]:
        self._at += 1
        return self._tokens[self._at - 1]

    def _header(self) -> list[_Open]:
        """Read `[a.b]` or `[[a.b]]`; return the tables that pairs below it make longer."""
        start = self._tokens[self._at].start()
        many = self._tokens[self._at + 1][0] == "[" and self._tokens[self._at + 1].start() == start + 1
        self._at += 2 if many else 1
        keys = self._key()
        self._at += 2 if many else 1
        end = self._tokens[self._at - 1].end()
        outer = self._implied(self._root, keys[:-1], start, end)
        name, key_start, key_end = keys[-1]
        if many:
            row: _Open = outer[2].setdefault(name, (key_start, key_end, [start, end, [], ""]))[2]
            item: _Open = [start, end, {}, ""]
            row[2].append(item)
            return [self._root, row, item]
        found: _Open = outer[2].setdefault(name, (key_start, key_end, [start, end, {}, ""]))[2]
        if found[0] != start:  # a deeper header implied it before
            outer[2][name] = (key_start, key_end, found)
            found[0], found[1] = start, end
        return [self._root, found]

    def _key(self) -> list[tuple[str, int, int]]:
        """Read a dotted key: each part, with where it stands."""
        parts = []
        while True:
            token = self._take()
            raw = token[0]
            name = next(iter(tomllib.loads(f"{raw}=0"))) if raw[0] in "\"'" else raw
            parts.append((name, token.start(), token.end()))
            if self._peek() != ".":
                return parts
            self._at += 1

    def _implied(self, node: _Open, keys: list[tuple[str, int, int]], start: int, end: int) -> _Open:
        """Return the table at `keys` in `node`, made where it is not there yet."""
        for name, key_start, key_end in keys:
            node = node[2].setdefault(name, (key_start, key_end, [start, end, {}, ""]))[2]
            if isinstance(node[2], list):
                node = node[2][-1]
        return node

    def _pair(self, table: _Open) -> int:
        """Read `key = value` into `table`; return where it ends."""
        keys = self._key()
        self._at += 1  # the equals sign
        value = self._value()
        start, end = keys[0][1], value[1]
        outer = self._implied(table, keys[:-1], start, end)
        if outer is not table:
            outer[1] = max(outer[1], end)
        name, key_start, key_end = keys[-1]
        outer[2][name] = (key_start, key_end, value)
        return int(end)

    def _value(self) -> _Open:
        token = self._take()
        start = token.start()
        if token[0] == "[":
            return self._array(start)
        if token[0] == "{":
            return self._inline(start)
        end = token.end()
        # A number or date may be several tokens: 1.5, 1979-05-27 07:32:00.
        while self._peek() not in {"", "\n", ",", "]", "}"}:
            end = self._take().end()
        return [start, end, None, ""]

    def _array(self, start: int) -> _Open:
        items: list[_Open] = []
        while self._peek() != "]":
            if self._peek() in {",", "\n"}:
                self._at += 1
            else:
                items.append(self._value())
        return [start, self._take().end(), items, ""]

    def _inline(self, start: int) -> _Open:
        table: _Open = [start, start, {}, ""]
        while self._peek() != "}":
            if self._peek() in {",", "\n"}:
                self._at += 1
            else:
                self._pair(table)
        table[1] = self._take().end()
        return table
