"""Excuses meet findings, on the policy's terms. Nothing is dropped: what is excused stays in the report."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from complygate.model.finding import Disposition, Excuse, Finding
from complygate.model.report import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from complygate.model.policy import EffectiveRule, Waivable
    from complygate.model.remark import Skip
    from complygate.triage.inline import Ignore

_NOT_HONOURED = "the ignore is not honoured: "
_NONE_ALLOWED = "the policy allows no inline ignore for this rule"
NOT_ALLOWED = _NOT_HONOURED + _NONE_ALLOWED
"""What is said of an ignore where the policy allows none."""
_TOOLS = frozenset({"checkov", "sarif"})
"""Engines whose findings may be ignored by names that no rule has."""


class Triage:
    """Decides the disposition of findings."""

    def __init__(self, rules: Mapping[str, EffectiveRule], ignores: Iterable[Ignore], day: dt.date) -> None:
        """Take the policy's rules, the ignore comments of the scanned files, and the day."""
        self._rules = rules
        self._day = day
        self._by_place: dict[tuple[str, int], list[Ignore]] = defaultdict(list)
        self._ignores = list(ignores)
        for ignore in self._ignores:
            self._by_place[ignore.path, ignore.covers].append(ignore)
        self._met: set[Ignore] = set()
        self._notices: list[Notice] = []

    def decide(self, finding: Finding) -> Finding:
        """Return `finding` with its disposition. What the policy itself excuses needs no comment."""
        if finding.disposition is not Disposition.ACTIVE:
            return finding
        effective = self._rules[finding.rule]
        names = {*effective.rule.names_in(finding.kind), *finding.check_names}
        for ignore in self._by_place.get((finding.region.path, finding.region.span.line), ()):
            if names.isdisjoint(ignore.rules):
                continue
            self._met.add(ignore)
            refusal = self._refusal(ignore, effective.waivable)
            if not refusal:
                excuse = Excuse("inline", ignore.reason, ignore.path, ignore.line, ignore.until)
                return replace(finding, disposition=Disposition.WAIVED, excuse=excuse)
            self._notices.append(Notice(f"{_NOT_HONOURED}{refusal}", ignore.path, ignore.line, finding.rule))
        return self._skipped(finding, finding.skip, effective.waivable) if finding.skip else finding

    def _skipped(self, finding: Finding, skip: Skip, terms: Waivable) -> Finding:
        """Return `finding`, which its tool would suppress, excused where the policy says so."""
        path, line = skip.path or finding.region.path, skip.line or finding.region.span.line
        if not terms.tool_skips:
            refusal = "the policy does not allow it for this rule"
        elif terms.require_reason and not skip.reason:
            refusal = "it gives no reason"
        elif terms.require_until or terms.max_days is not None:
            refusal = "the policy asks for an end, which it cannot name"
        else:
            excuse = Excuse(skip.how, skip.reason, path, line)
            return replace(finding, disposition=Disposition.WAIVED, excuse=excuse)
        self._notices.append(Notice(f"the {skip.how} is not honoured: {refusal}", path, line, finding.rule))
        return finding

    def _refusal(self, ignore: Ignore, terms: Waivable) -> str:
        """Return why `ignore` is not honoured, or ""."""
        if ignore.mistake:
            return ignore.mistake
        if not terms.inline:
            return _NONE_ALLOWED
        if terms.require_reason and not ignore.reason:
            return "it gives no reason"
        return self._refused_term(ignore, terms)

    def _refused_term(self, ignore: Ignore, terms: Waivable) -> str:
        if ignore.until is None:
            needed = terms.require_until or terms.max_days is not None
            return "it names no end; write until=YYYY-MM-DD" if needed else ""
        if ignore.until < self._day:
            return f"it expired on {ignore.until.isoformat()}"
        if terms.max_days is not None and (ignore.until - self._day).days > terms.max_days:
            last = self._day + dt.timedelta(days=terms.max_days)
            return f"it lasts longer than {terms.max_days} days; the last day possible is {last.isoformat()}"
        return ""

    def notices(self) -> tuple[Notice, ...]:
        """Return what is wrong with ignores, once all findings are decided."""
        unmet = (ignore for ignore in self._ignores if ignore not in self._met)
        unused = [Notice(self._why_unmet(ignore), ignore.path, ignore.line) for ignore in unmet]
        return tuple(sorted({*self._notices, *unused}, key=lambda n: (n.path, n.line, n.rule, n.message)))

    def _why_unmet(self, ignore: Ignore) -> str:
        if ignore.mistake:
            return f"the ignore is not honoured: {ignore.mistake}"
        names = ", ".join(ignore.rules)
        if self._known is not None and self._known.isdisjoint(ignore.rules):
            return f"the ignore excuses nothing: the policy does not run {names}"
        return f"the ignore excuses nothing: no finding of {names} on line {ignore.covers}"

    @cached_property
    def _known(self) -> frozenset[str] | None:
        """What the policy's rules are called; None where tools judge as well, whose names are not known."""
        rules = [effective.rule for effective in self._rules.values()]
        if any(rule.engine in _TOOLS for rule in rules):
            return None
        return frozenset(name for rule in rules for name in rule.names)
