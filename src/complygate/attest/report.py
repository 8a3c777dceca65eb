"""What a JSON report (`report-v1`) says, held against its schema and against itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from complygate.attest.strict import StrictError, loads
from complygate.errors import UsageError
from complygate.values import dataclass

MAX_BYTES = 256 * 1024 * 1024
_HINT = "name what `complygate scan -o json=report.json` wrote"


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report, as it was read.

    Attributes:
        name: the file's name, without its folder.
        sha256: of its bytes.
        data: what it says.
    """

    name: str
    sha256: str
    data: dict[str, Any]

    @property
    def day(self) -> dt.date:
        """The day that calendars were read against."""
        return dt.date.fromisoformat(self.data["day"])

    @property
    def outcome(self) -> str:
        """`pass`, `fail` or `undecided`."""
        return str(self.data["verdict"]["outcome"])

    @property
    def commit(self) -> str:
        """The scanned commit's id, or ""."""
        return str(self.data["provenance"]["commit"])

    @property
    def in_part(self) -> bool:
        """Whether it is about a part of the repository, or about imported results alone."""
        scanned = self.data["scanned"]
        return bool(scanned["folder"] or scanned["paths"] or scanned["imports_only"])

    @property
    def ends_on(self) -> dt.date | None:
        """The first day on which the same tree may block where it does not now: from then on, scan again."""
        text = self.data["verdict"]["ends_on"]
        return dt.date.fromisoformat(text) if text else None


def read_report(content: bytes, name: str, version: str) -> ReportFile:
    """Return the report in `content`.

    Args:
        content: the file's bytes.
        name: the file, for messages.
        version: of the running program, which must have made it: another may say other things.

    Raises:
        UsageError: it is none, or contradicts itself.
    """
    if len(content) > MAX_BYTES:
        raise UsageError(f"{name}: is larger than {MAX_BYTES} bytes", hint=_HINT)
    try:
        data = loads(content)
    except StrictError as error:
        raise UsageError(f"{name}: is not a report: it {error}", hint=_HINT) from None
    if not isinstance(data, dict) or data.get("schema") != "complygate/report-v1":
        raise UsageError(f"{name}: is not a report of complygate in JSON", hint=_HINT)
    made_by = data.get("tool", {}).get("version") if isinstance(data.get("tool"), dict) else None
    if made_by != version:
        raise UsageError(
            f"{name}: was made by complygate {made_by}, and this is {version}",
            hint="scan and attest with the same version",
        )
    _hold_against_schema(data, name)
    _hold_against_itself(data, name)
    short = name.replace("\\", "/").rpartition("/")[2]
    report = ReportFile(short, hashlib.sha256(content).hexdigest(), data)
    try:
        _ = report.day, report.ends_on
    except ValueError:
        raise UsageError(f"{name}: is not a report: it has a date that is none", hint=_HINT) from None
    return report


def _hold_against_schema(data: Any, name: str) -> None:
    from importlib.resources import files  # noqa: PLC0415 - slow to import

    import jsonschema_rs  # noqa: PLC0415 - heavy, and only this needs it

    text = files("complygate.reporters").joinpath("report-v1.schema.json").read_text("utf-8")
    validator = jsonschema_rs.Draft202012Validator(json.loads(text), validate_formats=True)
    for error in validator.iter_errors(data):
        where = "/".join(str(part) for part in error.instance_path)
        raise UsageError(f"{name}: is not a report: /{where}: {error.message[:200]}", hint=_HINT)


def _hold_against_itself(data: dict[str, Any], name: str) -> None:
    """Refuse a verdict that does not follow from the findings and problems beside it."""
    verdict, findings, problems = data["verdict"], data["findings"], data["problems"]
    stopping = sum(1 for problem in problems if problem["blocks"])
    blocking = sum(1 for one in findings if one["disposition"] == "active" and one["level"] == "enforce")
    outcome = "fail" if blocking else "undecided" if stopping else "pass"
    follows = {
        "outcome": outcome,
        "exit_code": {"pass": 0, "fail": 1, "undecided": 3}[outcome],
        "blocking": blocking,
        "blocking_problems": stopping,
        "waived": sum(1 for one in findings if one["disposition"] == "waived"),
        "baselined": sum(1 for one in findings if one["disposition"] == "baselined"),
    }
    stops = [one["disposition"] == "active" and one["level"] == "enforce" for one in findings]
    consistent = all(verdict[key] == value for key, value in follows.items())
    consistent = consistent and stops == [one["blocks"] for one in findings]
    if not consistent:
        raise UsageError(
            f"{name}: contradicts itself: its verdict does not follow from its findings; somebody changed it",
            hint="scan again",
        )
