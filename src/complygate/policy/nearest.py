"""The nearest right word for a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FEW = 12


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the word of `known` closest to `word`, or all of them when they are few."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    options = sorted(set(known))
    close = difflib.get_close_matches(word, options, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"there are {', '.join(options)}" if 0 < len(options) <= _FEW else ""
