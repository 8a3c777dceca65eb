"""A Rego module as a list of rule definitions: where each starts, what its head says, what is above it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from complygate.engines.rego.tokens import Text, Token, read
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OPEN_ENDS = ":= = == != < > <= >= + - * / % & | , . ; : if contains else not some every in with as"
_CONTINUES = frozenset(_OPEN_ENDS.split())
"""What, at the end of a line, has the next line go on with it."""
_OPEN_STARTS = "else { with as in := = == != < > <= >= + - * / % & | , . ) ] }"
_JOINS = frozenset(_OPEN_STARTS.split())
"""What, at the start of a line, goes on with the line above."""
_VIOLATIONS = re.compile(r"(?:deny|violation)(?:_[A-Za-z0-9]+)*")
_WARNINGS = re.compile(r"warn(?:_[A-Za-z0-9]+)*")


class Form(StrEnum):
    """What a rule definition makes."""

    SET = "set"
    """`deny contains msg if …`, and in the older syntax `deny[msg] { … }`."""
    OBJECT = "object"
    """`names[key] := value if …`."""
    FUNCTION = "function"
    VALUE = "value"
    """`allow if …`, `limit := 3`."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One rule definition: a head with its bodies.

    Attributes:
        name: the rule's name, "" where the head is a longer reference (`a.b contains x`).
        form: what it makes.
        older: it is written in the syntax before Rego 1.0: `deny[msg] { … }`.
        tokens: all of it.
        brackets: indices, in `tokens`, of the brackets around an older set's member.
        comments: the comment lines right above, top to bottom.
    """

    name: str
    form: Form
    older: bool
    tokens: tuple[Token, ...]
    brackets: tuple[int, int] | None
    comments: tuple[Token, ...]

    @property
    def start(self) -> int:
        """Its offset in the text."""
        return self.tokens[0].start

    @property
    def violates(self) -> bool:
        """Whether results of it are violations: `deny`, `violation_x`."""
        return self.form is not Form.FUNCTION and _VIOLATIONS.fullmatch(self.name) is not None

    @property
    def warns(self) -> bool:
        """Whether results of it are warnings: `warn`, `warn_x`."""
        return self.form is not Form.FUNCTION and _WARNINGS.fullmatch(self.name) is not None


@dataclass(frozen=True)
class Module:
    """A module.

    Attributes:
        source: its text and tokens.
        package: the package's name in dotted form without `data.`, or "" where there is no declaration.
        path: the parts of the package's name.
        imports: what is imported, by the name that it gets.
        definitions: its rules, in order.
        heading: comments above the package declaration.
    """

    source: Text
    package: str
    path: tuple[str, ...]
    imports: dict[str, str]
    definitions: tuple[Definition, ...]
    heading: tuple[Token, ...]


def parse(text: str) -> Module:
    """Return the module that `text` is.

    Raises:
        CheckError: it is not Rego as far as tokens tell; with line and column.
    """
    source = read(text)
    statements = list(_statements(source))
    path: tuple[str, ...] = ()
    imports: dict[str, str] = {}
    definitions: list[Definition] = []
    heading: tuple[Token, ...] = ()
    for tokens in statements:
        if tokens[0].text == "package":
            path = _reference(tokens[1:])
            heading = _above(source, tokens[0])
            if not path:
                raise source.error(tokens[0].start, "package: a name must follow")
        elif tokens[0].text == "import":
            names = _reference(tokens[1:])
            if names:
                alias = tokens[-1].text if len(tokens) > 2 and tokens[-2].text == "as" else names[-1]  # noqa: PLR2004 - `import x as y`
                imports[alias] = ".".join(names)
        else:
            definitions.append(_definition(source, tokens))
    return Module(source, ".".join(path), path, imports, tuple(definitions), heading)


def _statements(source: Text) -> Iterator[tuple[Token, ...]]:
    """Yield the statements at the top of a module: each starts on a line of its own."""
    current: list[Token] = []
    for token in source.tokens:
        if current and token.depth == 0 and _starts(source.text, current[-1], token):
            yield tuple(current)
            current = []
        if token.text != ";" or token.depth:
            current.append(token)
    if current:
        yield tuple(current)


def _starts(text: str, before: Token, token: Token) -> bool:
    if "\n" not in text[before.end : token.start]:
        # `package a; x := 1`: the semicolon itself is left out.
        return ";" in text[before.end : token.start]
    return before.text not in _CONTINUES and token.text not in _JOINS and token.kind in {"word", "string"}


def _reference(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the parts of a reference such as `data.lib["a-b"]`, up to where it ends."""
    parts: list[str] = []
    for before, token in zip((None, *tokens), tokens, strict=False):
        if token.kind == "word" and (before is None or before.text == "."):
            parts.append(token.text)
        elif token.kind == "string" and before is not None and before.text == "[":
            parts.append(token.text[1:-1])
        elif token.text not in {".", "[", "]"}:
            break
    return tuple(parts)


def _definition(source: Text, tokens: tuple[Token, ...]) -> Definition:
    first = 1 if tokens[0].text == "default" and len(tokens) > 1 else 0
    comments = _above(source, tokens[0])
    end = _head_end(tokens, first)
    simple = end == first + 1
    name = tokens[first].text if simple and tokens[first].kind == "word" else ""
    after = tokens[end].text if end < len(tokens) else ""
    if first:
        return Definition(name, Form.VALUE, older=False, tokens=tokens, brackets=None, comments=comments)
    if after == "[":
        return _bracketed(tokens, end, name, comments)
    form = {"contains": Form.SET, "(": Form.FUNCTION}.get(after, Form.VALUE)
    return Definition(name, form, older=False, tokens=tokens, brackets=None, comments=comments)


def _head_end(tokens: tuple[Token, ...], first: int) -> int:
    """Return the index behind the dotted name that a head starts with."""
    end = first + 1
    while end + 1 < len(tokens) and tokens[end].text == "." and tokens[end + 1].kind == "word":
        end += 2
    return end


def _bracketed(tokens: tuple[Token, ...], opening: int, name: str, comments: tuple[Token, ...]) -> Definition:
    closing = next(
        i
        for i in range(opening, len(tokens))
        if tokens[i].text == "]" and tokens[i].depth == tokens[opening].depth
    )
    after = tokens[closing + 1].text if closing + 1 < len(tokens) else ""
    older = after in {"{", ""}
    form = Form.SET if older else Form.OBJECT
    if after == "(":
        form = Form.FUNCTION
    return Definition(name, form, older, tokens, (opening, closing) if older else None, comments)


def _above(source: Text, token: Token) -> tuple[Token, ...]:
    """Return the block of comment lines that ends on the line above `token`."""
    wanted = source.line(token.start) - 1
    found: list[Token] = []
    for comment in reversed([c for c in source.comments if c.start < token.start]):
        line = source.line(comment.start)
        alone = not source.text[source.text.rfind("\n", 0, comment.start) + 1 : comment.start].strip()
        if line != wanted or not alone:
            break
        found.append(comment)
        wanted -= 1
    return tuple(reversed(found))
