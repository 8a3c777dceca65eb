"""The checked form of a CEL expression as a tree: read from, and written back to, its protobuf bytes.

The runtime hands out an expression only as the serialized `cel.expr.CheckedExpr` inside a
`google.protobuf.Any`. The messages are those of `cel/expr/syntax.proto` and `checked.proto`
(https://github.com/google/cel-spec/tree/master/proto/cel/expr). What this module does not look into
(types, references, source positions) is carried along as bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import TypeAlias

from complygate.engines.cel import wire
from complygate.values import dataclass

_ANY_VALUE = 2
_CHECKED_EXPR = 4
_EXPR_ID = 2
_CONST, _IDENT, _SELECT, _CALL, _LIST, _STRUCT, _FOLD = range(3, 10)
_CALL_ARGS = 3
_LIST_OPTIONAL = 2
_STRUCT_ENTRIES = 2


@dataclass(frozen=True, slots=True)
class Const:
    """A literal. `raw` is its `Constant` message."""

    id: int
    raw: bytes

    @property
    def text(self) -> str | None:
        """The value of a string literal, else None."""
        found = wire.last(self.raw, 6)
        return found.decode() if isinstance(found, bytes) else None

    @property
    def integer(self) -> int | None:
        """The value of an integer literal (which has no sign in CEL), else None."""
        found = wire.last(self.raw, 3)
        return found if isinstance(found, int) else None


@dataclass(frozen=True, slots=True)
class Ident:
    """A name: a variable, a comprehension's variable, or a type."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """`operand.field`, or `has(operand.field)` when `test` is set."""

    id: int
    operand: Expr
    field: str
    test: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A function, operator or method (`target` is then the receiver)."""

    id: int
    function: str
    args: tuple[Expr, ...]
    target: Expr | None = None


@dataclass(frozen=True, slots=True)
class ListExpr:
    """A list literal. `optional` holds the indices of its `?element` entries."""

    id: int
    elements: tuple[Expr, ...]
    optional: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a map literal (`key`) or of a message literal (`field`)."""

    id: int
    field: str
    key: Expr | None
    value: Expr
    optional: bool


@dataclass(frozen=True, slots=True)
class Struct:
    """A map literal, or a message literal of type `name`."""

    id: int
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """A comprehension: what `all`, `exists`, `map`, `filter` and `cel.bind` expand to."""

    id: int
    var: str
    var2: str
    range: Expr
    accu: str
    init: Expr
    condition: Expr
    step: Expr
    result: Expr


Expr: TypeAlias = Const | Ident | Select | Call | ListExpr | Struct | Fold


