"""Rego's tokens with their places: enough to find rules, calls and comments without a parser of our own.

The interpreter reads the language; what it does not tell (where a rule starts, which annotation stands above
it, which built-in a call names) is read from the tokens.
https://www.openpolicyagent.org/docs/policy-reference
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from complygate.errors import CheckError
from complygate.syntax.offsets import Offsets
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_TEXT = 1 << 20
"""Characters of one module; hand-written ones have some thousand."""
MAX_DEPTH = 60
"""Levels of brackets: the interpreter goes down them by recursion."""

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\f\v\ufeff]+)
    |(?P<comment>\#[^\n]*)
    |(?P<raw>`[^`]*`)
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<template>\$["`])
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<mark>:=|==|!=|<=|>=|[\[\](){},.:;|&+\-*/%<>=])
    """,
    re.VERBOSE,
)
_OPENING = {"[": "]", "(": ")", "{": "}"}
_CLOSING = frozenset("])}")


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: `word`, `string`, `raw`, `number`, `mark`, `comment`, or `template` for a piece of a template
            string.
        text: as written.
        start: its offset in the text.
        depth: how many brackets enclose it; a bracket counts itself not.
    """

    kind: str
    text: str
    start: int
    depth: int

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Text:
    """A module's text and its tokens, comments apart.

    Attributes:
        text: the text.
        tokens: what it consists of, without comments.
        comments: the comments.
    """

    text: str
    tokens: tuple[Token, ...]
    comments: tuple[Token, ...]

    @cached_property
    def _offsets(self) -> Offsets:
        return Offsets(self.text)

    def line(self, offset: int) -> int:
        """Return the line, from 1, that `offset` is in."""
        return self._offsets.at(offset)[0]

    def at(self, offset: int) -> tuple[int, int]:
        """Return the line and column, from 1, of `offset`."""
        return self._offsets.at(offset)

    def error(self, offset: int, message: str, hint: str = "") -> CheckError:
        """Return an error that stands at `offset`."""
        line, column = self._offsets.at(offset)
        return CheckError(message, line=line, column=column, hint=hint)


def read(text: str) -> Text:
    """Return the tokens of `text`.

    Raises:
        CheckError: a string or bracket is not closed, or a character means nothing in Rego; with line and
            column.
    """
    whole = Text(text, (), ())
    if len(text) > MAX_TEXT:
        raise CheckError(f"the Rego text is longer than {MAX_TEXT} characters")
    for odd in ("\0", *(c for c in text if "\ud800" <= c <= "\udfff")):
        if (at := text.find(odd)) >= 0:
            raise whole.error(at, "a character that no text file holds")
    found = list(_Reader(whole).read())
    return Text(
        text,
        tuple(token for token in found if token.kind != "comment"),
        tuple(token for token in found if token.kind == "comment"),
    )


class _Reader:
    """Goes through a text once, keeping the brackets that are open."""

    def __init__(self, whole: Text) -> None:
        self._whole = whole
        self._text = whole.text
        self._at = 0
        self._open: list[Token] = []
        self._templates: list[tuple[int, str]] = []  # how many brackets were open, and what ends the string

    def read(self) -> Iterator[Token]:
        while self._at < len(self._text):
            found = _TOKEN.match(self._text, self._at)
            if found is None:
                raise self._whole.error(self._at, self._reason())
            kind, text = found.lastgroup or "", found[0]
            if kind == "space":
                self._at = found.end()
            elif kind == "template":
                self._templates.append((len(self._open), text[1]))
                yield self._template(text)
            else:
                yield self._plain(kind, text)
                if text == "}" and self._templates and self._templates[-1][0] == len(self._open):
                    yield self._template("")
        if self._open:
            token = self._open[-1]
            raise self._whole.error(token.start, f'this "{token.text}" is not closed')

    def _reason(self) -> str:
        char = self._text[self._at]
        if char in '"`':
            return "this string is not closed"
        return (
            f'"{char}" means nothing in Rego here'
            if char.isprintable()
            else "a character that cannot be seen"
        )

    def _plain(self, kind: str, text: str) -> Token:
        if kind == "mark" and text in _CLOSING:
            if not self._open or _OPENING[self._open[-1].text] != text:
                raise self._whole.error(self._at, f'this "{text}" closes nothing')
            self._open.pop()
        token = Token(kind, text, self._at, len(self._open))
        if kind == "mark" and text in _OPENING:
            self._open.append(token)
            if len(self._open) > MAX_DEPTH:
                raise self._whole.error(self._at, f"brackets are nested deeper than {MAX_DEPTH} levels")
        self._at += len(text)
        return token

    def _template(self, head: str) -> Token:
        """Return the piece of a template string that starts here, up to an expression or the string's end."""
        start, at = self._at, self._at + len(head)
        quote = self._templates[-1][1]
        while at < len(self._text):
            char = self._text[at]
            if char == "\\":
                at += 2
                continue
            if char == quote:
                self._templates.pop()
                at += 1
                break
            if char == "{":
                break
            if char == "\n" and quote == '"':
                raise self._whole.error(start, "this string is not closed")
            at += 1
        else:
            raise self._whole.error(start, "this string is not closed")
        self._at = at
        return Token("template", self._text[start:at], start, len(self._open))
