"""One line on standard error while a scan takes longer than a second, for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_AFTER_SECONDS = 1.0
_EVERY_SECONDS = 0.1
_CLEAR = "\r\x1b[K"


class ProgressLine:
    """Shows how many files are done. Silent where nobody watches, and for the first second."""

    def __init__(self, out: TextIO, clock: Callable[[], float]) -> None:
        """Take where to write and a clock that counts seconds."""
        self._out = out
        self._clock = clock
        self._watched = out.isatty()
        self._next = clock() + _AFTER_SECONDS
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` files are read."""
        if not self._watched or self._clock() < self._next:
            return
        self._next = self._clock() + _EVERY_SECONDS
        self._shown = True
        self._out.write(f"{_CLEAR}scanning: {done} of {total} files")
        self._out.flush()

    def close(self) -> None:
        """Take the line away again."""
        if self._shown:
            self._out.write(_CLEAR)
            self._out.flush()
