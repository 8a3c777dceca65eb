"""A policy applied to rules: who is selected, what later entries change, and what the digest covers."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import fields, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policy.sets import POLICY, RULE, mistakes, write

from complygate import policy
from complygate.errors import Place
from complygate.model.baseline import BaselineTerms
from complygate.model.cohort import Criteria, Unclear
from complygate.model.policy import (
    DEFAULT_UNDECIDED,
    Effect,
    EffectiveRule,
    Enforcement,
    Level,
    Policy,
    Somewhere,
    Waivable,
)
from complygate.model.problem import ProblemKind
from complygate.model.rule import Rule, Severity
from complygate.model.waiver import Waiver
from complygate.policy.resolve import digest as digest_of

CONTROLS = "id: own\ntitle: Own\ncontrols:\n  - {id: A-1, title: A}\n  - {id: B-1, title: B}\n"
HEAD = "name: p\ntitle: P\n"


def a_rule(**keys: str) -> str:
    """Return a rule with further keys, or with others in place of its own."""
    lines = [line for line in RULE.split("\n") if line.partition(":")[0] not in keys]
    return "\n".join([f"{key}: {value}" for key, value in keys.items()] + lines)


RULES = {
    "rules/t/a.yaml": a_rule(
        tags="[red]", severity="critical", controls="[own/A-1]", params="{limit: 3, names: []}"
    ),
    "rules/t/b.yaml": a_rule(tags="[red, blue]", severity="medium", controls="[own/B-1]"),
    "rules/u/c.yaml": a_rule(tags="[blue]", severity="low"),
    "rules/t/r.yaml": None,
    "controls/own.yaml": CONTROLS,
}  # fmt: skip


def resolved(folder: Path, text: str) -> Policy:
    return policy.load(".", base=write(folder, {**RULES, "policies/p.yaml": HEAD + text}))


@pytest.mark.parametrize(
    ("entry", "ids"),
    [
        ("{ids: [t/a]}", ["t/a"]),
        ("{ids: ['t/*']}", ["t/a", "t/b"]),
        ("{ids: [t/a, u/c]}", ["t/a", "u/c"]),
        ("{ids: ['[tu]/*'], severity: low}", ["u/c"]),
        ("{tags: [red]}", ["t/a", "t/b"]),
        ("{tags: [red, blue], ids: ['?/*']}", ["t/a", "t/b", "u/c"]),
        ("{controls: [own/A-1]}", ["t/a"]),
        ("{controls: ['own/*']}", ["t/a", "t/b"]),
        ("{severity: '>=medium', ids: ['t/*', 'u/*']}", ["t/a", "t/b"]),
        ("{severity: [critical, low], ids: ['t/*', 'u/*']}", ["t/a", "u/c"]),
        ("{severity: critical, tags: [red]}", ["t/a"]),
    ],
)
def test_selecting(tmp_path: Path, entry: str, ids: list[str]) -> None:
    assert list(resolved(tmp_path, f"rules:\n  - select: {entry}\n").rules) == ids


def test_all_includes_the_built_in_rules(tmp_path: Path) -> None:
    chosen = resolved(tmp_path, "rules:\n  - select: {all: true}\n    except: [t/b]\n").rules
    assert {"t/a", "u/c", "kubernetes/privileged"} <= set(chosen)
    assert "t/b" not in chosen


def test_a_control_that_no_rule_serves_selects_nothing(tmp_path: Path) -> None:
    text = HEAD + "rules:\n  - select: {controls: [own/C-1]}\n"
    found = mistakes(
        tmp_path,
        {**RULES, "controls/own.yaml": CONTROLS + "  - {id: C-1, title: C}\n", "policies/p.yaml": text},
    )
    assert found == [("policies/p.yaml:4:13: select: selects no rule", "a rule must meet every criterion")]


def test_defaults(tmp_path: Path) -> None:
    chosen = resolved(tmp_path, "rules:\n  - select: {ids: [t/a]}\n")
    rule = chosen.rules["t/a"]
    assert rule.enforcement.on(dt.date(2000, 1, 1)) is Level.ENFORCE
    assert rule.severity is Severity.CRITICAL
    assert rule.params == {"limit": 3, "names": []}
    assert rule.waivable == Waivable()
    assert rule.paths == ("**",)
    assert str(rule.decided_by) == "policies/p.yaml:4:5"
    assert chosen.undecided == DEFAULT_UNDECIDED
    assert (chosen.exclude, chosen.scope_paths) == ((), ("**",))


def test_a_later_entry_changes_only_what_it_names(tmp_path: Path) -> None:
    text = """\
rules:
  - select: {ids: ["t/*"]}
    enforcement: warn
    severity: high
    waivable: {max_days: 30}
    scope: {paths: ["deploy/**"]}
  - select: {ids: [t/a]}
    params: {limit: 5}
    waivable: {inline: true}
  - select: {ids: [t/b]}
    enforcement: enforce
    severity: info
