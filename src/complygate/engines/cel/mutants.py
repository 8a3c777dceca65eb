"""Expressions that differ from a rule's in one thing.

Changed is the tree that the runtime parsed; each changed tree is written as text again. What a macro expands
to is left alone, but for what an author wrote in it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from complygate.engines.cel import ast, wire
from complygate.engines.cel.ast import Call, Const, Expr, Select
from complygate.engines.cel.mistakes import POINTER
from complygate.engines.cel.program import program
from complygate.engines.cel.slots import chain, chained, slots
from complygate.engines.cel.text import LOGIC, macro, optional_map, text
from complygate.model.mutant import Mutant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from complygate.engines.cel.ast import Fold

_CHECKED_EXPR, _SOURCE_INFO, _POSITIONS = 2, 5, 4
_FLIPPED = {
    "_==_": ("_!=_",), "_!=_": ("_==_",), "_<_": ("_>=_", "_<=_"), "_<=_": ("_>_", "_<_"),
    "_>_": ("_<=_", "_>=_"), "_>=_": ("_<_", "_>_"),
}  # fmt: skip
"""For a comparison: its opposite, and the one that differs on equal values only."""
_TELLING = frozenset({
    "@in", "contains", "endsWith", "hasValue", "matches", "sets.contains", "sets.equivalent",
    "sets.intersects", "startsWith",
})  # fmt: skip
"""Functions that give true or false."""
_TRUE, _FALSE = b"\x10\x01", b"\x10\x00"
_LONGEST = 100


class _Changed(NamedTuple):
    """A changed expression, what was changed, and the part of the original that tells where."""

    expr: Expr
    what: str
    at: Expr


def mutants(check: str) -> Iterator[Mutant]:
    """Yield expressions that differ from `check` in one thing.

    Operands of `&&` and `||`, a `!`, a branch of a condition or the condition of a `filter` are left out;
    tests are turned round, bounds moved, `all` exchanged with `exists`, and literal truths flipped.

    Args:
        check: an expression that compiles.
    """
    compiled = program(check)
    places = _positions(compiled.run.serialize())
    for changed in _mutations(compiled.tree, lambda expr: expr):
        offset = min((places[node.id] for node in ast.walk(changed.at) if node.id in places), default=0)
        line, column = check.count("\n", 0, offset) + 1, offset - check.rfind("\n", 0, offset)
        yield Mutant(changed.what, text(changed.expr), POINTER, line, column)


def _positions(serialized: bytes) -> dict[int, int]:
    """Return where each node stands, by id, as offsets in code points."""
    info = wire.message(wire.message(serialized, _CHECKED_EXPR), _SOURCE_INFO)
    found: dict[int, int] = {}
    for number, value in wire.read(info):
        if number == _POSITIONS and isinstance(value, bytes):
            ident, offset = wire.last(value, 1, 0), wire.last(value, 2, 0)
            if isinstance(ident, int) and isinstance(offset, int):
                found[ident] = offset
    return found


def _mutations(expr: Expr, build: Callable[[Expr], Expr]) -> Iterator[_Changed]:
    """Yield what becomes of the whole when something in `expr` is changed.

    Args:
        expr: a part of the whole.
        build: makes the whole with another part in its place.
    """
    for changed in _own(expr):
        yield changed._replace(expr=build(changed.expr))
    for slot in slots(expr):
        yield from _mutations(slot.part, lambda new, put=slot.put: build(put(new)))  # type: ignore[misc]


def _own(expr: Expr) -> Iterator[_Changed]:
    """Yield what becomes of `expr` when it is changed itself, not something in it."""
    match expr:
        case Call():
            yield from _call(expr)
        case Select(test=True):
            yield _instead(_negated(expr), expr)
        case Const(raw=raw) if raw in {_TRUE, _FALSE}:
            yield _instead(replace(expr, raw=_FALSE if raw == _TRUE else _TRUE), expr)
        case ast.Fold():
            yield from _loop(expr)


def _call(expr: Call) -> Iterator[_Changed]:
    if expr.function in LOGIC:
        operands = chain(expr)
        for i, operand in enumerate(operands):
            rest = operands[:i] + operands[i + 1 :]
            yield _Changed(chained(expr.function, rest), f"without {_short(operand)}", operand)
    elif expr.function == "_?_:_" and optional_map(expr) is None:
        yield from (_instead(branch, expr) for branch in expr.args[1:])
    elif expr.function == "!_":
        yield _instead(expr.args[0], expr)
    elif expr.function in _TELLING:
        yield _instead(_negated(expr), expr)
    for function in _FLIPPED.get(expr.function, ()):
        yield _instead(replace(expr, function=function), expr)


def _loop(expr: Fold) -> Iterator[_Changed]:
    word, parts = macro(expr)
    step = expr.step
    if word in {"all", "exists"} and isinstance(step, Call):
        other = "_||_" if word == "all" else "_&&_"
        yield _instead(replace(expr, step=replace(step, function=other)), expr)
    elif word == "filter":
        yield _Changed(expr.range, f"without filter {_short(parts[0])}", parts[0])
    elif word in {"map", "transformList"} and len(parts) > 1 and isinstance(step, Call):
        yield _Changed(replace(expr, step=step.args[1]), f"without filter {_short(parts[0])}", parts[0])


def _negated(expr: Expr) -> Call:
    return Call(expr.id, "!_", (expr,))


def _instead(new: Expr, old: Expr) -> _Changed:
    return _Changed(new, f"{_short(new)} for {_short(old)}", old)


def _short(expr: Expr) -> str:
    written = text(expr)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1]}…"
