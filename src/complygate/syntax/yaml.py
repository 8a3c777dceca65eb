"""YAML: text to plain data with places.

The scalars are those of the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema): `on`,
`yes`, `1_000`, `12:30:45` and dates are strings, `0o17` is octal and `017` is seventeen. On top of it come
merge keys (`<<`, https://yaml.org/type/merge.html), which Compose and GitLab files use.

What JSON cannot say is made plain:

- a key is the string as written (`8080:` is "8080", `on:` is "on"); a key that is itself a map or list is
  its text, with a note;
- `.inf`, `.nan` and numbers beyond any reader's range are strings as written;
- a value with a tag of its own (`!Ref X`, `!vault |`) is the value, a scalar as a string; the tag is in
  `Tree.tags`.

The place of `key: *alias` is where it stands; what is inside is placed in the text that the alias names, as
are the values that a merge key brings in.

PyYAML's events are read, not its nodes: nesting costs no C stack, and an alias keeps its place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from complygate.errors import Place, SyntaxProblem
from complygate.model import pointer as ptr
from complygate.model.tree import Note, Span, Tree
from complygate.syntax import _places as places
from complygate.syntax._places import Entry, Node, SpanOf
from complygate.syntax._remember import trees as remembered
from complygate.syntax._yaml_errors import explain
from complygate.syntax._yaml_scalars import MAYBE_NOT_STRING, resolve, tagged
from complygate.syntax.offsets import Offsets

try:
    from yaml._yaml import CParser as _Parser
except ImportError:  # PyYAML was built without libyaml: the same events, more slowly
    _Parser = yaml.SafeLoader  # type: ignore[assignment, misc]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.source import Source

COMMENTS = ("#",)
MAX_VALUES = 1_000_000
"""How many values a text may hold once its aliases are written out. Larger than any manifest: the limit is
for texts that are made to fill memory."""
MAX_DEPTH = 200
"""How deep maps and lists may nest; far above what custom resource definitions reach, and low enough that
nothing behind this reader runs out of stack."""
COMPLEX_KEY = "A key is itself a map or a list, which JSON cannot hold."
"""The note on such a key: what an unquoted `{{ template }}` looks like to a YAML reader."""

_LEAST, _GREATEST = -(2**63), 2**63 - 1
_MOST_NOTES = 100
"""A document with more defects is not one that a person needs the whole list for."""
_Pair = tuple[Any, Node]
_BREAKS_OF_YAML_1_1 = re.compile("[\x85\u2028\u2029]")


def parse(source: Source) -> tuple[Tree, ...]:
    """Return one tree for each document of `source`; () for a text that holds none.

    Raises:
        SyntaxProblem: the text is not well-formed YAML; the place is in it. Asked again, it is raised again.
    """
    return remembered(source, "yaml", parse_text)


def parse_text(path: str, text: str) -> tuple[Tree, ...]:
    """Return one tree for each document of the `text` of the file at `path`; () when it holds none.

    An empty document, such as the one after a last `---`, has the data None. Duplicate keys and keys that
    are not scalars are notes of the tree; of duplicates, the last one counts.

    Raises:
        SyntaxProblem: the text is not well-formed YAML, names an anchor that does not exist, or is made to
            fill memory.
    """
    text = text.removeprefix("\ufeff")
    try:
        return tuple(_Reader(path, text).documents())
    except yaml.YAMLError as error:
        raise explain(path, text, error) from None
    except UnicodeEncodeError as error:
        place = Offsets(text).place(path, error.start)
        raise SyntaxProblem("The text holds half of a surrogate pair.", place=place) from None


class _Anchored:
    """What an anchor names; `node` is None until the end of it is read."""

    __slots__ = ("node", "size", "value", "written")

    def __init__(self) -> None:
        self.value: Any = None
        self.node: Node | None = None
        self.size = 1
        self.written: str | None = None


class _Reader:
    """Reads the documents of one text."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text
        self._get: Any = _Parser(text).get_event
        self._span: SpanOf = _span_of(text)
        self._left = MAX_VALUES
        self._anchors: dict[str, _Anchored] = {}
        self._trail: list[str | int] = []
        self._notes: list[Note] = []
        self._tagged = False
        # Without escapes a string holds what the text does, and YAML takes neither NUL nor surrogate there.
        self._plain = "\\" not in text

    def documents(self) -> Iterator[Tree]:
        """Yield the tree of each document."""
        get = self._get
        get()  # the start of the stream
        while (event := get()) is not None and event.__class__ is not StreamEndEvent:
            if event.__class__ is DocumentStartEvent:
                yield self._document()

    def _document(self) -> Tree:
        self._anchors, self._notes, self._tagged = {}, [], False
        data, node = self._value(self._get(), 1)
        span = self._span

        def root() -> Node:
            return node

        return Tree(
            path=self._path,
            syntax="yaml",
            data=data,
            values=places.values(root, span),
            keys=places.keys(root, span),
            tags=places.tags(root) if self._tagged else {},
            comments=COMMENTS,
            notes=tuple(self._notes),
            plain=self._plain,
        )

    def _value(self, event: Any, depth: int) -> _Pair:
        """Return the value that starts with `event`, and its node."""
        kind = event.__class__
        if kind is AliasEvent:
            return self._alias(event, depth)
        name = event.anchor
        if name is None:
            return self._fresh(event, kind, depth)
        anchored = self._anchors[name] = _Anchored()
        before = self._left
        value, node = self._fresh(event, kind, depth)
        anchored.size = before - self._left + 1
        if kind is ScalarEvent:
            anchored.written = event.value
        anchored.value, anchored.node = value, node
        return value, node

    def _fresh(self, event: Any, kind: type, depth: int) -> _Pair:
        if kind is not ScalarEvent:
            if depth > MAX_DEPTH:
                self._fail(event, f"The text nests deeper than {MAX_DEPTH} levels.")
            tag = self._collection_tag(event.tag)
            return (self._mapping if kind is MappingStartEvent else self._list)(event, tag, depth)
        value = event.value
        tag = ""
        if event.tag is not None:
            value, tag = tagged(value, event.tag)
            self._plain = False  # `!!int` and its like need not be looked through here
            self._tagged = self._tagged or bool(tag)
        elif event.implicit[0] and (not value or value[0] in MAYBE_NOT_STRING):
            value = self._resolved(value)
        return value, (event.start_mark, event.end_mark, None, tag)

    def _resolved(self, text: str) -> Any:
        """Return the value of a plain scalar that may be other than a string."""
        value = resolve(text)
        if value.__class__ is int and not _LEAST <= value <= _GREATEST:
            self._plain = False
        return value

    def _collection_tag(self, tag: str | None) -> str:
        """Return the tag of a map or list, or "" for one that YAML defines itself."""
        if tag is None or tag in {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}:
            return ""
        self._tagged = True
        return tag.replace("tag:yaml.org,2002:", "!!")

    def _list(self, start: Any, tag: str, depth: int) -> _Pair:
        get = self._get
        data: list[Any] = []
        nodes: list[Node] = []
        trail = self._trail
        trail.append(0)
        while (event := get()).__class__ is not SequenceEndEvent:
            self._left -= 1
            if self._left < 0:
                self._too_many(event)
            trail[-1] = len(data)
            value, node = self._value(event, depth + 1)
            data.append(value)
            nodes.append(node)
        trail.pop()
        # A block list ends, for libyaml, where the next token starts; for a person, with its last item.
        end = event.end_mark if start.flow_style or not nodes else nodes[-1][1]
        return data, (start.start_mark, end, nodes, tag)

    def _mapping(self, start: Any, tag: str, depth: int) -> _Pair:
        get = self._get
        data: dict[str, Any] = {}
        entries: dict[str, Entry] = {}
        merges: list[_Pair] = []
        trail = self._trail
        trail.append("")
        end = start.end_mark
        while (event := get()).__class__ is not MappingEndEvent:
            self._left -= 1
            if self._left < 0:
                self._too_many(event)
            if event.__class__ is ScalarEvent and event.anchor is None:
                key, key_end = event.value, event.end_mark
            else:
                key, key_end = self._odd_key(event)
            trail[-1] = key
            item = get()
            if item.__class__ is ScalarEvent and item.anchor is None and item.tag is None:
                # What `_value` does with most values of most texts, without two calls for each.
                value = item.value
                if item.implicit[0] and (not value or value[0] in MAYBE_NOT_STRING):
                    value = self._resolved(value)
                node: Node = (item.start_mark, item.end_mark, None, "")
            else:
                value, node = self._value(item, depth + 1)
            end = node[1]
            if key in data:
                self._duplicate(key, event, entries[key])
            elif key == "<<" and self._merges(event, value, node):
                merges.append((value, node))
                continue
            data[key] = value
            entries[key] = (event.start_mark, key_end, node)
        trail.pop()
        for value, node in merges:
            _merge(data, entries, value, node)
        return data, (start.start_mark, event.end_mark if start.flow_style else end, entries, tag)

    def _odd_key(self, event: Any) -> tuple[str, Any]:
        """Return the string and the end of a key that is not simply a scalar."""
        if event.__class__ is ScalarEvent:
            self._value(event, 0)  # for the anchor
            return event.value, event.end_mark
        if event.__class__ is AliasEvent:
            written = self._anchored(event).written
            if written is not None:
                return written, event.end_mark
        start: Any = event.start_mark
        end: Any = event.end_mark if event.__class__ is AliasEvent else self._skip(event)
        text = self._text[start.index : end.index].rstrip()
        self._trail[-1] = text
        self._note(COMPLEX_KEY, start, end)
        return text, end

    def _skip(self, event: Any) -> Any:
        """Read up to the end of the map or list that `event` starts, and return where that is."""
        levels = 1
        end: Any = event.end_mark
        while levels:
            self._left -= 1
            if self._left < 0:
                self._too_many(event)
            inner = self._get()
            kind = inner.__class__
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                levels += 1
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                levels -= 1
            if levels > MAX_DEPTH:
                self._fail(inner, f"The text nests deeper than {MAX_DEPTH} levels.")
            end = inner.end_mark
        return end

    def _alias(self, event: Any, depth: int) -> _Pair:
        anchored = self._anchored(event)
        node = anchored.node
        if node is None:
            self._fail(event, f"The alias *{event.anchor} stands inside what it names.")
        self._left -= anchored.size
        if self._left < 0:
            self._too_many(event)
        if node[2] and depth + _height(node) > MAX_DEPTH + 1:
            self._fail(
                event, f"With *{event.anchor} written out, the text nests deeper than {MAX_DEPTH} levels."
            )
        return anchored.value, (event.start_mark, event.end_mark, node[2], node[3])

    def _anchored(self, event: Any) -> _Anchored:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            self._fail(event, f"The alias *{event.anchor} names no anchor above it.")
        return anchored

    def _merges(self, key: Any, value: Any, node: Node) -> bool:
        """Tell whether the entry `<<` is a merge; a plain one that cannot be is noted."""
        if key.__class__ is not ScalarEvent or not key.implicit[0] or node[3]:
            return False
        if isinstance(value, dict) or (isinstance(value, list) and all(isinstance(v, dict) for v in value)):
            return True
        self._note("The merge key << takes a map or a list of maps.", key.start_mark, key.end_mark)
        return False

    def _duplicate(self, key: str, event: Any, first: Entry) -> None:
        line = self._span(first[0], first[1]).line
        message = f'The key "{key}" is given twice in one map, first on line {line}; the last one counts.'
        self._note(message, event.start_mark, event.end_mark)

    def _note(self, message: str, start: Any, end: Any) -> None:
        if len(self._notes) < _MOST_NOTES:
            self._notes.append(Note(message, self._span(start, end), ptr.build(self._trail)))

    def _too_many(self, event: Any) -> NoReturn:
        self._fail(event, f"The text holds more than {MAX_VALUES:,} values, aliases written out.")

    def _fail(self, event: Any, message: str) -> NoReturn:
        line, column, _, _ = self._span(event.start_mark, event.start_mark)
        raise SyntaxProblem(message, place=Place(self._path, line, column))


