"""What levels, dates, places and verdicts are called, the same in every output for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from complygate.model.finding import Disposition
from complygate.model.policy import Effect, Level
from complygate.model.problem import ProblemKind
from complygate.model.report import Outcome
from complygate.model.rule import Severity
from complygate.reporters._plain import one_line

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from complygate.model.finding import Excuse, Finding
    from complygate.model.policy import Origin, Policy
    from complygate.model.problem import Problem
    from complygate.model.report import Report

_LEVELS = (Level.ENFORCE, Level.WARN, Level.AUDIT, Level.OFF)
_VERBS = {
    Level.ENFORCE: "blocks",
    Level.WARN: "warns",
    Level.AUDIT: "is recorded",
    Level.OFF: "is off",
}
PROBLEM_TITLES: Mapping[ProblemKind, str] = {
    ProblemKind.PARSE_ERROR: "files that cannot be read",
    ProblemKind.ENGINE_ERROR: "checks that failed to run",
    ProblemKind.NOTHING_SCANNED: "nothing to scan",
    ProblemKind.NOT_IMPORTED: "results that were not imported",
    ProblemKind.NOT_RENDERED: "templates that are not rendered",
    ProblemKind.UNKNOWN_VALUE: "values that the files do not tell",
    ProblemKind.LOOSENING: "attempts to loosen the policy, refused",
    ProblemKind.UNKNOWN_COHORT: "entries that may be for this repository",
}
_DIGEST_SHOWN = len("sha256:") + 12


def plural(count: int, noun: str) -> str:
    """Return `1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def worst_first(finding: Finding) -> tuple[int, int, tuple[str, int, int, str, str]]:
    """The key by which findings are shown: what blocks, then how bad it is, then the place."""
    return (_LEVELS.index(finding.level), -finding.severity.rank, finding.order)


def active(report: Report, *levels: Level) -> list[Finding]:
    """Return the active findings at one of `levels`, worst first."""
    found = [f for f in report.findings if f.disposition is Disposition.ACTIVE and f.level in levels]
    return sorted(found, key=worst_first)


def excused(report: Report) -> list[Finding]:
    """Return the findings that are not active, in order of place."""
    return [f for f in report.findings if f.disposition is not Disposition.ACTIVE]


def blocking(report: Report, problem: Problem) -> bool:
    """Tell whether the policy lets `problem` stop the verdict; a kind it does not name does."""
    return report.policy.undecided.get(problem.kind, Effect.FAIL) is Effect.FAIL


def next_step(finding: Finding, day: dt.date) -> dict[str, Any] | None:
    """Return the next step of the finding's calendar, as data; None where there is none."""
    if finding.next_level is None:
        return None
    start, level = finding.next_level
    return {
        "from": start.isoformat(),
        "level": str(level),
        "days": (start - day).days,
        "text": calendar(finding, day),
    }


def coming(report: Report) -> str:
    """Return how many findings will block and when: `3 will block from 2027-02-01 (72 days left)`.

    "" where none will that does not yet.
    """
    days = Counter(
        start
        for finding in report.findings
        if finding.disposition is Disposition.ACTIVE and (start := _blocks_from(report, finding))
    )
    if not days:
        return ""
    first = min(days)
    left = plural((first - report.day).days, "day")
    later = days.total() - days[first]
    return f"{days[first]} will block from {first} ({left} left)" + (f", {later} later" if later else "")


def _blocks_from(report: Report, finding: Finding) -> dt.date | None:
    """Return the day from which a finding blocks that does not yet; None where it blocks, or never will."""
    effective = report.policy.rules.get(finding.rule)
    if finding.level is Level.ENFORCE or effective is None or finding.next_level is None:
        return None
    steps = effective.enforcement_at(finding.region.path).steps
    return next((start for start, level in steps if start > report.day and level is Level.ENFORCE), None)


def calendar(finding: Finding, day: dt.date) -> str:
    """Return when the finding's level changes: `warns now, blocks from 2027-02-01 (72 days left)`; or ""."""
    if finding.next_level is None:
        return ""
    start, level = finding.next_level
    left = plural((start - day).days, "day")
    return f"{_VERBS[finding.level]} now, {_VERBS[level]} from {start} ({left} left)"


def place(path: str, line: int = 0, column: int = 0) -> str:
    """Return `path:line:column`, leaving out what is 0; the root of the tree is "."."""
    parts = [one_line(path) or ".", *(str(n) for n in (line, column) if n)]
    return ":".join(parts)


def problem_place(problem: Problem) -> str:
    """Return where a problem is, or "" when it concerns the run as a whole."""
    if not problem.path:
        return ""
    return place(problem.path, *(problem.span[:2] if problem.span else ()))


def excuse_text(finding: Finding) -> str:
    """Return why a finding is not active: `waived inline until 2027-01-31: the reason`."""
    excuse: Excuse | None = finding.excuse
    if excuse is None:
        return str(finding.disposition)
    how = "" if excuse.how in {"waiver", "baseline"} else f" {one_line(excuse.how)}"
    until = f" until {excuse.until}" if excuse.until else ""
    approver = f" by {one_line(excuse.approver)}" if excuse.approver else ""
    reason = f": {one_line(excuse.reason)}" if excuse.reason else ""
    return f"{finding.disposition}{how}{until}{approver}{reason}"


def severities(findings: Iterable[Finding]) -> str:
    """Return `3 critical, 9 high`."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(f"{counts[severity]} {severity}" for severity in Severity if counts[severity])


def counts(report: Report) -> str:
    """Return the verdict's counts in words: `2 findings block (1 critical, 1 high), 4 warn, 1 waived`."""
    verdict = report.verdict
    stopping = active(report, Level.ENFORCE)
    if stopping:
        verb = "blocks" if len(stopping) == 1 else "block"
        parts = [f"{plural(len(stopping), 'finding')} {verb} ({severities(stopping)})"]
    else:
        parts = ["no finding blocks"]
    if verdict.warning:
        parts.append(f"{verdict.warning} {'warns' if verdict.warning == 1 else 'warn'}")
    parts.extend(
        f"{count} {word}"
        for count, word in (
            (verdict.audited, "recorded"),
            (verdict.waived, "waived"),
            (verdict.baselined, "baselined"),
        )
        if count
    )
    if later := coming(report):
        parts.append(later)
    if verdict.blocking_problems:
        parts.append(f"{plural(verdict.blocking_problems, 'problem')} undecided")
    return ", ".join(parts)


def policy_name(report: Report) -> str:
    """Return `baseline@sha256:ab12cd34ef56`."""
    origin = report.policy.origin
    from_git = f" from {one_line(origin.source)} at {origin.commit[:12]}" if origin else ""
    signed = f", signed by {one_line(origin.signer)}" if origin and origin.signer else ""
    return f"{one_line(report.policy.name)}@{report.policy.digest[:_DIGEST_SHOWN]}{from_git}{signed}"


def origins(policy: Policy) -> dict[str, Any]:
    """Return where the sets of `policy` come from, as far as that is git, as data."""
    found: dict[str, Any] = {
        "origin": asdict(policy.origin) if policy.origin else None,
        "extends": [asdict(origin) for origin in policy.extended],
        "layer": None,
    }
    layer = policy.layer
    if layer is not None:
        places = (*layer.whole, *(place for at in layer.changed.values() for place in at))
        found["layer"] = {
            "path": layer.path,
            "digest": layer.digest,
            "rules": sorted(layer.changed),
            "lines": sorted({place.line for place in places}),
            "refused": len(layer.refused),
        }
    return found


def excuses(report: Report) -> list[dict[str, Any]]:
    """Return what excused findings, as data: each once, with the number of findings, in order of place."""
    counted = Counter((f.rule, f.excuse) for f in report.findings if f.excuse is not None)
    ordered = sorted(counted.items(), key=lambda item: (item[0][1].path, item[0][1].line, item[0][0]))
    return [
        {
            "how": excuse.how,
            "rule": rule,
            "reason": excuse.reason,
            "path": excuse.path,
            "line": excuse.line,
            "until": excuse.until.isoformat() if excuse.until else None,
            "approver": excuse.approver,
            "findings": count,
        }
        for (rule, excuse), count in ordered
    ]


def judged_by(report: Report) -> str:
    """Return what an auditor asks first: program, policy, digest, and where the policy comes from."""
    policy = report.policy
    from_git = f", {_commit(policy.origin)}" if policy.origin else ""
    parts = [
        f"complygate {report.version}",
        f"policy {one_line(policy.source)}{from_git}, {policy.digest}",
        *(f"it extends {one_line(origin.source)}, {_commit(origin)}" for origin in policy.extended),
    ]
    if policy.layer is not None and policy.layer.digest:
        parts.append(f"with {policy.layer.path} of the repository {policy.layer.digest}")
    return "; ".join(parts)


def _commit(origin: Origin) -> str:
    signed = f"signed by {one_line(origin.signer)}" if origin.signer else "signature not checked"
    return f"commit {origin.commit}, {signed}"


def verdict_line(report: Report) -> str:
    """Return the verdict, the counts, the policy and what was looked at, in one line."""
    verdict = report.verdict
    said = counts(report)
    if verdict.outcome is Outcome.UNDECIDED:
        said = f"{one_line(verdict.reason)}; {said}"
    parts = [f"{verdict.outcome}: {said}", f"policy {policy_name(report)}"]
    if report.as_of:
        parts.append(f"as of {report.day}")
    coverage = report.coverage
    documents = sum(coverage.documents.values())
    parts.append(
        f"{plural(coverage.files, 'file')}, {plural(documents, 'document')}, "
        f"{plural(len(report.policy.rules), 'rule')}"
    )
    return " · ".join(parts)
