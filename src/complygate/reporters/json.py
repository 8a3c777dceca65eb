"""`report-v1`: the report as data, for programs.

The shape is a promise of its own, apart from the internal types: `report-v1.schema.json` describes it, and
what changes or takes away a field needs a new version. `docs/output.md` says what each field means.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from complygate.model.remote import public_url
from complygate.reporters import _json, _words
from complygate.reporters._links import rule_url

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from complygate.model.finding import Excuse, Finding
    from complygate.model.policy import Control, EffectiveRule, Enforcement
    from complygate.model.problem import Problem
    from complygate.model.remark import Skip
    from complygate.model.report import Coverage, Notice, Report
    from complygate.model.rule import Rule
    from complygate.model.tree import Span

NAME = "json"
SUFFIX = ".json"
PROFILES: tuple[str, ...] = ()
SCHEMA_ID = "complygate/report-v1"


def render(report: Report, out: TextIO, *, profile: str = "", color: bool = False) -> None:
    """Write `report` as one JSON object."""
    del profile, color
    out.write(_json.dumps(to_data(report)))


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `render` writes."""
    from importlib.resources import files  # noqa: PLC0415 - slow to import, and a scan does not need it

    text = files("complygate.reporters").joinpath("report-v1.schema.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def to_data(report: Report) -> dict[str, Any]:
    """Return `report` in the shape of `report-v1`."""
    policy, verdict, came_from = report.policy, report.verdict, report.provenance
    return {
        "schema": SCHEMA_ID,
        "tool": {"name": "complygate", "version": report.version},
        "policy": {
            "name": policy.name,
            "title": policy.title,
            "source": policy.source,
            "digest": policy.digest,
            **_words.origins(policy),
        },
        "day": report.day.isoformat(),
        "as_of": report.as_of,
        "verdict": {
            "outcome": str(verdict.outcome),
            "exit_code": verdict.exit_code,
            "reason": verdict.reason,
            "blocking": verdict.blocking,
            "warning": verdict.warning,
            "audited": verdict.audited,
            "waived": verdict.waived,
            "baselined": verdict.baselined,
            "problems": verdict.problems,
            "blocking_problems": verdict.blocking_problems,
            "ends_on": report.ends_on.isoformat() if report.ends_on else None,
        },
        "provenance": {
            "repository": public_url(came_from.repository),
            "commit": came_from.commit,
            "branch": came_from.branch,
            "tree": came_from.tree,
            "base": came_from.base,
            "changes": None if came_from.changes is None else list(came_from.changes),
        },
        "scanned": {
            "folder": report.scanned.folder,
            "paths": list(report.scanned.paths),
            "imports_only": report.scanned.imports_only,
        },
        "findings": [_finding(report, finding) for finding in report.findings],
        "problems": [_problem(report, problem) for problem in report.problems],
        "notices": [_notice(notice) for notice in report.notices],
        "excuses": _words.excuses(report),
        "coverage": _coverage(report.coverage),
        "rules": [_rule(effective) for effective in _used(report)],
        "not_evaluated": [
            {"id": rule.id, "title": rule.title, "controls": list(rule.controls)} for rule in _idle(report)
        ],
        "controls": [_control(control) for control in _evidenced(report)],
    }


def _finding(report: Report, finding: Finding) -> dict[str, Any]:
    effective = report.policy.rules.get(finding.rule)
    rule = effective.rule if effective else None
    return {
        "rule": finding.rule,
        "title": rule.title if rule else "",
        "severity": str(finding.severity),
        "level": str(finding.level),
        "blocks": finding.blocks,
        "message": finding.message,
        "path": finding.region.path,
        "span": _span(finding.region.span),
        "snippet": finding.region.snippet,
        "pointer": finding.pointer,
        "resource": finding.resource,
        "kind": finding.kind,
        "fingerprint": finding.fingerprint,
        "check": finding.check,
        "tool_skip": _skip(finding.skip) if finding.skip else None,
        "tool_fingerprints": dict(finding.tool_fingerprints),
        "line_hash": finding.region.line_hash,
        "disposition": str(finding.disposition),
        "excuse": _excuse(finding.excuse) if finding.excuse else None,
        "next_level": _words.next_step(finding, report.day),
        "controls": list(rule.controls) if rule else [],
        "fix": rule.fix if rule else "",
    }


def _span(span: Span) -> dict[str, int]:
    return dict(zip(("line", "column", "end_line", "end_column"), span, strict=True))


def _skip(skip: Skip) -> dict[str, Any]:
    return {"how": skip.how, "reason": skip.reason, "path": skip.path, "line": skip.line}


def _excuse(excuse: Excuse) -> dict[str, Any]:
    return {
        "how": excuse.how,
        "reason": excuse.reason,
        "path": excuse.path,
        "line": excuse.line,
        "until": excuse.until.isoformat() if excuse.until else None,
        "approver": excuse.approver,
    }


def _problem(report: Report, problem: Problem) -> dict[str, Any]:
    return {
        "kind": str(problem.kind),
        "blocks": _words.blocking(report, problem),
        "message": problem.message,
        "path": problem.path,
        "span": _span(problem.span) if problem.span else None,
        "rule": problem.rule,
        "hint": problem.hint,
        "count": problem.count,
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {"message": notice.message, "path": notice.path, "line": notice.line, "rule": notice.rule}


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "files": coverage.files,
        "documents": dict(sorted(coverage.documents.items())),
        "formats": dict(sorted(coverage.formats.items())),
        "rules": dict(sorted(coverage.rules.items())),
        "left_out": [{"path": item.path, "reason": item.reason} for item in coverage.left_out],
        "unparsed": list(coverage.unparsed),
    }


def _used(report: Report) -> Iterable[EffectiveRule]:
    """The rules that judged something or that the report names, in order of id."""
    named = {f.rule for f in report.findings} | {p.rule for p in report.problems}
    named |= {n.rule for n in report.notices} | {
        rule for rule, count in report.coverage.rules.items() if count
    }
    return [effective for rule_id, effective in sorted(report.policy.rules.items()) if rule_id in named]


def _idle(report: Report) -> list[Rule]:
    """Return the rules with controls that had nothing to judge, which is not the same as held."""
    used = {effective.rule.id for effective in _used(report)}
    idle = (report.policy.rules[name].rule for name in sorted(report.coverage.rules) if name not in used)
    return [rule for rule in idle if rule.controls]


def _steps(calendar: Enforcement) -> list[dict[str, Any]]:
    """Return the steps of a calendar. A level without a date holds from the calendar's beginning."""
    return [
        {"from": None if start.year == 1 else start.isoformat(), "level": str(level)}
        for start, level in calendar.steps
    ]


def _rule(effective: EffectiveRule) -> dict[str, Any]:
    rule = effective.rule
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": str(effective.severity),
        "enforcement": _steps(effective.enforcement),
        "enforcement_for_paths": [
            {"paths": list(one.paths), "enforcement": _steps(one.enforcement)} for one in effective.somewhere
        ],
        "why": rule.why,
        "fix": rule.fix,
        "tags": list(rule.tags),
        "controls": list(rule.controls),
        "references": list(rule.references),
        "url": rule_url(rule),
        "aliases": list(rule.aliases),
        "since": rule.since,
        "deprecated": rule.deprecated,
        "replaced_by": rule.replaced_by,
    }


def _evidenced(report: Report) -> Iterable[Control]:
    rules = [*(effective.rule for effective in _used(report)), *_idle(report)]
    wanted = {control for rule in rules for control in rule.controls}
    return [control for control_id, control in sorted(report.policy.controls.items()) if control_id in wanted]


def _control(control: Control) -> dict[str, Any]:
    return {
        "id": control.id,
        "title": control.title,
        "framework": control.framework,
        "framework_title": control.framework_title,
        "framework_version": control.framework_version,
        "url": control.url,
    }
