"""The text at a place, and the lines around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model.finding import Region
from complygate.model.rule import REDACTED
from complygate.model.tree import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complygate.findings.texts import Texts

_AROUND = 2
_LONGEST_LINE = 400


def region(path: str, shown: str, span: Span, texts: Texts, *, redact: bool) -> Region:
    """Return the region for `span`, with its text.

    Args:
        path: the file, for `texts`.
        shown: the file, as reports name it.
        span: the stretch.
        texts: where lines come from.
        redact: leave the text out, since it may hold a secret.
    """
    lines = texts.lines(path)
    hashed = texts.line_hash(path, span.line)
    if not lines or span.line > len(lines):
        return Region(shown, span, line_hash=hashed)
    snippet = _cut(lines[span.line - 1])[span.column - 1 : span.end_column - 1 if _one_line(span) else None]
    context = _around(span, lines)
    if redact:
        return Region(shown, span, REDACTED, context, REDACTED if context else "", line_hash=hashed)
    around = "\n".join(_cut(line) for line in lines[context.line - 1 : context.end_line]) if context else ""
    return Region(shown, span, snippet, context, around, line_hash=hashed)


def _around(span: Span, lines: Sequence[str]) -> Span | None:
    """Return the lines around `span`, or None where they are no more than `span` itself."""
    first, last = max(1, span.line - _AROUND), min(len(lines), span.end_line + _AROUND)
    end = Span(first, 1, last, len(lines[last - 1]) + 1)
    if last > first and not lines[last - 1] and last > span.end_line + 1:
        # The empty line after the final line end is nothing to show.
        end = Span(first, 1, last - 1, len(lines[last - 2]) + 1)
    return end if _larger(end, span) else None


def _one_line(span: Span) -> bool:
    return span.end_line == span.line


def _larger(outer: Span, inner: Span) -> bool:
    """Tell whether `outer` properly contains `inner`, as SARIF demands of a context region."""
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    ends = (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    return starts and ends and outer != inner


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE]
