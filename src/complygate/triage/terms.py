"""Why a waiver does not count."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from complygate.model.glob import any_matches

if TYPE_CHECKING:
    from complygate.model.excuses import Excuses
    from complygate.model.policy import Waivable
    from complygate.model.waiver import Waiver


def refusal(waiver: Waiver, terms: Waivable, excuses: Excuses, day: dt.date) -> str:
    """Return why `waiver` does not count under `terms`, whatever the day of its end; or "".

    Args:
        waiver: the waiver.
        terms: what the policy says of a rule's waivers.
        excuses: who owns the repository's waiver files.
        day: the day of the scan.
    """
    if waiver.in_repository and not terms.repository:
        return "the policy allows no waiver in the repository for this rule"
    if not waiver.in_repository and not terms.approvers:
        return "the policy names nobody who may grant one for this rule (waivable.approvers)"
    if waiver.is_glob and not terms.globs:
        return "the policy allows no glob in its place of a rule (waivable.globs)"
    return _by_whom(waiver, terms, excuses) or _how_long(waiver, terms, day)


def _by_whom(waiver: Waiver, terms: Waivable, excuses: Excuses) -> str:
    if terms.approvers and not any_matches(terms.approvers, waiver.approver):
        return f"{waiver.approver} may not grant it; these may: {', '.join(terms.approvers)}"
    if not waiver.in_repository:
        return ""
    file, source = waiver.place.path, excuses.owners_from
    owners = excuses.owners.get(file)
    if owners is None:
        return f"who owns {file} by {source} cannot be told"
    if waiver.approver.lower() not in owners:
        who = ", ".join(sorted(owners)) or "nobody does"
        return f"{waiver.approver} does not own {file} by {source}; owners: {who}"
    return ""


def _how_long(waiver: Waiver, terms: Waivable, day: dt.date) -> str:
    if waiver.created > day:
        return f"it was created on {waiver.created.isoformat()}, which is still to come"
    if terms.max_days is not None and waiver.days > terms.max_days:
        last = waiver.created + dt.timedelta(days=terms.max_days)
        return (
            f"it lasts {waiver.days} days, and {terms.max_days} is the most; "
            f"the last day possible is {last.isoformat()}"
        )
    return ""


def expired(waiver: Waiver, day: dt.date) -> str:
    """Return that `waiver` is past its day, or ""."""
    return f"it expired on {waiver.expires.isoformat()}" if waiver.expires < day else ""


def is_broad(waiver: Waiver) -> str:
    """Return in what respect `waiver` excuses more than a person can have looked at, or ""."""
    everywhere = not waiver.fingerprint and not waiver.resource and any(map(_is_all, waiver.paths))
    if waiver.is_glob and _is_all(waiver.rule):
        return "it is for every rule"
    return "it is for a whole rule, wherever it is broken" if everywhere else ""


def _is_all(pattern: str) -> bool:
    return not pattern.strip("*/")
