"""Words of a Dockerfile instruction: splitting, quotes, and the substitution of variables.

The rules are those of the Dockerfile reference, "Environment replacement", and of BuildKit's shell lexer,
which implements it.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from complygate.model.document import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOLE = "\0"
"""Stands, in an expanded text, for a part that cannot be known."""

_STRING = r'"(?:[^"\\\x00-\x1f]|\\.)*+"'
JSON_STRING = re.compile(_STRING)
JSON_LIST = re.compile(rf"\[\s*+(?:{_STRING}\s*+(?:,\s*+{_STRING}\s*+)*+)?\]")
"""The exec form: a JSON array of strings. Anything else in brackets is the shell form."""

_LITERAL = re.compile(r"""[^'"$\\`]*+""")
"""Text without quotes, variables and either escape: what most words are."""
_WORD = re.compile(r"\S++")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-]")
_DEEPEST = 20
_LONGEST = 4096
_LONGEST_TRIMMED = 256  # the time grows with the square
_TOO_LONG = Unknown("the substituted text is too long")
_BUILDER = frozenset(
    f"{side}{what}" for side in ("BUILD", "TARGET") for what in ("PLATFORM", "OS", "ARCH", "VARIANT")
) | {"TARGETSTAGE"}
_TRIMS = ("##", "#", "%%", "%")
_DEFAULTS = (":-", ":+", ":?", "-", "+", "?")


class Expansion(NamedTuple):
    """A word after substitution and removal of quotes.

    Attributes:
        text: the result, with `HOLE` for each part that cannot be known.
        unknown: why the first such part cannot be known, or None.
        error: what is wrong with the word, or "".
    """

    text: str
    unknown: Unknown | None = None
    error: str = ""


class Scope:
    """What variables are worth at one point of a Dockerfile.

    Attributes:
        budget: how many characters may still be substituted in this file; keeps a chain of doubling
            variables from filling the memory. Shared by all scopes of a file.
        args: what `ARG` declares in this stage; None where it has no default.
        tables: what `ENV` sets, in this stage and then in each that it builds on.
        image: whether the chain of stages ends in an image, whose variables are not in the file.
    """

    def __init__(
        self,
        budget: list[int],
        defaults: Mapping[str, str | Unknown | None],
        parent: Scope | None = None,
        *,
        image: bool = False,
    ) -> None:
        """Start a scope.

        Args:
            budget: one number, counted down.
            defaults: `ARG`s that stand before the first `FROM`.
            parent: the scope at the end of the stage that this one builds on.
            image: whether the stage builds on an image.
        """
        self.budget = budget
        self.args: dict[str, str | Unknown | None] = {}
        self._defaults = defaults
        self.tables: tuple[dict[str, str | Unknown], ...] = ({}, *(parent.tables if parent else ()))
        self.image: bool = image or (parent is not None and parent.image)

    def declare(self, name: str, default: str | Unknown | None) -> None:
        """Enter an `ARG`; without a default it takes the one given before the first `FROM`."""
        self.args[name] = self._defaults.get(name) if default is None else default

    def assign(self, name: str, value: str | Unknown) -> None:
        """Enter an `ENV`."""
        self.tables[0][name] = value

    def lookup(self, name: str) -> str | Unknown | None:
        """Return the value of `name`, why it cannot be known, or None when it is not set."""
        worth = self._assigned(name)
        if worth is None and name in _BUILDER:
            return Unknown(f"{name} is set by the builder")
        if worth is None and name in self.args:
            return self.args[name]
        if worth is None and self.image:
            return Unknown(f"{name} is not set in this file; the base image may set it")
        return worth

    def _assigned(self, name: str) -> str | Unknown | None:
        """Return what `ENV` says of `name` here or, else, in the stages that this one builds on."""
        return next((table[name] for table in self.tables if name in table), None)

    def reason(self, name: str) -> Unknown:
        """Return why the use of a variable that is not set has no known value."""
        if name in self.args:
            return Unknown(f"ARG {name} has no default")
        return Unknown(f"{name} is not declared")


def split(text: str, start: int, end: int, escape: str) -> Iterator[tuple[int, int]]:
    """Yield where each word of `text[start:end]` begins and ends; quotes keep blanks together."""
    if _LITERAL.fullmatch(text, start, end):
        yield from (match.span() for match in _WORD.finditer(text, start, end))
        return
    position = start
    while position < end:
        if text[position].isspace():
            position += 1
            continue
        first, quote = position, ""
        while position < end and (quote or not text[position].isspace()):
            character = text[position]
            if character == escape and quote != "'":
                position += 1
            elif quote:
                quote = "" if character == quote else quote
            elif character in "'\"":
                quote = character
            position += 1
        yield first, min(position, end)


