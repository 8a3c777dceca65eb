"""JSON: text to plain data with places.

The data comes from the standard library's reader, which is compiled. It keeps no places, so they are found
by a second reading, when somebody first asks for one: of a package lock of megabytes nobody may ever do so.

The language is RFC 8259's: no comments, no `NaN`, no `Infinity`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from complygate.errors import SyntaxProblem
from complygate.model.tree import Note, Tree
from complygate.syntax import _places as places
from complygate.syntax._json_places import key_of, nodes
from complygate.syntax._numbers import number
from complygate.syntax._remember import trees as remembered
from complygate.syntax.offsets import Offsets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from complygate.model.source import Source
    from complygate.syntax._places import Entry

MAX_DEPTH = 200
"""How deep objects and arrays may nest."""
MAX_VALUES = 2_000_000
"""How many values a text may hold: room for the largest package locks."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(source: Source) -> tuple[Tree, ...]:
    """Return the one tree of `source`, as a tuple like every syntax's.

    Raises:
        SyntaxProblem: the text is not well-formed; the place is in it. Asked again, it is raised again.
    """
    return remembered(source, "json", parse_text)


def parse_text(path: str, text: str) -> tuple[Tree, ...]:
    """Return the one tree of the `text` of the file at `path`. Duplicate keys are notes; the last one counts.

    Raises:
        SyntaxProblem: the text is not well-formed, or nests or counts too much.
    """
    text = text.removeprefix("\ufeff")
    reader = _Reader(path, text)
    data = reader.read()
    offsets = cache(lambda: Offsets(text))
    root = cache(lambda: nodes(text))
    tree = Tree(
        path=path,
        syntax="json",
        data=data,
        values=places.values(root, lambda start, end: offsets().span(start, end)),
        keys=places.keys(root, lambda start, end: offsets().span(start, end)),
        notes=tuple(_duplicates(text, offsets())) if reader.duplicates else (),
    )
    return (tree,)


class _Reader:
    """Reads the data of one text."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text
        self.duplicates = False

    def read(self) -> Any:
        """Return the data; afterwards, `duplicates` tells whether a key was given twice in an object."""
        text = self._text
        lone = None if text.isascii() else _SURROGATE.search(text)
        if lone:
            self._fail("The text holds half of a surrogate pair.", lone.start())
        if text.count(",") > MAX_VALUES:
            self._fail(f"The text holds more than {MAX_VALUES:,} values.", 0)
        try:
            data = json.loads(
                text,
                object_pairs_hook=self._object,
                parse_int=number,
                parse_float=number,
                parse_constant=self._constant,
            )
        except json.JSONDecodeError as error:
            self._fail(f"This is not JSON: {error.msg[:1].lower()}{error.msg[1:]}.", error.pos)
        except RecursionError:
            self._fail(f"The text nests deeper than {MAX_DEPTH} levels.", 0)
        if text.count("[") + text.count("{") > MAX_DEPTH and _deeper(data, MAX_DEPTH):
            self._fail(f"The text nests deeper than {MAX_DEPTH} levels.", 0)
        escape = _SURROGATE_ESCAPE.search(text)
        if escape and _SURROGATE.search(json.dumps(data, ensure_ascii=False)):
            self._fail("A string holds half of a surrogate pair.", escape.start())
        return data

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        self.duplicates = self.duplicates or len(made) < len(pairs)
        return made

    def _constant(self, name: str) -> NoReturn:
        self._fail(f"JSON has no {name}.", max(self._text.find(name), 0))

    def _fail(self, message: str, offset: int) -> NoReturn:
        raise SyntaxProblem(message, place=Offsets(self._text).place(self._path, offset))


def _deeper(data: Any, levels: int) -> bool:
    """Tell whether `data` nests deeper than `levels`."""
    row = [data]
    for _ in range(levels):
        row = [inner for outer in row for inner in _contents(outer) if isinstance(inner, dict | list)]
        if not row:
            return False
    return True


def _contents(outer: Any) -> Iterable[Any]:
    if isinstance(outer, dict):
        return outer.values()
    return outer if isinstance(outer, list) else ()


def _duplicates(text: str, offsets: Offsets) -> Iterator[Note]:
    """Yield a note for each key that stands in its object before."""
    seen: list[tuple[str, Entry, Entry]] = []
    nodes(text, seen)
    for pointer, first, again in seen:
        line = offsets.at(first[0])[0]
        key = key_of(text, again)
        message = f'The key "{key}" is given twice in one object, first on line {line}; the last one counts.'
        yield Note(message, offsets.span(again[0], again[1]), pointer)
