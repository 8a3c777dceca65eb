"""Waiver files changed as text: what is not taken out or put in stays as it is, to the byte.

Every change is held against what the file then says: it must hold the waivers that it should, and no others.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from complygate.errors import PolicyError, UsageError
from complygate.policy.files import Mistakes, check
from complygate.policy.waivers import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from complygate.policy.files import File

_PLAIN = re.compile(r"[A-Za-z][\w./-]*")
_EMPTY = re.compile(r"^waivers:[ \t]*\[[ \t]*\]", re.MULTILINE)
_HEAD = re.compile(r"^waivers:", re.MULTILINE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_BY_HAND = "change it by hand"


def without(text: str, shown: str, begun: Collection[int]) -> str:
    """Return the `text` of a waiver file without the entries that begin on the lines `begun`, from 1.

    A comment that stands directly above an entry, as far in as it, goes with it.

    Raises:
        PolicyError: the file is wrong.
        UsageError: it is written in a way in which entries have no lines of their own.
    """
    file = _file(text, shown)
    entries = file.data["waivers"]
    numbers = {number for number in range(len(entries)) if file.place(f"/waivers/{number}").line in begun}
    kept = [entry for number, entry in enumerate(entries) if number not in numbers]
    lines = _LINE.findall(text)
    gone: set[int] = set()
    for number in numbers:
        gone.update(_lines_of(file, lines, number))
    new = "".join(line for number, line in enumerate(lines) if number not in gone)
    if not kept:
        new = _HEAD.sub("waivers: []", new, count=1)
    return _held(new, shown, kept)


def added(text: str, shown: str, entry: Mapping[str, Any], remark: str = "") -> str:
    """Return the `text` of a waiver file, or "" for a new one, with `entry` behind the others.

    Args:
        text: the text.
        shown: the file's path, for messages.
        entry: the keys of the waiver.
        remark: goes above it as a comment.

    Raises:
        PolicyError: the file is wrong.
        UsageError: it is written in a way to which nothing can be appended.
    """
    old = _file(text, shown).data["waivers"] if text else []
    if not text:
        text = "waivers:\n"
    elif not old:
        text = _EMPTY.sub("waivers:", text, count=1)
    if not text.endswith("\n"):
        text += "\n"
    return _held(text + _written(entry, remark, _indent(text, shown) if old else "  "), shown, [*old, entry])


def _file(text: str, shown: str) -> File:
    mistakes = Mistakes()
    file = check(text, shown, shown, SCHEMA, mistakes)
    mistakes.stop()
    assert file is not None  # noqa: S101 - there would be mistakes
    return file


def _held(text: str, shown: str, wanted: list[Any]) -> str:
    """Return `text`, which must say `wanted` and nothing else."""
    try:
        said = _file(text, shown).data["waivers"]
    except PolicyError:
        said = None
    if said != wanted:
        raise UsageError(f"{shown}: is written in a way that cannot be changed safely", hint=_BY_HAND)
    return text


def _lines_of(file: File, lines: list[str], number: int) -> range:
    """Return the numbers, from 0, of the lines that belong to the entry `number`."""
    span = file.tree.values[f"/waivers/{number}"]
    first, last = span.line - 1, span.end_line - 1
    if span.end_column == 1 and last > first:
        last -= 1
    lead = lines[first][: span.column - 1]
    if lead.strip() != "-":
        raise UsageError(f"{file.shown}: entries must have lines of their own", hint=_BY_HAND)
    indent = lead[: lead.index("-")]
    while first > 0 and lines[first - 1].startswith(f"{indent}#"):
        first -= 1
    # The blank lines that part it from the next one go with it.
    while last + 1 < len(lines) and not lines[last + 1].strip() and number + 1 < len(file.data["waivers"]):
        last += 1
    return range(first, last + 1)


def _indent(text: str, shown: str) -> str:
    """Return what stands before the dashes of the entries that are there."""
    file = _file(text, shown)
    span = file.tree.values["/waivers/0"]
    lead = _LINE.findall(text)[span.line - 1][: span.column - 1]
    if lead.strip() != "-":
        raise UsageError(f"{shown}: entries must have lines of their own", hint=_BY_HAND)
    return str(lead[: lead.index("-")])


def _written(entry: Mapping[str, Any], remark: str, indent: str) -> str:
    lines = [f"{key}: {_value(value)}" for key, value in entry.items()]
    above = [f"{indent}# {remark}"] if remark else []
    body = [f"{indent}{'- ' if i == 0 else '  '}{line}" for i, line in enumerate(lines)]
    return "\n".join([*above, *body, ""])


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    text = str(value)
    if _PLAIN.fullmatch(text) or re.fullmatch(r"\d{4}-\d{2}-\d{2}|sha256:[0-9a-f:]+", text):
        return text
    return json.dumps(text, ensure_ascii=False)
