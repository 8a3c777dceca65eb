"""What `policy diff` found, as data, as text and as Markdown for a pull request."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from complygate import __version__
from complygate.blast import Fate
from complygate.policy.diff import Impact, verdict
from complygate.reporters._markdown import code, escape
from complygate.reporters._plain import one_line
from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from complygate.blast import Affected, Moment, Tally
    from complygate.model.policy import Policy
    from complygate.model.report import Verdict
    from complygate.policy.diff import Difference

SCHEMA = "https://complygate.dev/schemas/policy-diff-v1.schema.json"
_MEANS = {
    Impact.MAJOR: "can fail a repository that passed, or leave it undecided",
    Impact.MINOR: "cannot fail a repository that passed; it shows more, or lets more pass",
    Impact.PATCH: "changes no verdict",
}
_FATES = {
    Fate.NEWLY_FAILS: "newly fails",
    Fate.UNDECIDED: "undecided",
    Fate.UNREADABLE: "could not be judged",
    Fate.NEWLY_PASSES: "newly passes",
    Fate.STILL_FAILS: "still fails",
    Fate.STILL_PASSES: "still passes",
}
_SIGNS = {
    "added": "+", "removed": "-", "tightened": "^", "loosened": "v", "changed": "~", "metadata": " ",
}  # fmt: skip


@dataclass(frozen=True)
class Diff:
    """All of it.

    Attributes:
        day: the day from which the versions are compared.
        old: the old version, as it applies to a repository of no cohort.
        new: the new version.
        sources: how the two were named.
        differences: what changes.
        affected: what that does to repositories.
    """

    day: dt.date
    old: Policy
    new: Policy
    sources: tuple[str, str]
    differences: tuple[Difference, ...]
    affected: tuple[Affected, ...]

    @property
    def impact(self) -> Impact:
        """What the change can do."""
        return verdict(self.differences)

    @property
    def since(self) -> dt.date | None:
        """The first day on which it can fail a repository; or None."""
        return min((one.since for one in self.differences if one.since), default=None)

    def by_fate(self) -> list[Affected]:
        """Return the repositories, those that newly fail first, then those that will."""
        order = list(Fate)
        return sorted(
            self.affected, key=lambda one: (order.index(one.fate), one.fails_from is None, one.repository)
        )


def to_data(diff: Diff) -> dict[str, Any]:
    """Return `diff` as `reporters/policy-diff-v1.schema.json` describes it."""
    return {
        "$schema": SCHEMA,
        "version": __version__,
        "day": diff.day.isoformat(),
        "old": _policy(diff.old, diff.sources[0]),
        "new": _policy(diff.new, diff.sources[1]),
        "verdict": {"impact": diff.impact, "reason": _MEANS[diff.impact], "since": _day(diff.since)},
        "differences": [_difference(one) for one in diff.differences],
        "summary": _summary(diff),
        "repositories": [_repository(one) for one in diff.by_fate()],
    }


def _policy(policy: Policy, source: str) -> dict[str, Any]:
    return {"source": source, "name": policy.name, "title": policy.title, "digest": policy.digest}


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _difference(one: Difference) -> dict[str, Any]:
    place = one.place
    return {
        "rule": one.rule,
        "kind": one.kind,
        "what": one.what,
        "before": str(one.before),
        "after": str(one.after),
        "impact": one.impact,
        "reason": one.reason,
        "since": _day(one.since),
        "cohort": one.cohort,
        "file": place.path if place else "",
        "line": place.line if place else 0,
        "column": place.column if place else 0,
    }


def _summary(diff: Diff) -> dict[str, int]:
    fates = Counter(one.fate for one in diff.affected)
    later = sum(one.fate is not Fate.NEWLY_FAILS and one.fails_from is not None for one in diff.affected)
    return {str(fate): fates[fate] for fate in Fate} | {"fails-later": later}


def _repository(one: Affected) -> dict[str, Any]:
    return {
        "repository": one.repository,
        "fate": one.fate,
        "fails_from": _day(one.fails_from),
        "error": one.error,
        "moments": [
            {"day": m.day.isoformat(), "fate": m.fate, "before": _counts(m.before), "after": _counts(m.after)}
            for m in one.moments
        ],
        "findings": [
            {
                "rule": t.rule,
                "owner": t.owner,
                "since": t.since.isoformat(),
                "added": t.added,
                "removed": t.removed,
                "blocking": t.blocking,
                "released": t.released,
            }
            for t in one.tallies
        ],
    }


def _counts(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "blocking": verdict.blocking,
        "warning": verdict.warning,
        "audited": verdict.audited,
        "waived": verdict.waived,
        "baselined": verdict.baselined,
        "problems": verdict.problems,
    }


def to_text(diff: Diff) -> str:
    """Return `diff` for a person at a terminal."""
    return "\n".join(_text(diff)) + "\n"


def _text(diff: Diff) -> Iterator[str]:
    for one in diff.differences:
        name = one_line(one.rule) or "the policy"
        yield f"{_SIGNS[one.kind]} {name}: {one_line(_change(one))}"
        cohort = f"in repositories of {one.cohort}: " if one.cohort else ""
        where = f"  {one.place}" if one.place else ""
        yield f"    {one.impact}: {one_line(cohort + one.reason)}{where}"
    for repository in diff.by_fate():
        yield ""
        yield f"{one_line(repository.repository)}: {one_line(_told(repository, diff.day))}"
        for tally in repository.tallies:
            yield f"    {one_line(tally.rule)}: {one_line(_tally(tally, diff.day))}"
    yield ""
    if diff.affected:
        yield _summed(diff)
    since = f" from {diff.since}" if diff.since and diff.since > diff.day else ""
    yield f"{diff.impact}: {_MEANS[diff.impact]}{since}"


def _change(one: Difference) -> str:
    if one.kind == "metadata":
        return f"{one.what} changed ({one.after})" if one.what == "text" else f"{one.what}: {one.reason}"
    what = "" if one.what == "rule" else f" {one.what}"
    return f"{one.kind}{what}: {one.before or 'nothing'} -> {one.after or 'nothing'}"


def _told(one: Affected, day: dt.date) -> str:
    if one.error:
        return f"{_FATES[one.fate]}: {one.error}"
    parts = [_moment(moment, day) for moment in one.moments]
    return "; ".join(parts)


def _moment(moment: Moment, day: dt.date) -> str:
    when = "" if moment.day == day else f"from {moment.day} "
    text = f"{when}{_FATES[moment.fate]}"
    if moment.fate is Fate.UNDECIDED:
        text += f" (was {moment.before.outcome}, is {moment.after.outcome}"
        undecided = moment.after if moment.after.outcome == "undecided" else moment.before
        return f"{text}: {undecided.reason})"
    return f"{text} ({moment.before.blocking} -> {moment.after.blocking} blocking)"


def _tally(tally: Tally, day: dt.date) -> str:
    counts = ((tally.added, "more"), (tally.removed, "fewer"), (tally.blocking, "newly block"),
              (tally.released, "block no longer"))  # fmt: skip
    words = ", ".join(f"{count} {word}" for count, word in counts if count) or "as before"
    when = f"from {tally.since}: " if tally.since != day else ""
    owner = f" ({tally.owner})" if tally.owner else ""
    return f"{when}{words}{owner}"


def _summed(diff: Diff) -> str:
    summary = _summary(diff)
    parts = [f"{summary[fate]} {_FATES[fate]}" for fate in Fate if summary[fate]]
    parts += [f"{summary['fails-later']} will fail later"] if summary["fails-later"] else []
    count = len(diff.affected)
    return f"{count} {'repository' if count == 1 else 'repositories'}: {', '.join(parts)}"


def to_markdown(diff: Diff) -> str:
    """Return `diff` for a pull request."""
    return "\n".join(_markdown(diff)) + "\n"


def _markdown(diff: Diff) -> Iterator[str]:
    since = f" from {diff.since}" if diff.since and diff.since > diff.day else ""
    yield f"## complygate: this change is {diff.impact}\n"
    yield f"It {_MEANS[diff.impact]}{since}."
    if diff.affected:
        yield f"\n**{escape(_summed(diff))}**.\n"
        yield "| repository | what becomes of it | findings |"
        yield "|---|---|---|"
        for one in diff.by_fate():
            tallies = "<br>".join(f"{code(t.rule)} {escape(_tally(t, diff.day))}" for t in one.tallies)
            yield f"| {code(one.repository)} | {escape(_told(one, diff.day))} | {tallies} |"
    if diff.differences:
        yield "\n| | rule | change | why | line |"
        yield "|---|---|---|---|---|"
    for difference in diff.differences:
        cohort = f" In repositories of {escape(difference.cohort)}." if difference.cohort else ""
        place = code(str(difference.place)) if difference.place else ""
        name = code(difference.rule) if difference.rule else "the policy"
        yield (
            f"| {difference.impact} | {name} | {escape(_change(difference))} |"
            f" {escape(difference.reason)}.{cohort} | {place} |"
        )
    if not diff.differences:
        yield "\nNothing changes."
