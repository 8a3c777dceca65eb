"""Replacing functions of imported modules, and remembering what pure ones have given."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

MOST = 200_000
"""How many values one function may remember, for the memory's sake."""


def everywhere(name: str, whole: Any, instead: Any) -> None:
    """Put `instead` in the place of `whole` in all modules that have it by `name`."""
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name) is whole:
            vars(module)[name] = instead


def remembered(function: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` so that it is called once for each key.

    Args:
        function: what to call; its values must not be changed by those who get them.
        key: makes the key of the arguments, or None for a call that is not to be remembered.
    """
    known: dict[Any, Any] = {}

    @functools.wraps(function)
    def once(*arguments: Any, **named: Any) -> Any:
        asked = key(*arguments, **named)
        if asked is None:
            return function(*arguments, **named)
        if asked not in known:
            if len(known) >= MOST:
                known.clear()
            known[asked] = function(*arguments, **named)
        return known[asked]

    return once
