"""A checked expression as text again, with its macros as an author writes them: for messages.

What comes out means the same as what went in, up to how many brackets there are; it is not what was typed.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

from complygate.engines.cel import wire
from complygate.engines.cel.ast import Call, Const, Expr, Fold, Ident, ListExpr, Select, Struct

if TYPE_CHECKING:
    from collections.abc import Callable

_BINARY = {
    "_||_": ("||", 1), "_&&_": ("&&", 2), "_==_": ("==", 3), "_!=_": ("!=", 3), "_<_": ("<", 3),
    "_<=_": ("<=", 3), "_>_": (">", 3), "_>=_": (">=", 3), "@in": ("in", 3), "_+_": ("+", 4), "_-_": ("-", 4),
    "_*_": ("*", 5), "_/_": ("/", 5), "_%_": ("%", 5),
}  # fmt: skip
"""Operators with how tight they bind (https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax)."""
LOGIC = ("_&&_", "_||_")
_TIGHT = 6
_SORTED = "@__sortBy_input__"
"""The name that `sortBy` gives to what it sorts."""
_SIGN = 1 << 63


def text(expr: Expr) -> str:
    """Return `expr` as an author would write it."""
    return _text(expr, 0)


def _text(expr: Expr, binding: int) -> str:
    """Return `expr` as it stands where what binds looser than `binding` needs brackets."""
    if isinstance(expr, Call):
        return _call(expr, binding)
    if isinstance(expr, Select):
        read = f"{_text(expr.operand, _TIGHT)}.{expr.field}"
        return f"has({read})" if expr.test else read
    return _leaf(expr)


def _leaf(expr: Const | Ident | ListExpr | Struct | Fold) -> str:
    """Return what never needs brackets."""
    match expr:
        case Const():
            return _const(expr.raw)
        case Ident():
            return expr.name
        case ListExpr():
            return f"[{', '.join(_text(element, 0) for element in expr.elements)}]"
        case Struct():
            return _struct(expr)
        case Fold():
            return _fold(expr)


def _call(expr: Call, binding: int) -> str:
    args = expr.args
    if expr.function in _BINARY and len(args) == len("ab"):
        word, tightness = _BINARY[expr.function]
        right = tightness if expr.function in LOGIC else tightness + 1  # `a && (b && c)` is `a && b && c`
        written = f"{_text(args[0], tightness)} {word} {_text(args[1], right)}"
        return f"({written})" if tightness < binding else written
    if expr.function == "_?_:_":
        return _conditional(expr, binding)
    if expr.function in _SPECIAL:
        return _SPECIAL[expr.function](args)
    inside = ", ".join(_text(arg, 0) for arg in args)
    prefix = "" if expr.target is None else f"{_text(expr.target, _TIGHT)}."
    return f"{prefix}{expr.function}({inside})"


def _conditional(expr: Call, binding: int) -> str:
    mapped = optional_map(expr)
    if mapped is not None:
        word, target, fold = mapped
        return f"{_text(target, _TIGHT)}.{word}({fold.accu}, {_text(fold.result, 0)})"
    first, second, third = (_text(arg, i == 0) for i, arg in enumerate(expr.args))
    written = f"{first} ? {second} : {third}"
    return f"({written})" if binding > 0 else written


_SPECIAL: dict[str, Callable[[tuple[Expr, ...]], str]] = {
    "!_": lambda args: f"!{_text(args[0], _TIGHT)}",
    "-_": lambda args: f"-{_text(args[0], _TIGHT)}",
    "_[_]": lambda args: f"{_text(args[0], _TIGHT)}[{_text(args[1], 0)}]",
    "_?._": lambda args: f"{_text(args[0], _TIGHT)}.?{_name(args[1])}",
    "_[?_]": lambda args: f"{_text(args[0], _TIGHT)}[?{_text(args[1], 0)}]",
}


def _name(expr: Expr) -> str:
    return (expr.text if isinstance(expr, Const) else None) or _text(expr, 0)


def _const(raw: bytes) -> str:
    for number, value in wire.read(raw):
        if isinstance(value, int):
            return {1: "null", 2: "true" if value else "false", 4: f"{value}u"}.get(
                number, str(_signed(value))
            )
        if isinstance(value, bytes):
            return json.dumps(value.decode("utf-8", "replace"), ensure_ascii=False).replace("'", "\\'")
        return repr(float(struct.unpack("<d", value)[0]))
    return "null"


def _signed(value: int) -> int:
    return value - 2 * _SIGN if value >= _SIGN else value


def _struct(expr: Struct) -> str:
    entries = (f"{e.field if e.key is None else _text(e.key, 0)}: {_text(e.value, 0)}" for e in expr.entries)
    return f"{expr.name}{{{', '.join(entries)}}}"


def _fold(expr: Fold) -> str:
    if is_binding(expr):
        if expr.accu == _SORTED and isinstance(expr.result, Call) and isinstance(expr.result.args[0], Fold):
            return f"{_text(expr.init, _TIGHT)}.sortBy({_inside(expr.result.args[0])[1]})"
        return f"cel.bind({expr.accu}, {_text(expr.init, 0)}, {_text(expr.result, 0)})"
    word, inside = _inside(expr)
    return f"{_text(expr.range, _TIGHT)}.{word}({inside})"


def _inside(expr: Fold) -> tuple[str, str]:
    names = [name for name in (expr.var, expr.var2) if name]
    word, parts = macro(expr)
    return word, ", ".join([*names, *(_text(part, 0) for part in parts)])


def is_binding(expr: Fold) -> bool:
    """Tell whether `expr` is what `cel.bind` expands to: a loop over nothing, with a value."""
    return isinstance(expr.range, ListExpr) and not expr.range.elements and expr.var == "#unused"


def macro(expr: Fold) -> tuple[str, tuple[Expr, ...]]:
    """Return which macro a loop comes from, and what an author wrote in it behind the names.

    https://github.com/google/cel-spec/blob/master/doc/langdef.md#macros says what each expands to.
    """
    step = expr.step
    if not isinstance(step, Call):
        return "fold", (step,)
    if step.function in LOGIC:
        return ("all" if step.function == "_&&_" else "exists"), (step.args[1],)
    if step.function == "_?_:_":
        chosen, taken = step.args[0], step.args[1]
        if not isinstance(expr.init, ListExpr):
            return "exists_one", (chosen,)
        added = _added(taken)
        if isinstance(added, Ident) and added.name == expr.var and not expr.var2:
            return "filter", (chosen,)
        return ("transformList" if expr.var2 else "map"), (chosen, added)
    return ("transformList" if expr.var2 else "map"), (_added(step),)


def _added(step: Expr) -> Expr:
    """Return what `accu + [x]` adds."""
    if isinstance(step, Call) and step.function == "_+_":
        added = step.args[1]
        if isinstance(added, ListExpr) and len(added.elements) == 1:
            return added.elements[0]
    return step


def optional_map(expr: Call) -> tuple[str, Expr, Fold] | None:
    """Return macro, target and body of what `optMap` and `optFlatMap` expand to; None for anything else."""
    chosen, taken, left = expr.args
    if not (isinstance(left, Call) and left.function == "optional.none"):
        return None
    if not (isinstance(chosen, Call) and chosen.function == "hasValue" and chosen.target is not None):
        return None
    if isinstance(taken, Call) and taken.function == "optional.of" and isinstance(taken.args[0], Fold):
        return "optMap", chosen.target, taken.args[0]
    return ("optFlatMap", chosen.target, taken) if isinstance(taken, Fold) else None
