"""Random policies and rules, for tests of what is tighter."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from complygate.model.layer import Overridable
from complygate.model.policy import Effect, EffectiveRule, Enforcement, Level, Policy, Somewhere, Waivable
from complygate.model.problem import ProblemKind
from complygate.model.rule import Rule, Severity

DAYS = [dt.date(2026, month, 1) for month in range(1, 7)]
DATES = [DAYS[0] - dt.timedelta(days=1), *DAYS]
GLOBS = ["**", "deploy/**", "deploy/a.yaml", "*.yaml", "**/a.yaml", "other/**", "deploy/*", "[do]*/**"]
PATHS = [
    "a.yaml",
    "deploy/a.yaml",
    "deploy/sub/a.yaml",
    "deploy/b.txt",
    "other/a.yaml",
    "x/y/a.yaml",
    "b.txt",
]
DIRECTIONS = {
    "few": "fewer", "many": "more", "low": "lower", "high": "higher", "on": "true", "off": "false",
    "given": "given",
}  # fmt: skip
"""Parameters of the rules here, each with the way that is tighter; `free` has none."""


def rule(name: str, **keys: Any) -> Rule:
    defaults = {
        "few": ["a", "b"],
        "many": ["a", "b"],
        "low": 5,
        "high": 5,
        "on": False,
        "off": True,
        "given": [],
        "free": 1,
    }
    return Rule(
        id=name, title="T", severity=Severity.MEDIUM, applies_to=("kubernetes/Pod",), engine="cel",
        check="true", message="m", why="w", fix="f", params=defaults, tighter=DIRECTIONS, **keys,
    )  # fmt: skip


levels = st.sampled_from(list(Level))
calendars = st.one_of(
    levels.map(lambda level: Enforcement(((dt.date.min, level),))),
    st.lists(st.tuples(st.sampled_from(DAYS), levels), min_size=1, max_size=3, unique_by=lambda s: s[0]).map(
        lambda steps: Enforcement(tuple(sorted(steps)))
    ),
)
globs = st.lists(st.sampled_from(GLOBS), min_size=1, max_size=3, unique=True).map(tuple)
params = st.fixed_dictionaries(
    {
        "few": st.lists(st.sampled_from("abc"), max_size=3, unique=True),
        "many": st.lists(st.sampled_from("abc"), max_size=3, unique=True),
        "low": st.integers(0, 9),
        "high": st.integers(0, 9),
        "on": st.booleans(),
        "off": st.booleans(),
        "given": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
        "free": st.integers(0, 2),
    }
)
terms = st.builds(
    Waivable,
    inline=st.booleans(),
    approvers=st.lists(st.sampled_from(["@a", "@b", "@*"]), max_size=2, unique=True).map(tuple),
    max_days=st.one_of(st.none(), st.integers(1, 90)),
    require_reason=st.booleans(),
    require_until=st.booleans(),
    tool_skips=st.booleans(),
    repository=st.booleans(),
    globs=st.booleans(),
)
overridables = st.builds(
    Overridable,
    enforcement=st.one_of(st.none(), levels),
    severity=st.one_of(st.none(), st.sampled_from(list(Severity))),
    params=st.lists(st.sampled_from([*DIRECTIONS, "free"]), max_size=2, unique=True).map(tuple),
    paths=st.booleans(),
    waivable=st.one_of(st.none(), terms),
)
somewheres = st.lists(st.builds(Somewhere, globs, calendars), max_size=2).map(tuple)


@st.composite
def effective_rules(draw: st.DrawFn, name: str, *, overridable: bool = False) -> EffectiveRule:
    return EffectiveRule(
        rule=rule(name),
        enforcement=draw(calendars),
        severity=draw(st.sampled_from(list(Severity))),
        params=draw(params),
        waivable=draw(terms),
        paths=draw(globs),
        severity_from_tool=draw(st.booleans()),
        somewhere=draw(st.one_of(st.just(()), somewheres)),
        overridable=draw(st.one_of(st.none(), overridables)) if overridable else None,
    )


@st.composite
def policies(draw: st.DrawFn, *, overridable: bool = False) -> Policy:
    names = draw(st.sets(st.sampled_from(["own/a", "own/b", "own/c"]), min_size=1))
    effects = st.sampled_from(list(Effect))
    return Policy(
        name="p", title="P", source="p", digest="",
        rules={name: draw(effective_rules(name, overridable=overridable)) for name in sorted(names)},
        undecided={kind: draw(effects) for kind in ProblemKind},
        exclude=draw(st.one_of(st.just(()), globs)),
        scope_paths=draw(globs),
    )  # fmt: skip
