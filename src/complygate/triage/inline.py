"""Ignore comments: `# complygate: ignore[rule-id] until=2027-01-31 reason`, in each syntax's comments."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARK = "complygate:"
"""What every ignore holds; files without it need not be searched."""

_IGNORE = re.compile(r"complygate:\s*ignore\[(?P<rules>[^\]]*)\](?P<rest>.*)$")
_UNTIL = re.compile(r"^\s*until=(?P<until>\S+)")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One ignore comment.

    Attributes:
        path: the file.
        line: the comment's line.
        covers: the line whose findings it excuses: its own, or for a comment that stands alone the next
            line that is neither blank nor a comment.
        rules: the ids, or aliases, that it names.
        reason: what it says for a reason, or "".
        until: the last day on which it holds, or None.
        mistake: why it cannot be honoured whatever the policy says, or "".
    """

    path: str
    line: int
    covers: int
    rules: tuple[str, ...]
    reason: str
    until: dt.date | None = None
    mistake: str = ""


def ignores_in(path: str, lines: Sequence[str], comments: Sequence[str]) -> Iterator[Ignore]:
    """Yield the ignore comments of a file.

    Args:
        path: the file, as findings name it.
        lines: its lines.
        comments: what starts a comment in its syntax; none means that it has no comments.
    """
    for number, line in enumerate(lines, start=1):
        found = _IGNORE.search(line) if MARK in line else None
        if found is None:
            continue
        before = line[: found.start()].rstrip()
        opener = next((opener for opener in comments if before.endswith(opener)), None)
        if opener is None:
            continue
        alone = not before.removesuffix(opener).strip()
        covers = _next_code(lines, number, comments) if alone else number
        yield _parse(path, number, covers, found)


def _next_code(lines: Sequence[str], number: int, comments: Sequence[str]) -> int:
    for offset, line in enumerate(lines[number:], start=number + 1):
        text = line.strip()
        if text and not text.startswith(tuple(comments)):
            return offset
    return number


def _parse(path: str, line: int, covers: int, found: re.Match[str]) -> Ignore:
    rules = tuple(word for word in (part.strip() for part in found["rules"].split(",")) if word)
    rest = found["rest"]
    until, mistake = None, "" if rules else "it names no rule"
    dated = _UNTIL.match(rest)
    if dated:
        rest = rest[dated.end() :]
        try:
            until = dt.date.fromisoformat(dated["until"])
        except ValueError:
            mistake = f"until={dated['until']} is not a date (YYYY-MM-DD)"
    reason = rest.strip().removesuffix("*/").strip().removeprefix("--").strip()
    return Ignore(path, line, covers, rules, reason, until, mistake)
