"""How long a pass is worth something: until the calendar goes on, or an excuse ends."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from complygate.model.finding import Disposition
from complygate.model.policy import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.finding import Finding
    from complygate.model.policy import Enforcement, Policy


def ends_on(findings: Sequence[Finding], policy: Policy, day: dt.date) -> dt.date | None:
    """Return the first day after `day` on which the same tree may block where it does not now, or None.

    A finding that does not block may do so by the rule's calendar, or since its excuse has ended; and a rule
    that is off, so that nobody has looked, may begin to block.
    """
    return min([*_findings(findings, policy, day), *_unseen(policy, day)], default=None)


def _findings(findings: Sequence[Finding], policy: Policy, day: dt.date) -> Iterator[dt.date]:
    for finding in findings:
        effective = policy.rules.get(finding.rule)
        since = _free_from(finding, day)
        if finding.blocks or effective is None or since is None:
            continue
        if (turn := _blocks_from(effective.enforcement_at(finding.region.path), since)) is not None:
            yield turn


def _unseen(policy: Policy, day: dt.date) -> Iterator[dt.date]:
    for effective in policy.rules.values():
        for calendar in effective.calendars():
            turn = _blocks_from(calendar, day) if calendar.on(day) is Level.OFF else None
            if turn is not None:
                yield turn


def _free_from(finding: Finding, day: dt.date) -> dt.date | None:
    """Return the first day after `day` on which nothing excuses `finding`; None where that never comes."""
    tomorrow = day + dt.timedelta(days=1) if day < dt.date.max else None
    if finding.disposition is Disposition.ACTIVE or tomorrow is None:
        return tomorrow
    until = finding.excuse.until if finding.excuse else None
    if until is None or until == dt.date.max:
        return None
    return max(tomorrow, until + dt.timedelta(days=1))


def _blocks_from(calendar: Enforcement, since: dt.date) -> dt.date | None:
    """Return the first day, from `since` on, on which `calendar` says `enforce`."""
    if calendar.on(since) is Level.ENFORCE:
        return since
    return next((start for start, level in calendar.steps if start > since and level is Level.ENFORCE), None)
