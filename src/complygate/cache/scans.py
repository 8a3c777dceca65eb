"""A whole scan's results, for a tree in which nothing changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from complygate.cache.plain import of_notices, of_problem, of_skip, to_notices, to_problem, to_skip, to_span
from complygate.model.finding import Disposition, Excuse, Finding, Region
from complygate.model.policy import Level
from complygate.model.report import Coverage, LeftOut, Results
from complygate.model.rule import Severity
from complygate.model.tree import Span


def of_results(results: Results) -> dict[str, Any]:
    """Return `results` as JSON has them."""
    coverage = results.coverage
    return {
        "findings": [_of_finding(finding) for finding in results.findings],
        "problems": [of_problem(problem) for problem in results.problems],
        "notices": of_notices(results.notices),
        "coverage": [
            coverage.files, dict(coverage.documents), dict(coverage.formats), dict(coverage.rules),
            [[item.path, item.reason] for item in coverage.left_out], coverage.unparsed,
        ],
    }  # fmt: skip


def to_results(plain: Any) -> Results:
    """Return the results that `of_results` made `plain` of."""
    files, documents, formats, rules, left_out, unparsed = plain["coverage"]
    return Results(
        findings=tuple(map(_to_finding, plain["findings"])),
        problems=tuple(map(to_problem, plain["problems"])),
        coverage=Coverage(
            files, documents, formats, rules, tuple(LeftOut(*item) for item in left_out), tuple(unparsed)
        ),
        notices=to_notices(plain["notices"]),
    )


def _of_finding(finding: Finding) -> list[Any]:
    region, next_level = finding.region, finding.next_level
    return [
        finding.rule, finding.message, finding.severity, finding.level,
        [region.path, region.span, region.snippet, region.context, region.context_snippet, region.line_hash],
        finding.pointer, finding.resource, finding.kind, finding.fingerprint, finding.disposition,
        _of_excuse(finding.excuse),
        None if next_level is None else [next_level[0].isoformat(), next_level[1]],
        finding.check, of_skip(finding.skip), dict(finding.tool_fingerprints),
    ]  # fmt: skip


def _to_finding(plain: Any) -> Finding:
    (
        rule, message, severity, level, (path, span, snippet, context, context_snippet, line_hash),
        pointer, resource, kind, fingerprint, disposition, excuse, next_level, check, skip, names,
    ) = plain  # fmt: skip
    return Finding(
        rule, message, Severity(severity), Level(level),
        Region(path, Span(*span), snippet, to_span(context), context_snippet, line_hash),
        pointer, resource, kind, fingerprint, Disposition(disposition), _to_excuse(excuse),
        None if next_level is None else (dt.date.fromisoformat(next_level[0]), Level(next_level[1])),
        check, to_skip(skip), names,
    )  # fmt: skip


def _of_excuse(excuse: Excuse | None) -> list[Any] | None:
    if excuse is None:
        return None
    until = excuse.until.isoformat() if excuse.until else None
    return [excuse.how, excuse.reason, excuse.path, excuse.line, until, excuse.approver]


def _to_excuse(plain: Any) -> Excuse | None:
    if plain is None:
        return None
    how, reason, path, line, until, approver = plain
    return Excuse(how, reason, path, line, dt.date.fromisoformat(until) if until else None, approver)
