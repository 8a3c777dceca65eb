"""Data made safe for the native libraries that judge it.

Nesting of some thousand levels overflows the stack of either library, which ends the process. The CEL
runtime ends a string at a NUL and refuses an integer beyond 64 bits; both refuse a lone surrogate. None
of that may come from a scanned file, so what is handed over has been looked through, once per value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_DEPTH = 200
"""Levels of nesting that are handed over. Real files stay below 40."""

_MAX_REMEMBERED = 100_000
_LOW, _HIGH = -(2**63), 2**63 - 1
_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str),
    (int, int),
    (float, float),
    (dict, dict),
    (list, list),
    (tuple, list),
)
"""What a value of a derived type is turned into."""
_TEXT = {str}
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class NotPlainError(Exception):
    """The data cannot be handed to the runtime; the message says why, in one sentence."""


class Cleaner:
    """Turns JSON values into what the runtime takes as it is.

    A value that is clean comes back itself, not a copy. Containers seen before are remembered, because
    every rule looks at the same document. The memory is dropped when it has grown.
    """

    def __init__(self, *, narrow: bool) -> None:
        """Start with nothing remembered.

        Args:
            narrow: whether an integer beyond 64 bits becomes the nearest float.
        """
        self._narrow = narrow
        self._seen: dict[int, tuple[Any, Any, int]] = {}

    def __call__(self, value: Any) -> Any:
        """Return `value` cleaned.

        Raises:
            NotPlainError: it is nested too deep, or holds something that JSON does not know.
        """
        if len(self._seen) > _MAX_REMEMBERED:
            self._seen = {}
        return self._clean(value, MAX_DEPTH)

    def _clean(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            return value if _is_clean(value) else clean_text(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return value if not self._narrow or _LOW <= value <= _HIGH else _as_float(value)
        known = self._seen.get(id(value))
        if known is not None and known[2] <= depth:
            return known[1]
        if depth == 0:
            raise NotPlainError(f"the data is nested deeper than {MAX_DEPTH} levels")
        if kind is dict:
            cleaned: Any = self._clean_map(value, depth - 1)
        elif kind is list:
            cleaned = self._clean_list(value, depth - 1)
        else:
            return self._clean_other(value, depth)
        # Keeping the value itself keeps its id from being given to another; a value met higher up, with
        # more room below it, need not be looked through again.
        self._seen[id(value)] = (value, cleaned, depth)
        return cleaned

    def _clean_map(self, value: dict[Any, Any], depth: int) -> dict[Any, Any]:
        if _are_clean_keys(value) and self._are_clean(value.values(), depth):
            return value
        return {
            key if _is_clean_key(key) else clean_text(str(key)): self._clean(item, depth)
            for key, item in value.items()
        }

    def _clean_list(self, value: list[Any], depth: int) -> list[Any]:
        return value if self._are_clean(value, depth) else [self._clean(item, depth) for item in value]

    def _are_clean(self, items: Iterable[Any], depth: int) -> bool:
        """Tell whether cleaning changes none of `items`: so it is almost always, and nothing is copied."""
        for item in items:
            kind = type(item)
            if kind is str:
                if not _is_clean(item):
                    return False
            elif item is not None and kind is not bool and self._clean(item, depth) is not item:
                return False
        return True

    def _clean_other(self, value: Any, depth: int) -> Any:
        for base, make in _BASES:
            if isinstance(value, base):
                return self._clean(make(value), depth)
        raise NotPlainError(
            f"the data holds a value of type {type(value).__name__}, which JSON does not know"
        )


clean = Cleaner(narrow=True)
"""The cleaner that the engines share: a document is looked through once, not once for each engine. What it
leaves as it is, is clean for a runtime with wider integers as well."""


def clean_text(text: str) -> str:
    """Return `text` with a replacement character for each NUL and lone surrogate."""
    return "".join(_REPLACEMENT if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)


def _are_clean_keys(keys: Iterable[Any]) -> bool:
    # Three passes in C for all keys, where a loop over them was a third of a document's cost.
    return set(map(type, keys)) <= _TEXT and _is_clean("".join(keys))


def _is_clean_key(key: Any) -> bool:
    return type(key) is str and _is_clean(key)


def _is_clean(text: str) -> bool:
    # isascii and the search are single passes in C; almost every string takes only these two.
    return "\0" not in text and (text.isascii() or text.isprintable() or clean_text(text) == text)


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
