"""No layer loosens: random policies under random files of repositories, several in sequence."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.unit.policy.policies_for_layers import DATES, GLOBS, PATHS, policies, rule

from complygate.model.glob import any_matches
from complygate.model.layer import NOTHING
from complygate.model.policy import Effect, EffectiveRule, Enforcement, Level, Policy, Waivable
from complygate.model.problem import ProblemKind
from complygate.model.rule import Severity
from complygate.policy.repository import apply
from complygate.policy.sets import PolicySet
from complygate.policy.tighter import loosenings
from complygate.policy.ways import RANK, covers, within

NAMES = ["own/a", "own/b", "own/c", "own/d"]
SET = PolicySet("p", {name: rule(name) for name in NAMES}, frozenset(NAMES), {}, {}, "")
ONCE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

_days = st.lists(
    st.sampled_from([f"2026-0{month}-01" for month in range(1, 7)]), min_size=3, max_size=3, unique=True
)


@st.composite
def calendars(draw: st.DrawFn) -> Any:
    """A level, or a calendar as it may be written: it goes up."""
    if draw(st.booleans()):
        return draw(st.sampled_from(list(Level)))
    words = [level for level in ("audit", "warn", "enforce", "off") if draw(st.booleans())] or ["warn"]
    return dict(zip(words[:3], sorted(draw(_days)), strict=False))


_lists = st.lists(st.sampled_from("abc"), max_size=3, unique=True)
_params = st.fixed_dictionaries(
    {},
    optional={
        "few": _lists, "many": _lists, "low": st.integers(0, 9), "high": st.integers(0, 9),
        "on": st.booleans(), "off": st.booleans(), "free": st.integers(0, 2),
    },
)  # fmt: skip
_waivable = st.fixed_dictionaries(
    {},
    optional={
        "inline": st.booleans(),
        "approvers": st.lists(st.sampled_from(["@a", "@b", "@*"]), max_size=2, unique=True),
        "max_days": st.integers(1, 90), "require_reason": st.booleans(), "require_until": st.booleans(),
        "tool_skips": st.booleans(), "repository": st.booleans(), "globs": st.booleans(),
    },
)  # fmt: skip
_globs = st.lists(st.sampled_from(GLOBS), min_size=1, max_size=3, unique=True)
entries = st.fixed_dictionaries(
    {"select": st.one_of(st.just({"all": True}), st.sampled_from(NAMES).map(lambda name: {"ids": [name]}))},
    optional={
        "enforcement": calendars(), "severity": st.sampled_from(list(Severity)), "params": _params,
        "waivable": _waivable, "scope": st.fixed_dictionaries({"paths": _globs}),
    },
)  # fmt: skip
files = st.fixed_dictionaries(
    {"rules": st.lists(entries, min_size=1, max_size=3)},
    optional={
        "exclude": _globs,
        "scope": st.fixed_dictionaries({"paths": _globs}),
        "undecided": st.dictionaries(
            st.sampled_from(list(ProblemKind)), st.sampled_from(list(Effect)), min_size=1
        ),
    },
)  # fmt: skip


def layered(below: Policy, written: dict[str, Any], folder: Path) -> Policy:
    (folder / ".complygate.yaml").write_text(json.dumps(written))
    return apply(SET, replace(below, layer=None), folder)


@ONCE
@given(policies(), st.lists(files, min_size=1, max_size=3))
def test_no_sequence_of_layers_loosens(tmp_path: Path, central: Policy, layers: list[dict[str, Any]]) -> None:
    """The statement that matters: whatever is written below, the outcome is looser in no respect."""
    now = central
    for written in layers:
        now = layered(now, written, tmp_path)
        assert now.layer is not None
        event(f"refused something: {bool(now.layer.refused)}")
        event(f"tightened something: {bool(now.layer.digest)}")
        assert loosenings(central, now) == ()
        assert loosenings(central, now.layer.floor) == ()


@ONCE
@given(policies(), st.lists(files, min_size=1, max_size=3), st.sampled_from(DATES), st.sampled_from(PATHS))
def test_what_blocks_above_blocks_below(
    tmp_path: Path, central: Policy, layers: list[dict[str, Any]], day: Any, path: str
) -> None:
    """The same without the order: a finding at `enforce` on a day, at a path that is looked at."""
    now = central
    for written in layers:
        now = layered(now, written, tmp_path)
    for name, effective in central.rules.items():
        blocks = effective.enforcement_at(path).on(day) is Level.ENFORCE and any_matches(
            effective.paths, path
        )
        scanned = any_matches(central.scope_paths, path) and not any_matches(central.exclude, path)
        if blocks and scanned:
            event("blocks above")
            after = now.rules[name]
            assert after.enforcement_at(path).on(day) is Level.ENFORCE
            assert any_matches(after.paths, path)
            assert any_matches(now.scope_paths, path)
            assert not any_matches(now.exclude, path)
            assert within(after.waivable, effective.waivable)
    for kind, effect in central.undecided.items():
        assert effect is Effect.WARN or now.undecided[kind] is Effect.FAIL


@ONCE
@given(policies(overridable=True), st.lists(files, min_size=1, max_size=3))
def test_what_is_overridable_is_loosened_within_its_terms_and_no_further(
    tmp_path: Path, central: Policy, layers: list[dict[str, Any]]
) -> None:
    now = central
    for written in layers:
        now = layered(now, written, tmp_path)
    for name, before in central.rules.items():
        after, terms = now.rules[name], before.overridable or NOTHING
        for day in DATES:
            for path in PATHS:
                old, new = (RANK[one.enforcement_at(path).on(day)] for one in (before, after))
                assert new >= (min(old, RANK[terms.enforcement]) if terms.enforcement else old)
        assert terms.paths or covers(after.paths, before.paths)
    for change in loosenings(central, now):
        event(f"loosened {change.what.partition('.')[0]} within terms")
        terms = central.rules[change.rule].overridable or NOTHING
        respect, _, detail = change.what.partition(".")
        assert {
            "enforcement": terms.enforcement is not None, "severity": terms.severity is not None,
            "params": detail in terms.params, "paths": terms.paths, "waivable": terms.waivable is not None,
        }[respect]  # fmt: skip


@ONCE
@given(policies(), files)
def test_a_layer_that_is_refused_nothing_asked_for_nothing_looser(
    tmp_path: Path, central: Policy, written: dict[str, Any]
) -> None:
    """Each loosening is told: where nothing was refused, what the layer says of its rules holds."""
    now = layered(central, {"rules": written["rules"][:1]}, tmp_path)
    assert now.layer is not None
    entry = written["rules"][0]
    names = NAMES if "all" in entry["select"] else entry["select"]["ids"]
    if now.layer.refused:
        assert all(one.place.line >= 1 for one in now.layer.refused)
        return
    for name in names:
        if name in now.rules and "severity" in entry:
            assert now.rules[name].severity == entry["severity"]
        for param, value in entry.get("params", {}).items() if name in now.rules else ():
            assert now.rules[name].params[param] == value
        for term, value in entry.get("waivable", {}).items() if name in now.rules else ():
            assert getattr(now.rules[name].waivable, term) in (
                value,
                tuple(value) if isinstance(value, list) else value,
            )


def test_an_empty_list_of_approvers_does_not_open_the_repositorys_waivers_again(tmp_path: Path) -> None:
    """Two entries of which each by itself tightens, and which together would let in anybody's waivers."""
    name = NAMES[0]
    always = Enforcement(((dt.date.min, Level.ENFORCE),))
    effective = EffectiveRule(
        rule=rule(name), enforcement=always, severity=Severity.HIGH, params={},
        waivable=Waivable(approvers=("@a",), repository=True),
    )  # fmt: skip
    central = Policy(name="p", title="P", source="p", digest="", rules={name: effective})
    closed = {"select": {"all": True}, "waivable": {"approvers": [], "repository": False}}
    opened = {"select": {"all": True}, "waivable": {"repository": True}}
    tightened = layered(central, {"rules": [closed]}, tmp_path)
    assert tightened.rules[name].waivable == Waivable(approvers=(), repository=False)
    assert loosenings(central, tightened) == ()
    both = layered(central, {"rules": [closed, opened]}, tmp_path)
    assert both.layer is not None
    assert ["waivable.repository" in one.message for one in both.layer.refused] == [True]
    assert both.rules[name].waivable == Waivable(approvers=(), repository=False)
