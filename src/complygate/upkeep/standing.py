"""Waivers for those who keep them: what each excuses now, a new one, and those that can go."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from complygate.model.excuses import Excuses
from complygate.triage.terms import expired, is_broad
from complygate.triage.waivers import SOON, Waivers
from complygate.upkeep.survey import surveyed, undecided
from complygate.values import dataclass

if TYPE_CHECKING:
    from complygate.api import ScanRequest, Survey
    from complygate.model.finding import Finding
    from complygate.model.waiver import Waiver


class State(StrEnum):
    """How a waiver stands."""

    ACTIVE = "active"
    """It excuses something."""
    SOON = "ends-soon"
    """Likewise, for 14 days or less."""
    EXPIRED = "expired"
    """Its last day is past."""
    REFUSED = "refused"
    """The policy does not honour it."""
    UNUSED = "unused"
    """There is nothing here that it would excuse."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One waiver, and what it does.

    Attributes:
        waiver: the waiver.
        state: how it stands.
        why: what is to be said about that, or "".
        findings: what it excuses now.
        days_left: how many days it still lasts; negative once it is over.
    """

    waiver: Waiver
    state: State
    why: str
    findings: tuple[Finding, ...]
    days_left: int


def standings(request: ScanRequest) -> tuple[Survey, tuple[Standing, ...]]:
    """Return what a scan finds, and how each waiver stands that concerns it, in order of place.

    Raises:
        ComplygateError: as `survey.surveyed` does.
    """
    survey = surveyed(request)
    report, excuses = survey.report, survey.excuses or Excuses()
    waivers = Waivers(report.policy.rules, report.policy.waivers, excuses, report.day)
    every = sorted(
        (*report.policy.waivers, *excuses.waivers), key=lambda w: (w.place.path, w.place.line, w.place.column)
    )
    return survey, tuple(_standing(waiver, survey, waivers) for waiver in every)


def _standing(waiver: Waiver, survey: Survey, waivers: Waivers) -> Standing:
    day, place = survey.report.day, waiver.place
    excused = tuple(
        finding
        for finding in survey.report.findings
        if finding.excuse is not None
        and finding.excuse.how == "waiver"
        and (finding.excuse.path, finding.excuse.line) == (place.path, place.line)
    )
    state, why = _state(waiver, excused, waivers, day)
    return Standing(waiver, state, why, excused, (waiver.expires - day).days)


def _state(waiver: Waiver, excused: tuple[Finding, ...], waivers: Waivers, day: dt.date) -> tuple[State, str]:
    broad = is_broad(waiver)
    if over := expired(waiver, day):
        return State.EXPIRED, over
    if not excused:
        refused = waivers.refused(waiver)
        return (State.REFUSED, refused[1]) if refused else (State.UNUSED, "nothing here needs it")
    if (waiver.expires - day).days <= SOON:
        return State.SOON, broad
    return State.ACTIVE, broad


def removable(survey: Survey, found: tuple[Standing, ...]) -> tuple[list[Waiver], bool]:
    """Return the repository's waivers that can go, and whether unused ones are among them.

    Where not all could be decided, a waiver may only seem to be unused: then only expired ones can go.
    """
    certain = not undecided(survey)
    states = {State.EXPIRED, State.UNUSED} if certain else {State.EXPIRED}
    return [one.waiver for one in found if one.waiver.in_repository and one.state in states], certain
