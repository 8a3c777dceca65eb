"""Levels by date, for some repositories and some paths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.acceptance.conftest import POD, Run, policy_set, write
from tests.conftest import Git

CALENDAR = "{audit: 2026-10-01, warn: 2026-12-01, enforce: 2027-02-01}"
CATALOG = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web
  labels: {tier: "1"}
spec: {type: service, lifecycle: LIFECYCLE, owner: team}
"""


@pytest.fixture
def failing(repo: Path) -> Path:
    write(repo, "deploy/pod.yaml", POD.format(flag="false"))
    return repo


def set_of(folder: Path, rules: str, more: str = "") -> Path:
    policy_set(folder)
    write(folder, "policies/house.yaml", f"name: house\ntitle: House\n{more}rules:\n{rules}")
    return folder


def by_scope(folder: Path, scope: str, more: str = "") -> Path:
    """Warn everywhere, and block in the repositories of `scope`."""
    rules = "  - {select: {tags: [demo]}, enforcement: warn}\n"
    rules += f"  - {{select: {{tags: [demo]}}, enforcement: enforce, scope: {scope}}}\n"
    return set_of(folder, rules, more)


def test_every_output_says_what_will_block_and_when(run: Run, failing: Path, tmp_path: Path) -> None:
    house = policy_set(tmp_path / "house", enforcement=CALENDAR)
    line = "warns now, blocks from 2027-02-01 (59 days left)"
    asked = ("scan", failing, "--policy", house, "--as-of", "2026-12-04")
    for form in ("text", "markdown", "github"):
        result = run(*asked, "--format", form)
        assert result.code == 0
        assert line in result.out
        assert "1 will block from 2027-02-01 (59 days left)" in result.out
    report = json.loads(run(*asked, "--format", "json").out)
    assert report["findings"][0]["next_level"] == {
        "from": "2027-02-01",
        "level": "enforce",
        "days": 59,
        "text": line,
    }
    sarif = json.loads(run(*asked, "--format", "sarif").out)["runs"][0]["results"][0]
    assert sarif["properties"]["nextEnforcement"] == {
        "from": "2027-02-01",
        "level": "enforce",
        "days": 59,
        "text": line,
    }
    assert "2027" not in sarif["message"]["text"]


@pytest.mark.parametrize(
    ("day", "code"), [("2026-09-30", 0), ("2026-11-01", 0), ("2027-01-31", 0), ("2027-02-01", 1)]
)
def test_a_day_can_be_previewed(run: Run, failing: Path, tmp_path: Path, day: str, code: int) -> None:
    house = policy_set(tmp_path / "house", enforcement=CALENDAR)
    assert run("scan", failing, "--policy", house, "--as-of", day).code == code


def test_a_policy_has_a_calendar_where_no_entry_has_one(run: Run, failing: Path, tmp_path: Path) -> None:
    house = set_of(
        tmp_path / "house",
        "  - select: {tags: [demo]}\n",
        "enforcement: {warn: 2026-01-01, enforce: 2027-01-01}\n",
    )
    assert run("scan", failing, "--policy", house, "--as-of", "2026-12-31").code == 0
    assert run("scan", failing, "--policy", house, "--as-of", "2027-01-01").code == 1


@pytest.mark.parametrize(
    ("scope", "lifecycle", "code"),
    [
        ("{catalog: {lifecycle: production}}", "production", 1),
        ("{catalog: {lifecycle: [production, deprecated]}}", "deprecated", 1),
        ('{catalog: {lifecycle: production, tier: "1"}}', "production", 1),
        ('{catalog: {lifecycle: production, tier: "2"}}', "production", 0),
        ("{catalog: {lifecycle: production}}", "experimental", 0),
        ("{catalog: {kind: Component, name: w*}}", "experimental", 1),
    ],
)
def test_a_level_for_fields_of_the_catalogue(
    run: Run, failing: Path, tmp_path: Path, scope: str, lifecycle: str, code: int
) -> None:
    write(failing, "catalog-info.yaml", CATALOG.replace("LIFECYCLE", lifecycle))
    assert run("scan", failing, "--policy", by_scope(tmp_path / "house", scope)).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("* @org/payments\n", 1),
        ("* @Org/Payments\n/docs @org/writers\n", 1),
        ("* @org/web\n/pay @org/payments\n", 0),
        ("", 0),
    ],
)
def test_a_level_for_the_team_that_owns_the_repository(
    run: Run, failing: Path, tmp_path: Path, text: str, code: int
) -> None:
    write(failing, ".github/CODEOWNERS", text)
    assert (
        run("scan", failing, "--policy", by_scope(tmp_path / "house", '{owners: ["@org/payments"]}')).code
        == code
    )


