"""A pull request tries to get past the central policy by what it writes into its repository."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from complygate import api, policy
from complygate.errors import PolicyError
from complygate.model.finding import Disposition
from complygate.model.policy import Level
from complygate.model.problem import ProblemKind
from complygate.model.report import Outcome, Report

DAY = dt.date(2026, 12, 1)
CENTRAL_RULE = """\
title: Maps have no secret
severity: high
tags: [central]
applies_to: kubernetes/ConfigMap
check: {cel: "!(params.word in self.?data.orValue({}))"}
params: {word: secret, allowed: []}
tighter: {allowed: fewer}
at: data
message: has a secret
why: W.
fix: F.
"""
CENTRAL = """\
name: central
title: Central
rules:
  - select: {ids: [central/no-secret]}
undecided: {UNDECIDED}
"""
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {secret: x}"
OWN_RULE = CENTRAL_RULE.replace("[central]", "[own]").replace("Maps have", "Our maps have")


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


@pytest.fixture
def central(tmp_path: Path) -> Path:
    write(
        tmp_path / "central",
        {
            "rules/central/no-secret.yaml": CENTRAL_RULE,
            "policies/central.yaml": CENTRAL.replace("UNDECIDED", ""),
        },
    )
    write(tmp_path / "repo", {"deploy/a.yaml": MAP + "\n"})
    return tmp_path


def scan(root: Path, **keys: Any) -> Report:
    return api.scan(api.ScanRequest((Path("repo"),), "central", root, DAY, **keys))


def blocks(report: Report) -> bool:
    return any(
        f.rule == "central/no-secret" and f.disposition is Disposition.ACTIVE and f.level is Level.ENFORCE
        for f in report.findings
    )


ALL = "rules:\n- select: {all: true}\n"
ATTEMPTS: dict[str, tuple[dict[str, str], int]] = {
    "level": ({".complygate.yaml": "rules:\n- select: {all: true}\n  enforcement: warn\n"}, 3),
    "off": ({".complygate.yaml": "rules:\n- select: {tags: [central]}\n  enforcement: off\n"}, 3),
    "calendar": (
        {".complygate.yaml": f"{ALL}  enforcement: {{warn: 2026-01-01, enforce: 2028-01-01}}\n"},
        3,
    ),
    "severity": ({".complygate.yaml": "rules:\n- select: {all: true}\n  severity: low\n"}, 3),
    "parameter": ({".complygate.yaml": "rules:\n- select: {all: true}\n  params: {word: other}\n"}, 3),
    "paths": ({".complygate.yaml": "rules:\n- select: {all: true}\n  scope: {paths: [docs/**]}\n"}, 3),
    "waivable": (
        {
            ".complygate.yaml": f"{ALL}  waivable: {{inline: true, require_reason: false}}\n",
            "deploy/a.yaml": MAP + "  # complygate: ignore[central/no-secret] why\n",
        },
        3,
    ),
    "exclude": ({".complygate.yaml": 'exclude: ["**"]\n'}, 1),
    "exclude by halves": ({".complygate.yaml": 'exclude: ["[a-m]*/**", "[n-z]*/**", "*"]\n'}, 1),
    "scope": ({".complygate.yaml": "scope: {paths: [docs/**]}\n"}, 1),
    "undecided": ({".complygate.yaml": "undecided: {parse-error: warn, engine-error: warn}\n"}, 1),
    "flow style, anchors and tags": (
        {".complygate.yaml": "{rules: [{select: &a {all: !!bool true}, enforcement: !!str 'warn'}]}\n"},
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTEMPTS)
def test_each_attempt_is_refused_with_its_line_and_the_finding_still_blocks(central: Path, name: str) -> None:
    files, line = ATTEMPTS[name]
    write(central / "repo", files)
    report = scan(central)
    refused = [p for p in report.problems if p.kind is ProblemKind.LOOSENING]
    assert blocks(report)
    assert report.verdict.exit_code == 1
    assert refused
    assert all(p.path == ".complygate.yaml" and p.span is not None and p.hint for p in refused)
    assert min(p.span.line for p in refused if p.span) == line
    assert report.policy.digest == policy.load("central", base=central).digest


@pytest.mark.parametrize(("gated", "outcome"), [("", Outcome.PASS), ("loosening: fail", Outcome.UNDECIDED)])
def test_an_attempt_can_be_gated(central: Path, gated: str, outcome: Outcome) -> None:
    write(central, {"central/policies/central.yaml": CENTRAL.replace("UNDECIDED", gated)})
    write(central / "repo", {"deploy/a.yaml": MAP.replace("secret", "other"), **ATTEMPTS["exclude"][0]})
    assert scan(central).verdict.outcome is outcome


def test_an_ignore_where_none_is_allowed_can_be_gated_too(central: Path) -> None:
    write(central / "repo", {"deploy/a.yaml": MAP + "  # complygate: ignore[central/no-secret] why\n"})
    before = scan(central)
    assert blocks(before)
    assert [(n.path, n.line) for n in before.notices] == [("deploy/a.yaml", 4)]
    write(central, {"central/policies/central.yaml": CENTRAL.replace("UNDECIDED", "loosening: fail")})
    after = scan(central)
    assert blocks(after)
    assert [(p.kind, p.path, p.rule) for p in after.problems] == [
        (ProblemKind.LOOSENING, "deploy/a.yaml", "central/no-secret")
    ]


BROKEN: dict[str, dict[str, str]] = {
    "duplicate key": {".complygate.yaml": "exclude: []\nundecided: {parse-error: fail}\nexclude: []\n"},
    "second document": {".complygate.yaml": "undecided: {parse-error: fail}\n---\nexclude: []\n"},
    "not a map": {".complygate.yaml": "- a\n"},
    "unknown key": {".complygate.yaml": "baseline: {until: 2030-01-01}\n"},
    "huge": {".complygate.yaml": "# " + "x" * 300_000 + "\nexclude: []\n"},
    "aliases that grow": {
        ".complygate.yaml": "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghi"))
    },
    "a rule's id": {
        ".complygate.yaml": "rules_from: own\nrules: [{select: {ids: [central/no-secret]}}]\n",
        "own/central/no-secret.yaml": CENTRAL_RULE.replace("params.word in self.?data.orValue({})", "false"),
    },
    "a built-in rule's id": {
        ".complygate.yaml": "rules_from: own\nrules: [{select: {ids: [kubernetes/privileged]}}]\n",
        "own/kubernetes/privileged.yaml": OWN_RULE,
    },
    "an alias that is a rule's id": {
        ".complygate.yaml": "rules_from: own\nrules: [{select: {ids: [own/a]}}]\n",
        "own/own/a.yaml": OWN_RULE + "aliases: [central/no-secret]\n",
    },
    "outside": {".complygate.yaml": "rules_from: ../central/rules\n"},
    "selects nothing": {".complygate.yaml": "rules: [{select: {ids: [nothing/*]}}]\n"},
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_ends_the_scan_with_its_line(central: Path, name: str) -> None:
    write(central / "repo", BROKEN[name])
    with pytest.raises(PolicyError) as error:
        scan(central)
    assert error.value.place is not None


@pytest.mark.parametrize("target", ["file", "folder", "nowhere", "rules", "rule"])
def test_links_are_not_followed(central: Path, target: str) -> None:
    repo, config = central / "repo", central / "repo/.complygate.yaml"
    write(central, {"elsewhere/c.yaml": 'exclude: ["**"]\n', "elsewhere/rules/own/a.yaml": OWN_RULE})
    if target in {"file", "folder", "nowhere"}:
        config.symlink_to(
            central / {"file": "elsewhere/c.yaml", "folder": "elsewhere", "nowhere": "no"}[target]
        )
    else:
        config.write_text("rules_from: own\nrules: [{select: {ids: [own/a]}}]\n")
    if target == "rules":
        (repo / "own").symlink_to(central / "elsewhere/rules")
    if target == "rule":
        (repo / "own/own").mkdir(parents=True)
        (repo / "own/own/a.yaml").symlink_to(central / "elsewhere/rules/own/a.yaml")
    with pytest.raises(PolicyError, match=r"link"):
        scan(central)


def test_a_file_in_a_folder_below_counts_for_nothing(central: Path) -> None:
    write(central / "repo", {"deploy/.complygate.yaml": 'exclude: ["**"]\n'})
    report = scan(central)
    assert blocks(report)
    assert report.policy.layer is None


def test_what_a_repository_adds_applies(central: Path) -> None:
    write(
        central / "repo",
        {
            ".complygate.yaml": "rules_from: own\nrules: [{select: {ids: [own/*]}, severity: critical}]\n",
            "own/own/a.yaml": OWN_RULE,
        },
    )
    report = scan(central)
    assert [f.rule for f in report.findings] == ["central/no-secret", "own/a"]
    assert report.problems == ()
    layer = report.policy.layer
    assert layer is not None
    assert layer.digest not in {"", report.policy.digest}
    assert {name: [str(place) for place in at] for name, at in layer.changed.items()} == {
        "own/a": [".complygate.yaml:2:9"]
    }


def test_a_rule_that_takes_for_ever_does_not_turn_the_gate_green(central: Path) -> None:
    deep = "{}".replace("{}", "[1,2,3,4,5,6,7,8,9].all(a, " * 12 + "true" + ")" * 12)
    write(
        central / "repo",
        {
            ".complygate.yaml": "rules_from: own\nrules: [{select: {ids: [own/a]}}]\n",
            "own/own/a.yaml": OWN_RULE.replace("!(params.word in self.?data.orValue({}))", deep),
        },
    )
    try:
        report = scan(central)
    except PolicyError:  # refused when it is compiled
        return
    assert blocks(report)


SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "zizmor", "rules": [{"id": "bad"}]}},
            "results": [
                {
                    "ruleId": "bad", "level": "error", "message": {"text": "bad"},
                    "locations": [{"physicalLocation": {
                        "artifactLocation": {"uri": "deploy/a.yaml"}, "region": {"startLine": 2}}}],
                }
            ],
        }
    ],
}  # fmt: skip
IMPORTED = CENTRAL_RULE.partition("applies_to")[0] + 'check: {sarif: {tool: zizmor, rule: "RULE"}}\n' + (
    "message: bad\nwhy: W.\nfix: F.\n"
)  # fmt: skip

OWN = "rules_from: own\nrules: [{select: {ids: [own/a]},"


def test_a_rule_of_the_tree_takes_no_tool_s_result_from_the_policy(central: Path) -> None:
    """A result goes to the rule that asks most exactly: here to one that the pull request brings."""
    write(
        central,
        {
            "central/rules/central/no-secret.yaml": IMPORTED.replace("RULE", "*"),
            "results.sarif": json.dumps(SARIF),
            "repo/.complygate.yaml": f"{OWN} enforcement: audit}}]\n",
            "repo/own/own/a.yaml": IMPORTED.replace("RULE", "bad"),
        },
    )
    report = scan(central, imports=(central / "results.sarif",))
    assert blocks(report)
    request = api.ScanRequest((Path("repo"),), "central", central, DAY, imports=(central / "results.sarif",))
    assert blocks(api.gate(request))


@pytest.mark.parametrize("alias", ["zizmor/bad", "bad"])
def test_a_rule_of_the_tree_stands_in_for_no_tool_s_check(central: Path, alias: str) -> None:
    """It would be reported in the check's place, and be excused by an ignore that it allows itself."""
    write(
        central,
        {
            "central/rules/central/no-secret.yaml": IMPORTED.replace("RULE", "*"),
            "results.sarif": json.dumps(SARIF),
            "repo/deploy/a.yaml": MAP.replace("ConfigMap", "ConfigMap  # complygate: ignore[own/a] mine")
            + "\n",
            "repo/.complygate.yaml": f"{OWN} waivable: {{inline: true}}}}]\n",
            "repo/own/own/a.yaml": OWN_RULE.replace("at: data", "at: kind") + f"aliases: [{alias}]\n",
        },
    )
    report = scan(central, imports=(central / "results.sarif",))
    assert [f.disposition for f in report.findings if f.rule == "own/a"] == [Disposition.WAIVED]
    assert blocks(report)


