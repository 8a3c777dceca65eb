"""Changes to a text, and the way back from the changed text to the written one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Edit(NamedTuple):
    """One change: what stands from `start` up to `end` becomes `text`."""

    start: int
    end: int
    text: str


def ordered(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return edits in order of place; insertions at one place keep theirs, before what is replaced."""
    return tuple(sorted(edits, key=lambda edit: (edit.start, edit.end)))


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return `text` with `edits`, which are in order, made to it."""
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts.extend((text[at : edit.start], edit.text))
        at = edit.end
    return "".join((*parts, text[at:]))


def back(at: int, edits: Sequence[Edit]) -> int:
    """Return the offset in the text before `edits` of the character at `at` in the text after them."""
    moved = 0
    for edit in edits:
        start = edit.start + moved
        if at < start:
            break
        if at < start + len(edit.text):
            return edit.start
        moved += len(edit.text) - (edit.end - edit.start)
    return max(at - moved, 0)
