"""`message:` of a rule: the placeholders, filled from what the rule judged.

The syntax is that of Python's `str.format` without conversions; a name leads to plain data only, one key
or index at a time, so nothing of the program can be reached.
"""

from __future__ import annotations

import json
import string
from typing import TYPE_CHECKING, Any

from complygate.model.pointer import MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOTS = frozenset({"self", "view", "document", "params", "value", "detail", "key", "resource", "path"})
"""The names that a placeholder may start with."""

_ABSENT = "(none)"
_LONGEST = 160
_FORMATTER = string.Formatter()


def render(message: str, values: Mapping[str, Any]) -> str:
    """Return `message` with its placeholders filled.

    Args:
        message: such as "Container {self.name} may run as root"; "{{" stands for a brace.
        values: what each root stands for.
    """
    parts: list[str] = []
    for literal, field, _, _ in _FORMATTER.parse(message):
        parts.append(literal)
        if field:
            parts.append(_show(_follow(field, values)))
    return "".join(parts)


def _follow(field: str, values: Mapping[str, Any]) -> Any:
    steps = field.replace("[", ".").replace("]", "").split(".")
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
        return _ABSENT
    if isinstance(value, str):
        text = value
    elif isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        text = ", ".join(str(item) for item in value)
    else:
        text = json.dumps(value, ensure_ascii=False)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
