"""From a pointer to the tight stretch of text that a person should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model import pointer as ptr
from complygate.model.tree import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complygate.model.document import Document

_START = Span(1, 1, 1, 1)


def span_of(document: Document, pointer: str, lines: Sequence[str]) -> Span:
    """Return the span for `pointer`, an address in the document's data.

    A scalar is shown with its key (`privileged: true`); a block by its key, an item of a list by its first
    line, since platforms annotate only lines that a change touches. What is absent is shown by the
    nearest block that should hold it.

    Args:
        document: the document.
        pointer: the address.
        lines: the lines of the document's file.
    """
    tree = document.tree
    where = tree.nearest(document.base + pointer)
    value = tree.values.get(where, _START)
    key = tree.keys.get(where)
    if isinstance(ptr.resolve(tree.data, where), dict | list):
        return key if key is not None else _first_line(value, lines)
    if key is not None and (key.line, key.column) <= (value.line, value.column):
        value = Span(key.line, key.column, value.end_line, value.end_column)
    return _first_line(value, lines)


def pointer_at(document: Document, line: int) -> str:
    """Return the pointer of the outermost value of the document's data that starts on `line`.

    Of a line on which none starts, it is that of the innermost value around it; "" outside of the document.
    """
    tree = document.tree
    inside = [p for p in tree.values if ptr.contains(document.base, p)]
    starting = [p for p in inside if (tree.keys.get(p) or tree.values[p]).line == line]
    if starting:
        return min(starting, key=len)[len(document.base) :]
    around = [p for p in inside if tree.values[p].line <= line <= tree.values[p].end_line]
    return max(around, key=len, default=document.base)[len(document.base) :]


def _first_line(span: Span, lines: Sequence[str]) -> Span:
    """Cut `span` to its first line of text."""
    if span.end_line <= span.line or span.line > len(lines):
        return span
    end = max(len(lines[span.line - 1].rstrip()) + 1, span.column)
    return Span(span.line, span.column, span.line, end)
