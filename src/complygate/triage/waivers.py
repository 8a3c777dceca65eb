"""Waivers meet findings, on the policy's terms."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.model.finding import Disposition, Excuse, Finding
from complygate.model.glob import any_matches, matches
from complygate.model.problem import Problem, ProblemKind
from complygate.model.report import Notice
from complygate.model.tree import Span
from complygate.triage.terms import expired, is_broad, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.model.excuses import Excuses
    from complygate.model.policy import EffectiveRule
    from complygate.model.waiver import Waiver

SOON = 14
"""With so many days left, a waiver is reported."""


class Waivers:
    """Decides which findings are waived, and remembers what each waiver did."""

    def __init__(
        self,
        rules: Mapping[str, EffectiveRule],
        of_set: Sequence[Waiver],
        excuses: Excuses,
        day: dt.date,
    ) -> None:
        """Take the policy's rules, the waivers of its set, what the repository brings, and the day."""
        self._rules, self._excuses, self._day = rules, excuses, day
        self._all = (*of_set, *excuses.waivers)
        self._by_name: dict[str, list[Waiver]] = defaultdict(list)
        self._globs: list[Waiver] = []
        for waiver in self._all:
            (self._globs if waiver.is_glob else self._by_name[waiver.rule]).append(waiver)
        self.met: dict[Waiver, list[Finding]] = defaultdict(list)
        """The findings that each waiver fits, whether it counts or not."""
        self._refused: dict[Waiver, tuple[str, str]] = {}

    def decide(self, finding: Finding) -> Finding:
        """Return `finding`, waived if a waiver fits that counts."""
        if finding.disposition is not Disposition.ACTIVE:
            return finding
        effective = self._rules[finding.rule]
        for waiver in self._named(finding, effective):
            if not _fits(waiver, finding):
                continue
            self.met[waiver].append(finding)
            why = self.refusal(waiver, effective) or expired(waiver, self._day)
            if not why:
                place = waiver.place
                excuse = Excuse(
                    "waiver", waiver.reason, place.path, place.line, waiver.expires, waiver.approver
                )
                return replace(finding, disposition=Disposition.WAIVED, excuse=excuse)
            self._refused.setdefault(waiver, (why, finding.rule))
        return finding

    def refusal(self, waiver: Waiver, effective: EffectiveRule) -> str:
        """Return why `waiver` does not count for a rule, whatever the day of its end; or ""."""
        return refusal(waiver, effective.waivable, self._excuses, self._day)

    def _named(self, finding: Finding, effective: EffectiveRule) -> Iterator[Waiver]:
        for name in dict.fromkeys((*effective.rule.names_in(finding.kind), *sorted(finding.check_names))):
            yield from self._by_name.get(name, ())
        yield from (waiver for waiver in self._globs if matches(waiver.rule, finding.rule))

    def _of(self, waiver: Waiver) -> Iterator[EffectiveRule]:
        """Yield the policy's rules that `waiver` names, as far as ids and aliases tell."""
        for effective in self._rules.values():
            rule = effective.rule
            if matches(waiver.rule, rule.id) if waiver.is_glob else waiver.rule in rule.names:
                yield effective

    def problems(self) -> tuple[Problem, ...]:
        """Return what the repository's waivers try that the policy does not allow, once all is decided."""
        return tuple(
            problem for waiver in self._excuses.waivers if (problem := self._attempt(waiver)) is not None
        )

    def refused(self, waiver: Waiver) -> tuple[str, str] | None:
        """Return a rule for which the policy does not honour `waiver`, and why; None where there is none."""
        met = {finding.rule: self._rules[finding.rule] for finding in self.met.get(waiver, ())}
        named = {effective.rule.id: effective for effective in self._of(waiver)}
        for effective in (met | named).values():
            if why := self.refusal(waiver, effective):
                return effective.rule.id, why
        return None

    def _attempt(self, waiver: Waiver) -> Problem | None:
        refused = self.refused(waiver)
        if refused is None:
            return None
        rule, why = refused
        place = waiver.place
        return Problem(
            ProblemKind.LOOSENING,
            f"the waiver does not count: {why}",
            place.path,
            Span(place.line, place.column, place.line, place.column),
            rule,
            "take it out, or ask those who keep the policy",
        )

    def notices(self, *, whole: bool) -> tuple[Notice, ...]:
        """Return what a person should know of the waivers, once all is decided.

        Args:
            whole: whether all of the repository was judged, so that a waiver without a finding is unused.
        """
        found = [notice for waiver in self._all for notice in self._of_one(waiver, whole=whole)]
        unused = [waiver for waiver in self._all if not waiver.in_repository and waiver not in self.met]
        if unused and whole:
            many = len(unused) > 1
            text = (
                f"{len(unused)} waivers of the policy set excuse"
                if many
                else "1 waiver of the policy set excuses"
            )
            place = unused[0].place
            found.append(Notice(f"{text} nothing here", place.path, place.line))
        return tuple(sorted(set(found), key=lambda n: (n.path, n.line, n.rule, n.message)))

    def _of_one(self, waiver: Waiver, *, whole: bool) -> Iterator[Notice]:
        place = waiver.place
        relevant = waiver in self.met or (waiver.in_repository and whole)
        if not relevant:
            return
        for message, rule in self._said(waiver):
            yield Notice(f"the waiver {message}", place.path, place.line, rule)

    def _said(self, waiver: Waiver) -> Iterator[tuple[str, str]]:
        why, rule = self._refused.get(waiver, ("", ""))
        over = expired(waiver, self._day)
        if waiver not in self.met:
            names = (
                f" for {waiver.rule}"
                if over or any(self._of(waiver))
                else f": there is no rule {waiver.rule}"
            )
            yield f"excuses nothing{names}{f', and {over}' if over else ''}", ""
        elif over:
            yield f"does not count: {over}", rule
        elif why and not waiver.in_repository:  # else it is a problem
            yield f"does not count: {why}", rule
        elif not why and (waiver.expires - self._day).days <= SOON:
            left = (waiver.expires - self._day).days
            yield f"ends on {waiver.expires.isoformat()}, in {left} day{'' if left == 1 else 's'}", ""
        if not over and (broad := is_broad(waiver)):
            yield f"is over-broad: {broad}", ""


def _fits(waiver: Waiver, finding: Finding) -> bool:
    return (
        (not waiver.fingerprint or waiver.fingerprint == finding.fingerprint)
        and (not waiver.resource or waiver.resource == finding.resource)
        and (not waiver.paths or any_matches(waiver.paths, finding.region.path))
    )
