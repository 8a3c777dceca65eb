"""From an offset in a text, or in a text put together from pieces of it, to line and column."""

from __future__ import annotations

import re
from bisect import bisect_right

from complygate.errors import Place
from complygate.model.tree import Span
from complygate.values import dataclass

_LINE_END = re.compile(r"\r\n|\r|\n")


class Offsets:
    """The line starts of one text. A line ends at CR LF, CR or LF and nowhere else."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column of the character at `offset`, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """Return the span from `start` up to, and not including, `end`."""
        return Span(*self.at(start), *self.at(end))

    def place(self, path: str, offset: int) -> Place:
        """Return the place of `offset` in the file at `path`, for an error."""
        return Place(path, *self.at(offset))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text put together from pieces of a file.

    Attributes:
        text: the pieces, joined.
        starts: where each piece begins in `text`.
        offsets: where each piece begins in the file.
    """

    text: str
    starts: tuple[int, ...]
    offsets: tuple[int, ...]

    def offset(self, index: int) -> int:
        """Return the place in the file of the character at `index`, or of the end of the last one."""
        piece = max(bisect_right(self.starts, index) - 1, 0)
        return self.offsets[piece] + index - self.starts[piece]

    def range(self, start: int, end: int) -> tuple[int, int]:
        """Return where `text[start:end]` begins and ends in the file."""
        first = self.offset(start)
        return (first, self.offset(end - 1) + 1) if end > start else (first, first)
