"""The lines of scanned files, for places and ignore comments. Only files that need them are opened again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from complygate.syntax.linehash import primary_location_line_hashes

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = 64


class Texts:
    """Lines by path, kept for the most recent files."""

    def __init__(self, read: Callable[[str], str], *, hashed: bool = False) -> None:
        """Start with nothing read.

        Args:
            read: returns the text of the file at a path, or "" when it cannot.
            hashed: whether GitHub's line hashes are wanted; they cost as much as all the rest.
        """
        self._hashed = hashed
        self._lines = lru_cache(maxsize=_KEPT)(lambda path: tuple(split_lines(read(path))))
        self._hashes = lru_cache(maxsize=_KEPT)(lambda path: primary_location_line_hashes(read(path)))

    def lines(self, path: str) -> tuple[str, ...]:
        """Return the lines of the file at `path`, without their ends."""
        return self._lines(path)

    def line_hash(self, path: str, line: int) -> str:
        """Return GitHub's hash of line number `line`; "" when there is no such line, or none is wanted."""
        if not self._hashed:
            return ""
        hashes = self._hashes(path)
        return hashes[line - 1] if 0 < line <= len(hashes) else ""


def split_lines(text: str) -> list[str]:
    r"""Return the lines of `text`; a line ends at \n, \r\n or \r and nowhere else.

    `str.splitlines` would also split at form feeds and U+2028, which no parser counts as a line.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