def test_a_level_for_names_of_repositories(run: Run, failing: Path, tmp_path: Path, git: Git) -> None:
    house = by_scope(tmp_path / "house", '{repositories: ["org/payments-*"]}')
    result = run("scan", failing, "--policy", house)
    assert result.code == 3
    assert "unknown-cohort" in result.out
    assert "house.yaml:" in result.out
    assert "--repository" in result.out
    assert run("scan", failing, "--policy", house, "--repository", "org/payments-api").code == 1
    assert run("scan", failing, "--policy", house, "--repository", "org/web").code == 0
    assert run("scan", failing, "--policy", house, GITHUB_REPOSITORY="org/payments-api").code == 1
    git("init", "-q", cwd=failing)
    git("remote", "add", "origin", "git@example.com:org/payments-web.git", cwd=failing)
    git("add", ".", cwd=failing)
    git("commit", "-qm", "x", cwd=failing)
    assert run("scan", failing, "--policy", house).code == 1


def test_a_pull_request_cannot_leave_a_cohort_where_a_base_is_given(
    run: Run, failing: Path, tmp_path: Path, git: Git
) -> None:
    house = by_scope(tmp_path / "house", "{catalog: {lifecycle: production}}")
    write(failing, "catalog-info.yaml", CATALOG.replace("LIFECYCLE", "production"))
    git("init", "-q", cwd=failing)
    git("add", ".", cwd=failing)
    git("commit", "-qm", "x", cwd=failing)
    write(failing, "catalog-info.yaml", CATALOG.replace("LIFECYCLE", "experimental"))
    assert run("scan", failing, "--policy", house).code == 0
    assert run("scan", failing, "--policy", house, "--base", "HEAD").code == 1
    write(failing, "catalog-info.yaml", "kind: [")
    assert run("scan", failing, "--policy", house, "--base", "HEAD").code == 1
    strict = by_scope(tmp_path / "strict", "{catalog: {lifecycle: production}}", "cohort_from: base\n")
    result = run("scan", failing, "--policy", strict)
    assert result.code == 3
    assert "give --base REF" in result.out
    assert run("scan", failing, "--policy", strict, "--base", "HEAD").code == 1


def test_a_catalogue_that_cannot_be_read_leaves_the_scan_undecided(
    run: Run, failing: Path, tmp_path: Path
) -> None:
    house = by_scope(
        tmp_path / "house", "{catalog: {lifecycle: production}}", "undecided: {parse-error: warn}\n"
    )
    write(failing, "catalog-info.yaml", "kind: [")
    result = run("scan", failing, "--policy", house)
    assert result.code == 3
    assert "unknown-cohort" in result.out


def test_a_policy_for_other_repositories_decides_nothing(run: Run, failing: Path, tmp_path: Path) -> None:
    scope = "scope: {catalog: {lifecycle: production}}\n"
    house = set_of(tmp_path / "house", "  - select: {tags: [demo]}\n", scope)
    result = run("scan", failing, "--policy", house)
    assert result.code == 3
    assert "is for catalog lifecycle production" in result.out
    shown = set_of(
        tmp_path / "shown", "  - select: {tags: [demo]}\n", scope + "undecided: {nothing-scanned: warn}\n"
    )
    assert run("scan", failing, "--policy", shown).code == 0
    write(failing, "catalog-info.yaml", CATALOG.replace("LIFECYCLE", "production"))
    assert run("scan", failing, "--policy", house).code == 1


def test_a_level_for_some_paths_leaves_the_others_as_they_were(
    run: Run, failing: Path, tmp_path: Path
) -> None:
    write(failing, "lab/pod.yaml", POD.format(flag="false"))
    house = set_of(
        tmp_path / "house",
        "  - {select: {tags: [demo]}, enforcement: warn}\n"
        '  - {select: {tags: [demo]}, enforcement: enforce, scope: {paths: ["deploy/**"]}}\n',
    )
    report = json.loads(run("scan", failing, "--policy", house, "--format", "json").out)
    assert {f["path"]: f["level"] for f in report["findings"]} == {
        "deploy/pod.yaml": "enforce",
        "lab/pod.yaml": "warn",
    }
    off = set_of(
        tmp_path / "off",
        "  - {select: {tags: [demo]}}\n"
        '  - {select: {tags: [demo]}, enforcement: "off", scope: {paths: ["lab/**"]}}\n',
    )
    report = json.loads(run("scan", failing, "--policy", off, "--format", "json").out)
    assert [f["path"] for f in report["findings"]] == ["deploy/pod.yaml"]
    narrow = set_of(
        tmp_path / "narrow",
        '  - {select: {tags: [demo]}}\n  - {select: {tags: [demo]}, scope: {paths: ["lab/**"]}}\n',
    )
    report = json.loads(run("scan", failing, "--policy", narrow, "--format", "json").out)
    assert [f["path"] for f in report["findings"]] == ["lab/pod.yaml"]
