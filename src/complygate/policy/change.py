"""One respect in which two policies differ, and the words for it."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from complygate.model.policy import EffectiveRule, Enforcement

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One respect in which a policy differs from another.

    Attributes:
        rule: the rule's id, or "" for the policy as a whole.
        what: the respect: `rule` (added or taken away), `check`, `enforcement`, `severity`, `params.NAME`,
            `waivable.TERM`, `paths`, `overridable`; of the whole `exclude`, `scope`, `undecided.KIND`,
            `baseline`, `waivers`, `unclear` (scopes of which
            nobody knows whether they fit).
        before: what it was, as text.
        after: what it is, as text.
        may_fail: a repository that passed may fail for it, or become undecided.
    """

    rule: str
    what: str
    before: str
    after: str
    may_fail: bool


def levels_text(enforcement: Enforcement) -> str:
    """Return `enforce`, or `warn from 2026-12-01, enforce from 2027-02-01`."""
    return ", ".join(
        str(level) if day == dt.date.min else f"{level} from {day.isoformat()}"
        for day, level in enforcement.steps
    )


def calendars_text(rule: EffectiveRule) -> str:
    """Return the levels of a rule, with those that hold for some paths only."""
    text = levels_text(rule.enforcement)
    return "; ".join(
        (text, *(f"{levels_text(x.enforcement)} in {globs_text(x.paths)}" for x in rule.somewhere))
    )


def globs_text(globs: Iterable[str]) -> str:
    """Return globs in one line."""
    return _cut(", ".join(globs)) or "nothing"


def value_text(value: Any) -> str:
    """Return a parameter or a term in one line."""
    if value is None:
        return "no limit"
    if isinstance(value, tuple):
        return globs_text(value)
    return _cut(json.dumps(value, ensure_ascii=False, default=str))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
