"""TOML 1.0: text to plain data with places. The data comes from the standard library's reader.

Dates and times are strings in their ISO form, `inf` and `nan` are strings: JSON has no others.

The places are found by a second reading when somebody first asks for one. A table is placed from its header
to its last pair; one that only dotted keys or deeper headers imply, where it is first implied.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from complygate.errors import Place, SyntaxProblem
from complygate.model.tree import Tree
from complygate.syntax import _places as places
from complygate.syntax._numbers import number
from complygate.syntax._remember import trees as remembered
from complygate.syntax._toml_places import nodes
from complygate.syntax.offsets import Offsets

if TYPE_CHECKING:
    from complygate.model.source import Source

COMMENTS = ("#",)
MAX_DEPTH = 100
"""How deep tables and arrays may nest: the standard library's reader uses stack for each level."""

_AT = re.compile(r" \((?:at line (\d+), column (\d+)|at end of document)\)$")
_LONG_KEY = re.compile(
    rf"(?<![\w-])(?:(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*\.[ \t]*){{{MAX_DEPTH}}}", re.ASCII
)


def parse(source: Source) -> tuple[Tree, ...]:
    """Return the one tree of `source`, as a tuple like every syntax's.

    Raises:
        SyntaxProblem: the text is not well-formed; the place is in it. Asked again, it is raised again.
    """
    return remembered(source, "toml", parse_text)


def parse_text(path: str, text: str) -> tuple[Tree, ...]:
    """Return the one tree of the `text` of the file at `path`. A duplicate key is an error in TOML.

    Raises:
        SyntaxProblem: the text is not well-formed TOML, or nests deeper than `MAX_DEPTH`.
    """
    text = text.removeprefix("\ufeff")
    offsets = cache(lambda: Offsets(text))
    root = cache(lambda: nodes(text))
    tree = Tree(
        path=path,
        syntax="toml",
        data=_plain(_load(path, text), path, 1),
        values=places.values(root, lambda start, end: offsets().span(start, end)),
        keys=places.keys(root, lambda start, end: offsets().span(start, end)),
        comments=COMMENTS,
    )
    return (tree,)


def _load(path: str, text: str) -> dict[str, Any]:
    long_key = _LONG_KEY.search(text)
    if long_key:  # the reader's time grows with the square of a key's parts
        _fail(path, text, f"The text nests deeper than {MAX_DEPTH} levels.", long_key.start())
    try:
        text.encode()
        return tomllib.loads(text, parse_float=number)
    except tomllib.TOMLDecodeError as error:
        message, offset = _explained(text, str(error))
        _fail(path, text, message, offset)
    except UnicodeEncodeError as error:
        _fail(path, text, "The text holds half of a surrogate pair.", error.start)
    except RecursionError:
        _fail(path, text, f"The text nests deeper than {MAX_DEPTH} levels.", 0)
    except ValueError as error:  # an integer of thousands of digits
        _fail(path, text, f"This is not TOML: {error}.", 0)


def _explained(text: str, message: str) -> tuple[str, int]:
    """Return what the reader says and where, from its one line of text."""
    at = _AT.search(message)
    if at is None:
        return f"This is not TOML: {message}.", 0
    said = f"This is not TOML: {message[: at.start()]}."
    if not at[1]:
        return said, len(text)
    lines = text.split("\n")[: int(at[1]) - 1]  # CR LF, which the reader takes for LF, moves no column
    return said, min(sum(map(len, lines)) + len(lines) + int(at[2]) - 1, len(text))


def _plain(value: Any, path: str, depth: int) -> Any:
    """Return `value` as JSON has it."""
    if isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise SyntaxProblem(f"The text nests deeper than {MAX_DEPTH} levels.", place=Place(path, 1, 1))
        if isinstance(value, dict):
            return {key: _plain(inner, path, depth + 1) for key, inner in value.items()}
        return [_plain(inner, path, depth + 1) for inner in value]
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _fail(path: str, text: str, message: str, offset: int) -> NoReturn:
    raise SyntaxProblem(message, place=Offsets(text).place(path, offset))
