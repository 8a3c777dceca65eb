"""Lines for a terminal: colours, wrapped prose, a piece of source with the columns marked."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from complygate.reporters._plain import cut, one_line, visible, width
from complygate.values import dataclass

if TYPE_CHECKING:
    from complygate.model.finding import Region

WIDTH = 100
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
_BEFORE = 40
"""How much of a long line is kept before the marked columns."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours text, or leaves it alone where colour is off."""

    on: bool

    def __call__(self, text: str, *styles: str) -> str:
        """Return `text` in `styles`: `bold`, `dim` or a colour."""
        if not self.on or not text:
            return text
        codes = ";".join(_CODES[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"


def wrapped(text: str, first: str, *, lines: int = 3) -> list[str]:
    """Return one paragraph as lines that begin with `first`, or with as many blanks; long ones end in "…"."""
    return textwrap.wrap(
        one_line(text),
        width=WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        max_lines=lines,
        placeholder=" …",
        break_long_words=False,
        break_on_hyphens=False,
    )


def source(region: Region, paint: Paint, style: str) -> list[str]:
    """Return the first line of `region` with its number, and marks under the columns of the span."""
    line, start, end = _line(region)
    if not line.strip():
        return []
    line, start, end = _window(line, start, end)
    before, marked = visible(line[:start]), visible(line[start:end])
    number = str(region.span.line)
    gutter = " " * len(number)
    marks = " " * width(before) + paint("^" * max(1, width(marked)), style)
    bar = paint("|", "blue")
    shown = f"{before}{marked}{visible(line[end:])}"
    return [
        f" {gutter} {bar}",
        f" {paint(number, 'blue')} {bar} {shown}".rstrip(),
        f" {gutter} {bar} {marks}",
    ]


def _line(region: Region) -> tuple[str, int, int]:
    """Return the whole first line where it is known, else the snippet, with the marked stretch in it."""
    span = region.span
    snippet = region.snippet.split("\n", 1)[0]
    if region.context is None:
        return snippet, 0, len(snippet)
    lines = region.context_snippet.split("\n")
    index = span.line - region.context.line
    if not 0 <= index < len(lines):
        return snippet, 0, len(snippet)
    line = lines[index].rstrip("\r")
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    return line, min(span.column - 1, len(line)), min(max(end, span.column - 1), len(line))


def _window(line: str, start: int, end: int) -> tuple[str, int, int]:
    """Cut a line that is too long for a terminal around the marked stretch."""
    if len(line) <= WIDTH:
        return line, start, end
    left = max(0, start - _BEFORE)
    head = "…" if left else ""
    piece = cut(line[left:], WIDTH)
    return head + piece, len(head) + start - left, min(len(head) + end - left, len(head) + len(piece))