waivable: {require_until: true}
undecided: {not-rendered: fail}
exclude: ["vendor/**"]
scope: {paths: ["src/**"]}
"""
    chosen = resolved(tmp_path, text)
    a, b = chosen.rules["t/a"], chosen.rules["t/b"]
    day = dt.date(2026, 1, 1)
    assert (a.enforcement.on(day), b.enforcement.on(day)) == (Level.WARN, Level.ENFORCE)
    assert (a.severity, b.severity) == (Severity.HIGH, Severity.INFO)
    assert (a.params["limit"], a.paths, b.paths) == (5, ("deploy/**",), ("deploy/**",))
    assert a.waivable == Waivable(inline=True, max_days=30, require_until=True)
    assert b.waivable == Waivable(max_days=30, require_until=True)
    assert (str(a.decided_by), str(b.decided_by)) == ("policies/p.yaml:9:5", "policies/p.yaml:12:5")
    assert chosen.undecided[ProblemKind.NOT_RENDERED] is Effect.FAIL
    assert chosen.undecided[ProblemKind.PARSE_ERROR] is Effect.FAIL
    assert (chosen.exclude, chosen.scope_paths) == (("vendor/**",), ("src/**",))


def test_a_rule_that_is_switched_off_is_gone(tmp_path: Path) -> None:
    text = "rules:\n  - select: {ids: ['t/*']}\n  - select: {ids: [t/a]}\n    enforcement: 'off'\n"
    assert list(resolved(tmp_path, text).rules) == ["t/b"]


def test_a_calendar(tmp_path: Path) -> None:
    text = """\
rules:
  - select: {ids: [t/a]}
    enforcement: {enforce: 2027-02-01, audit: 2026-10-01, warn: 2026-12-01, off: 2028-01-01}
