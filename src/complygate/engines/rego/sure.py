"""What an unknown value is taken for, to see whether a violation stands in any case."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from complygate.engines.rego.module import Module

_PLAIN: tuple[Any, ...] = (
    True,
    False,
    0,
    1,
    -1,
    "",
    "complygate-unknown",
    [],
    {},
    ["complygate-unknown"],
    {"complygate-unknown": 1},
)
_MOST = 60
_ABSENT = object()


def variants(data: Any, unknown: Sequence[str], literals: Iterable[Any]) -> Iterator[Any]:
    """Yield `data` with the values at the pointers `unknown` absent, and then as one value after another.

    Args:
        data: the input.
        unknown: where its unknown values are.
        literals: values that the rule names.
    """
    for value in (_ABSENT, *_PLAIN, *literals):
        trial = copy.deepcopy(data)
        for pointer in unknown:
            _set(trial, ptr.split(pointer), value)
        yield trial


def _set(data: Any, steps: list[str], value: Any) -> None:
    holder = ptr.resolve(data, ptr.build(steps[:-1])) if steps else ptr.MISSING
    if isinstance(holder, dict):
        if value is _ABSENT:
            holder.pop(steps[-1], None)
        else:
            holder[steps[-1]] = value
    elif (
        isinstance(holder, list)
        and steps[-1].isascii()
        and steps[-1].isdigit()
        and int(steps[-1]) < len(holder)
    ):
        holder[int(steps[-1])] = None if value is _ABSENT else value


def literals_of(modules: Iterable[Module]) -> tuple[Any, ...]:
    """Return the scalars written in `modules`, and numbers next to them; the first ones of very many."""
    found: dict[Any, None] = {}
    for module in modules:
        for token in module.source.tokens:
            if token.kind == "string":
                try:
                    found[json.loads(token.text)] = None
                except ValueError:
                    continue
            elif token.kind == "raw":
                found[token.text[1:-1]] = None
            elif token.kind == "number":
                number = json.loads(token.text)
                found.update(dict.fromkeys((number, number - 1, number + 1)))
    return tuple(found)[:_MOST]
