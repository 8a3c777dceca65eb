"""The parts of an expression that an author wrote, each with a way to put another in its place.

Chains of `&&` and `||` are taken flat, and of what a macro expands to only what stands in its brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from typing import NamedTuple, TypeVar

from complygate.engines.cel.ast import Call, Expr, Fold, ListExpr, Select, Struct
from complygate.engines.cel.text import LOGIC, is_binding, optional_map

_T = TypeVar("_T")


class Slot(NamedTuple):
    """A part of an expression.

    Attributes:
        part: the part.
        put: returns the expression with another in its place.
    """

    part: Expr
    put: Callable[[Expr], Expr]


def slots(expr: Expr) -> Iterator[Slot]:
    """Yield the parts of `expr`, without those of its parts."""
    match expr:
        case Call() if expr.function in LOGIC:
            operands = chain(expr)
            for i, operand in enumerate(operands):
                yield Slot(operand, lambda new, i=i: chained(expr.function, _with(operands, i, new)))  # type: ignore[misc]
        case Call():
            yield from _call(expr)
        case Fold():
            yield from _fold(expr)
        case Select():
            yield Slot(expr.operand, lambda new: replace(expr, operand=new))
        case ListExpr():
            for i, element in enumerate(expr.elements):
                yield Slot(element, lambda new, i=i: replace(expr, elements=_with(expr.elements, i, new)))  # type: ignore[misc]
        case Struct():
            yield from _struct(expr)


def chain(expr: Call) -> tuple[Expr, ...]:
    """Return the operands of a chain of `&&` or of `||`, in order."""
    found: list[Expr] = []
    for arg in expr.args:
        same = isinstance(arg, Call) and arg.function == expr.function
        found.extend(chain(arg) if same and isinstance(arg, Call) else (arg,))
    return tuple(found)


def chained(function: str, operands: tuple[Expr, ...]) -> Expr:
    """Return the chain of `operands`, which is the operand itself where there is one."""
    return reduce(lambda left, right: Call(left.id, function, (left, right)), operands)


def _with(items: tuple[_T, ...], at: int, new: _T) -> tuple[_T, ...]:
    return (*items[:at], new, *items[at + 1 :])


def _call(expr: Call) -> Iterator[Slot]:
    mapped = optional_map(expr) if expr.function == "_?_:_" else None
    if mapped is not None:
        yield from _optional(expr, mapped[1], mapped[2])
        return
    if expr.target is not None:
        yield Slot(expr.target, lambda new: replace(expr, target=new))
    for i, arg in enumerate(expr.args):
        yield Slot(arg, lambda new, i=i: replace(expr, args=_with(expr.args, i, new)))  # type: ignore[misc]


def _optional(expr: Call, target: Expr, fold: Fold) -> Iterator[Slot]:
    """Yield the target and the body of an `optMap` or `optFlatMap`; only these are written as text again."""
    chosen, taken, left = expr.args

    def put_target(new: Expr) -> Expr:
        return replace(expr, args=(Call(chosen.id, "hasValue", (), new), taken, left))

    def put_body(new: Expr) -> Expr:
        body = replace(fold, result=new)
        inner = replace(taken, args=(body,)) if isinstance(taken, Call) else body
        return replace(expr, args=(chosen, inner, left))

    yield Slot(target, put_target)
    yield Slot(fold.result, put_body)


def _fold(expr: Fold) -> Iterator[Slot]:
    if is_binding(expr):
        yield Slot(expr.init, lambda new: replace(expr, init=new))
        if not expr.accu.startswith("@"):  # what `sortBy` compares by is no test
            yield Slot(expr.result, lambda new: replace(expr, result=new))
        return
    yield Slot(expr.range, lambda new: replace(expr, range=new))
    step = expr.step
    if not isinstance(step, Call):
        return
    if step.function in LOGIC:
        yield Slot(step.args[1], lambda new: replace(expr, step=replace(step, args=(step.args[0], new))))
        return
    taken = step
    if step.function == "_?_:_":
        yield Slot(step.args[0], lambda new: replace(expr, step=replace(step, args=(new, *step.args[1:]))))
        return
    yield from _added(expr, taken)


def _added(expr: Fold, step: Call) -> Iterator[Slot]:
    """Yield what a `map` without a condition makes of each item."""
    added = step.args[1] if step.function == "_+_" else None
    if isinstance(added, ListExpr) and len(added.elements) == 1:

        def put(new: Expr) -> Expr:
            made = replace(added, elements=(new,))
            return replace(expr, step=replace(step, args=(step.args[0], made)))

        yield Slot(added.elements[0], put)


def _struct(expr: Struct) -> Iterator[Slot]:
    for i, entry in enumerate(expr.entries):

        def put(new: Expr, i: int = i) -> Expr:
            return replace(expr, entries=_with(expr.entries, i, replace(expr.entries[i], value=new)))

        yield Slot(entry.value, put)
