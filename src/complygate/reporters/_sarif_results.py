"""Findings as SARIF results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sarif_om as om

from complygate.model.finding import Disposition
from complygate.model.policy import Level
from complygate.model.rule import Severity
from complygate.reporters._links import path_uri
from complygate.reporters._plain import visible
from complygate.reporters._sarif_message import message
from complygate.reporters._sarif_model import Suppression, escape
from complygate.reporters._sarif_rules import SCORES
from complygate.reporters._words import excuse_text, next_step, place

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from complygate.model.finding import Excuse, Finding, Region
    from complygate.model.policy import Policy
    from complygate.model.tree import Span
    from complygate.reporters._sarif_model import Node

ROOT = "SRCROOT"


def level(finding: Finding) -> str:
    """Return the SARIF level: what the finding does. How bad it is stands in the rule's score."""
    if finding.level is Level.ENFORCE:
        return "error"
    if finding.level is Level.WARN and finding.severity.rank > Severity.LOW.rank:
        return "warning"
    return "note"


def result(
    finding: Finding,
    policy: Policy,
    indices: Mapping[str, int],
    *,
    day: dt.date,
    full: bool,
    baseline: bool,
) -> Node:
    """Return the result for one finding.

    Args:
        finding: the finding.
        policy: the policy that judged.
        indices: places of the rules in `driver.rules`.
        day: the day of the report.
        full: with suppressions, the resource and properties, which GitHub does not read.
        baseline: whether findings were compared with a baseline.
    """
    effective = policy.rules.get(finding.rule)
    made = om.Result(
        message=message(finding, effective.rule if effective else None),
        rule_id=finding.rule,
        rule_index=indices.get(finding.rule, -1),
        level=level(finding),
        kind="fail",
        rank=SCORES[finding.severity] * 10,
        locations=[_location(finding, full=full)],
        partial_fingerprints=_fingerprints(finding),
    )
    if full:
        made.suppressions = _suppressions(finding)
        made.properties = _properties(finding, day)
        if baseline:
            made.baseline_state = "unchanged" if finding.disposition is Disposition.BASELINED else "new"
    return made


def _location(finding: Finding, *, full: bool) -> Node:
    region = finding.region
    where = location(region.path, region.span, _text(region.snippet))
    where.physical_location.context_region = _context(region)
    if full and finding.resource:
        where.logical_locations = [
            om.LogicalLocation(fully_qualified_name=visible(finding.resource), kind="resource")
        ]
    return where


def _context(region: Region) -> Node | None:
    """Return the region around a finding: properly larger than its own, or None where nothing is around.

    Where the lines around are kept back, since they may hold a secret, the line from its start has to do.
    """
    span = region.span
    if region.context is not None:
        return _region(region.context, _text(region.context_snippet))
    if span.column == 1:
        return None
    return _region(span._replace(column=1), _text(region.snippet))


def location(path: str, span: Span | None = None, snippet: Node | None = None) -> Node:
    """Return a location in the scanned tree."""
    return om.Location(
        physical_location=om.PhysicalLocation(
            artifact_location=om.ArtifactLocation(uri=path_uri(path), uri_base_id=ROOT),
            region=_region(span, snippet) if span else None,
        )
    )


def _region(span: Span, snippet: Node | None) -> Node:
    return om.Region(
        start_line=span.line,
        start_column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        snippet=snippet,
    )


def _text(snippet: str) -> Node:
    return om.ArtifactContent(text=snippet.replace("\0", "\N{SYMBOL FOR NULL}"))


def _fingerprints(finding: Finding) -> dict[str, str]:
    # A tool's own names are passed on; the two that platforms read here are ours.
    found = {**finding.tool_fingerprints, "complygateFingerprint/v1": finding.fingerprint}
    found.pop("primaryLocationLineHash", None)
    if finding.region.line_hash:
        found["primaryLocationLineHash"] = finding.region.line_hash
    return found


def _suppressions(finding: Finding) -> list[Node]:
    """Return [] for what is active: SARIF wants the array on every result of a run or on none."""
    if finding.disposition is Disposition.ACTIVE:
        return []
    excuse = finding.excuse
    suppression = Suppression(
        kind="inSource" if excuse and excuse.how == "inline" else "external",
        status="accepted",
        justification=(excuse.reason if excuse else "") or excuse_text(finding),
    )
    if excuse:
        suppression.location = _excuse_location(excuse)
        suppression.properties = {
            "how": excuse.how,
            "until": excuse.until.isoformat() if excuse.until else None,
            "approver": excuse.approver,
        }
        if _is_elsewhere(excuse):
            suppression.properties["writtenIn"] = place(excuse.path, excuse.line)
    return [suppression]


def _is_elsewhere(excuse: Excuse) -> bool:
    """Tell whether the excuse is written in the policy set, and not in the scanned tree."""
    return excuse.how == "waiver" and not excuse.path.startswith(".complygate/")


def _excuse_location(excuse: Excuse) -> Node | None:
    if not excuse.path or _is_elsewhere(excuse):
        return None
    where = location(excuse.path)
    if excuse.line:
        where.physical_location.region = om.Region(start_line=excuse.line)
    where.message = om.Message(text=escape("The excuse is written here."))
    return where


def _properties(finding: Finding, day: dt.date) -> dict[str, Any]:
    properties = {
        "severity": str(finding.severity),
        "enforcement": str(finding.level),
        "blocks": finding.blocks,
        "kind": finding.kind,
        "resource": finding.resource,
        "pointer": finding.pointer,
    }
    if finding.check:
        properties["check"] = finding.check
    if step := next_step(finding, day):
        properties["nextEnforcement"] = step
    return properties
