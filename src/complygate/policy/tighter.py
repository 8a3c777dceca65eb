"""What "tighter" means of whole policies: the one place that tells which of two lets less pass.

Of each respect in which policies differ, it is said whether the later one is looser, tighter, or (where the
two cannot be compared) both. A policy is tighter than another iff it is looser in no respect; then whatever
the other blocks, it blocks as well. `ways` holds the order on each respect.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import product
from typing import TYPE_CHECKING, Any

from complygate.model.layer import NOTHING
from complygate.model.policy import Effect, Level
from complygate.policy.change import Change, calendars_text, globs_text, value_text
from complygate.policy.ways import (
    BOTH,
    LOOSER,
    SAME,
    TERMS,
    TIGHTER,
    Way,
    days,
    way_of_baselines,
    way_of_calendars,
    way_of_excluded,
    way_of_overridable,
    way_of_param,
    way_of_paths,
    way_of_severity,
    way_of_term,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.baseline import BaselineTerms
    from complygate.model.policy import EffectiveRule, Policy
    from complygate.model.rule import Rule
    from complygate.model.waiver import Waiver


def loosenings(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return every respect in which `after` is, or may be, looser than `before`: none if it is tighter."""
    return tuple(change for change, way in _compare(before, after) if way.looser)


def tightenings(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return every respect in which `after` is, or may be, tighter than `before`."""
    return tuple(change for change, way in _compare(before, after) if way.tighter)


def _compare(before: Policy, after: Policy) -> Iterator[tuple[Change, Way]]:
    for name in sorted({*before.rules, *after.rules}):
        old, new = before.rules.get(name), after.rules.get(name)
        if old is not None and new is not None:
            yield from _compare_rules(old, new)
        elif old is not None:
            yield Change(name, "rule", calendars_text(old), "off", may_fail=False), LOOSER
        elif new is not None:
            text = calendars_text(new)
            yield Change(name, "rule", "off", text, may_fail=_ever_blocks(new)), TIGHTER
    yield from _compare_whole(before, after)


def _compare_rules(before: EffectiveRule, after: EffectiveRule) -> Iterator[tuple[Change, Way]]:
    blocks = _ever_blocks(after)
    name = before.rule.id
    for what, old, new, way in _respects(before, after):
        if way != SAME:
            may_fail = way.tighter and blocks and what not in {"severity", "overridable"}
            if what == "enforcement":
                may_fail = way.tighter and _blocks_more(before, after)
            yield Change(name, what, old, new, may_fail), way


def _respects(before: EffectiveRule, after: EffectiveRule) -> Iterator[tuple[str, str, str, Way]]:
    if judging(before.rule) != judging(after.rule):
        yield "check", "another check", "this check", BOTH
    yield "enforcement", calendars_text(before), calendars_text(after), way_of_calendars(before, after)
    yield "severity", _severity(before), _severity(after), way_of_severity(before, after)
    for name in sorted({*before.params, *after.params}):
        old, new = before.params.get(name), after.params.get(name)
        yield f"params.{name}", value_text(old), value_text(new), way_of_param(before.rule, name, old, new)
    for name in TERMS:
        old, new = getattr(before.waivable, name), getattr(after.waivable, name)
        way = way_of_term(name, before.waivable, after.waivable)
        yield f"waivable.{name}", value_text(old), value_text(new), way
    yield "paths", globs_text(before.paths), globs_text(after.paths), way_of_paths(before.paths, after.paths)
    terms = way_of_overridable(before.overridable or NOTHING, after.overridable or NOTHING)
    yield "overridable", overridable_text(before), overridable_text(after), terms


def is_looser(before: EffectiveRule, after: EffectiveRule) -> bool:
    """Tell whether a rule is, or may be, looser as `after` applies it."""
    return any(way.looser for *_, way in _respects(before, after))


def judging(rule: Rule) -> tuple[Any, ...]:
    """Return what of a rule decides which findings there are, and which names excuse them."""
    return (
        rule.engine, json.dumps(rule.check, sort_keys=True, default=str), sorted(rule.applies_to),
        rule.select, sorted(rule.reads), rule.at, rule.unknown_complies, sorted(rule.aliases),
    )  # fmt: skip


def _compare_whole(before: Policy, after: Policy) -> Iterator[tuple[Change, Way]]:
    for what, left, right, way in (
        ("exclude", before.exclude, after.exclude, way_of_excluded(before.exclude, after.exclude)),
        ("scope", before.scope_paths, after.scope_paths, way_of_paths(before.scope_paths, after.scope_paths)),
    ):
        if way != SAME:
            yield Change("", what, globs_text(left), globs_text(right), way.tighter), way
    for kind in sorted({*before.undecided, *after.undecided}):
        old, new = (str(one.undecided.get(kind, Effect.FAIL)) for one in (before, after))
        if old != new:
            way = TIGHTER if new == Effect.FAIL else LOOSER
            yield Change("", f"undecided.{kind}", old, new, way.tighter), way
    if before.baseline != after.baseline:
        way = way_of_baselines(before.baseline, after.baseline)
        yield Change("", "baseline", _text(before.baseline), _text(after.baseline), way.tighter), way
    terms = way_of_overridable(before.overridable or NOTHING, after.overridable or NOTHING)
    if terms != SAME:
        old, new = overridable_text(before), overridable_text(after)
        yield Change("", "overridable", old, new, may_fail=False), terms
    if before.unclear != after.unclear:
        first, second = (set(map(str, one.unclear)) for one in (before, after))
        way = Way(not first <= second, not second <= first)
        old, new = f"{len(first)} undecided scopes", f"{len(second)} undecided scopes"
        yield Change("", "unclear", old, new, way.tighter), way
    old_waivers, new_waivers = (set(map(_waiver, one.waivers)) for one in (before, after))
    if old_waivers != new_waivers:
        way = Way(not new_waivers <= old_waivers, not old_waivers <= new_waivers)
        old, new = f"{len(old_waivers)} waivers", f"{len(new_waivers)} waivers"
        yield Change("", "waivers", old, new, way.tighter), way


def _ever_blocks(rule: EffectiveRule) -> bool:
    return any(level is Level.ENFORCE for calendar in rule.calendars() for _, level in calendar.steps)


def _blocks_more(before: EffectiveRule, after: EffectiveRule) -> bool:
    """Tell whether there may be a day, and a path, on which only `after` blocks."""
    old, new = before.calendars(), after.calendars()
    return any(
        b.on(day) is Level.ENFORCE and a.on(day) is not Level.ENFORCE
        for a, b in product(old, new)
        for day in days(a, b)
    )


def _severity(rule: EffectiveRule) -> str:
    return "the tool's" if rule.severity_from_tool else str(rule.severity)


def _text(terms: BaselineTerms | None) -> str:
    return f"until {terms.until.isoformat()}" if terms else "none"


def overridable_text(owner: EffectiveRule | Policy) -> str:
    """Return what a lower layer may loosen, in one line."""
    terms = asdict(owner.overridable) if owner.overridable else {}
    return ", ".join(f"{key}: {value_text(value)}" for key, value in terms.items() if value) or "nothing"


def _waiver(waiver: Waiver) -> str:
    return json.dumps({key: str(value) for key, value in asdict(waiver).items() if key != "place"})
