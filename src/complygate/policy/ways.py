"""The order on each respect in which policies can differ: which of two values is looser, which tighter.

Where two values cannot be compared, going from one to the other is both. `docs/tighten-only.md` gives the
order in words, and `tighter` compares whole policies by it.
"""

from __future__ import annotations

import datetime as dt
import json
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.model.glob import matches
from complygate.model.policy import Enforcement, Level
from complygate.model.rule import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complygate.model.baseline import BaselineTerms
    from complygate.model.layer import Overridable
    from complygate.model.policy import EffectiveRule, Waivable
    from complygate.model.rule import Rule

RANK = {Level.OFF: 0, Level.AUDIT: 1, Level.WARN: 2, Level.ENFORCE: 3}
"""Levels, the looser the lower."""
TERMS = (
    "inline", "approvers", "max_days", "require_reason", "require_until", "tool_skips", "repository", "globs",
)  # fmt: skip
"""The terms of `waivable`, each of which is compared by itself."""
_GENEROUS = frozenset({"inline", "tool_skips", "repository", "globs"})
_DEMANDING = frozenset({"require_reason", "require_until"})


class Way(NamedTuple):
    """Which way a change goes; both where two values cannot be compared."""

    looser: bool
    tighter: bool


SAME = Way(looser=False, tighter=False)
LOOSER, TIGHTER = Way(looser=True, tighter=False), Way(looser=False, tighter=True)
BOTH = Way(looser=True, tighter=True)


def days(*calendars: Enforcement) -> list[dt.date]:
    """Return the days on which a level of one of `calendars` begins, and the first day of all."""
    return sorted({dt.date.min, *(day for one in calendars for day, _ in one.steps)})


def way_of_levels(before: Enforcement, after: Enforcement) -> Way:
    """Compare calendars: one is looser if on some day its level is lower."""
    pairs = [(RANK[before.on(day)], RANK[after.on(day)]) for day in days(before, after)]
    return Way(any(new < old for old, new in pairs), any(new > old for old, new in pairs))


def way_of_calendars(before: EffectiveRule, after: EffectiveRule) -> Way:
    """Compare levels by path and day.

    The last calendar whose paths fit counts at a path. So where the last ones of both are for the same paths,
    these are compared one by one, and what stands before them with what holds elsewhere. Else any two may
    meet at some path.
    """
    ways = [way_of_levels(old, new) for old, new in _meeting(before, after)]
    return Way(any(way.looser for way in ways), any(way.tighter for way in ways))


def _meeting(before: EffectiveRule, after: EffectiveRule) -> list[tuple[Enforcement, Enforcement]]:
    """Return the pairs of calendars that may hold at one path."""
    old, new = before.somewhere, after.somewhere
    shared = min(len(old), len(new))
    old_more, old_last = old[: len(old) - shared], old[len(old) - shared :]
    new_more, new_last = new[: len(new) - shared], new[len(new) - shared :]
    if [one.paths for one in old_last] != [one.paths for one in new_last]:
        return list(product(before.calendars(), after.calendars()))
    last = [(a.enforcement, b.enforcement) for a, b in zip(old_last, new_last, strict=True)]
    old_rest = (before.enforcement, *(one.enforcement for one in old_more))
    new_rest = (after.enforcement, *(one.enforcement for one in new_more))
    return [*last, *product(old_rest, new_rest)]


def way_of_severity(before: EffectiveRule, after: EffectiveRule) -> Way:
    """Compare severities. What a tool says of each result may be anything: only `critical` is no lower."""
    if before.severity_from_tool and after.severity_from_tool:
        return SAME
    if before.severity_from_tool:
        return TIGHTER if after.severity is Severity.CRITICAL else BOTH
    if after.severity_from_tool:
        return LOOSER if before.severity is Severity.CRITICAL else BOTH
    return _by_order(after.severity.rank, before.severity.rank)


def way_of_param(rule: Rule, name: str, before: Any, after: Any) -> Way:
    """Compare values of a parameter, by what the rule says is tighter; else they cannot be compared."""
    if _key(before) == _key(after):
        return SAME
    direction = (rule.tighter or {}).get(name, "")
    if direction in {"fewer", "more"} and isinstance(before, list) and isinstance(after, list):
        old, new = set(map(_key, before)), set(map(_key, after))
        fewer, more = not old <= new, not new <= old
        return Way(more, fewer) if direction == "fewer" else Way(fewer, more)
    if direction in {"lower", "higher"} and _is_number(before) and _is_number(after):
        return _by_order(before, after) if direction == "lower" else _by_order(after, before)
    if direction == "given" and (not before or not after):
        return TIGHTER if after else LOOSER
    if direction in {"true", "false"} and isinstance(after, bool):
        return TIGHTER if after is (direction == "true") else LOOSER
    return BOTH


