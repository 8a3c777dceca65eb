"""JSON Pointer (RFC 6901): the address of a value inside a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MISSING: Any = object()
"""What `resolve` returns for a pointer that leads nowhere: distinct from null, which is a value."""


def escape(token: str) -> str:
    """Return one reference token escaped for use in a pointer."""
    if "~" in token or "/" in token:
        return token.replace("~", "~0").replace("/", "~1")
    return token


def join(base: str, *tokens: str | int) -> str:
    """Return `base` extended by `tokens`, each escaped."""
    for token in tokens:  # mostly one: then this is twice as fast as joining a generator
        base += f"/{escape(str(token))}"
    return base


def build(tokens: Iterable[str | int]) -> str:
    """Return the pointer made of `tokens`, each escaped."""
    return join("", *tokens)


def split(pointer: str) -> list[str]:
    """Return the unescaped tokens of `pointer`; the whole document is [].

    Raises:
        ValueError: the pointer is neither empty nor starts with "/".
    """
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise ValueError(f"not a JSON pointer: {pointer!r}")
    tokens = pointer[1:].split("/")
    if "~" not in pointer:  # hardly any key holds a slash or a tilde
        return tokens
    return [token.replace("~1", "/").replace("~0", "~") for token in tokens]


def parent(pointer: str) -> str:
    """Return the pointer of the container that holds `pointer`; the document's own parent is itself."""
    return pointer.rpartition("/")[0]


def contains(outer: str, inner: str) -> bool:
    """Tell whether `inner` is `outer` or lies inside it."""
    return inner == outer or inner.startswith(f"{outer}/")


def resolve(data: Any, pointer: str) -> Any:
    """Return the value that `pointer` leads to in `data`, or `MISSING`."""
    value = data
    for token in split(pointer):
        if isinstance(value, dict):
            value = value.get(token, MISSING)
        elif isinstance(value, list) and token.isascii() and token.isdigit() and int(token) < len(value):
            value = value[int(token)]
        else:
            return MISSING
        if value is MISSING:
            return MISSING
    return value
