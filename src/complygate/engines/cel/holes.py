"""Putting marks into data where values cannot be known, without touching the data itself."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.engines._plain import clean_text
from complygate.engines.cel.unknown import mark
from complygate.model import pointer as ptr
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from complygate.engines.cel.uses import Use
    from complygate.model.document import Unknown


@dataclass(frozen=True, slots=True)
class Hole:
    """An unknown value that an expression can look at.

    Attributes:
        tokens: its address in the variable.
        pointer: its address relative to the judged node; "" when it lies outside.
        unknown: what is known about it.
    """

    tokens: tuple[str, ...]
    pointer: str
    unknown: Unknown


@dataclass(slots=True)
class _Branch:
    """The holes below one value, by member; `number` when the value itself is one."""

    number: int | None = None
    present: bool = True
    members: dict[str, _Branch] = field(default_factory=dict)

    def first(self) -> int:
        """Return the number of one of the holes."""
        branch = self
        while branch.number is None:
            branch = next(iter(branch.members.values()))
        return branch.number


def tokens(pointer: str) -> tuple[str, ...]:
    """Return the members that `pointer` goes through, by the names that the runtime is given."""
    return tuple(clean_text(token) for token in ptr.split(pointer))


def touched(holes: Iterable[Hole], use: Use) -> list[Hole]:
    """Return those of `holes` that an expression with this `use` can look at."""
    return [hole for hole in holes if use.touches(hole.tokens)]


def punch(value: Any, holes: Sequence[tuple[int, Hole]]) -> Any:
    """Return `value` with the mark of each numbered hole in its place. What holds none is not copied."""
    root = _Branch()
    for number, hole in holes:
        branch = root
        for token in hole.tokens:
            branch = branch.members.setdefault(token, _Branch())
        branch.number, branch.present = number, hole.unknown.present
    return _punch(value, root) if holes else value


def _punch(value: Any, branch: _Branch) -> Any:
    if branch.number is not None:
        return mark(branch.number, present=branch.present)
    if not branch.members:
        return value
    if type(value) is dict:
        marked = {name: _punch(value.get(name), below) for name, below in branch.members.items()}
        return {**value, **marked}
    if type(value) is list and all(_keeps_length(value, *member) for member in branch.members.items()):
        copy = list(value)
        for name, below in branch.members.items():
            copy[int(name)] = _punch(value[int(name)], below)
        return copy
    # The address leads nowhere in this data, or an element may be missing, which would move those
    # after it: then nothing can be said about the value as a whole.
    return mark(branch.first(), present=True)


def _keeps_length(value: list[Any], name: str, branch: _Branch) -> bool:
    inside = name.isascii() and name.isdigit() and int(name[:10]) < len(value) and len(name) <= len("9" * 10)
    return inside and (branch.number is None or branch.present)