"""
    calendar = resolved(tmp_path, text).rules["t/a"].enforcement
    levels = {
        "2026-09-30": Level.OFF, "2026-10-01": Level.AUDIT, "2026-11-30": Level.AUDIT,
        "2026-12-01": Level.WARN, "2027-01-31": Level.WARN, "2027-02-01": Level.ENFORCE,
        "2028-01-01": Level.OFF,
    }  # fmt: skip
    assert {day: calendar.on(dt.date.fromisoformat(day)) for day in levels} == levels
    assert calendar.next_after(dt.date(2026, 10, 1)) == (dt.date(2026, 12, 1), Level.WARN)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("{limit: 4}", ""),
        ("{limit: 4.5}", ""),
        ("{names: [a]}", ""),
        ("{limit: many}", "params.limit: must be a number, as in t/a, not a string"),
        ("{limit: true}", "params.limit: must be a number, as in t/a, not true or false"),
        ("{names: a}", "params.names: must be a list, as in t/a, not a string"),
        ("{nams: [a]}", "params.nams: no selected rule has such a parameter"),
    ],
)
def test_a_parameter_has_the_type_of_its_default(tmp_path: Path, params: str, said: str) -> None:
    text = f"{HEAD}rules:\n  - select: {{ids: ['t/*']}}\n    params: {params}\n"
    found = [message for message, _ in mistakes(tmp_path, {**RULES, "policies/p.yaml": text})]
    assert found == ([f"policies/p.yaml:5:14: {said}"] if said else [])


BASE: dict[str, Any] = {
    **RULES,
    "policies/p.yaml": HEAD + 'rules:\n  - select: {ids: ["t/*"]}\nexclude: [a, b]\n',
}


def digest(folder: Path, **files: str) -> str:
    changed = {**BASE, **{name.replace("__", "/") + ".yaml": text for name, text in files.items()}}
    return policy.load(".", base=write(folder, changed)).digest


A, B = str(RULES["rules/t/a.yaml"]), str(BASE["policies/p.yaml"])


@pytest.mark.parametrize(
    "files",
    [
        {"rules__t__a": A.replace("'true'", "'self.x'")},
        {"rules__t__a": A.replace("critical", "high")},
        {"rules__t__a": A.replace("limit: 3", "limit: 4")},
        {"rules__t__a": A.replace("containers[*]", "containers[0]")},
        {"rules__t__a": A.replace("kubernetes/Pod", "kubernetes/Deployment")},
        {"rules__t__a": A + "at: name\n"},
        {"rules__t__a": A + "unknown: complies\n"},
        {"rules__t__a": A + "aliases: [OLD]\n"},
        {"rules__t__z": A},
        {"policies__p": B + "undecided: {parse-error: warn}\n"},
        {"policies__p": B + "scope: {paths: [x]}\n"},
        {"policies__p": B + "waivable: {inline: true}\n"},
        {"policies__p": B.replace("[a, b]", "[a]")},
        {"policies__p": B.replace('["t/*"]}', '["t/*"]}\n    enforcement: warn')},
        {"policies__p": B.replace('["t/*"]}', '["t/*"]}\n    enforcement: {enforce: 2027-01-01}')},
        {"policies__p": B.replace('["t/*"]}', '["t/*"]}\n    scope: {paths: [x]}')},
    ],
    ids=str,
)
def test_the_digest_changes_with_what_can_change_a_verdict(tmp_path: Path, files: dict[str, str]) -> None:
    assert digest(tmp_path / "a") != digest(tmp_path / "b", **files)


@pytest.mark.parametrize(
    "files",
    [
        {"rules__t__a": "# a comment\n" + A.replace("cel: 'true'", 'cel: "true"')},
        {"rules__t__a": A.replace("title: A title", "title: Another")},
        {"rules__t__a": A.replace("Because.", "Of course.")},
        {"rules__t__a": A + "examples: {pass: [a]}\n"},
        {"rules__u__d": A},
        {"policies__p": B.replace("[a, b]", "[b, a]").replace("title: P", "title: Q")},
        {"policies__p": B.replace('["t/*"]', "[t/b, t/a]")},
        {"policies__p": B.replace('["t/*"]}', '["t/*"]}\n    enforcement: enforce')},
        {"policies__p": B.replace("\n", "\r\n")},
    ],
    ids=str,
)
def test_the_digest_stays_when_no_verdict_can_change(tmp_path: Path, files: dict[str, str]) -> None:
    assert digest(tmp_path / "a") == digest(tmp_path / "elsewhere", **files)


# What a field holds, in place of what it held. A field that is new to these classes is in no table: whoever
# adds it says here whether it can change a verdict.
OF_A_RULE: dict[str, Any] = {
    "id": "t/z", "applies_to": ("kubernetes/Job",), "engine": "schema", "check": "false", "select": "$.x",
    "reads": ("npm/lock",), "at": "x", "unknown_complies": True, "aliases": ("X_1",),
}  # fmt: skip
OF_ITS_USE: dict[str, Any] = {
    "enforcement": Enforcement(((dt.date(2026, 1, 1), Level.WARN),)), "severity": Severity.INFO,
    "params": {"a": 1}, "waivable": Waivable(inline=True), "paths": ("x",), "severity_from_tool": True,
    "somewhere": (Somewhere(("x",), Enforcement(((dt.date.min, Level.WARN),))),),
}  # fmt: skip
OF_A_POLICY: dict[str, Any] = {
    "rules": {}, "undecided": {ProblemKind.PARSE_ERROR: Effect.WARN}, "exclude": ("x",),
    "scope_paths": ("x",),
    "waivers": (
        Waiver("t/r", "why", "a", dt.date(2026, 1, 1), dt.date(2026, 2, 1), Place("w.yaml"), paths=("x",)),
    ),
    "baseline": BaselineTerms(dt.date(2026, 1, 1)),
    "unclear": (Unclear(Criteria(owners=("@a/b",)), "", Place("p.yaml")),), "elsewhere": "owners @a/b",
}  # fmt: skip
SAID_ELSEWHERE = {
    # A rule's own severity, parameters and level are those of its use, unless that has others. What a lower
    # layer may change is said by what it did change: the layer has a digest of its own.
    Rule: {"severity", "params", "severity_from_tool", "level", "tighter"},
    EffectiveRule: {"rule", "decided_by", "owner", "overridable"},
    Policy: {
        "digest",
        "source",
        "name",
        "title",
        "controls",
        "origin",
        "extended",
        "overridable",
        "layer",
    },
}
WORDS = {
    "title", "message", "why", "fix", "tags", "controls", "references", "since", "deprecated", "replaced_by",
    "differs", "equivalent", "passing", "failing", "place", "places", "built_in",
}  # fmt: skip


def test_every_field_either_counts_or_is_known_not_to() -> None:
    named = {Rule: OF_A_RULE.keys() | WORDS, EffectiveRule: OF_ITS_USE.keys(), Policy: OF_A_POLICY.keys()}
    for kind, known in named.items():
        assert {field.name for field in fields(kind)} == known | SAID_ELSEWHERE[kind], kind


def test_every_field_that_counts_changes_the_digest(tmp_path: Path) -> None:
    chosen = policy.load(".", base=write(tmp_path))
    use = chosen.rules["t/r"]
    changed = [replace(chosen, **{name: value}) for name, value in OF_A_POLICY.items()]
    changed += [
        replace(chosen, rules={"t/r": replace(use, **{name: value})}) for name, value in OF_ITS_USE.items()
    ]
    changed += [
        replace(chosen, rules={"t/r": replace(use, rule=replace(use.rule, **{name: value}))})
        for name, value in OF_A_RULE.items()
    ]
    digests = [digest_of(one) for one in (chosen, *changed)]
    assert digests[0] == chosen.digest
    assert len(set(digests)) == len(digests)


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_count(random: Random) -> None:
    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key]) for key in keys}

    files = {"rules/t/r.yaml": a_rule(params="{b: 1, a: {y: [2], x: 3}}"), "policies/p.yaml": POLICY}
    mixed = {
        name: yaml.safe_dump(shuffled(yaml.safe_load(text)), sort_keys=False) for name, text in files.items()
    }
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        assert (
            policy.load(".", base=write(Path(one), {**files})).digest
            == policy.load(".", base=write(Path(other), {**mixed})).digest
        )


def test_the_digest_is_the_same_on_every_machine(tmp_path: Path) -> None:
    expected = "sha256:6ae1c1f4de63bf9483b473211414c2e844f25e94491b413695ffa6a2d6c231e6"
    assert policy.load(".", base=write(tmp_path, {"policies/p.yaml": POLICY})).digest == expected
