"""A text is parsed once, however many formats ask: the outcome is kept with the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.errors import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from complygate.model.source import Source
    from complygate.model.tree import Tree


def trees(source: Source, key: str, parse_text: Callable[[str, str], tuple[Tree, ...]]) -> tuple[Tree, ...]:
    """Return what `parse_text` makes of `source`, remembered under `key`.

    Args:
        source: the file.
        key: the syntax's name.
        parse_text: takes path and text.

    Raises:
        SyntaxProblem: as `parse_text` did when it was first asked.
    """
    found = source.memo.get(key)
    if found is None:
        try:
            found = parse_text(source.path, source.text)
        except SyntaxProblem as problem:
            found = problem
        source.memo[key] = found
    if isinstance(found, SyntaxProblem):
        raise found.with_traceback(None)
    known: tuple[Tree, ...] = found
    return known
