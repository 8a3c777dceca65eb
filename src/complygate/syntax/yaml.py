"""YAML 1.2 (core schema) to data with places: https://yaml.org/spec/1.2.2/#103-core-schema.

libyaml, through PyYAML, reads the text into nodes; one pass of ours turns them into data and spans. The
parser's own idea of types is YAML 1.1 and is not used: `on`, `yes` and `no` are strings here, and so is
everything in quotes.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.resolver import BaseResolver

from complygate.errors import Place, SyntaxProblem
from complygate.model.pointer import escape
from complygate.model.tree import Note, Span, Tree

try:
    from yaml.cyaml import CParser as _Parser
except ImportError:  # PyYAML was built without libyaml: the same nodes, slower
    from yaml.composer import Composer
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class _Parser(Reader, Scanner, Parser, Composer):  # type: ignore[no-redef]
        def __init__(self, text: str) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)
            Composer.__init__(self)


if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.source import Source

MAX_DEPTH = 200
"""How deeply values may nest. Real files stay below 50."""
MAX_VALUES = 500_000
"""How many values a text may stand for once its aliases are followed: the bound on "billion laughs"."""

COMMENTS = ("#",)

_COMPACT_NESTING = re.compile(r"(?:[-?:][ \t]+){%d}" % (MAX_DEPTH + 1))
_MERGE = "<<"
_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL_OR_HEX = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMBER_STARTS = frozenset("+-.0123456789")
_MAX_DIGITS = 300  # a longer "number" is text: no tool computes with it, and Python refuses past 4,300
_STANDARD = "tag:yaml.org,2002:"
_UNTAGGED = ""


class _Composer(_Parser, BaseResolver):
    """A parser that leaves the meaning of scalars open."""

    def __init__(self, text: str) -> None:
        _Parser.__init__(self, text)
        BaseResolver.__init__(self)

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:  # noqa: ARG002 - theirs
        return _UNTAGGED

    def descend_resolver(self, current_node: object, current_index: object) -> None:
        """Do nothing: there are no resolvers by path."""

    def ascend_resolver(self) -> None:
        """Do nothing: there are no resolvers by path."""


def parse(source: Source) -> tuple[Tree, ...]:
    """Return one tree for each document of a YAML file.

    Raises:
        SyntaxProblem: the text is not YAML; the same error each time it is asked for.
    """
    found = source.memo.get("yaml")
    if found is None:
        try:
            found = parse_text(source.path, source.text)
        except SyntaxProblem as problem:
            found = problem
        source.memo["yaml"] = found
    if isinstance(found, SyntaxProblem):
        raise found
    trees: tuple[Tree, ...] = found
    return trees


def parse_text(path: str, text: str) -> tuple[Tree, ...]:
    """Return one tree for each document of `text`; `path` is what errors and trees name.

    Raises:
        SyntaxProblem: the text is not YAML, nests deeper than `MAX_DEPTH`, or stands for more than
            `MAX_VALUES` values.
    """
    deep = _COMPACT_NESTING.search(text)
    if deep:  # libyaml's composer recurses, and would overflow the stack
        raise _problem(path, "nests too deeply", text.count("\n", 0, deep.start()), 0)
    lines = text.split("\n")
    try:
        return tuple(_Builder(path, lines).tree(node) for node in _nodes(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        message = " ".join(filter(None, (error.context, error.problem))) or "is not YAML"
        tab = line < len(lines) and lines[line][column : column + 1] == "\t"
        raise _problem(path, message, line, column, tab=tab) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position] if isinstance(error.position, int) else ""
        code = error.character if isinstance(error.character, int) else ord(error.character[0])
        message = f"has a character that YAML does not allow: U+{code:04X}"
        raise _problem(path, message, before.count("\n"), len(before) - before.rfind("\n") - 1) from None
    except UnicodeEncodeError as error:
        before = text[: error.start]
        message = "has half of a surrogate pair, which is no character"
        raise _problem(path, message, before.count("\n"), len(before) - before.rfind("\n") - 1) from None
    except RecursionError:
        raise _problem(path, "nests too deeply", 0, 0) from None


def _nodes(text: str) -> Iterator[yaml.Node]:
    composer = _Composer(text)
    try:
        while composer.check_node():
            yield composer.get_node()
    finally:
        if hasattr(composer, "dispose"):
            composer.dispose()


def _problem(path: str, message: str, line: int, column: int, *, tab: bool = False) -> SyntaxProblem:
    """Return the error for a place that counts from 0."""
    hint = "indent with spaces; YAML allows no tab there" if tab else ""
    return SyntaxProblem(message, place=Place(path, line + 1, column + 1), hint=hint)


class _Builder:
    """Turns the nodes of one document into a tree."""

    def __init__(self, path: str, lines: list[str]) -> None:
        self._path = path
        self._lines = lines
        self._values: dict[str, Span] = {}
        self._keys: dict[str, Span] = {}
        self._tags: dict[str, str] = {}
        self._notes: list[Note] = []
        self._open: set[int] = set()
        self._count = 0

    def tree(self, root: yaml.Node) -> Tree:
        data = self._value(root, "", 0)
        return Tree(
            path=self._path,
            syntax="yaml",
            data=data,
            values=self._values,
            keys=self._keys,
            tags=self._tags,
            comments=COMMENTS,
            notes=tuple(self._notes),
        )

    def _value(self, node: yaml.Node, pointer: str, depth: int) -> Any:
        self._count += 1
        if self._count > MAX_VALUES:
            raise self._refused(node, f"stands for more than {MAX_VALUES:,} values once aliases are followed")
        tag = node.tag
        if tag and not tag.startswith(_STANDARD):
            self._tags[pointer] = tag
        if isinstance(node, yaml.ScalarNode):
            self._values[pointer] = self._scalar_span(node)
            return _scalar(node.value, plain=not node.style, tag=tag)
        if depth >= MAX_DEPTH:
            raise self._refused(node, "nests too deeply")
        if id(node) in self._open:
            raise self._refused(node, "has an anchor that contains itself")
        self._open.add(id(node))
        # The span of the container is entered first, so that the table reads in document order.
        self._values[pointer] = span = _span(node)
        if isinstance(node, yaml.MappingNode):
            data: Any = {}
            self._mapping(node, pointer, data, depth + 1)
        else:
            data = [self._value(item, f"{pointer}/{i}", depth + 1) for i, item in enumerate(node.value)]
        if not node.flow_style:
            self._values[pointer] = self._block_span(node, span, pointer)
        self._open.discard(id(node))
        return data

    def _mapping(self, node: yaml.MappingNode, pointer: str, data: dict[str, Any], depth: int) -> None:
        merges: list[yaml.Node] = []
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key == _MERGE and not key_node.style and isinstance(key_node, yaml.ScalarNode):
                merges.append(value_node)
                continue
            inner = f"{pointer}/{escape(key)}"
            span = _span(key_node)
            if key in data:
                first = self._keys[inner]
                message = f'the key "{key}" stands here again; it is on line {first.line} already'
                self._notes.append(Note(message, span, inner))
            self._keys[inner] = span
            data[key] = self._value(value_node, inner, depth)
        for merge in merges:
            self._merge(merge, pointer, data, depth)

    def _merge(self, node: yaml.Node, pointer: str, data: dict[str, Any], depth: int) -> None:
        """Add what `<<` brings: the first map that has a key gives it, and a key written here wins."""
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for source in sources:
            if not isinstance(source, yaml.MappingNode):
                raise self._refused(source, "merges (<<) something that is not a map")
            if id(source) in self._open or depth >= MAX_DEPTH:
                raise self._refused(source, "has an anchor that contains itself")
            self._open.add(id(source))
            inherited: dict[str, Any] = {}
            merged = _Builder(self._path, self._lines)
            merged._open, merged._count = self._open, self._count  # noqa: SLF001 - a second one of ourselves
            merged._mapping(source, pointer, inherited, depth)  # noqa: SLF001
            self._count = merged._count  # noqa: SLF001
            self._open.discard(id(source))
            for key, value in inherited.items():
                if key not in data:
                    data[key] = value
                    self._adopt(merged, f"{pointer}/{escape(key)}")

    def _adopt(self, other: _Builder, pointer: str) -> None:
        """Take over what `other` knows of `pointer` and all below it."""
        for mine, theirs in ((self._values, other._values), (self._keys, other._keys)):  # noqa: SLF001
            mine.update((p, s) for p, s in theirs.items() if p == pointer or p.startswith(f"{pointer}/"))
        for place, tag in other._tags.items():  # noqa: SLF001
            if place == pointer or place.startswith(f"{pointer}/"):
                self._tags[place] = tag

    def _key(self, node: yaml.Node) -> str:
        """Return a key as it is written; one that is itself a collection, as JSON."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        return json.dumps(_Builder(self._path, self._lines)._value(node, "", 1))  # noqa: SLF001

    def _scalar_span(self, node: yaml.ScalarNode) -> Span:
        start, end = node.start_mark, node.end_mark
        if node.style in {"|", ">"} and end.column == 0 and end.line > start.line:
            # libyaml ends a block scalar where the next token starts: go back to its last line of text.
            last = end.line - 1
            while last > start.line and not self._lines[last].strip():
                last -= 1
            return Span(start.line + 1, start.column + 1, last + 1, len(self._lines[last].rstrip("\r")) + 1)
        return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _block_span(self, node: yaml.CollectionNode, span: Span, pointer: str) -> Span:
        """Return the span of a block collection, which ends where its last child ends."""
        if not node.value:
            return Span(span.line, span.column, span.line, span.column)
        last = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
        if isinstance(last, yaml.ScalarNode):
            end = self._scalar_span(last)
        elif isinstance(node, yaml.MappingNode):
            end = self._values.get(f"{pointer}/{escape(self._key(node.value[-1][0]))}", _span(last))
        else:
            end = self._values[f"{pointer}/{len(node.value) - 1}"]
        if (end.end_line, end.end_column) < (span.line, span.column):  # an alias to what stands further up
            end = _span(node.value[-1][0]) if isinstance(node, yaml.MappingNode) else span
        return Span(span.line, span.column, end.end_line, end.end_column)

    def _refused(self, node: yaml.Node, message: str) -> SyntaxProblem:
        return _problem(self._path, message, node.start_mark.line, node.start_mark.column)


def _span(node: yaml.Node) -> Span:
    start, end = node.start_mark, node.end_mark
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _scalar(value: str, *, plain: bool, tag: str) -> Any:
    """Return the value that a scalar stands for."""
    if tag:
        kind = tag.removeprefix(_STANDARD)
        plain = tag != f"{_STANDARD}str" and (plain or kind in {"bool", "float", "int", "null"})
    if not plain:
        return value
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if value[0] not in _NUMBER_STARTS or len(value) > _MAX_DIGITS:
        return value
    if _INTEGER.fullmatch(value):
        return int(value)
    if _OCTAL_OR_HEX.fullmatch(value):
        return int(value, 0)
    if _FLOAT.fullmatch(value):
        number = float(value)
        return number if number not in {float("inf"), float("-inf")} else value
    return value