def expand(word: str, scope: Scope, escape: str) -> Expansion:
    """Return `word` with its variables substituted and its quotes and escapes removed."""
    if _LITERAL.fullmatch(word):
        scope.budget[0] -= len(word)
        return Expansion(word) if scope.budget[0] >= 0 else Expansion(HOLE, _TOO_LONG)
    expander = _Expander(word, scope, escape)
    try:
        text = expander.until("")
    except _WrongWordError as error:
        return Expansion(word, None, str(error))
    scope.budget[0] -= len(text)
    if len(text) > _LONGEST + len(word) or scope.budget[0] < 0:
        return Expansion(HOLE, _TOO_LONG)
    return Expansion(text, expander.unknown)


class _WrongWordError(Exception):
    """A word that the builder refuses."""


class _Expander:
    """One pass over one word."""

    def __init__(self, word: str, scope: Scope, escape: str) -> None:
        self.unknown: Unknown | None = None
        self._word = word
        self._scope = scope
        self._escape = escape
        self._at = 0
        self._depth = 0
        self._size = 0

    def until(self, stop: str) -> str:
        """Return the expanded text up to the character `stop`, which is consumed, or to the end."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _WrongWordError("substitutions are nested too deeply")
        out: list[str] = []
        while self._at < len(self._word):
            character = self._word[self._at]
            self._at += 1
            if character == stop:
                self._depth -= 1
                return "".join(out)
            out.append(self._piece(character))
            self._size += len(out[-1])
            if self._size > _LONGEST + len(self._word):
                self.unknown = _TOO_LONG
                self._at = len(self._word)
                return HOLE
        if stop:
            raise _WrongWordError(f"the word ends before the matching {stop}")
        return "".join(out)

    def _piece(self, character: str) -> str:
        if character == "'":
            end = self._word.find("'", self._at)
            if end < 0:
                raise _WrongWordError("the word ends before the matching '")
            text, self._at = self._word[self._at : end], end + 1
            return text
        if character == '"':
            return self._quoted()
        if character == self._escape:
            return self._next()
        return self._variable() if character == "$" else character

    def _quoted(self) -> str:
        out: list[str] = []
        while self._at < len(self._word):
            character = self._next()
            if character == '"':
                return "".join(out)
            if character == "$":
                out.append(self._variable())
            elif character == self._escape and self._word[self._at : self._at + 1] in (
                '"',
                "$",
                self._escape,
            ):
                out.append(self._next())
            else:
                out.append(character)
        raise _WrongWordError('the word ends before the matching "')

    def _next(self) -> str:
        character = self._word[self._at : self._at + 1]
        self._at += 1
        return character

    def _variable(self) -> str:
        if self._word.startswith("{", self._at):
            self._at += 1
            return self._braced()
        match = _NAME.match(self._word, self._at)
        if not match:
            return "$"
        self._at = match.end()
        return self._known(match[0], self._scope.lookup(match[0]))

    def _braced(self) -> str:
        match = _NAME.match(self._word, self._at)
        if not match:
            raise _WrongWordError("the name of a variable is missing after ${")
        name, self._at = match[0], match.end()
        value = self._scope.lookup(name)
        for operator in ("}", *_DEFAULTS, *_TRIMS, "/"):
            if self._word.startswith(operator, self._at):
                self._at += len(operator)
                return self._operate(operator, name, value)
        raise _WrongWordError(f"unsupported modifier in ${{{name}")

    def _operate(self, operator: str, name: str, value: str | Unknown | None) -> str:
        if operator == "}":
            return self._known(name, value)
        before = self.unknown
        operand = self.until("}")
        if operator in _DEFAULTS:
            empty = value is None or (operator[0] == ":" and value == "")
            uses_operand = (
                not isinstance(value, Unknown) and operator[-1] != "?" and empty == (operator[-1] == "-")
            )
            if uses_operand:
                return operand
            self.unknown = before  # the operand is not used, nor is what is unknown in it
            return "" if operator[-1] == "+" and not isinstance(value, Unknown) else self._known(name, value)
        return self._modified(operator, name, self._known(name, value), operand)

    def _modified(self, operator: str, name: str, value: str, operand: str) -> str:
        """Return `value` trimmed, or a hole where that cannot be worked out."""
        reason = ""
        if operator == "/":
            reason = f"the replacement in ${{{name}/…}} is not evaluated"
        elif len(value) > _LONGEST_TRIMMED or len(operand) > _LONGEST_TRIMMED:
            reason = f"{name} is too long to be trimmed"
        if reason or HOLE in (value + operand):
            self.unknown = self.unknown or Unknown(reason)
            return HOLE
        return _trim(value, operand, operator)

    def _known(self, name: str, value: str | Unknown | None) -> str:
        if isinstance(value, str):
            return value
        self.unknown = self.unknown or value or self._scope.reason(name)
        return HOLE


def _trim(value: str, pattern: str, operator: str) -> str:
    """Return `value` without its shortest (`#`, `%`) or longest prefix or suffix that is like `pattern`."""
    lengths = range(len(value) + 1) if len(operator) == 1 else range(len(value), -1, -1)
    for length in lengths:
        cut = length if operator[0] == "#" else len(value) - length
        part, rest = (value[:cut], value[cut:]) if operator[0] == "#" else (value[cut:], value[:cut])
        if fnmatchcase(part, pattern):
            return rest
    return value