def test_more_files_do_not_satisfy_a_rule_on_the_repository(central: Path) -> None:
    """The policy looks at deploy/**, where there is no chart; a wider scope must not show it one."""
    rule = CENTRAL_RULE.partition("applies_to")[0] + (
        "applies_to: repository\nreads: [npm/package]\n"
        "check: {cel: \"size(repo.documents['npm/package']) > 0\"}\n"
        "message: no package\nwhy: W.\nfix: F.\n"
    )
    text = CENTRAL.replace("UNDECIDED", "") + "scope: {paths: [deploy/**]}\n"
    write(central, {"central/rules/central/no-secret.yaml": rule, "central/policies/central.yaml": text})
    write(central / "repo", {"package.json": '{"name": "a", "version": "1.0.0"}'})
    assert blocks(scan(central))
    write(central / "repo", {".complygate.yaml": 'scope: {paths: ["**"]}\n'})
    report = scan(central)
    assert report.coverage.files > 1
    assert blocks(report)


_levels: list[Any] = ["off", "audit", "warn", "enforce", {"warn": "2026-01-01"}, {"off": "2020-01-01"}]
_selects: list[Any] = [{"all": True}, {"ids": ["central/*"]}, {"tags": ["central"]}, {"ids": ["own/a"]}]
_keys = st.fixed_dictionaries(
    {"select": st.sampled_from(_selects)},
    optional={
        "enforcement": st.sampled_from(_levels),
        "severity": st.sampled_from(["critical", "info"]),
        "params": st.fixed_dictionaries({"word": st.sampled_from(["secret", "other"])}),
        "waivable": st.fixed_dictionaries({"inline": st.booleans(), "require_reason": st.booleans()}),
        "scope": st.fixed_dictionaries({"paths": st.sampled_from([["**"], ["docs/**"], ["deploy/b*"]])}),
    },
)  # fmt: skip
_files = st.fixed_dictionaries(
    {"rules_from": st.just("own"), "rules": st.lists(_keys, min_size=1, max_size=3)},
    optional={
        "exclude": st.sampled_from([["**"], ["deploy/**"], ["*/*.yaml"]]),
        "scope": st.sampled_from([{"paths": ["**"]}, {"paths": ["docs/**"]}]),
        "undecided": st.dictionaries(
            st.sampled_from(list(ProblemKind)), st.sampled_from(["warn", "fail"]), min_size=1
        ),
    },
)  # fmt: skip
_ignores = st.sampled_from(
    ["", "central/no-secret", "own/a", "ALIAS", "central/no-secret, own/a, ALIAS", "*", "central/*"]
)


@settings(max_examples=40 if settings().max_examples <= 100 else 1000)
@given(layer=_files, ignored=_ignores, aliases=st.sampled_from(["", "aliases: [ALIAS]\n"]))
def test_no_file_of_a_repository_lets_a_blocking_finding_pass(
    tmp_path: Path, layer: dict[str, Any], ignored: str, aliases: str
) -> None:
    write(
        tmp_path,
        {
            "central/rules/central/no-secret.yaml": CENTRAL_RULE,
            "central/policies/central.yaml": CENTRAL.replace("UNDECIDED", ""),
            "repo/deploy/a.yaml": f"{MAP}  # complygate: ignore[{ignored}] until=2027-01-01 why\n",
            "repo/own/own/a.yaml": OWN_RULE + aliases,
            "repo/.complygate.yaml": json.dumps(layer),
        },
    )
    report = scan(tmp_path)
    event(f"refused something: {any(p.kind is ProblemKind.LOOSENING for p in report.problems)}")
    event(f"changed something: {bool(report.policy.layer and report.policy.layer.digest)}")
    assert blocks(report)
    assert report.verdict.exit_code == 1
