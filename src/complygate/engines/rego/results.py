"""What a rule's value says: which results there are, with what message and what else they tell."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST = 500


class ShapeError(Exception):
    """A result has no form that a result may have."""


@dataclass(frozen=True, slots=True)
class Result:
    """One result.

    Attributes:
        message: its `msg`, in one line, or "".
        told: what else it holds.
    """

    message: str
    told: Mapping[str, Any] = field(default_factory=dict)


def results(value: Any) -> Iterator[Result]:
    """Yield the results that a rule's value stands for, in order of their text.

    A set (or array) holds results; a string or a map is one; true is one that says nothing; false, null and
    what is undefined are none.

    Raises:
        ShapeError: a member is neither a string nor a map with a `msg`.
    """
    if value is None or value is False:
        return
    if isinstance(value, list):
        found = [_result(item) for item in value]
        yield from sorted(found, key=lambda result: (result.message, str(result.told)))
    elif value is True:
        yield Result("")
    else:
        yield _result(value)


def _result(item: Any) -> Result:
    if isinstance(item, str):
        return Result(_line(item))
    if isinstance(item, dict):
        message = item.get("msg", item.get("message", ""))
        if not isinstance(message, str):
            raise ShapeError("a result's msg is not a string")
        return Result(_line(message), {key: inner for key, inner in item.items() if key != "msg"})
    raise ShapeError("a result is neither a string nor a map with a msg")


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
