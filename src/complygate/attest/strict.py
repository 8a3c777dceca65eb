"""JSON from elsewhere, where two readers must not be able to see two things in one text."""

from __future__ import annotations

import json
from typing import Any, NoReturn

_LONGEST_NUMBER = 18
"""Digits that a signed 64-bit number, which every reader can hold, surely has room for."""


class StrictError(ValueError):
    """The text is not JSON that everybody reads alike. The message starts with a verb."""


def loads(data: bytes) -> Any:
    """Return the value that `data` writes.

    Raises:
        StrictError: it is no JSON of RFC 8259 in UTF-8, names a key twice, or nests too deep.
    """
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_int=_integer,
        )
    except UnicodeDecodeError:
        raise StrictError("is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise StrictError(f"is not JSON at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise StrictError("is nested too deep") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise StrictError(f"names the key {name[:100]!r} twice")
        found[name] = value
    return found


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise StrictError(f"holds a number of more than {_LONGEST_NUMBER} digits")
    return int(text)


def _refuse(word: str) -> NoReturn:
    raise StrictError(f"holds {word}, which JSON does not have")
