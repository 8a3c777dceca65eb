""" "Cannot fail" is never wrong: random versions of a policy, judging real files on every day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complygate import api
from complygate.blast import Blast, Fate
from complygate.discover import find_root, list_tree
from complygate.model.policy import Effect, EffectiveRule, Enforcement, Level, Policy, Somewhere, Waivable
from complygate.model.problem import ProblemKind
from complygate.model.report import Outcome, Report
from complygate.model.rule import Rule, Severity
from complygate.policy.diff import Impact, compare, verdict

DAYS = [dt.date(2026, month, 1) for month in range(1, 6)]
FILES = {
    "deploy/a.yaml": "kind: Pod\napiVersion: v1\nmetadata: {name: a, labels: {x: y}}\n",
    "lab/b.yaml": "kind: Pod\napiVersion: v1\n# complygate: ignore[own/a, own/b] known\n"
    "metadata: {name: b}\n",
    "lab/sub/c.yaml": "kind: Pod\napiVersion: v1\nmetadata: {name: c}\n",
}
CHECKS = ["!(self.name in params.names)", "has(self.labels)", "self.name != 'b'", "true"]


def rule(name: str, check: str) -> Rule:
    return Rule(
        id=name, title="T", severity=Severity.LOW, applies_to=("kubernetes/Pod",), engine="cel", check=check,
        message="{self.name}", why="w", fix="f", select="$.metadata", params={"names": ["a"]},
    )  # fmt: skip


levels = st.sampled_from(list(Level))
calendars = st.one_of(
    levels.map(lambda level: Enforcement(((dt.date.min, level),))),
    st.lists(st.tuples(st.sampled_from(DAYS), levels), min_size=1, max_size=3, unique_by=lambda s: s[0]).map(
        lambda steps: Enforcement(tuple(sorted(steps)))
    ),
)
globs = st.lists(
    st.sampled_from(["**", "deploy/**", "lab/**", "lab/*", "deploy/a.yaml", "**/b.yaml"]),
    min_size=1,
    max_size=2,
).map(tuple)


@st.composite
def uses(draw: st.DrawFn, name: str) -> EffectiveRule:
    return EffectiveRule(
        rule=rule(name, draw(st.sampled_from(CHECKS))),
        enforcement=draw(calendars),
        severity=draw(st.sampled_from(list(Severity))),
        params={"names": draw(st.lists(st.sampled_from("abc"), max_size=2, unique=True))},
        waivable=draw(st.builds(Waivable, inline=st.booleans(), require_until=st.booleans())),
        paths=draw(globs),
        somewhere=draw(st.lists(st.builds(Somewhere, globs, calendars), max_size=2).map(tuple)),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    names = draw(st.sets(st.sampled_from(["own/a", "own/b"]), min_size=1))
    return Policy(
        name="p", title="P", source="p", digest="",
        rules={name: draw(uses(name)) for name in sorted(names)},
        undecided={ProblemKind.NOTHING_SCANNED: draw(st.sampled_from(list(Effect)))},
        exclude=draw(st.sampled_from([(), (), ("lab/**",)])),
    )  # fmt: skip


@st.composite
def versions(draw: st.DrawFn) -> tuple[Policy, Policy]:
    """A policy and another one, or the same with little changed."""
    old = draw(policies())
    new = draw(st.one_of(policies(), st.just(old)))
    name = draw(st.sampled_from(sorted(new.rules)))
    change: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "enforcement": calendars,
                "paths": globs,
                "waivable": st.builds(Waivable, inline=st.booleans()),
                "somewhere": st.lists(st.builds(Somewhere, globs, calendars), max_size=1).map(tuple),
            },
        )
    )
    return old, replace(new, rules={**new.rules, name: replace(new.rules[name], **change)})


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def request(tree: Path, day: dt.date) -> api.ScanRequest:
    return api.ScanRequest((tree,), "p", tree, day)


def scanned(tree: Path, chosen: Policy, day: dt.date) -> Report:
    found = list_tree(find_root((tree,), tree), exclude=chosen.exclude, scope=chosen.scope_paths)
    return api.judge_tree(found, api.compile_policy(chosen.rules.values(), day), chosen, request(tree, day))


@given(versions(), st.sampled_from(DAYS))
@settings(max_examples=300)
def test_a_change_that_cannot_fail_fails_nothing(
    tree: Path, both: tuple[Policy, Policy], day: dt.date
) -> None:
    found = compare(*both, day)
    since = min((one.since for one in found if one.since), default=None)
    assert (since is not None) == (verdict(found) is Impact.MAJOR)
    for later in (one for one in [*DAYS, DAYS[-1] + dt.timedelta(days=9)] if one >= day):
        before, after = (scanned(tree, chosen, later).verdict for chosen in both)
        if before.outcome is Outcome.PASS and after.outcome is not Outcome.PASS:
            assert since is not None
            assert since <= later
        if not found:
            assert replace(before) == after


class _Ready:
    """A version that is resolved already."""

    def __init__(self, chosen: Policy) -> None:
        self._chosen = chosen
        self.written = self
        self.chosen = None
        self.is_for_some = False

    def resolved(self, _: object) -> Policy:
        return self._chosen


@given(versions(), st.sampled_from(DAYS))
@settings(max_examples=150)
def test_reading_once_says_what_two_scans_say(tree: Path, both: tuple[Policy, Policy], day: dt.date) -> None:
    old, new = map(_Ready, both)
    (found,) = Blast(old, new, request(tree, day)).over([tree])  # type: ignore[arg-type]
    assert found.reads == (1 if both[0].exclude == both[1].exclude else 2)
    assert found.fate is not Fate.UNREADABLE
    for moment in found.moments:
        expected = [scanned(tree, chosen, moment.day).verdict for chosen in both]
        assert [moment.before, moment.after] == expected
    reports = [scanned(tree, chosen, day) for chosen in both]
    keys = [{(f.rule, f.fingerprint) for f in report.findings} for report in reports]
    today = [one for one in found.tallies if one.since == day]
    assert sum(one.added for one in today) == len(keys[1] - keys[0])
    assert sum(one.removed for one in today) == len(keys[0] - keys[1])
