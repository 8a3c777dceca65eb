"""What the rules said, turned into findings and problems with their places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.findings.fingerprint import Fingerprints
from complygate.findings.locate import pointer_at, span_of
from complygate.findings.remarks import place
from complygate.findings.snippet import region
from complygate.model.finding import Disposition, Excuse, Finding
from complygate.model.outcome import Fault, Undetermined, Violation
from complygate.model.policy import Level
from complygate.model.problem import Problem, ProblemKind
from complygate.model.rule import REDACTED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from complygate.findings.follow import Follow
    from complygate.findings.texts import Texts
    from complygate.model.document import Document
    from complygate.model.outcome import Outcome
    from complygate.model.policy import EffectiveRule
    from complygate.model.remark import Remark, Skip
    from complygate.model.rule import Rule

_FROM_ELSEWHERE = (
    "Give the value in a file that is scanned (a default, a .tfvars file), or scan what holds it, such as"
    " the plan (`terraform show -json PLAN`)."
)


EXCEPTION = "conftest"
"""How a finding is excused that an `exception` of a Conftest policy lets pass."""


class Maker:
    """Makes findings and problems; the same place is reported once per rule and message."""

    def __init__(self, texts: Texts, day: dt.date, prefix: str = "", follow: Follow | None = None) -> None:
        """Start.

        Args:
            texts: where lines come from.
            day: the day that calendars are read against.
            prefix: what paths in reports start with.
            follow: takes notes of each finding, or None.
        """
        self._follow = follow
        self._texts = texts
        self._day = day
        self._prefix = prefix
        self._fingerprints = Fingerprints()
        self._seen: set[tuple[object, ...]] = set()

    def make(
        self, effective: EffectiveRule, document: Document, pointer: str, outcome: Outcome, message: str
    ) -> Finding | Problem | None:
        """Return the finding or problem for one outcome; None when it is the same as one made before.

        Modules that are called twice, and values that an anchor shares, lead to the same text: a person
        has one thing to mend there. Where the rule is off, there is nothing either.
        """
        if isinstance(outcome, Violation) and outcome.line and not outcome.pointer:
            pointer = pointer_at(document, outcome.line)
        span = span_of(document, pointer, self._texts.lines(document.path))
        path = self._prefix + document.path
        rule = effective.rule
        calendar = effective.enforcement_at(path)
        level = calendar.on(self._day)
        if level is Level.OFF:
            return None
        if isinstance(outcome, Fault | Undetermined):
            kind = ProblemKind.ENGINE_ERROR if isinstance(outcome, Fault) else ProblemKind.UNKNOWN_VALUE
            text = _fault_of(rule, outcome) if isinstance(outcome, Fault) else outcome.reason
            hint = _FROM_ELSEWHERE if kind is ProblemKind.UNKNOWN_VALUE else ""
            problem = Problem(kind, text, path, span, rule.id, hint)
            return self._once(problem, (kind, path, span, rule.id, text))
        if not self._new((rule.id, path, span, message)):
            return None
        fingerprint = self._fingerprints.of(rule.id, path, document, pointer)
        if self._follow is not None:
            self._follow.note(fingerprint, rule.id, path, document, pointer)
        found = Finding(
            rule=rule.id,
            message=message,
            severity=effective.severity,
            level=level,
            region=region(document.path, path, span, self._texts, redact=rule.is_secret),
            pointer=pointer,
            resource=document.name,
            kind=document.kind,
            fingerprint=fingerprint,
            next_level=calendar.next_after(self._day),
        )
        return _excepted(found, outcome.excuse) if outcome.excuse else found

    def from_tool(
        self, effective: EffectiveRule, remark: Remark, message: str, documents: Sequence[Document]
    ) -> Finding | None:
        """Return the finding for what a tool said; None when it is the same as one made before.

        Args:
            effective: the rule that asked.
            remark: what the tool said.
            message: the rule's message about it.
            documents: what the formats made of the file; may be empty.
        """
        document, pointer, span, identity = place(remark, documents, self._texts.lines(remark.path))
        path = self._prefix + remark.path
        rule = effective.rule
        calendar = effective.enforcement_at(path)
        level = calendar.on(self._day)
        if level is Level.OFF:
            return None
        if not self._new((rule.id, path, span, message, remark.check, remark.resource)):
            return None
        given = remark.severity if effective.severity_from_tool else None
        fingerprint = self._fingerprints.of(rule.id, path, document, pointer, remark.check, identity)
        if self._follow is not None:
            self._follow.note(fingerprint, rule.id, path, document, pointer, remark.check, identity)
        return Finding(
            rule=rule.id,
            message=message,
            severity=given or effective.severity,
            level=level,
            region=region(remark.path, path, span, self._texts, redact=rule.is_secret),
            pointer=pointer,
            resource=document.name or remark.resource,
            kind=document.kind,
            fingerprint=fingerprint,
            next_level=calendar.next_after(self._day),
            check=remark.check,
            skip=self._shown(remark.skip),
            tool_fingerprints=remark.fingerprints,
        )

    def _shown(self, skip: Skip | None) -> Skip | None:
        return replace(skip, path=self._prefix + skip.path) if skip is not None and skip.path else skip

    def place(self, problem: Problem) -> Problem | None:
        """Return a format's `problem` with its path as reports name it; None when it was made before."""
        shown = replace(problem, path=self._prefix + problem.path) if problem.path else problem
        return self._once(shown, (shown.kind, shown.path, shown.span, shown.rule, shown.message))

    def _once(self, problem: Problem, key: tuple[object, ...]) -> Problem | None:
        return problem if self._new(key) else None

    def _new(self, key: tuple[object, ...]) -> bool:
        if key in self._seen:
            return False
        self._seen.add(key)
        return True


def _excepted(finding: Finding, reason: str) -> Finding:
    """Return a finding that the policy's author excuses: no terms, for whoever may write rules may except."""
    return replace(finding, disposition=Disposition.WAIVED, excuse=Excuse(EXCEPTION, reason, "", 0))


def _fault_of(rule: Rule, fault: Fault) -> str:
    """Return what went wrong; engines quote values, which a rule on secrets must not."""
    if rule.is_secret:
        return f"the check failed; its engine's words may hold a secret: {REDACTED}"
    return fault.message
