"""What a change of a policy does to repositories: each is read once, and judged by both versions.

What both versions judge alike is judged once. Each of the calendar's days to come is settled from the same
reading, so that a change that fails a repository only later is shown with its day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from complygate import api, excused
from complygate.discover import find_root, list_tree
from complygate.discover.owned import Owners
from complygate.errors import ComplygateError, UsageError
from complygate.gate.verdict import decide
from complygate.model.policy import Effect
from complygate.model.problem import ProblemKind
from complygate.model.report import Outcome
from complygate.policy.calendars import days_from
from complygate.policy.diff import judged_alike
from complygate.policy.resolve import with_layer
from complygate.triage.loosening import with_loosenings
from complygate.triage.stricter import stricter
from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from complygate.discover.walk import Root, Tree
    from complygate.evaluate import CompiledRule
    from complygate.model.finding import Finding
    from complygate.model.policy import EffectiveRule, Policy
    from complygate.model.report import Results, Verdict
    from complygate.policy import Opened

MOST_DAYS = 8
"""Days to come that are looked at: a calendar has a handful of steps."""


class Fate(StrEnum):
    """What becomes of a repository."""

    NEWLY_FAILS = "newly-fails"
    UNDECIDED = "undecided"
    """At least one version cannot decide: that is never a pass."""
    UNREADABLE = "unreadable"
    NEWLY_PASSES = "newly-passes"
    STILL_FAILS = "still-fails"
    STILL_PASSES = "still-passes"


@dataclass(frozen=True, slots=True)
class Moment:
    """Both versions on one day.

    Attributes:
        day: the day.
        fate: what becomes of the repository.
        before: the old version's verdict.
        after: the new version's.
    """

    day: dt.date
    fate: Fate
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Tally:
    """What one rule finds, for one owner.

    Attributes:
        rule: the rule.
        owner: whose findings they are, or "".
        added: findings that only the new version has.
        removed: findings that only the old version has.
        blocking: findings that block by the new version and did not by the old one, added ones included.
        released: findings that block by the old version and no longer.
        since: the day on which that holds: today's, or a later step's.
    """

    rule: str
    owner: str
    added: int
    removed: int
    blocking: int
    released: int
    since: dt.date


@dataclass(frozen=True, slots=True)
class Affected:
    """What a change does to one repository.

    Attributes:
        repository: as it was named.
        fate: today's.
        moments: today, and the later days on which something is not as it was before.
        tallies: findings that differ, today and from the later days on which more of them differ.
        error: why it could not be judged, or "".
        reads: how often its files were read.
    """

    repository: str
    fate: Fate
    moments: tuple[Moment, ...] = ()
    tallies: tuple[Tally, ...] = ()
    error: str = ""
    reads: int = 0

    @property
    def fails_from(self) -> dt.date | None:
        """The first day on which it fails and did not before; or None."""
        return next((one.day for one in self.moments if one.fate is Fate.NEWLY_FAILS), None)


class Blast:
    """Judges repositories by two versions of a policy."""

    def __init__(self, old: Opened, new: Opened, request: api.ScanRequest) -> None:
        """Take the versions, and how repositories are judged: `paths` are replaced by each repository's."""
        self._old, self._new = old, new
        self._request = request
        self._compiled: dict[str, list[CompiledRule]] = {}
        self._resolved: dict[int, Policy] = {}

    def over(self, repositories: Iterable[Path]) -> Iterator[Affected]:
        """Yield what the change does to each repository. One that cannot be judged stops no other."""
        for folder in repositories:
            try:
                yield self._affected(folder)
            except (ComplygateError, OSError) as error:
                yield Affected(str(folder), Fate.UNREADABLE, error=str(error))

    def _affected(self, folder: Path) -> Affected:
        request = replace(self._request, paths=(folder,))
        root = find_root(request.paths, request.cwd)
        if not root.folder.is_dir() or root.selected:
            raise UsageError("is no folder")
        old, new = self._for(self._old, root), self._for(self._new, root)
        days = _days(old, new, request.day)
        results, reads = self._judged(root, [(chosen, day) for day in days for chosen in (old, new)])
        pairs = list(zip(results[::2], results[1::2], strict=True))
        moments = [_moment(day, old, new, pair) for day, pair in zip(days, pairs, strict=True)]
        shown = [one for i, one in enumerate(moments) if not i or _verdicts(one) != _verdicts(moments[i - 1])]
        tallies = tuple(_tallied(days, pairs, Owners(root)))
        return Affected(str(folder), moments[0].fate, tuple(shown), tallies, reads=reads)

    def _for(self, opened: Opened, root: Root) -> Policy:
        """Return a version as it applies to the repository at `root`, with the repository's own file."""
        known = self._resolved.get(id(opened))
        if known is None:
            known = opened.resolved(
                lambda: api.audience_of(root, self._request.base, self._request.repository)
            )
            if not opened.is_for_some:
                self._resolved[id(opened)] = known
        return with_layer(opened.chosen, known, root.folder)

    def _judged(self, root: Root, asked: Sequence[tuple[Policy, dt.date]]) -> tuple[list[Results], int]:
        """Return what each policy finds on its day, and how often the files were read for that."""
        floors = [one.layer.floor if one.layer and one.layer.digest else None for one, _ in asked]
        wanted = [*asked, *((f, day) for f, (_, day) in zip(floors, asked, strict=True) if f is not None)]
        listed: dict[tuple[object, ...], Tree] = {}
        groups: dict[object, list[int]] = {}
        sides = []
        for number, (chosen, day) in enumerate(wanted):
            where = (chosen.exclude, chosen.scope_paths)
            if where not in listed:
                listed[where] = list_tree(root, exclude=chosen.exclude, scope=chosen.scope_paths)
            side = self._side(chosen, day, listed[where])
            sides.append(side)
            groups.setdefault(_together(listed[where], side), []).append(number)
        found: dict[int, Results] = {}
        for numbers in groups.values():
            chosen, _ = wanted[numbers[0]]
            tree = listed[chosen.exclude, chosen.scope_paths]
            results = api.judge_sides(tree, [sides[number] for number in numbers], self._request)
            found.update(zip(numbers, results, strict=True))
        below = iter(range(len(asked), len(wanted)))
        held = [
            found[number] if floor is None else stricter(found[next(below)], found[number])
            for number, floor in enumerate(floors)
        ]
        return [_with_refusals(one, root, asked[i][0]) for i, one in enumerate(held)], len(groups)

    def _side(self, chosen: Policy, day: dt.date, tree: Tree) -> api.Side:
        rules = tuple(self._compile(rule, day) for rule in chosen.rules.values() if not rule.is_off(day))
        excuses = excused.load(tree, chosen, day, self._request.base)
        return api.Side(chosen, rules, excuses, day=day)

    def _compile(self, rule: EffectiveRule, day: dt.date) -> CompiledRule:
        """Return the rule compiled: what judges alike is one object, whatever the version and the day."""
        known = self._compiled.setdefault(rule.rule.id, [])
        for compiled in known:
            if _alike(compiled.effective, rule):
                return compiled
        known += api.compile_policy([rule], day, trust_built_in=True)
        return known[-1]


