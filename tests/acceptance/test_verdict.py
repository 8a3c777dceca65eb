"""The gate's contract: what exits how, and that nothing broken is ever green."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.acceptance.conftest import GOOD_CHECK, POD, Run, policy_set, write

Git = Callable[..., str]


def test_a_compliant_repository_passes(run: Run, house: Path, repo: Path) -> None:
    result = run("scan", repo, "--policy", house)
    assert (result.code, result.err) == (0, "")
    assert "pass" in result.out


def test_a_violation_fails_with_its_place_and_its_fix(run: Run, house: Path, repo: Path) -> None:
    write(repo, "deploy/pod.yaml", POD.format(flag="false"))
    result = run("scan", repo, "--policy", house)
    assert result.code == 1
    for expected in (
        "deploy/pod.yaml:10:9",
        "Container app may run as root",
        "demo/non-root",
        "Set runAsNonRoot to true.",
    ):
        assert expected in result.out


@pytest.mark.parametrize("level", ["warn", "audit"])
def test_below_enforce_nothing_blocks(run: Run, tmp_path: Path, repo: Path, level: str) -> None:
    write(repo, "deploy/pod.yaml", POD.format(flag="false"))
    result = run(
        "scan", repo, "--policy", policy_set(tmp_path / "set", enforcement=level), "--format", "json"
    )
    assert result.code == 0
    assert [f["level"] for f in json.loads(result.out)["findings"]] == [level]


def test_the_calendar_decides_and_can_be_previewed(run: Run, tmp_path: Path, repo: Path) -> None:
    write(repo, "deploy/pod.yaml", POD.format(flag="false"))
    house = policy_set(tmp_path / "set", enforcement="{warn: 2026-01-01, enforce: 2027-02-01}")
    assert run("scan", repo, "--policy", house, "--as-of", "2027-01-31").code == 0
    assert run("scan", repo, "--policy", house, "--as-of", "2027-02-01").code == 1
    assert run("scan", repo, "--policy", house, "--as-of", "2025-12-31").code == 0
    preview = json.loads(run("scan", repo, "--policy", house, "--as-of", "2027-01-31", "-f", "json").out)
    assert (preview["day"], preview["as_of"]) == ("2027-01-31", True)


def test_soft_fail_forgives_findings_and_nothing_else(run: Run, house: Path, repo: Path) -> None:
    write(repo, "deploy/pod.yaml", POD.format(flag="false"))
    assert run("scan", repo, "--policy", house, "--soft-fail").code == 0
    write(repo, "deploy/pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {")
    assert run("scan", repo, "--policy", house, "--soft-fail").code == 3


def test_a_truncated_file_is_undecided_and_the_others_are_still_judged(
    run: Run, house: Path, repo: Path
) -> None:
    write(repo, "deploy/cut.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: [a, b\n")
    result = run("scan", repo, "--policy", house)
    assert result.code == 3
    assert "deploy/cut.yaml" in result.out
    assert "parse-error" in result.out
    write(repo, "deploy/bad.yaml", POD.format(flag="false"))
    assert run("scan", repo, "--policy", house).code == 1


def test_a_rule_that_raises_is_undecided(run: Run, tmp_path: Path, repo: Path) -> None:
    house = policy_set(tmp_path / "set", check="self.nowhere.at.all == 1")
    result = run("scan", repo, "--policy", house)
    assert result.code == 3
    assert "engine-error" in result.out
    assert "nowhere" in result.out
    assert "demo/non-root" in result.out


def test_an_empty_folder_is_undecided(run: Run, house: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("scan", tmp_path / "empty", "--policy", house)
    assert result.code == 3
    assert "nothing-scanned" in result.out
    assert run("scan", tmp_path / "empty", "--policy", house, "--allow-empty").code == 0


def test_a_file_of_no_known_kind_is_undecided(run: Run, house: Path, repo: Path) -> None:
    write(repo, "notes.txt", "hello")
    assert run("scan", "notes.txt", "--policy", house, cwd=repo).code == 3
    assert run("scan", "notes.txt", "--policy", house, "--allow-empty", cwd=repo).code == 0


def test_a_value_that_cannot_be_known_is_shown_and_does_not_block_by_default(
    run: Run, tmp_path: Path
) -> None:
    house = policy_set(tmp_path / "set")
    write(
        house,
        "rules/demo/non-root.yaml",
        """\
