"""Calendars of a rule, from a day on: what it does when, and whether another one blocks earlier."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from complygate.model.policy import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.policy import EffectiveRule, Enforcement

RANK = {Level.OFF: 0, Level.AUDIT: 1, Level.WARN: 2, Level.ENFORCE: 3}


class Way(NamedTuple):
    """Which way a change goes; both where two calendars cross or cannot be compared."""

    looser: bool
    tighter: bool


def days_from(day: dt.date, *rules: EffectiveRule) -> list[dt.date]:
    """Return `day`, and every later day on which a level of one of `rules` begins, in order."""
    later = {start for rule in rules for one in rule.calendars() for start, _ in one.steps if start > day}
    return [day, *sorted(later)]


def blocks_from(rule: EffectiveRule, day: dt.date) -> dt.date | None:
    """Return the first day, `day` or later, on which the rule blocks somewhere; or None."""
    return next((d for d in days_from(day, rule) if Level.ENFORCE in _on(rule, d)), None)


def newly_blocks_from(before: EffectiveRule, after: EffectiveRule, day: dt.date) -> dt.date | None:
    """Return the first day, `day` or later, on which `after` blocks where `before` may not; or None."""
    for d in days_from(day, before, after):
        if any(new is Level.ENFORCE and old is not Level.ENFORCE for old, new in _pairs(before, after, d)):
            return d
    return None


def way(before: EffectiveRule, after: EffectiveRule, day: dt.date) -> Way:
    """Tell whether levels go down, up or both, on `day` or later."""
    pairs = [pair for d in days_from(day, before, after) for pair in _pairs(before, after, d)]
    return Way(
        any(RANK[new] < RANK[old] for old, new in pairs), any(RANK[new] > RANK[old] for old, new in pairs)
    )


def said(rule: EffectiveRule, day: dt.date) -> str:
    """Return the level on `day` and what comes: `warn, enforce from 2027-02-01`; paths with their own."""
    own = [f"{_said(one.enforcement, day)} in {', '.join(one.paths)}" for one in rule.somewhere]
    return "; ".join([_said(rule.enforcement, day), *own])


def _said(calendar: Enforcement, day: dt.date) -> str:
    later = [f"{level} from {start}" for start, level in calendar.steps if start > day]
    return ", ".join([str(calendar.on(day)), *later])


def _on(rule: EffectiveRule, day: dt.date) -> list[Level]:
    return [calendar.on(day) for calendar in rule.calendars()]


def _pairs(before: EffectiveRule, after: EffectiveRule, day: dt.date) -> Iterator[tuple[Level, Level]]:
    """Yield the levels on `day` before and after, for every path: where both tell paths apart alike, by path.

    Else any level of the one may meet any of the other.
    """
    alike = [one.paths for one in before.somewhere] == [one.paths for one in after.somewhere]
    old, new = _on(before, day), _on(after, day)
    if alike:
        yield from zip(old, new, strict=True)
    else:
        yield from ((first, second) for first in old for second in new)
