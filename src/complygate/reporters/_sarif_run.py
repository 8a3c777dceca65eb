"""A report as a SARIF log with its one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sarif_om as om

from complygate.model.finding import Disposition
from complygate.model.policy import Level
from complygate.model.remote import public_url
from complygate.reporters import _sarif_model as model
from complygate.reporters import _sarif_notes as notes
from complygate.reporters import _sarif_results as results
from complygate.reporters import _sarif_rules as rules
from complygate.reporters import _words
from complygate.reporters._links import PROJECT_URL

if TYPE_CHECKING:
    from complygate.model.finding import Finding
    from complygate.model.report import Report
    from complygate.reporters._sarif_model import Node

MOST_RESULTS = 5000
"""GitHub shows no more results of a run, and refuses a run with more than 25,000."""
_ABOUT = "A policy-as-code compliance scanner and gate for manifests, infrastructure as code and pipelines."


def text_of(report: Report, *, full: bool) -> str:
    """Return the text of the SARIF file for `report`; see `sarif.render`."""
    run = _run(report, full=full)
    return model.dumps(om.SarifLog(schema_uri=model.SCHEMA_URI, version=model.VERSION, runs=[run]))


def _run(report: Report, *, full: bool) -> Node:
    found, left_out = _chosen(report, full=full)
    chosen = [rule for _, rule in sorted(report.policy.rules.items())]
    indices = {effective.rule.id: i for i, effective in enumerate(chosen)}
    baseline = any(finding.disposition is Disposition.BASELINED for finding in found)
    driver = _driver(report.version)
    driver.notifications = notes.descriptors(report, left_out=left_out) or None
    run = om.Run(
        tool=om.Tool(driver=driver),
        column_kind="unicodeCodePoints",
        invocations=[_invocation(report, notes.notifications(report, indices, left_out=left_out))],
        original_uri_base_ids={results.ROOT: _root()},
        version_control_provenance=_version_control(report),
        results=[
            results.result(finding, report.policy, indices, day=report.day, full=full, baseline=baseline)
            for finding in found
        ],
        properties=_properties(report),
    )
    taxonomies = rules.Taxonomies(report.policy, chosen) if full else None
    driver.rules = [rules.descriptor(effective, report.policy, taxonomies) for effective in chosen]
    if taxonomies:
        driver.supported_taxonomies = taxonomies.supported() or None
        run.taxonomies = taxonomies.components() or None
    return run


def _chosen(report: Report, *, full: bool) -> tuple[list[Finding], int]:
    """Return the findings of a profile, worst first, and how many are left out for GitHub's limit."""
    if full:
        return sorted(report.findings, key=_words.worst_first), 0
    found = _words.active(report, Level.ENFORCE, Level.WARN)
    return found[:MOST_RESULTS], max(0, len(found) - MOST_RESULTS)


def _driver(version: str) -> Node:
    return om.ToolComponent(
        name="complygate",
        full_name=f"complygate {version}",
        organization="complygate",
        version=version,
        semantic_version=version,
        information_uri=PROJECT_URL,
        short_description=model.text(_ABOUT),
        full_description=model.text(_ABOUT),
    )


def _invocation(report: Report, notifications: list[Node]) -> Node:
    """Return how the run went.

    A violation is a success of the scan. What blocks the verdict because it could not be decided makes the
    scan incomplete, whatever else was found: GitHub then keeps the alerts it has, instead of closing those
    of a file that could not be read this time.
    """
    return om.Invocation(
        execution_successful=not report.verdict.blocking_problems,
        exit_code=report.verdict.exit_code,
        exit_code_description=report.verdict.reason,
        tool_execution_notifications=notifications or None,
    )


def _root() -> Node:
    """Return the base of every path, without saying where on which machine it was."""
    return om.ArtifactLocation(description=om.Message(text="The root of the scanned repository."))


def _version_control(report: Report) -> list[Node] | None:
    """Return where the tree comes from; None without a remote that others can reach."""
    source = public_url(report.provenance.repository)
    if not source:
        return None
    details = om.VersionControlDetails(
        repository_uri=source,
        revision_id=report.provenance.commit or None,
        branch=report.provenance.branch or None,
        mapped_to=om.ArtifactLocation(uri_base_id=results.ROOT),
    )
    return [details]


def _properties(report: Report) -> dict[str, Any]:
    policy = report.policy
    return {
        "policy": {
            "name": policy.name,
            "title": policy.title,
            "source": policy.source,
            "digest": policy.digest,
            **{name: value for name, value in _words.origins(policy).items() if value},
        },
        "day": report.day.isoformat(),
        "asOf": report.as_of,
        "verdict": str(report.verdict.outcome),
        "commit": report.provenance.commit,
        "base": report.provenance.base,
        "coverage": {
            "files": report.coverage.files,
            "rules": sum(1 for count in report.coverage.rules.values() if count),
            "evaluations": sum(report.coverage.rules.values()),
            "leftOut": len(report.coverage.left_out),
            "unparsed": list(report.coverage.unparsed),
        },
        "excuses": _words.excuses(report),
    }
