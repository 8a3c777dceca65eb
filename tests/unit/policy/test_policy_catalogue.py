"""A policy takes checks of a tool's own catalogue, and only where it says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.unit.policy.sets import POLICY, RULE, Files, write

from complygate import policy
from complygate.engines.checkov.catalogue import known, version
from complygate.model.policy import Policy
from complygate.model.rule import Severity


def chosen(folder: Path, entry: str) -> Policy:
    write(folder, {"policies/p.yaml": POLICY.replace("{ids: [t/r]}", entry)})
    return policy.load(".", base=folder)


def checks(folder: Path, entry: str) -> list[str]:
    return [name.removeprefix("checkov/") for name in chosen(folder, entry).rules]


def test_a_check_becomes_a_rule_with_its_name_severity_and_alias(tmp_path: Path) -> None:
    taken = chosen(tmp_path, "{checkov: [CKV_K8S_16]}").rules["checkov/CKV_K8S_16"]
    assert taken.rule.title == "Container should not be privileged"
    assert taken.severity is Severity.CRITICAL
    assert taken.rule.engine == "checkov"
    assert taken.rule.check == ["CKV_K8S_16"]
    assert taken.rule.aliases == ("CKV_K8S_16",)
    assert str(taken.decided_by) == "policies/p.yaml:4:5"


def test_globs_take_families(tmp_path: Path) -> None:
    found = checks(tmp_path, "{checkov: ['CKV_GHA_*', 'CKV2_DOCKER_1?', CKV_TF_1]}")
    assert set(found) == {
        *(f"CKV_GHA_{n}" for n in range(1, 8)),
        *(f"CKV2_DOCKER_{n}" for n in range(10, 18)),
        "CKV_TF_1",
    }


@pytest.mark.parametrize(
    ("criterion", "found"),
    [
        ("severity: '>=high'", {"CKV_GHA_1", "CKV_GHA_2", "CKV_GHA_3", "CKV_GHA_4"}),
        ("severity: low", {"CKV_GHA_5", "CKV_GHA_6", "CKV_GHA_7"}),
        ("tags: [github-actions], severity: low", {"CKV_GHA_5", "CKV_GHA_6", "CKV_GHA_7"}),
        ("ids: ['checkov/*_GHA_7', t/r]", {"CKV_GHA_7"}),
    ],
)
def test_a_check_must_meet_every_criterion(tmp_path: Path, criterion: str, found: set[str]) -> None:
    assert set(checks(tmp_path, f"{{checkov: ['CKV_GHA_*'], {criterion}}}")) == found


@pytest.mark.parametrize("word", ["CKV_GHA_1", "checkov/CKV_GHA_1", "CKV_GHA_[1]", "checkov/*_1"])
def test_except_leaves_checks_out_by_either_name(tmp_path: Path, word: str) -> None:
    entry = f"{{checkov: ['CKV_GHA_*']}}\n    except: ['{word}', CKV_GHA_2]"
    assert set(checks(tmp_path, entry)) == {f"CKV_GHA_{n}" for n in range(3, 8)}


@pytest.mark.parametrize(
    "entry",
    ["{all: true}", "{tags: [kubernetes]}", "{severity: critical}", "{ids: ['**']}", "{ids: ['*/*']}"],
)
def test_no_check_is_taken_without_being_asked_for(tmp_path: Path, entry: str) -> None:
    tagged = RULE.replace("severity: high", "severity: critical\ntags: [kubernetes]")
    write(tmp_path, {"rules/t/r.yaml": tagged, "policies/p.yaml": POLICY.replace("{ids: [t/r]}", entry)})
    taken = policy.load(".", base=tmp_path).rules
    assert "t/r" in taken
    assert not [name for name in taken if name.startswith("checkov/")]


def test_ids_of_the_catalogue_ask_for_it(tmp_path: Path) -> None:
    assert checks(tmp_path, "{ids: [checkov/CKV_K8S_16, t/r]}") == ["CKV_K8S_16", "t/r"]


def test_a_later_entry_changes_what_it_names(tmp_path: Path) -> None:
    entries = "{checkov: ['CKV_GHA_*']}\n  - select: {checkov: [CKV_GHA_2]}\n    severity: low"
    taken = chosen(tmp_path, entries).rules
    assert {str(taken[f"checkov/CKV_GHA_{n}"].severity) for n in (1, 2)} == {"high", "low"}


def test_the_choice_of_checks_is_in_the_digest(tmp_path: Path) -> None:
    one = chosen(tmp_path / "a", "{checkov: ['CKV_GHA_*']}").digest
    assert one == chosen(tmp_path / "b", "{checkov: ['CKV_GHA_?']}").digest
    assert one != chosen(tmp_path / "c", "{checkov: ['CKV_GHA_*', CKV_TF_1]}").digest


def test_the_examples_of_the_docs_are_right(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/checkov.md").read_text("utf-8")
    taken, own = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[:2]
    files: Files = {
        "policies/p.yaml": None, "rules/t/r.yaml": None, "policies/shop.yaml": taken, "rules/own/r.yaml": own,
    }  # fmt: skip
    write(tmp_path, files)
    rules = policy.load(".", base=tmp_path).rules
    assert rules["checkov/CKV_TF_1"].severity is Severity.LOW
    assert "checkov/CKV_AWS_24" in rules
    assert rules.keys().isdisjoint({"checkov/CKV_AWS_88", "checkov/CKV_AWS_3"})
    assert policy.load_set(".", base=tmp_path).rules["own/r"].check == ["CKV_K8S_16", "CKV_AWS_334"]
    assert f"{len(known()):,} in checkov {version()}" in page


def test_only_imported_results_may_bring_their_own_severity(tmp_path: Path) -> None:
    text = "title: T\ncheck: {sarif: {tool: zizmor, rule: 'a-*'}}\nmessage: '{detail}'\nwhy: W.\nfix: F.\n"
    write(tmp_path, {"rules/t/r.yaml": text})
    assert policy.load(".", base=tmp_path).rules["t/r"].severity_from_tool
    write(tmp_path, {"rules/t/r.yaml": f"severity: low\n{text}"})
    taken = policy.load(".", base=tmp_path).rules["t/r"]
    assert (taken.severity, taken.severity_from_tool) == (Severity.LOW, False)