def _together(tree: Tree, side: api.Side) -> tuple[object, ...]:
    """Return what sides have to share that are judged in one reading: the files, and what asks tools.

    What a file means can hang on others that are there: a variable's value, a module. And of a tool's results
    each goes to one rule only.
    """
    return tuple(tree.paths), frozenset(id(rule) for rule in side.rules if rule.check is None)


def _with_refusals(results: Results, root: Root, chosen: Policy) -> Results:
    """Return `results` with what the repository's own file was refused, as in a scan."""
    if chosen.layer is None and chosen.undecided.get(ProblemKind.LOOSENING) is not Effect.FAIL:
        return results
    return with_loosenings(results, chosen, root.prefix)


def _alike(first: EffectiveRule, second: EffectiveRule) -> bool:
    same = first.rule is second.rule or judged_alike(first.rule, second.rule)
    return same and first.paths == second.paths and first.params == second.params


def _days(old: Policy, new: Policy, day: dt.date) -> list[dt.date]:
    """Return `day` and the days to come on which a level begins."""
    return days_from(day, *old.rules.values(), *new.rules.values())[: 1 + MOST_DAYS]


def _moment(day: dt.date, old: Policy, new: Policy, pair: tuple[Results, Results]) -> Moment:
    before, after = (
        decide(results.findings, results.problems, chosen)
        for results, chosen in zip(pair, (old, new), strict=True)
    )
    return Moment(day, _fate(before.outcome, after.outcome), before, after)


def _fate(before: Outcome, after: Outcome) -> Fate:
    if before is Outcome.PASS and after is Outcome.FAIL:
        return Fate.NEWLY_FAILS
    if Outcome.UNDECIDED in {before, after}:
        return Fate.UNDECIDED
    if before is after:
        return Fate.STILL_FAILS if after is Outcome.FAIL else Fate.STILL_PASSES
    return Fate.NEWLY_PASSES


def _verdicts(moment: Moment) -> tuple[Outcome, Outcome]:
    return moment.before.outcome, moment.after.outcome


def _tallied(
    days: Sequence[dt.date], pairs: Sequence[tuple[Results, Results]], owners: Owners
) -> Iterator[Tally]:
    """Yield what differs, by rule and owner: for each day what is not as on the day before."""
    last: dict[tuple[str, str], Counter[str]] = {}
    for day, (before, after) in zip(days, pairs, strict=True):
        found = _counted(before.findings, after.findings, owners)
        for key in sorted({*found, *last}):
            counts = found.get(key, Counter())
            if counts != last.get(key, Counter()):
                yield Tally(
                    rule=key[0],
                    owner=key[1],
                    added=counts["added"],
                    removed=counts["removed"],
                    blocking=counts["blocking"],
                    released=counts["released"],
                    since=day,
                )
        last = found


_COUNTS = ("added", "removed", "blocking", "released")


def _counted(
    before: Iterable[Finding], after: Iterable[Finding], owners: Owners
) -> dict[tuple[str, str], Counter[str]]:
    old, new = ({(f.rule, f.fingerprint): f for f in found} for found in (before, after))
    counted: dict[tuple[str, str], Counter[str]] = {}
    for key in {*old, *new}:
        first, second = old.get(key), new.get(key)
        was, now = bool(first and first.blocks), bool(second and second.blocks)
        words = [word for word, holds in zip(_COUNTS, (first is None, second is None, now and not was,
                 was and not now), strict=True) if holds]  # fmt: skip
        one = second or first
        if words and one is not None:
            place = (key[0], owners.of(one.region.path))
            counted.setdefault(place, Counter()).update(words)
    return counted
