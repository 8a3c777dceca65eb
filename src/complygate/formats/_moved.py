"""Places of data that was made from a tree's data: each pointer leads back to where its value came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from complygate.model.pointer import escape
from complygate.model.tree import Span


class Moved(Mapping[str, Span]):
    """A table of places, seen through new pointers."""

    def __init__(
        self, data: Any, origin: Callable[[str], str | None], places: Callable[[], Mapping[str, Span]]
    ) -> None:
        """Take what the table needs.

        Args:
            data: the new data.
            origin: turns a pointer into `data` into one of the old data, or None where there is none.
            places: gives the old table. Called when a place is first asked for.
        """
        self._data = data
        self._origin = origin
        self._places = places

    def __getitem__(self, pointer: str) -> Span:
        """Return the place of the value at `pointer`, or raise KeyError."""
        origin = self._origin(pointer)
        if origin is None:
            raise KeyError(pointer)
        return self._places()[origin]

    def __iter__(self) -> Iterator[str]:
        """Yield every pointer into the new data that has a place."""
        return (pointer for pointer in _pointers(self._data) if pointer in self)

    def __len__(self) -> int:
        """Return how many pointers have a place."""
        return sum(1 for _ in self)

    def __reduce__(self) -> tuple[type[dict[str, Span]], tuple[dict[str, Span]]]:
        """Travel to another process as a plain dict."""
        return dict, (dict(self),)


def _pointers(root: Any) -> Iterator[str]:
    """Yield the pointer of every value in `root`, each before what it holds."""
    stack = [("", root)]
    while stack:
        pointer, value = stack.pop()
        yield pointer
        if isinstance(value, dict):
            stack.extend((f"{pointer}/{escape(key)}", inner) for key, inner in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((f"{pointer}/{i}", value[i]) for i in range(len(value) - 1, -1, -1))
