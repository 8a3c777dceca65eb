"""Expressions over data with holes: the same expression, rewritten so that no answer hangs on a hole.

A value that cannot be known is handed to the runtime as a mark: bytes, which no JSON data holds. Most
operations refuse bytes by themselves. Where one would take them (equality, `size`, a test for presence,
a conversion), the rewritten expression looks first, and a mark raises. An error is CEL's own third value:
`||`, `&&`, `all` and `exists` go on without it, everything else gives it back. So a rewritten expression
that comes out true or false would do so whatever stood in the holes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from complygate.engines.cel import ast
from complygate.engines.cel.ast import Call, Const, Expr, Fold, Ident, ListExpr, Select, Struct
from complygate.engines.cel.environment import VARIABLES, environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from cel_expr_python import cel

# Functions of the rewritten expression. An author's expression cannot name them.
_KNOWN = "@known"  # gives its argument back, unless there is a mark in it
_ITSELF = "@itself"  # gives its argument back, unless it is a mark, whatever is in it
_SIZED = "@sized"  # gives its argument back, unless it is a mark or a map that may lack members
_SETTLED = "@settled"  # true, unless the argument is the mark of a value that may be absent
_THERE = "@there"  # gives its argument back, unless it is the mark of a value that may be absent
_NONE_LEFT = "@noneLeft"  # false, unless the argument is a list with a mark in it

_LOGIC = frozenset({"_&&_", "_||_", "!_", "_?_:_", "@not_strictly_false", "__not_strictly_false__"})
_HANDS_ON = frozenset({"dyn", "optional.none", "value", "hasValue", "or", "orValue"})
"""Functions that only hand on a value; whoever looks at it in the end meets the mark."""
_MAY_GIVE_MARK = frozenset({"_?_:_", "_[_]", "_?._", "_[?_]", "optional.of"}) | _HANDS_ON

_LABEL = "complygate:unknown:"
_LABELLED = re.compile(_LABEL + r"([?!])(\d+)")
_FALSE, _NULL = b"\x10\x00", b"\x08\x00"  # Constant messages: bool_value, null_value


def mark(number: int, *, present: bool) -> bytes:
    """Return the mark of unknown value `number`."""
    return f"{_LABEL}{'!' if present else '?'}{number}".encode()


def marked(message: str) -> int | None:
    """Return the number of the unknown value that an evaluation's error message names, or None."""
    found = _LABELLED.search(message)
    return int(found[2]) if found else None


@cache
def environment_with_marks() -> cel.Env:
    """Return the environment that rewritten expressions run in, made once per process."""
    from cel_expr_python import cel  # noqa: PLC0415 - loaded by the first rule that needs it

    kinds = cel.Type
    # What JSON data can hold. A value of any other type raises for want of an overload, which is a safe
    # answer: the outcome is then undetermined.
    plain = [
        kinds.NULL,
        kinds.BOOL,
        kinds.INT,
        kinds.DOUBLE,
        kinds.STRING,
        kinds.BYTES,
        kinds.LIST,
        kinds.MAP,
    ]

    def declare(name: str, implementation: Callable[[Any], Any], result: cel.Type) -> cel.FunctionDecl:
        overloads = [
            cel.Overload(f"{name}_{kind.name()}", result, [kind], False, implementation)  # noqa: FBT003 - positional only
            for kind in plain
        ]
        return cel.FunctionDecl(name, overloads)

    return environment(
        [
            declare(_KNOWN, _known, kinds.DYN),
            declare(_ITSELF, _itself, kinds.DYN),
            declare(_SIZED, _sized, kinds.DYN),
            declare(_THERE, _there, kinds.DYN),
            declare(_SETTLED, _settled, kinds.BOOL),
            declare(_NONE_LEFT, _none_left, kinds.BOOL),
        ]
    )