def way_of_term(name: str, before: Waivable, after: Waivable) -> Way:
    """Compare one term for excusing findings."""
    old, new = getattr(before, name), getattr(after, name)
    if old == new:
        return SAME
    if name in _GENEROUS:
        return LOOSER if new else TIGHTER
    if name in _DEMANDING:
        return TIGHTER if new else LOOSER
    if name == "max_days":
        return _by_order(_days(old), _days(new))
    return _way_of_approvers(before, after)


def _way_of_approvers(before: Waivable, after: Waivable) -> Way:
    """Compare who may grant waivers.

    An empty list lets in no waiver of the policy set; for a repository's own it leaves the choice to the
    owners of the file. That matters only where the repository's own count: else going to an empty list and
    taking away `repository` before that would together be called looser than where they began.
    """
    if not before.approvers:
        return Way(looser=True, tighter=before.repository)
    if not after.approvers:
        return Way(looser=after.repository, tighter=True)
    return Way(not covers(before.approvers, after.approvers), not covers(after.approvers, before.approvers))


def way_of_paths(before: Sequence[str], after: Sequence[str]) -> Way:
    """Compare globs of paths that are looked at: more is tighter."""
    return Way(not covers(after, before), not covers(before, after))


def way_of_excluded(before: Sequence[str], after: Sequence[str]) -> Way:
    """Compare globs of paths that are left out: more is looser."""
    return Way(not covers(before, after), not covers(after, before))


def way_of_overridable(before: Overridable, after: Overridable) -> Way:
    """Compare what a lower layer may loosen: more is looser."""
    return Way(not _bounds(before, after), not _bounds(after, before))


def covers(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    """Tell whether every path that a glob of `narrow` matches is surely matched by one of `wide`."""
    return all(any(_contains(glob, inner) for glob in wide) for inner in narrow)


def _contains(glob: str, inner: str) -> bool:
    """Tell whether `glob` surely matches all that `inner` does. "Yes" is never wrong; "no" may be."""
    if glob in {"**", inner}:
        return True
    folder = glob.removesuffix("/**")
    if folder != glob and _is_plain(folder):
        return inner.startswith(f"{folder}/")
    return _is_plain(inner) and matches(glob, inner)


def _is_plain(glob: str) -> bool:
    return set(glob).isdisjoint("*?[")


def _bounds(wide: Overridable, narrow: Overridable) -> bool:
    """Tell whether `narrow` lets nothing happen that `wide` does not."""
    levels = narrow.enforcement is None or (
        wide.enforcement is not None and RANK[wide.enforcement] <= RANK[narrow.enforcement]
    )
    severities = narrow.severity is None or (
        wide.severity is not None and wide.severity.rank <= narrow.severity.rank
    )
    terms = narrow.waivable is None or (wide.waivable is not None and within(narrow.waivable, wide.waivable))
    return (
        levels
        and severities
        and terms
        and set(narrow.params) <= set(wide.params)
        and (wide.paths or not narrow.paths)
        and set(narrow.undecided) <= set(wide.undecided)
        and covers(wide.exclude, narrow.exclude)
    )


def within(terms: Waivable, most: Waivable) -> bool:
    """Tell whether `terms` excuse nothing that `most` do not."""
    return not any(way_of_term(name, most, terms).looser for name in TERMS)


def way_of_baselines(before: BaselineTerms | None, after: BaselineTerms | None) -> Way:
    """Compare how far a baseline counts; None for not at all."""
    if before is None or after is None:
        return LOOSER if before is None else TIGHTER
    ways = [
        _by_order(before.until, after.until),
        _by_order(after.touched, before.touched),
        _by_order(after.require_base, before.require_base),
        SAME if (before.file, before.budget) == (after.file, after.budget) else BOTH,
    ]
    return Way(any(way.looser for way in ways), any(way.tighter for way in ways))


def _by_order(before: Any, after: Any) -> Way:
    """Return the way from `before` to `after` where the greater is the looser."""
    return Way(after > before, after < before)


def _days(most: int | None) -> float:
    return float("inf") if most is None else most


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
