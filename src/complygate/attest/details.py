"""The extension field: what a statement says of a scan beyond what its form has fields for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complygate.attest.report import ReportFile

_MOST_CHANGES = 100
_TEXT: dict[str, Any] = {"type": "string"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}


def _map(required: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": dict(required), **more}


_FILE = _map({"name": _TEXT, "digest": _map({"sha256": _TEXT})})
_ORIGIN = _map({"source": _TEXT, "commit": _TEXT, "digest": _TEXT, "signer": _TEXT}, type=["object", "null"])
_SCHEMA = _map(
    {
        "outcome": {"enum": ["pass", "fail", "undecided"]},
        "counts": _map({"blocking": _COUNT, "blocking_problems": _COUNT}),
        "day": _TEXT,
        "endsOn": {"type": ["string", "null"], "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "exceptions": {"type": "object", "additionalProperties": _TEXT},
        "report": _FILE,
        "evidence": {"type": "array", "items": _FILE},
        "policy": _map({"name": _TEXT, "origin": _ORIGIN}),
        "excuses": {"type": "array", "items": _map({"findings": _COUNT})},
    }
)


def of_report(
    report: ReportFile,
    exceptions: Mapping[str, str],
    evidence: Sequence[tuple[str, str]],
    changes: Sequence[str] | None,
) -> dict[str, Any]:
    """Return the extension field for `report`.

    Args:
        report: what was found.
        exceptions: what it rests on that has to be allowed, by name, with the reason.
        evidence: further files by name, with their SHA-256.
        changes: paths that differ from the commit now, where that is an exception.
    """
    data = report.data
    policy, verdict, coverage = data["policy"], data["verdict"], data["coverage"]
    until = report.ends_on
    details = {
        "outcome": report.outcome,
        "counts": {key: value for key, value in verdict.items() if type(value) is int and key != "exit_code"},
        "day": data["day"],
        "endsOn": until.isoformat() if until else None,
        "exceptions": dict(exceptions),
        "report": {"name": report.name, "digest": {"sha256": report.sha256}},
        "evidence": [{"name": name, "digest": {"sha256": digest}} for name, digest in evidence],
        "policy": {key: policy[key] for key in ("name", "title", "digest", "origin", "extends")},
        "excuses": _summed(data["excuses"]),
        "base": data["provenance"]["base"],
        "coverage": {
            "files": coverage["files"],
            "rules": sum(1 for count in coverage["rules"].values() if count),
            "evaluations": sum(coverage["rules"].values()),
            "leftOut": len(coverage["left_out"]),
            "unparsed": len(coverage["unparsed"]),
        },
    }
    differing = [*(data["provenance"]["changes"] or ()), *(changes or ())]
    if differing:
        details["changes"] = sorted(set(differing))[:_MOST_CHANGES]
    return details


def _summed(excuses: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return `excuses` with the baseline's entries, of which there may be thousands, summed up by rule."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for number, excuse in enumerate(excuses):
        baseline = excuse["how"] == "baseline"
        key = (excuse["rule"], excuse["path"], "" if baseline else str(number))
        known = found.setdefault(key, {**excuse, "findings": 0, "line": 0 if baseline else excuse["line"]})
        known["findings"] += excuse["findings"]
    return list(found.values())


def check_details(details: Any) -> None:
    """Hold an extension field that was read against its shape.

    Raises:
        ValueError: it has another.
    """
    import jsonschema_rs  # noqa: PLC0415 - heavy, and only a check needs it

    for error in jsonschema_rs.Draft202012Validator(_SCHEMA).iter_errors(details):
        where = "/".join(str(part) for part in error.instance_path)
        raise ValueError(f"its extension field is malformed at /{where}: {error.message[:200]}")
    if details["endsOn"] is not None:
        dt.date.fromisoformat(details["endsOn"])
