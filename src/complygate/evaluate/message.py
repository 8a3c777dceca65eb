"""`message:` of a rule: the placeholders, filled from what the rule judged.

The syntax is that of Python's `str.format` without conversions; a name leads to plain data only, one key
or index at a time, so nothing of the program can be reached.
"""

from __future__ import annotations

import json
import string
from typing import TYPE_CHECKING, Any

from complygate.model.pointer import MISSING
from complygate.model.rule import QUOTING, REDACTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.model.rule import Rule

ABSENT = "(none)"
"""What stands for a placeholder that names nothing."""
_LONGEST = 160
_FORMATTER = string.Formatter()


def message_of(rule: Rule, values: Mapping[str, Any]) -> str:
    """Return the message of `rule` with its placeholders filled; a rule on secrets quotes nothing.

    Args:
        rule: the rule.
        values: what each of `model.rule.PLACEHOLDERS` stands for.
    """
    return render(rule.message, values, quoting=not rule.is_secret)


def render(message: str, values: Mapping[str, Any], *, quoting: bool = True) -> str:
    """Return `message` with its placeholders filled.

    Args:
        message: such as "Container {self.name} may run as root"; "{{" stands for a brace.
        values: what each root stands for.
        quoting: whether the message may show what a file says.
    """
    parts: list[str] = []
    for literal, field, _, _ in _FORMATTER.parse(message):
        parts.append(literal)
        if field:
            shown = quoting or _steps(field)[0] not in QUOTING
            parts.append(_show(_follow(field, values)) if shown else REDACTED)
    return "".join(parts)


def _steps(field: str) -> list[str]:
    return field.replace("[", ".").replace("]", "").split(".")


def _follow(field: str, values: Mapping[str, Any]) -> Any:
    steps = _steps(field)
    value: Any = values.get(steps[0], MISSING)
    for step in steps[1:]:
        if isinstance(value, dict):
            value = value.get(step, MISSING)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value


def _show(value: Any) -> str:
    if value is MISSING or value is None:
        return ABSENT
    if isinstance(value, str):
        text = value
    elif isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        text = ", ".join(str(item) for item in value)
    else:
        text = json.dumps(value, ensure_ascii=False)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
