"""The text of HCL strings: escapes, heredoc indentation, and places counted in code points."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from complygate.model.tree import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|([$%])\4\{", re.DOTALL)
_MARKER = re.compile(r"([$%])\1\{")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_LAST_CODE_POINT = 0x10FFFF


class Positions:
    """Turns tree-sitter's byte columns into code-point columns."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lines: list[bytes] | None = None if data.isascii() else data.split(b"\n")
        self._starts: list[int] | None = None

    def of(self, start: tuple[int, int], end: tuple[int, int]) -> Span:
        """Return the span between two points."""
        return Span(start[0] + 1, self._column(start), end[0] + 1, self._column(end))

    def span(self, node: Node) -> Span:
        """Return the span of a node."""
        return self.of(node.start_point, node.end_point)

    def between(self, first: Node, last: Node) -> Span:
        """Return the span from the start of `first` to the end of `last`."""
        return self.of(first.start_point, last.end_point)

    def offsets(self, start: int, stop: int) -> Span:
        """Return the span between two byte offsets."""
        return self.of(self._point(start), self._point(stop))

    def _point(self, offset: int) -> tuple[int, int]:
        if self._starts is None:
            self._starts = [0, *(match.end() for match in re.finditer(b"\n", self._data))]
        row = bisect_right(self._starts, offset) - 1
        return row, offset - self._starts[row]

    def _column(self, point: tuple[int, int]) -> int:
        row, column = point
        if self._lines is None:
            return column + 1
        head = self._lines[row][:column]
        return (column if head.isascii() else len(head.decode("utf-8", "replace"))) + 1


def unescape_quoted(text: str) -> str:
    """Return what a quoted string's raw text stands for."""
    return _ESCAPE.sub(_escape, text) if "\\" in text or "{" in text else text


def unescape_heredoc(text: str) -> str:
    """Return what a heredoc's raw text stands for: only `$${` and `%%{` are escapes there."""
    return _MARKER.sub(r"\1{", text) if "{" in text else text


def _escape(match: re.Match[str]) -> str:
    short, long, simple, marker = match.groups()
    if marker:
        return f"{marker}{{"
    if simple is not None:
        return _SIMPLE.get(simple, match.group())
    code = int(short or long, 16)
    return chr(code) if code <= _LAST_CODE_POINT else match.group()


def indentation(text: str) -> int:
    """Return how far the least indented line of `text` that is not blank is indented."""
    depths = [len(line) - len(line.lstrip(" \t")) for line in text.split("\n") if line.strip()]
    return min(depths, default=0)


def dedent(text: str, depth: int, *, line_start: bool) -> str:
    """Return `text` with up to `depth` leading spaces taken off each line.

    Args:
        text: raw text of a heredoc between two interpolations.
        depth: what `indentation` said of the whole heredoc.
        line_start: whether `text` begins at the start of a line.
    """
    if not depth:
        return text
    lead = re.compile(rf"[ \t]{{1,{depth}}}")
    lines = text.split("\n")
    return "\n".join(
        lead.sub("", line, count=1) if (index or line_start) and lead.match(line) else line
        for index, line in enumerate(lines)
    )