def rewrite(serialized: bytes) -> cel.Expression:
    """Return the expression for data with marks.

    Args:
        serialized: the author's expression, compiled and serialized.

    Raises:
        ValueError: its form is not one that can be rewritten.
        RuntimeError: the runtime does not take the result.
    """
    expr = ast.read(serialized)
    rewriter = _Rewriter(max(node.id for node in ast.walk(expr)) + 1)
    result = rewriter.rewrite(expr, frozenset(VARIABLES))
    return environment_with_marks().deserialize(ast.replace(serialized, result))


class _Rewriter:
    def __init__(self, first_id: int) -> None:
        self._ids = count(first_id)

    def rewrite(self, expr: Expr, scope: frozenset[str], accu: str = "") -> Expr:
        """Return `expr` rewritten.

        Args:
            expr: what to rewrite.
            scope: the names that hold values.
            accu: the accumulator, while in the step of the comprehension that builds it.
        """
        match expr:
            case Select():
                return self._select(expr, scope)
            case Call():
                return self._call(expr, scope, accu)
            case ListExpr():
                return self._list(expr, scope)
            case Struct():
                return self._struct(expr, scope)
            case Fold():
                return self._fold(expr, scope)
        return expr

    def _select(self, expr: Select, scope: frozenset[str]) -> Expr:
        read = replace(expr, operand=self.rewrite(expr.operand, scope))
        if not expr.test:
            return read
        value = replace(read, id=next(self._ids), test=False)
        settled = self._make(_SETTLED, value)
        return self._make("_?_:_", read, settled, Const(next(self._ids), _FALSE))

    def _call(self, expr: Call, scope: frozenset[str], accu: str) -> Expr:
        function = expr.function
        if function in _LOGIC or function in _HANDS_ON:
            return self._each(expr, lambda e: self.rewrite(e, scope, accu))
        if function == "_+_" and isinstance(expr.args[0], Ident) and expr.args[0].name == accu:
            return self._accumulate(expr, scope)
        special = _CALLS.get(function)
        if special is not None:
            return special(self, expr, scope)
        look = _LOOKS.get(function, _KNOWN)
        return self._each(expr, lambda e: self._checked(look, e, scope))

    def _accumulate(self, expr: Call, scope: frozenset[str]) -> Expr:
        """Rewrite `accu + [x]` or `accu + 1`: x is put away, not looked at."""
        first, last = expr.args
        value = (
            self.rewrite(last, scope) if isinstance(last, ListExpr) else self._checked(_THERE, last, scope)
        )
        return replace(expr, args=(first, value))

    def contains(self, expr: Call, scope: frozenset[str]) -> Expr:
        """Rewrite `x in list`: true when a known element matches, whatever the others are."""
        needle, haystack = expr.args
        found = replace(
            expr, args=(self._checked(_KNOWN, needle, scope), self._checked(_SIZED, haystack, scope))
        )
        if not _may_hold_mark(haystack, scope):
            return found
        return self._make("_||_", found, self._make(_NONE_LEFT, self._fresh(self.rewrite(haystack, scope))))

    def index(self, expr: Call, scope: frozenset[str]) -> Call:
        operand, key = expr.args
        return replace(expr, args=(self.rewrite(operand, scope), self._checked(_KNOWN, key, scope)))

    def optional(self, expr: Call, scope: frozenset[str]) -> Expr:
        """Let an optional through if it is settled whether it holds a value."""
        access = self.index(expr, scope)
        name = f"@optional{next(self._ids)}"
        inner = Call(next(self._ids), "orValue", (Const(next(self._ids), _NULL),), self._name(name))
        settled = self._make(_SETTLED, inner)
        return Fold(
            next(self._ids),
            "#unused",
            "",
            ListExpr(next(self._ids), ()),
            name,
            access,
            Const(next(self._ids), _FALSE),
            self._name(name),
            self._make("_?_:_", settled, self._name(name), self._name(name)),
        )

    def _list(self, expr: ListExpr, scope: frozenset[str]) -> Expr:
        # A container takes a value without looking at it, but only one that is there.
        elements = (
            self.rewrite(e, scope) if i in expr.optional else self._checked(_THERE, e, scope)
            for i, e in enumerate(expr.elements)
        )
        return replace(expr, elements=tuple(elements))

    def _struct(self, expr: Struct, scope: frozenset[str]) -> Expr:
        entries = (
            replace(
                entry,
                key=None if entry.key is None else self._checked(_KNOWN, entry.key, scope),
                value=self.rewrite(entry.value, scope)
                if entry.optional
                else self._checked(_THERE, entry.value, scope),
            )
            for entry in expr.entries
        )
        return replace(expr, entries=tuple(entries))

    def _fold(self, expr: Fold, scope: frozenset[str]) -> Expr:
        inside = scope | {expr.accu, expr.var, expr.var2}
        # The length of what is gone through must be known, and for a map its keys.
        return replace(
            expr,
            range=self._checked(_SIZED, expr.range, scope),
            init=self.rewrite(expr.init, scope),
            condition=self.rewrite(expr.condition, inside),
            step=self.rewrite(expr.step, inside, expr.accu),
            result=self.rewrite(expr.result, inside),
        )

    def _checked(self, function: str, expr: Expr, scope: frozenset[str]) -> Expr:
        rewritten = self.rewrite(expr, scope)
        return self._make(function, rewritten) if _may_hold_mark(expr, scope) else rewritten

    def _each(self, expr: Call, change: Callable[[Expr], Expr]) -> Call:
        target = None if expr.target is None else change(expr.target)
        return replace(expr, args=tuple(change(arg) for arg in expr.args), target=target)

    def _make(self, function: str, *args: Expr) -> Call:
        return Call(next(self._ids), function, args)

    def _name(self, name: str) -> Ident:
        return Ident(next(self._ids), name)

    def _fresh(self, expr: Expr) -> Expr:
        """Return `expr` under a new id, for its second place in the expression."""
        return replace(expr, id=next(self._ids))


