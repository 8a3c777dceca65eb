"""What the readers of line-based files have in common: places and notes, collected while a text goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.model.tree import Note, Span, Tree
from complygate.syntax.offsets import Offsets

if TYPE_CHECKING:
    from collections.abc import Iterable


class TreeBuilder:
    """Puts the tree of one text together; a reader fills it and asks for the tree at the end."""

    def __init__(self, path: str, text: str) -> None:
        """Take the file's path and its text; the root's place is the whole text."""
        self._path = path
        self._text = text
        self._offsets = Offsets(text)
        self._values: dict[str, Span] = {"": self._offsets.span(0, len(text))}
        self._keys: dict[str, Span] = {}
        self._notes: list[Note] = []

    def _span(self, start: int, end: int) -> Span:
        return self._offsets.span(start, end)

    def _note(self, message: str, span: Span, pointer: str = "") -> None:
        self._notes.append(Note(message, span, pointer))

    def _tree(self, syntax: str, data: Any, comments: Iterable[str]) -> Tree:
        return Tree(
            self._path,
            syntax,
            data,
            self._values,
            self._keys,
            comments=tuple(comments),
            notes=tuple(self._notes),
        )
