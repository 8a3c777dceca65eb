"""Inline ignores: honoured on the policy's terms, and never silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import POD, Result, Run, policy_set, write

COMMENT = "# complygate: ignore[demo/non-root] until=2027-01-31 the vendor's image needs it, OPS-12"


def pod(comment: str) -> str:
    return POD.format(flag=f"false  {comment}")


def scanned(run: Run, house: Path, repo: Path, *arguments: str) -> tuple[Result, Any]:
    result = run("scan", repo, "--policy", house, "--format", "json", *arguments)
    return result, json.loads(result.out)


def test_an_ignored_finding_stays_in_the_report_with_its_reason(run: Run, house: Path, repo: Path) -> None:
    write(repo, "deploy/pod.yaml", pod(COMMENT))
    result, report = scanned(run, house, repo, "--as-of", "2027-01-31")
    assert result.code == 0
    (finding,) = report["findings"]
    assert finding["disposition"] == "waived"
    assert finding["excuse"]["reason"] == "the vendor's image needs it, OPS-12"
    assert finding["excuse"]["until"] == "2027-01-31"
    assert report["verdict"]["waived"] == 1


@pytest.mark.parametrize(
    ("comment", "inline", "notice"),
    [
        (COMMENT, "false", "the policy allows no inline ignore for this rule"),
        ("# complygate: ignore[demo/non-root]", "true", "gives no reason"),
        ("# complygate: ignore[demo/non-root] until=2026-12-31 why", "true", "expired on 2026-12-31"),
        ("# complygate: ignore[demo/non-root] until=soon why", "true", "until=soon is not a date"),
        ("# complygate: ignore[demo/other] why", "true", "the policy does not run demo/other"),
        ("# complygate: ignore[] why", "true", "names no rule"),
    ],
)
def test_what_is_not_honoured_says_why_and_the_finding_blocks(
    run: Run, tmp_path: Path, repo: Path, comment: str, inline: str, notice: str
) -> None:
    write(repo, "deploy/pod.yaml", pod(comment))
    house = policy_set(tmp_path / "set", inline=inline)
    result, report = scanned(run, house, repo, "--as-of", "2027-01-15")
    assert result.code == 1
    assert any(notice in n["message"] and n["line"] == 10 for n in report["notices"])
    assert notice in run("scan", repo, "--policy", house, "--as-of", "2027-01-15").out


def test_an_ignore_of_another_line_excuses_nothing(run: Run, house: Path, repo: Path) -> None:
    write(repo, "deploy/pod.yaml", f"{COMMENT}\n{POD.format(flag='false')}")
    result, report = scanned(run, house, repo, "--as-of", "2027-01-15")
    assert result.code == 1
    assert "excuses nothing: no finding of demo/non-root on line" in report["notices"][0]["message"]


def test_an_alias_still_holds(run: Run, house: Path, repo: Path) -> None:
    rule = house / "rules/demo/non-root.yaml"
    rule.write_text(rule.read_text() + "aliases: [CKV_K8S_23]\n")
    write(repo, "deploy/pod.yaml", pod("# complygate: ignore[CKV_K8S_23] from the old scanner"))
    assert run("scan", repo, "--policy", house).code == 0


def test_a_scan_of_a_part_says_nothing_of_ignores_elsewhere(run: Run, house: Path, repo: Path) -> None:
    write(repo, "deploy/pod.yaml", pod(COMMENT))
    other = write(repo, "deploy/other.yaml", POD.format(flag="true").replace("name: web", "name: other"))
    unused = write(repo, "more/unused.yaml", POD.format(flag=f"true  {COMMENT}"))
    options = ("--policy", house, "--format", "json", "--as-of", "2027-01-15")
    report = json.loads(run("scan", other, unused, *options, cwd=repo).out)
    assert [(n["path"], n["line"]) for n in report["notices"]] == [("more/unused.yaml", 10)]
    assert json.loads(run("scan", other, repo / "deploy", *options, cwd=repo).out)["notices"] == []
