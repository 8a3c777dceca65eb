"""From a tool's remark to the exact place: the document, the pointer in it, and the tight stretch of text.

Tools name a block of lines, and the better ones the values that they looked at. Our documents know where each
value stands, so a person is shown the line that is wrong instead of the head of the resource.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.errors import SyntaxProblem
from complygate.findings.locate import span_of
from complygate.model import pointer as ptr
from complygate.model.document import Document
from complygate.model.tree import Span, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complygate.model.remark import Remark

BARE = "file"
"""The kind of the document that stands for a file of which no format made any."""
_START = Span(1, 1, 1, 1)


class Placed(NamedTuple):
    """Where a remark stands.

    Attributes:
        document: the unit that it is about.
        pointer: the offending value in the document's data; "" for the unit as a whole.
        span: the stretch to show.
        identity: what tells it from another remark of its rule at the same pointer, and stays when lines
            move; "" where the pointer is all that is needed.
    """

    document: Document
    pointer: str
    span: Span
    identity: str


def place(remark: Remark, documents: Sequence[Document], lines: Sequence[str]) -> Placed:
    """Return where `remark` stands.

    Args:
        remark: what the tool said.
        documents: what the formats made of the file; may be empty.
        lines: the file's lines.
    """
    document = _document(remark, documents or _parsed(remark.path, lines))
    pointer = _pointer(remark, document)
    span = _span(remark, document, pointer, lines)
    if pointer:
        return Placed(document, pointer, span, "")
    line = lines[span.line - 1].strip() if span.line <= len(lines) else ""
    # Of a file that is one unit the address says nothing; the text of the line does.
    return Placed(document, pointer, span, "" if document.name and remark.resource else line)


def _parsed(path: str, lines: Sequence[str]) -> Sequence[Document]:
    """Return a document for each unit of a file that no format knows, if its language is known."""
    from complygate.syntax import json, yaml  # noqa: PLC0415 - most scans place no tool's remark

    parsers = {".yaml": yaml.parse_text, ".yml": yaml.parse_text, ".json": json.parse_text}
    parse = parsers.get(path[path.rfind(".") :].lower())
    if parse is None:
        return ()
    try:
        trees = parse(path, "\n".join(lines))
    except SyntaxProblem:
        return ()
    return [Document(tree.syntax, "", tree, tree.data) for tree in trees if tree.data is not None]


def _document(remark: Remark, documents: Sequence[Document]) -> Document:
    """Return the unit that the remark is about: that of its name, else the smallest around its first line."""
    named = [d for d in documents if d.name and d.name == remark.resource]
    if remark.span is not None:
        line = max(1, remark.span.line)
        around = [d for d in named or documents if _holds(_extent(d), line)]
        if around:
            return min(around, key=lambda d: _extent(d).end_line - _extent(d).line)
    if named:
        return named[0]
    if remark.span is None and len(documents) == 1:
        return documents[0]
    return Document(BARE, remark.resource, Tree(remark.path, BARE, None, {"": _START}), None)


def _extent(document: Document) -> Span:
    return document.tree.values.get(document.tree.nearest(document.base), _START)


def _holds(span: Span, line: int) -> bool:
    return span.line <= line <= span.end_line


def _pointer(remark: Remark, document: Document) -> str:
    if document.kind == BARE:
        return ""
    # Some tools count keys from the document, others from the block that they name.
    found = [_follow(document.data, "", tokens) for tokens in remark.keys]
    whole = [p for p, to_the_end in found if to_the_end and _within(remark, document, p)]
    if whole:
        return whole[0]
    block = _by_lines(remark.span, document, held=remark.held) if remark.span is not None else ""
    if block:
        value = ptr.resolve(document.data, block)
        found.extend(_follow(value, block, tokens) for tokens in remark.keys)
        whole = [p for p, to_the_end in found if to_the_end and _within(remark, document, p)]
    # What is absent is shown by the nearest block that should hold it.
    near = [p for p, _ in found if p and p != block and _within(remark, document, p)]
    return next(iter((*whole, *near, block)))


def _follow(data: Any, start: str, tokens: Sequence[str]) -> tuple[str, bool]:
    """Return how far `tokens` lead from `data`, which stands at `start`, and whether that is all the way.

    Tools number blocks that our data does not hold in a list, and leave out the numbers of blocks that it
    does: both are passed over where there is one of them.
    """
    pointer, value = start, data
    for step in tokens:
        if isinstance(value, list) and not step.isdecimal() and len(value) == 1:
            pointer, value = ptr.join(pointer, 0), value[0]
        if isinstance(value, dict) and step in value:
            pointer, value = ptr.join(pointer, step), value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            pointer, value = ptr.join(pointer, step), value[int(step)]
        elif step != "0":
            return pointer, False
    return pointer, True


def _within(remark: Remark, document: Document, pointer: str) -> bool:
    """Tell whether the value at `pointer` stands in the lines that the tool names."""
    if remark.span is None or remark.span.end_line <= 0:
        return True
    tree = document.tree
    where = tree.nearest(document.base + pointer)
    span = tree.keys.get(where) or tree.values.get(where, _START)
    return remark.span.line <= span.line <= remark.span.end_line


def _by_lines(span: Span, document: Document, *, held: bool) -> str:
    """Return the pointer of the largest value inside `span`, else of the smallest around its start.

    Where `held` is set, the span begins behind the value's key.
    """
    tree, base = document.tree, document.base
    inside: list[tuple[int, int, str]] = []
    around: list[tuple[int, int, str]] = []
    for pointer, first, start, last in _places(_Same(tree)):
        if not ptr.contains(base, pointer):
            continue
        size, depth = last[0] - first[0], pointer.count("/")
        fits = last[0] <= max(span.end_line, span.line)
        if fits and held and isinstance(ptr.resolve(tree.data, pointer), list):
            continue  # it begins where its first item does, which may be what is meant
        if fits and _starts_in(span, start if held else first):
            inside.append((first[0] - span.line, -size, pointer))
        elif _surrounds(first, last, span):
            around.append((size, -depth, pointer))
    best = min(inside, default=None) or min(around, default=None)
    return best[2][len(base) :] if best else ""


class _Same:
    """A tree, told from others by being the same object."""

    __slots__ = ("tree",)

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.tree is self.tree

    def __hash__(self) -> int:
        return id(self.tree)


@lru_cache(maxsize=16)
def _places(same: _Same) -> list[tuple[str, tuple[int, int], tuple[int, int], tuple[int, int]]]:
    """Return where each value of a tree starts, with its key and without, and where it ends.

    Kept for the next remark: a file has many, and the places of some trees are worked out as they are read.
    """
    found = []
    for pointer, value in same.tree.values.items():
        key = same.tree.keys.get(pointer)
        first = min(key, value) if key else value
        start, end = (value.line, value.column), (value.end_line, value.end_column)
        found.append((pointer, (first.line, first.column), start, end))
    return found


def _starts_in(span: Span, first: tuple[int, int]) -> bool:
    return first[0] == span.line and (span.column <= 0 or first[1] >= span.column)


def _surrounds(first: tuple[int, int], last: tuple[int, int], span: Span) -> bool:
    if span.column > 0:
        return first <= (span.line, span.column) <= last
    return first[0] <= span.line <= last[0]


def _span(remark: Remark, document: Document, pointer: str, lines: Sequence[str]) -> Span:
    """Return what to show: the tool's stretch if it knows columns, else our value's, else its first line."""
    given = remark.span
    if given is not None and given.column > 0:
        return given
    if pointer or given is None:
        return span_of(document, pointer, lines)
    if document.kind != BARE and _extent(document).line == max(1, given.line):
        return span_of(document, "", lines)
    line = min(_line_of(remark.keys, given, lines) or max(1, given.line), max(1, len(lines)))
    text = lines[line - 1] if lines else ""
    end = len(text.rstrip()) + 1
    return Span(line, min(len(text) - len(text.lstrip()) + 1, end), line, end)


def _line_of(keys: Sequence[Sequence[str]], span: Span, lines: Sequence[str]) -> int:
    """Return the line of `span` in which the first of `keys` that is written there is, as far as it is; or 0.

    This is for languages that no parser of ours knows: a key is looked for at the start of a line, below the
    key that it belongs to.
    """
    for tokens in keys:
        found, last = 0, min(span.end_line, len(lines))
        for step in (step for step in tokens if not step.isdecimal()):
            written = re.compile(rf"\s*(?:-\s+)?[\"']?{re.escape(step)}[\"']?\s*[:={{]").match
            below = range((found or span.line) + 1, last + 1)
            line = next((number for number in below if written(lines[number - 1])), 0)
            if not line:
                break
            found = line
        if found:
            return found
    return 0
