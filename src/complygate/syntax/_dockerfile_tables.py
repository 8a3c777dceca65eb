"""The side tables of one Dockerfile, while it is read: places, notes and unknown values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.model.pointer import join
from complygate.model.tree import Note, Span
from complygate.syntax._dockerfile_image import image_parts, unknown_parts
from complygate.syntax._dockerfile_words import Expansion, Scope, expand

if TYPE_CHECKING:
    from complygate.errors import Place
    from complygate.model.document import Unknown
    from complygate.syntax._dockerfile_lines import Line
    from complygate.syntax.offsets import Offsets

Word = tuple[int, int]
"""Where a word begins and ends in its instruction's stretch."""


class Tables:
    """Places, notes and unknown values by pointer, and whether the data is plain; see `Tree`, `Document`."""

    def __init__(self, path: str, offsets: Offsets, escape: str) -> None:
        self.values: dict[str, Span] = {}
        self.keys: dict[str, Span] = {}
        self.notes: list[Note] = []
        self.unknowns: dict[str, Unknown] = {}
        self.plain = True
        self.escape = escape
        self.offsets = offsets
        self._path = path

    def span(self, line: Line, start: int, end: int) -> Span:
        """Return where a part of an instruction stands in the file."""
        return self.offsets.span(*line.stretch.range(start, end))

    def whole(self, line: Line) -> Span:
        """Return where an instruction stands, its here-documents included."""
        return self.offsets.span(line.stretch.offset(line.keyword_at), line.file_end)

    def place(self, line: Line) -> Place:
        """Return where an instruction begins, for an error."""
        return self.offsets.place(self._path, line.stretch.offset(line.keyword_at))

    def note(self, line: Line, pointer: str, message: str) -> None:
        """Enter a defect of an instruction."""
        first = line.keyword_at
        self.notes.append(Note(message, self.span(line, first, first + len(line.keyword)), pointer))

    def word(self, line: Line, word: Word, pointer: str, scope: Scope) -> str | None:
        """Return a word's value, None if it cannot be known, and enter its place."""
        self.values[pointer] = self.span(line, *word)
        return self.known(pointer, self.expand(line, word, pointer, scope))

    def expand(self, line: Line, word: Word, pointer: str, scope: Scope) -> Expansion:
        """Return a word expanded; one that the builder refuses is a note."""
        expansion = expand(line.stretch.text[slice(*word)], scope, self.escape)
        if expansion.error:
            message = f"The builder refuses this word: {expansion.error}."
            self.notes.append(Note(message, self.span(line, *word), pointer))
        return expansion

    def known(self, pointer: str, expansion: Expansion) -> str | None:
        """Return the text of `expansion`, or None with an entry in the table of unknown values."""
        if expansion.unknown is None:
            return expansion.text
        self.unknowns[pointer] = expansion.unknown
        return None

    def image(
        self, raw: str, expansion: Expansion, pointer: str, span: Span, *, stage: bool
    ) -> dict[str, Any]:
        """Return an image reference's parts and enter their places."""
        parts = image_parts(raw, expansion, stage=stage)
        self.values[pointer] = span
        for key, value in parts.items():
            if value is not None:
                self.values[join(pointer, key)] = span
        if expansion.unknown:
            for key, reason in unknown_parts(parts, expansion.unknown):
                self.unknowns[join(pointer, key)] = reason
                self.values[join(pointer, key)] = span
        return parts
