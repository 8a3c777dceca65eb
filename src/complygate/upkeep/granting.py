"""A new waiver, made of a finding's fingerprint."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from complygate.discover import excuses, find_root
from complygate.errors import Place, UsageError
from complygate.excused import top_of
from complygate.model.waiver import FOLDER, Waiver
from complygate.policy.waiver_text import added
from complygate.reporters._plain import one_line
from complygate.triage.terms import refusal
from complygate.upkeep.survey import path_in, surveyed
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from complygate.api import ScanRequest, Survey

_LEAST = 8
"""So many characters of a fingerprint have to be given."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the waiver is to say.

    Attributes:
        fingerprint: the finding's, or how it begins.
        reason: why.
        approver: who granted it.
        created: today.
        expires: the last day.
        file: where to write it, or None for the repository's own file.
    """

    fingerprint: str
    reason: str
    approver: str
    created: dt.date
    expires: dt.date
    file: Path | None


@dataclass(frozen=True, slots=True)
class Granted:
    """A waiver file with the new waiver.

    Attributes:
        file: the file.
        shown: its path, for messages.
        text: its new text.
        rule: the rule that is waived.
        path: the file in which it is.
    """

    file: Path
    shown: str
    text: str
    rule: str
    path: str


def from_scan(request: ScanRequest, asked: Asked) -> Granted:
    """Return a waiver for a finding of a scan.

    Raises:
        UsageError: there is no such finding, or the policy would not honour the waiver.
    """
    survey = surveyed(request)
    found = [
        {
            "fingerprint": finding.fingerprint,
            "rule": finding.rule,
            "path": finding.region.path,
            "resource": finding.resource,
            "message": finding.message,
        }
        for finding in survey.report.findings
    ]
    one = _chosen(found, asked.fingerprint)
    top = top_of(survey.root)
    file, shown, inside = _where(asked, top)
    _check(survey, one, asked, shown if inside else "", request.base)
    return _granted(file, shown, one, asked)


def from_report(report: Path, asked: Asked, repository: Path) -> Granted:
    """Return a waiver for a finding of the JSON `report` about `repository`.

    Raises:
        UsageError: there is no such finding, or it is no report.
    """
    try:
        data = json.loads(report.read_text("utf-8"))
        found = [
            {key: str(finding[key]) for key in ("fingerprint", "rule", "path", "resource", "message")}
            for finding in data["findings"]
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"{report}: is no JSON report", hint="write one: scan -o json=FILE") from error
    file, shown, _ = _where(asked, top_of(find_root((repository.resolve(),), repository.resolve())))
    return _granted(file, shown, _chosen(found, asked.fingerprint), asked)


def _chosen(found: Iterable[dict[str, str]], fingerprint: str) -> dict[str, str]:
    wanted = fingerprint if fingerprint.startswith("sha256:") else f"sha256:{fingerprint}"
    if len(wanted) < len("sha256:") + _LEAST:
        raise UsageError(f"{fingerprint}: give at least {_LEAST} characters of the fingerprint")
    fitting = [one for one in found if one["fingerprint"].startswith(wanted)]
    exact = [one for one in fitting if one["fingerprint"] == wanted]
    if len(exact or fitting) != 1:
        some = (
            f"{len(fitting)} findings have such a fingerprint"
            if fitting
            else "no finding has this fingerprint"
        )
        hint = ", ".join(one["fingerprint"] for one in fitting[:5]) or "`complygate scan -f json` shows them"
        raise UsageError(f"{fingerprint}: {some}", hint=hint)
    return (exact or fitting)[0]


def _where(asked: Asked, top: Path) -> tuple[Path, str, bool]:
    """Return the file to write, its path for messages, and whether it is one of the repository's."""
    file = asked.file.absolute() if asked.file else top / FOLDER / "waivers.yaml"
    if not file.is_relative_to(top):
        return file, str(asked.file), False
    shown = file.relative_to(top).as_posix()
    if file.suffix != ".yaml":
        raise UsageError(f"{shown}: is not read", hint="call it .yaml")
    return path_in(top, shown), shown, file.parent == top / FOLDER


def _check(survey: Survey, one: dict[str, str], asked: Asked, coming: str, base: str) -> None:
    """See to it that the policy honours the waiver; `coming` is the repository's file that gets it, or ""."""
    report = survey.report
    terms = report.policy.rules[one["rule"]].waivable
    waiver = Waiver(
        rule=one["rule"],
        reason=asked.reason,
        approver=asked.approver,
        created=asked.created,
        expires=asked.expires,
        place=Place(coming),
        fingerprint=one["fingerprint"],
        in_repository=bool(coming),
    )
    known = excuses.read(top_of(survey.root), report.policy, report.day, base, coming=coming)
    why = refusal(waiver, terms, known, report.day)
    if asked.expires < asked.created:
        why = why or f"it would have expired on {asked.expires.isoformat()}"
    if why:
        raise UsageError(f"the waiver would not count: {why}", hint="nothing was written")


def _granted(file: Path, shown: str, one: dict[str, str], asked: Asked) -> Granted:
    text = ""
    if file.exists():
        with file.open(encoding="utf-8", newline="") as opened:
            text = opened.read()
    entry: dict[str, Any] = {
        "rule": one["rule"],
        "fingerprint": one["fingerprint"],
        "reason": asked.reason,
        "approver": asked.approver,
        "created": asked.created.isoformat(),
        "expires": asked.expires.isoformat(),
    }
    what = " ".join(filter(None, (one["path"], one["resource"])))
    remark = one_line(f"{what}: {one['message']}")
    return Granted(file, shown, added(text, shown, entry, remark), one["rule"], one["path"])
