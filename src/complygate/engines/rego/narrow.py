"""Which member of a list or map a result hangs on, found by leaving members out one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_TRIALS = 60
"""Evaluations for one result."""
_DEEPEST = 3


def narrow(data: Any, at: str, stands: Callable[[Any], bool]) -> str:
    """Return the address of the innermost member, at `at` or below, without which a result does not stand.

    Where it stands without any one of them, or falls with several, the address stays as it is.

    Args:
        data: the input.
        at: address in it of a list or map.
        stands: tells whether the result stands for another input.
    """
    left = MOST_TRIALS
    for _ in range(_DEEPEST):
        holder = ptr.resolve(data, at)
        members = list(_members(holder))
        if not 1 < len(members) <= left:
            return at
        left -= len(members)
        needed = [member for member in members if not stands(_without(data, ptr.split(at), member))]
        if len(needed) != 1:
            return at
        at = ptr.join(at, needed[0])
    return at


def _members(holder: Any) -> Iterator[str | int]:
    if isinstance(holder, dict):
        yield from holder
    elif isinstance(holder, list):
        yield from range(len(holder))


def _without(data: Any, steps: list[str], member: str | int) -> Any:
    """Return `data` without a member; in a list null takes its place. Only what leads there is copied."""
    if steps:
        step, *rest = steps
        if isinstance(data, list):
            return [_without(item, rest, member) if str(i) == step else item for i, item in enumerate(data)]
        return {key: _without(item, rest, member) if key == step else item for key, item in data.items()}
    if isinstance(data, list):
        return [None if i == member else item for i, item in enumerate(data)]
    return {key: item for key, item in data.items() if key != member}
