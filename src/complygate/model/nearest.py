"""The nearest right words for a wrong one: what a message about a slip of the pen suggests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALIKE = 0.6
"""How alike two words must be, from 0 to 1, for one to be taken for a slip of the other."""
_FEW = 12


def closest(word: str, known: Iterable[str], *, count: int = 1) -> list[str]:
    """Return up to `count` words of `known` that `word` is most likely a slip of, the nearest first."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    return difflib.get_close_matches(word, sorted(set(known)), n=count, cutoff=_ALIKE)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the word of `known` nearest to `word`, or "" when none is near."""
    found = closest(word, known)
    return f'did you mean "{found[0]}"?' if found else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the word of `known` nearest to `word`, or all of them when they are few."""
    options = sorted(set(known))
    if hint := did_you_mean(word, options):
        return hint
    if len(options) == 1:
        return f"there is only {options[0]}"
    return f"there are {', '.join(options)}" if 1 < len(options) <= _FEW else ""