_CALLS: dict[str, Callable[[_Rewriter, Call, frozenset[str]], Expr]] = {
    "@in": _Rewriter.contains,
    "_[_]": _Rewriter.index,
    "_?._": _Rewriter.optional,
    "_[?_]": _Rewriter.optional,
}
_LOOKS = {"optional.of": _THERE, "size": _SIZED, "type": _ITSELF}
"""How a function looks at its arguments, where it does less than look at all that is in them."""


def _may_hold_mark(expr: Expr, scope: frozenset[str]) -> bool:
    """Tell whether the value of `expr` can be a mark, or have one inside."""
    match expr:
        case Const():
            return False
        case Ident():
            return expr.name in scope
        case Select():
            return not expr.test
        case ListExpr():
            return any(_may_hold_mark(e, scope) for e in expr.elements)
        case Call():
            return expr.function in _MAY_GIVE_MARK
    return True


def _label(value: bytes | bytearray) -> str:
    text = bytes(value).decode("utf-8", "replace")
    return text if _LABELLED.fullmatch(text) else ""


def _known(value: Any) -> Any:
    for item in _inside(value):
        if isinstance(item, bytes | bytearray) and _label(item):
            raise ValueError(_label(item))
    return bytes(value) if isinstance(value, bytearray) else value


def _itself(value: Any) -> Any:
    return _known(value) if isinstance(value, bytes | bytearray) else value


def _sized(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return _known(value)
    if isinstance(value, dict):
        for item in value.values():
            if isinstance(item, bytes | bytearray):
                _settled(item)
    return value


def _there(value: Any) -> Any:
    _settled(value)
    return bytes(value) if isinstance(value, bytearray) else value


def _settled(value: Any) -> bool:
    label = _label(value) if isinstance(value, bytes | bytearray) else ""
    if label.startswith(f"{_LABEL}?"):
        raise ValueError(label)
    return True


def _none_left(value: Any) -> bool:
    if not isinstance(value, dict):
        _known(value)
    return False


def _inside(value: Any) -> list[Any]:
    """Return `value` and everything in it. The data's depth is bounded, its size is the data's."""
    found, at = [value], 0
    while at < len(found):
        item = found[at]
        at += 1
        if isinstance(item, dict):
            found.extend(item.values())
        elif isinstance(item, list):
            found.extend(item)
    return found