def _merge(data: dict[str, Any], entries: dict[str, Entry], value: Any, node: Node) -> None:
    """Add what `value`, a map or a list of maps, holds and `data` does not."""
    inner = node[2]
    if isinstance(value, list) and isinstance(inner, list):
        for one, one_node in zip(value, inner, strict=True):
            _merge(data, entries, one, one_node)
    elif isinstance(inner, dict):
        for key, one in value.items():
            if key not in data:
                data[key] = one
                entries[key] = inner[key]


def _height(node: Node) -> int:
    """Return how many levels of maps and lists `node` is made of."""
    inner = node[2]
    if inner is None:
        return 0
    nodes = [entry[2] for entry in inner.values()] if isinstance(inner, dict) else inner
    return 1 + max(map(_height, nodes), default=0)


def _span_of(text: str) -> SpanOf:
    """Return what turns two of libyaml's marks into a span of `text`."""
    # libyaml counts line ends that an editor does not.
    strange = not text.isascii() and _BREAKS_OF_YAML_1_1.search(text) is not None
    lines: list[Offsets] = []

    def span(start: Any, end: Any) -> Span:
        first, last = start.index, end.index
        if strange or (last > first and text[last - 1].isspace()):
            # A block scalar runs, for libyaml, up to the next token; for a person, to its last character.
            if not lines:
                lines.append(Offsets(text))
            return lines[0].span(first, first + len(text[first:last].rstrip()))
        return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    return span
