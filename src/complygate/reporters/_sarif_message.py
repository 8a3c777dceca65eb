"""A finding's message as SARIF wants it: a template of the rule, arguments, and the text they make.

The template is the rule's own `message`: the literal parts stay, what was filled in becomes an argument
in single quotes, and the resource is named at the end.
"""

from __future__ import annotations

import string
from functools import lru_cache
from typing import TYPE_CHECKING

import sarif_om as om

from complygate.reporters._plain import visible
from complygate.reporters._sarif_model import escape, text
from complygate.values import dataclass

if TYPE_CHECKING:
    from complygate.model.finding import Finding
    from complygate.model.rule import Rule
    from complygate.reporters._sarif_model import Node

_QUOTES = ("'", '"', "`")
_SAYS, _WHOLE = "says", "whole"
_FORMATTER = string.Formatter()


@dataclass(frozen=True, slots=True)
class _Template:
    """Literal parts with an argument between each two of them: one more literal than arguments."""

    name: str
    literals: tuple[str, ...]

    @property
    def text(self) -> str:
        parts = [escape(part).replace("{", "{{").replace("}", "}}") for part in self.literals]
        return parts[0] + "".join(f"{{{i}}}{part}" for i, part in enumerate(parts[1:]))

    def fill(self, arguments: list[str]) -> Node:
        """Return the message; `arguments` are escaped already."""
        said = escape(self.literals[0])
        for argument, literal in zip(arguments, self.literals[1:], strict=True):
            said += argument + escape(literal)
        return om.Message(text=said, id=self.name, arguments=arguments)


def strings(rule: Rule) -> dict[str, Node]:
    """Return the `messageStrings` of a rule."""
    own = _of(rule.message)
    templates = [own, _whole()] if own else [_whole()]
    return {template.name: text(template.text) for template in templates}


def message(finding: Finding, rule: Rule | None) -> Node:
    """Return the message of a result."""
    words = visible(finding.message.replace("\n", " "))
    where = visible(finding.resource or finding.region.path or ".")
    template = _of(rule.message) if rule else None
    values = _values(words, rule.message) if rule else None
    if template is None or values is None:
        template, values = _whole(), [words.rstrip(". ")]
    return template.fill([escape(value) for value in (*values, where)])


@lru_cache(maxsize=4096)
def _parts(message: str) -> tuple[str, ...] | None:
    """Return the literal parts of a rule's message, or None when it is no template."""
    literals = [""]
    try:
        for literal, field, _, _ in _FORMATTER.parse(message):
            literals[-1] += literal
            if field is not None:
                literals.append("")
    except ValueError:
        return None
    if any(not part for part in literals[1:-1]):
        return None  # two values side by side: nothing tells where one ends
    return tuple(literals)


@lru_cache(maxsize=4096)
def _of(message: str) -> _Template | None:
    """Return the template that a rule's message makes, with its values in single quotes."""
    parts = _parts(message)
    if parts is None:
        return None
    literals = list(parts)
    for i in range(len(literals) - 1):
        before, after = literals[i], literals[i + 1]
        if before[-1:] in _QUOTES and before[-1:] == after[:1]:
            before, after = before[:-1], after[1:]
        literals[i], literals[i + 1] = f"{before}'", f"'{after}"
    literals[-1] = literals[-1].rstrip(". ")
    return _Template(_SAYS, (*literals[:-1], f"{literals[-1]} (in '", "')."))


def _whole() -> _Template:
    """Return the template for words that the rule's message does not account for."""
    return _Template(_WHOLE, ("'", "' (in '", "')."))


def _values(words: str, message: str) -> list[str] | None:
    """Return what stands for each placeholder in a rendered message, or None when it does not fit."""
    parts = _parts(message)
    if parts is None or not words.startswith(parts[0]):
        return None
    values, position = [], len(parts[0])
    for literal in parts[1:-1]:
        found = words.find(literal, position)
        if found < 0:
            return None
        values.append(words[position:found])
        position = found + len(literal)
    if len(parts) == 1:
        return values if words == parts[0] else None
    end = len(words) - len(parts[-1])
    if end < position or not words.endswith(parts[-1]):
        return None
    values.append(words[position:end])
    return values
