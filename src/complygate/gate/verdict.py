"""Findings and problems to a verdict."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from complygate.gate.exit_codes import ExitCode
from complygate.model.finding import Disposition
from complygate.model.policy import Effect, Level
from complygate.model.report import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complygate.model.finding import Finding
    from complygate.model.policy import Policy
    from complygate.model.problem import Problem


def decide(findings: Sequence[Finding], problems: Sequence[Problem], policy: Policy) -> Verdict:
    """Return the verdict: fail outranks undecided, undecided outranks pass."""
    active = Counter(f.level for f in findings if f.disposition is Disposition.ACTIVE)
    excused = Counter(f.disposition for f in findings)
    stopping = [p for p in problems if policy.undecided.get(p.kind, Effect.FAIL) is Effect.FAIL]
    blocking = active[Level.ENFORCE]
    if blocking:
        outcome, code = Outcome.FAIL, ExitCode.FAIL
        reason = f"{_count(blocking, 'finding')} at enforce"
    elif stopping:
        outcome, code = Outcome.UNDECIDED, ExitCode.UNDECIDED
        reason = f"could not be decided: {_kinds(stopping)}"
    else:
        outcome, code = Outcome.PASS, ExitCode.PASS
        reason = "no finding at enforce"
    return Verdict(
        outcome=outcome,
        exit_code=int(code),
        reason=reason,
        blocking=blocking,
        warning=active[Level.WARN],
        audited=active[Level.AUDIT],
        waived=excused[Disposition.WAIVED],
        baselined=excused[Disposition.BASELINED],
        problems=len(problems),
        blocking_problems=len(stopping),
    )


def _kinds(problems: Sequence[Problem]) -> str:
    counts = Counter(problem.kind for problem in problems)
    return ", ".join(f"{kind} ({count})" for kind, count in sorted(counts.items()))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
