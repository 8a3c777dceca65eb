"""What is tighter, and what is looser."""

from __future__ import annotations

import dataclasses
import datetime as dt
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policy.policies_for_layers import DATES, GLOBS, PATHS, policies, rule

from complygate.model.baseline import BaselineTerms
from complygate.model.glob import any_matches
from complygate.model.policy import Effect, EffectiveRule, Enforcement, Level, Policy, Waivable
from complygate.model.problem import ProblemKind
from complygate.model.rule import Severity
from complygate.policy.tighter import loosenings, tightenings
from complygate.policy.ways import RANK, TERMS, covers, way_of_param, within


def always(level: Level) -> Enforcement:
    return Enforcement(((dt.date.min, level),))


def policy(**keys: Any) -> Policy:
    whole = {key: keys.pop(key) for key in list(keys) if key in {f.name for f in dataclasses.fields(Policy)}}
    made = rule("own/a")
    defaults: dict[str, Any] = {
        "enforcement": always(Level.WARN), "severity": Severity.MEDIUM, "params": made.params,
        "waivable": Waivable(),
    }  # fmt: skip
    rules = {"own/a": EffectiveRule(rule=made, **{**defaults, **keys})}
    return Policy(name="p", title="P", source="p", digest="", **{"rules": rules, **whole})


BASE = policy()
LOOSER: list[tuple[str, dict[str, Any]]] = [
    ("rule", {"rules": {}}),
    ("enforcement", {"enforcement": always(Level.AUDIT)}),
    ("enforcement", {"enforcement": Enforcement(((dt.date(2026, 1, 1), Level.WARN),))}),
    ("severity", {"severity": Severity.LOW}),
    ("params.few", {"params": {**(BASE.rules["own/a"].params), "few": ["a", "b", "c"]}}),
    ("params.low", {"params": {**(BASE.rules["own/a"].params), "low": 6}}),
    ("waivable.inline", {"waivable": Waivable(inline=True)}),
    ("waivable.require_reason", {"waivable": Waivable(require_reason=False)}),
    ("waivable.repository", {"waivable": Waivable(repository=True)}),
    ("paths", {"paths": ("deploy/**",)}),
    ("exclude", {"exclude": ("third_party/**",)}),
    ("scope", {"scope_paths": ("deploy/**",)}),
    ("undecided.parse-error", {"undecided": {**BASE.undecided, ProblemKind.PARSE_ERROR: Effect.WARN}}),
    ("baseline", {"baseline": BaselineTerms(dt.date(2027, 1, 1))}),
]


@pytest.mark.parametrize(("what", "keys"), LOOSER, ids=[what for what, _ in LOOSER])
def test_what_is_looser_is_told_and_the_way_back_is_tighter(what: str, keys: dict[str, Any]) -> None:
    other = policy(**keys)
    assert [change.what for change in loosenings(BASE, other)] == [what]
    assert tightenings(BASE, other) == ()
    assert [change.what for change in tightenings(other, BASE)] == [what]
    assert loosenings(other, BASE) == ()


@pytest.mark.parametrize(
    ("keys", "may_fail"),
    [
        ({"enforcement": always(Level.ENFORCE)}, True),
        ({"enforcement": always(Level.WARN), "severity": Severity.HIGH}, False),
        ({"undecided": {**BASE.undecided, ProblemKind.UNKNOWN_VALUE: Effect.FAIL}}, True),
        (
            {"rules": {**BASE.rules, "own/b": dataclasses.replace(BASE.rules["own/a"], rule=rule("own/b"))}},
            False,
        ),
    ],
)
def test_a_tightening_says_whether_it_can_fail_a_repository(keys: dict[str, Any], may_fail: bool) -> None:
    assert [change.may_fail for change in tightenings(BASE, policy(**keys))] == [may_fail]


def test_a_parameter_without_a_direction_cannot_be_compared() -> None:
    way = way_of_param(rule("own/a"), "free", 1, 2)
    assert (way.looser, way.tighter) == (True, True)


def test_a_parameter_is_given_once() -> None:
    def way(before: list[str], after: list[str]) -> tuple[bool, bool]:
        found = way_of_param(rule("own/a"), "given", before, after)
        return found.looser, found.tighter

    assert way([], ["a"]) == (False, True)
    assert way(["a"], []) == (True, False)
    assert way(["a", "b"], ["a"]) == (True, True)
    assert way(["a"], ["a"]) == (False, False)


def test_another_check_cannot_be_compared() -> None:
    effective = BASE.rules["own/a"]
    changed = dataclasses.replace(effective, rule=dataclasses.replace(effective.rule, check="false"))
    other = policy(rules={"own/a": changed})
    assert [change.what for change in loosenings(BASE, other)] == ["check"]
    assert [change.what for change in tightenings(BASE, other)] == ["check"]


def test_every_field_that_can_change_a_verdict_is_compared() -> None:
    """A new field must be given an order in `tighter`, or be told here to be none's business."""
    assert {field.name for field in dataclasses.fields(Waivable)} == set(TERMS)
    compared = {"rules", "undecided", "exclude", "scope_paths", "waivers", "baseline", "overridable"}
    words = {"name", "title", "source", "digest", "controls", "origin", "extended", "layer", "elsewhere"}
    assert {field.name for field in dataclasses.fields(Policy)} - words == compared | {"unclear"}
    of_rules = {"rule", "enforcement", "severity", "severity_from_tool", "params", "waivable", "paths"}
    words = {"decided_by", "owner"}
    found = {field.name for field in dataclasses.fields(EffectiveRule)} - words
    assert found == of_rules | {"overridable", "somewhere"}


@given(policies(), policies())
def test_one_policy_s_loosening_is_the_other_s_tightening(first: Policy, second: Policy) -> None:
    there = {(change.rule, change.what) for change in loosenings(first, second)}
    back = {(change.rule, change.what) for change in tightenings(second, first)}
    assert there == back


@given(policies())
def test_a_policy_is_neither_looser_nor_tighter_than_itself(one: Policy) -> None:
    assert loosenings(one, one) == tightenings(one, one) == ()


@given(policies(), policies(), policies())
def test_what_is_tighter_than_something_tighter_is_tighter(a: Policy, b: Policy, c: Policy) -> None:
    if not loosenings(a, b) and not loosenings(b, c):
        assert not loosenings(a, c)


@given(policies(), policies())
def test_a_tighter_policy_blocks_at_least_as_much(before: Policy, after: Policy) -> None:
    if loosenings(before, after):
        return
    for name, old in before.rules.items():
        new = after.rules[name]
        for path in PATHS:
            assert not any_matches(old.paths, path) or any_matches(new.paths, path)
            for day in DATES:
                assert RANK[new.enforcement_at(path).on(day)] >= RANK[old.enforcement_at(path).on(day)]


@given(
    st.lists(st.sampled_from(GLOBS)), st.lists(st.sampled_from(GLOBS)), st.text("adeploy/.*[]!", max_size=9)
)
def test_globs_that_cover_others_match_all_that_they_match(
    wide: list[str], narrow: list[str], more: str
) -> None:
    for inner in ([*narrow], [more]):
        if covers(wide, inner):
            for path in [*PATHS, more]:
                assert not any_matches(inner, path) or any_matches(wide, path)


def test_terms_are_in_an_order() -> None:
    """What is not looser than something that is not looser than a third is not looser than that."""
    groups = [(), ("@a",), ("@b",), ("@*",)]
    terms = [Waivable(approvers=who, repository=own) for who in groups for own in (True, False)]
    for first, second, third in product(terms, repeat=3):
        if within(second, first) and within(third, second):
            assert within(third, first), (first, second, third)
