"""Where a character of a YAML scalar's value stands in the file.

A value is not its source text: a folded block joins lines, a quoted scalar has escapes, a plain one may run
over several lines. But the visible characters are the same ones in the same order, so the place of one is
found by counting them. That is exact for every style of scalar.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|.)", re.DOTALL)
_INVISIBLE = {"n", "r", "t", " ", "\t", "\n", "\r", "\r\n", "N", "_", "L", "P", "v", "f"}


def offset_of(value: str, line: int, column: int) -> int:
    """Return the offset in `value` of a line and column, both from 1; past the end of a line, its end."""
    lines = value.split("\n")
    row = min(max(line, 1), len(lines)) - 1
    return sum(len(text) + 1 for text in lines[:row]) + min(max(column, 1) - 1, len(lines[row]))


def locate(source: str, value: str, offset: int) -> int:
    """Return where in `source`, the text of a scalar, the character `offset` of its `value` stands.

    An offset at white space or at the end leads right behind the visible character before it.
    """
    visible = len("".join(value[:offset].split()))
    wanted = offset < len(value) and not value[offset].isspace()
    end = 0
    for number, (start, stop) in enumerate(_visible(source)):
        if number == visible and wanted:
            return start
        if number >= visible:
            break
        end = stop
    return end


def _visible(source: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each piece of `source` that stands for one visible character."""
    head = source[:1]
    if head in {"|", ">"}:
        yield from _plain(source, max(source.find("\n"), 0))
    elif head == "'":
        yield from _single_quoted(source)
    elif head == '"':
        yield from _double_quoted(source)
    else:
        yield from _plain(source, 0)


def _plain(source: str, start: int) -> Iterator[tuple[int, int]]:
    for i in range(start, len(source)):
        if not source[i].isspace():
            yield i, i + 1


def _single_quoted(source: str) -> Iterator[tuple[int, int]]:
    i = 1
    while i < len(source):
        step = 2 if source.startswith("''", i) else 1
        if not source[i].isspace():
            yield i, i + step
        i += step


def _double_quoted(source: str) -> Iterator[tuple[int, int]]:
    i = 1
    while i < len(source):
        escape = _ESCAPE.match(source, i)
        step = len(escape[0]) if escape else 1
        shown = escape[0][1:] not in _INVISIBLE if escape else not source[i].isspace()
        if shown:
            yield i, i + step
        i += step