def children(expr: Expr) -> Iterator[Expr]:
    """Yield the direct sub-expressions of `expr`."""
    if isinstance(expr, Struct):
        for entry in expr.entries:
            if entry.key is not None:
                yield entry.key
            yield entry.value
        return
    for field in fields(expr):
        value = getattr(expr, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Const | Ident | Select | Call | ListExpr | Struct | Fold):
                yield item


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield `expr` and everything below it."""
    todo = [expr]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(children(node))


def read(serialized: bytes) -> Expr:
    """Return the expression held by `serialized`, what `Expression.serialize()` gives.

    Raises:
        ValueError: the bytes are not of the expected form.
    """
    return _read(wire.message(wire.message(serialized, _ANY_VALUE), _CHECKED_EXPR))


def replace(serialized: bytes, expr: Expr) -> bytes:
    """Return `serialized` with `expr` in place of its expression."""
    checked = wire.message(serialized, _ANY_VALUE)
    kept = b"".join(wire.write(n, v) for n, v in wire.read(checked) if n != _CHECKED_EXPR)
    head = b"".join(wire.write(n, v) for n, v in wire.read(serialized) if n != _ANY_VALUE)
    return head + wire.write(_ANY_VALUE, kept + wire.write(_CHECKED_EXPR, _write(expr)))


def _read(data: bytes) -> Expr:
    number, ident, body = 0, 0, b""
    for n, value in wire.read(data):
        if n == _EXPR_ID and isinstance(value, int):
            ident = value
        elif isinstance(value, bytes):
            number, body = n, value
    if number not in _READERS:
        raise ValueError(f"unknown kind of expression: {number}")
    return _READERS[number](ident, body)


def _read_select(ident: int, body: bytes) -> Select:
    test = bool(wire.last(body, 3, 0))
    return Select(ident, _read(wire.message(body, 1)), wire.text(body, 2), test)


def _read_call(ident: int, body: bytes) -> Call:
    target = wire.last(body, 1)
    args = tuple(_read(v) for n, v in wire.read(body) if n == _CALL_ARGS and isinstance(v, bytes))
    return Call(ident, wire.text(body, 2), args, _read(target) if isinstance(target, bytes) else None)


def _read_list(ident: int, body: bytes) -> ListExpr:
    optional: list[int] = []
    for n, value in wire.read(body):
        if n == _LIST_OPTIONAL and isinstance(value, bytes):  # packed
            optional.extend(wire.varints(value))
        elif n == _LIST_OPTIONAL and isinstance(value, int):
            optional.append(value)
    elements = tuple(_read(v) for n, v in wire.read(body) if n == 1 and isinstance(v, bytes))
    return ListExpr(ident, elements, tuple(optional))


def _read_struct(ident: int, body: bytes) -> Struct:
    entries = tuple(
        _read_entry(v) for n, v in wire.read(body) if n == _STRUCT_ENTRIES and isinstance(v, bytes)
    )
    return Struct(ident, wire.text(body, 1), entries)


def _read_entry(body: bytes) -> Entry:
    ident, key = wire.last(body, 1, 0), wire.last(body, 3)
    return Entry(
        ident if isinstance(ident, int) else 0,
        wire.text(body, 2),
        _read(key) if isinstance(key, bytes) else None,
        _read(wire.message(body, 4)),
        bool(wire.last(body, 5, 0)),
    )


def _read_fold(ident: int, body: bytes) -> Fold:
    return Fold(
        ident,
        wire.text(body, 1),
        wire.text(body, 8),
        _read(wire.message(body, 2)),
        wire.text(body, 3),
        *(_read(wire.message(body, n)) for n in (4, 5, 6, 7)),
    )


_READERS: dict[int, Callable[[int, bytes], Expr]] = {
    _CONST: Const,
    _IDENT: lambda ident, body: Ident(ident, wire.text(body, 1)),
    _SELECT: _read_select,
    _CALL: _read_call,
    _LIST: _read_list,
    _STRUCT: _read_struct,
    _FOLD: _read_fold,
}


def _write(expr: Expr) -> bytes:
    match expr:
        case Const():
            kind, body = _CONST, expr.raw
        case Ident():
            kind, body = _IDENT, wire.write(1, expr.name.encode())
        case Select():
            kind, body = _SELECT, wire.write(1, _write(expr.operand)) + wire.write(2, expr.field.encode())
            body += wire.write(3, 1) if expr.test else b""
        case Call():
            kind, body = _CALL, b"" if expr.target is None else wire.write(1, _write(expr.target))
            body += wire.write(2, expr.function.encode())
            body += b"".join(wire.write(_CALL_ARGS, _write(arg)) for arg in expr.args)
        case ListExpr():
            kind, body = _LIST, b"".join(wire.write(1, _write(e)) for e in expr.elements)
            body += b"".join(wire.write(_LIST_OPTIONAL, i) for i in expr.optional)
        case Struct():
            kind, body = _STRUCT, wire.write(1, expr.name.encode())
            body += b"".join(wire.write(_STRUCT_ENTRIES, _write_entry(e)) for e in expr.entries)
        case Fold():
            kind, body = _FOLD, _write_fold(expr)
    return wire.write(_EXPR_ID, expr.id) + wire.write(kind, body)


def _write_entry(entry: Entry) -> bytes:
    name = wire.write(2, entry.field.encode()) if entry.key is None else wire.write(3, _write(entry.key))
    optional = wire.write(5, 1) if entry.optional else b""
    return wire.write(1, entry.id) + name + wire.write(4, _write(entry.value)) + optional


def _write_fold(expr: Fold) -> bytes:
    names = wire.write(1, expr.var.encode()) + wire.write(3, expr.accu.encode())
    if expr.var2:
        names += wire.write(8, expr.var2.encode())
    parts = {2: expr.range, 4: expr.init, 5: expr.condition, 6: expr.step, 7: expr.result}
    return names + b"".join(wire.write(n, _write(part)) for n, part in parts.items())