title: Buckets are named
severity: low
tags: [demo]
applies_to: terraform/aws_s3_bucket
check: {cel: 'self.?bucket.orValue("") == "x"'}
message: "not x"
why: It matters.
fix: Call it x.
""",
    )
    repo = tmp_path / "tf"
    write(repo, "main.tf", 'variable "name" {}\nresource "aws_s3_bucket" "b" {\n  bucket = var.name\n}\n')
    result = run("scan", repo, "--policy", house)
    assert result.code == 0
    assert "unknown-value" in result.out
    assert "var.name" in result.out
    policy = house / "policies/house.yaml"
    policy.write_text(policy.read_text() + "undecided: {unknown-value: fail}\n")
    assert run("scan", repo, "--policy", house).code == 3


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("policies/house.yaml", "enforcement:", "enforcment:", "policies/house.yaml:5:5"),
        ("rules/demo/non-root.yaml", "severity: high", "severity: hihg", "rules/demo/non-root.yaml:2:11"),
        ("rules/demo/non-root.yaml", "select: $", "select: $[", "rules/demo/non-root.yaml:5:"),
        ("rules/demo/non-root.yaml", "self.?sec", "slef.?sec", "rules/demo/non-root.yaml:7:9"),
        (
            "rules/demo/non-root.yaml",
            "tags: [demo]",
            "tags: [demo]\ncontrols: [nist-800-53/ZZ-1]",
            "rules/demo/non-root.yaml:4:12",
        ),
    ],
)
def test_a_mistake_in_the_policy_set_names_its_place_and_judges_nothing(
    run: Run, house: Path, repo: Path, file: str, old: str, new: str, message: str
) -> None:
    text = (house / file).read_text()
    assert old in text
    (house / file).write_text(text.replace(old, new, 1))
    result = run("scan", repo, "--policy", house)
    assert result.code == 2
    assert result.out == ""
    assert message in result.err


def test_a_typo_gets_the_right_word(run: Run, house: Path, repo: Path) -> None:
    policy = house / "policies/house.yaml"
    policy.write_text(policy.read_text().replace("enforcement:", "enforcment:"))
    assert 'did you mean "enforcement"' in run("scan", repo, "--policy", house).err


@pytest.mark.parametrize(
    "arguments",
    [["scan", "--nope"], ["scna"], ["scan", "nowhere"], ["scan", ".", "--policy", "builtin:nope"]],
)
def test_usage_errors(run: Run, repo: Path, arguments: list[str]) -> None:
    result = run(*arguments, cwd=repo)
    assert result.code == 2
    assert result.out == ""
    assert result.err


def test_the_verdict_is_the_same_for_one_file_and_reported_for_that_file(
    run: Run, house: Path, repo: Path, git: Git
) -> None:
    git("init", "-q", cwd=repo)
    write(repo, "deploy/pod.yaml", POD.format(flag="false"))
    write(repo, "deploy/other.yaml", POD.format(flag="false"))
    result = run("scan", "pod.yaml", "--policy", house, "--format", "json", cwd=repo / "deploy")
    assert result.code == 1
    assert [f["path"] for f in json.loads(result.out)["findings"]] == ["deploy/pod.yaml"]


def test_paths_start_at_the_top_of_the_repository_whatever_folder_is_scanned(
    run: Run, house: Path, repo: Path, git: Git
) -> None:
    git("init", "-q", cwd=repo)
    write(repo, "deploy/pod.yaml", POD.format(flag="false"))
    whole = json.loads(run("scan", repo, "--policy", house, "-f", "json").out)["findings"]
    part = json.loads(run("scan", repo / "deploy", "--policy", house, "-f", "json").out)["findings"]
    assert whole == part
    assert whole[0]["path"] == "deploy/pod.yaml"


def test_a_reader_that_goes_away_is_no_pass(house: Path, repo: Path) -> None:
    program = f"{sys.executable} -m complygate scan {repo} --policy {house} --format json"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} | true; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() in {"0", "4"}  # 0: all was written before the reader went
    assert "Traceback" not in done.stderr


def test_the_whole_check_is_in_use(run: Run, tmp_path: Path, repo: Path) -> None:
    inverted = policy_set(tmp_path / "set", check=f"!({GOOD_CHECK})")
    assert run("scan", repo, "--policy", inverted).code == 1
