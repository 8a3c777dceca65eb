"""The protobuf wire format, as much of it as an expression's bytes need.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Value: TypeAlias = int | bytes | memoryview
"""A varint is an int, a length-delimited field is bytes, a fixed 64- or 32-bit field is a memoryview."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MORE = 0x80
"""The bit of a varint's byte that says that another one follows."""
_FIXED = {_FIXED64: 8, _FIXED32: 4}


def read(data: bytes) -> Iterator[tuple[int, Value]]:
    """Yield the number and value of each field of a message.

    Raises:
        ValueError: the bytes are not a message.
    """
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if kind == _BYTES:
            size, at = _varint(data, at)
        elif kind in _FIXED:
            size = _FIXED[kind]
        else:
            raise ValueError(f"unknown wire type {kind}")
        if at + size > len(data):
            raise ValueError("a field runs over the end of its message")
        part = data[at : at + size]
        yield number, part if kind == _BYTES else memoryview(part)
        at += size


def write(number: int, value: Value) -> bytes:
    """Return one field."""
    if isinstance(value, int):
        return _encode(number << 3 | _VARINT) + _encode(value)
    if isinstance(value, memoryview):
        kind = _FIXED64 if len(value) == _FIXED[_FIXED64] else _FIXED32
        return _encode(number << 3 | kind) + bytes(value)
    return _encode(number << 3 | _BYTES) + _encode(len(value)) + value


def last(data: bytes, number: int, default: Value | None = None) -> Value | None:
    """Return the value of field `number` (the last one counts), or `default`."""
    found = default
    for n, value in read(data):
        if n == number:
            found = value
    return found


def message(data: bytes, number: int) -> bytes:
    """Return the bytes of the message in field `number`; b"" when it is absent.

    Raises:
        ValueError: the field holds something else.
    """
    found = last(data, number, b"")
    if not isinstance(found, bytes):
        raise ValueError(f"field {number} is not a message")  # noqa: TRY004 - the bytes are wrong, not a type
    return found


def text(data: bytes, number: int) -> str:
    """Return the string in field `number`; "" when it is absent."""
    return message(data, number).decode()


def varints(data: bytes) -> list[int]:
    """Return the numbers of a packed field."""
    found: list[int] = []
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        found.append(value)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("a number runs over the end of its message")
        byte = data[at]
        at += 1
        value |= (byte & (_MORE - 1)) << shift
        if byte < _MORE:
            return value, at
        shift += 7


def _encode(value: int) -> bytes:
    out = bytearray()
    while value >= _MORE:
        out.append(value & (_MORE - 1) | _MORE)
        value >>= 7
    out.append(value)
    return bytes(out)
