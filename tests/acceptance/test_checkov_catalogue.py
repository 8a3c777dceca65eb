"""What a user sees of Checkov's checks before any is run: lists, explanations, policies and mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.acceptance.conftest import Run

POLICY = """\
name: p
title: P
rules:
  - select: {checkov: ["CKV_AWS_*", "CKV2_*"], severity: ">=high"}
    except: [CKV_AWS_1]
    enforcement: warn
"""
RULE = """\
title: Nothing is privileged
severity: high
check:
  checkov:
    - CKV_K8S_16
    - CKV_K8S_9999
message: "{resource}: {detail}"
why: Because.
fix: Do it.
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_catalogue_is_listed_where_it_is_asked_for(run: Run) -> None:
    lines = run("rules", "list", "--engine", "checkov").out.splitlines()
    assert len(lines) > 1300
    assert any(line.split()[:2] == ["checkov/CKV_K8S_16", "critical"] for line in lines)
    assert "checkov/" not in run("rules", "list").out
    few = run("rules", "list", "checkov/CKV_GHA_*", "--tag", "github-actions", "-f", "json").out
    assert [rule["id"] for rule in json.loads(few)] == [f"checkov/CKV_GHA_{n}" for n in range(1, 8)]


@pytest.mark.parametrize("name", ["checkov/CKV_K8S_2", "CKV_K8S_2"])
def test_a_check_is_shown_and_explained_by_either_name(run: Run, name: str) -> None:
    shown = json.loads(run("rules", "show", name).out)
    assert (shown["id"], shown["check"]) == ("checkov/CKV_K8S_2", {"checkov": ["CKV_K8S_2"]})
    said = run("explain", name).out
    assert "Judged by: checkov\n" in said
    assert "A privileged container is root on its node" in said


def test_the_built_in_rule_stands_in_for_the_check_that_it_names(run: Run) -> None:
    assert json.loads(run("rules", "show", "CKV_K8S_16").out)["id"] == "kubernetes/privileged"
    assert json.loads(run("rules", "show", "checkov/CKV_K8S_16").out)["id"] == "checkov/CKV_K8S_16"


def test_a_slip_leads_to_the_nearest_check(run: Run) -> None:
    said = run("explain", "CKV_K8S_9999")
    assert said.code == 2
    assert "did you mean CKV_K8S_99" in said.err
    assert 'did you mean "checkov"?' in run("rules", "list", "--engine", "chekov").err


def test_a_policy_shows_the_checks_that_it_takes(run: Run, tmp_path: Path) -> None:
    folder = write(tmp_path, {"set/policies/p.yaml": POLICY})
    said = run("policy", "show", "--policy", folder / "set")
    assert said.code == 0, said.err
    words = [line.split() for line in said.out.splitlines() if line.startswith("checkov/")]
    found = {name.removeprefix("checkov/"): (severity, level) for name, severity, level, _ in words}
    assert found["CKV_AWS_24"] == ("high", "warn")
    assert found["CKV2_K8S_1"] == ("high", "warn")
    assert found.keys().isdisjoint({"CKV_AWS_1", "CKV_AWS_3", "CKV_K8S_16"})


def test_a_rule_that_names_an_unknown_check_is_refused(run: Run, tmp_path: Path) -> None:
    policy = "name: p\ntitle: P\nrules: [{select: {ids: [own/r]}}]\n"
    folder = write(tmp_path, {"set/rules/own/r.yaml": RULE, "set/policies/p.yaml": policy})
    said = run("policy", "show", "--policy", folder / "set")
    assert said.code == 2
    assert 'rules/own/r.yaml:6:7: check.checkov.1: there is no check "CKV_K8S_9999"' in said.err
    assert 'did you mean "CKV_K8S_99"?' in said.err
