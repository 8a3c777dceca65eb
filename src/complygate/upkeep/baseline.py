"""The baseline's file, made of what a scan finds, and shrunk to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.discover.base import MAX_BYTES
from complygate.discover.plain import UnreadError, decoded, read_bytes
from complygate.errors import UsageError
from complygate.excused import top_of
from complygate.model.baseline import Entry, split_fingerprint
from complygate.model.finding import Disposition
from complygate.model.policy import Level
from complygate.policy import baselines
from complygate.upkeep.survey import must_be_decided, path_in, surveyed
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from complygate.api import ScanRequest, Survey
    from complygate.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a baseline.

    Attributes:
        file: where it stands.
        shown: its path from the repository's top level.
        text: the text to write.
        lines: what changes, for a person; none where nothing does.
        findings: how many findings it then excuses.
    """

    file: Path
    shown: str
    text: str
    lines: tuple[str, ...]
    findings: int


def created(request: ScanRequest, *, force: bool) -> Change:
    """Return the baseline of what is found and nothing else excuses.

    Args:
        request: what to scan, by which policy.
        force: a file that is there does not matter.

    Raises:
        UsageError: the policy honours no baseline, or there is a file already.
        UndecidedError: not all could be decided.
    """
    survey = surveyed(request)
    shown, file = _file(survey)
    if file.exists() and not force:
        hint = "`complygate baseline update` shrinks it, --force overwrites it"
        raise UsageError(f"{shown}: is there already", hint=hint)
    must_be_decided(survey, apart_from=shown)
    known = [f for f in survey.report.findings if f.disposition is not Disposition.WAIVED]
    return _change(file, shown, _entries(known), ())


def updated(request: ScanRequest) -> Change:
    """Return the baseline without what is mended; never with more, but for the same under another path.

    Raises:
        UsageError: the policy honours no baseline, or there is none.
        PolicyError: the baseline is wrong.
        UndecidedError: not all could be decided.
    """
    survey = surveyed(request)
    shown, file = _file(survey)
    before = _read(survey, shown)
    must_be_decided(survey)
    found = {entry.fingerprint: entry for entry in _entries(survey.report.findings)}
    after: list[Entry] = []
    lines: list[str] = []
    moved = _moved(survey, before, found)
    for entry in before:
        now = moved.get(entry.fingerprint) or _left(survey, entry, found.get(entry.fingerprint))
        if now is not None:
            after.append(now)
        lines += _said(entry, now)
    return _change(file, shown, after, tuple(lines))


def _file(survey: Survey) -> tuple[str, Path]:
    policy = survey.report.policy
    if policy.baseline is None:
        hint = "add `baseline: {until: YYYY-MM-DD}` to the policy"
        raise UsageError(f"the policy {policy.name} honours no baseline", hint=hint)
    return policy.baseline.file, path_in(top_of(survey.root), policy.baseline.file)


def _read(survey: Survey, shown: str) -> tuple[Entry, ...]:
    try:
        data = read_bytes(top_of(survey.root), shown, MAX_BYTES)
        text = None if data is None else decoded(data)
    except UnreadError as error:
        raise UsageError(f"{shown}: {error}") from None
    if text is None:
        raise UsageError(f"{shown}: there is no baseline", hint="write one: complygate baseline create")
    return baselines.read(text, shown)


def _entries(findings: Iterable[Finding]) -> list[Entry]:
    """Return one entry for findings that share a fingerprint but for the number behind it."""
    counts: Counter[str] = Counter()
    first: dict[str, Finding] = {}
    for finding in findings:
        name, number = split_fingerprint(finding.fingerprint)
        counts[name] = max(counts[name], number)
        first.setdefault(name, finding)
    return [Entry(n, f.rule, f.region.path, f.resource, counts[n]) for n, f in first.items()]


def _left(survey: Survey, entry: Entry, now: Entry | None) -> Entry | None:
    """Return what is left of `entry`, of which `now` is found; None for nothing."""
    if now is not None:
        return replace(entry, count=min(entry.count, now.count))
    report = survey.report
    effective = report.policy.rules.get(entry.rule)
    # A rule that is off today, and a file that cannot be read, say nothing of what is there.
    off = effective is not None and effective.enforcement.on(report.day) is Level.OFF
    return entry if off or entry.path in report.coverage.unparsed else None


def _moved(survey: Survey, before: Iterable[Entry], found: dict[str, Entry]) -> dict[str, Entry]:
    """Return what entries become whose file was renamed since the commit that is compared with."""
    known = {entry.fingerprint: entry for entry in before}
    moved = {}
    for new, old in (survey.follow.former if survey.follow else {}).items():
        name, former = split_fingerprint(new)[0], known.get(split_fingerprint(old)[0])
        if former is not None and former.fingerprint not in found and name in found:
            now = found[name]
            moved[former.fingerprint] = replace(now, count=min(former.count, now.count))
    return moved


def _said(entry: Entry, now: Entry | None) -> list[str]:
    what = f"{entry.rule} in {entry.path}{f', {entry.resource}' if entry.resource else ''}"
    if now is None:
        return [f"mended or gone: {what}"]
    said = [f"now in {now.path}: {what}"] if now.path != entry.path else []
    return said + ([f"{entry.count} became {now.count}: {what}"] if now.count != entry.count else [])


def _change(file: Path, shown: str, entries: list[Entry], lines: tuple[str, ...]) -> Change:
    return Change(file, shown, baselines.text_of(entries), lines, sum(entry.count for entry in entries))
