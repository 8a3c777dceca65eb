"""What a change of a policy changes, and which repositories it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.acceptance.conftest import POD, Result, Run, policy_set, write
from tests.conftest import Git

SCHEMA = Path(__file__).parents[2] / "src/complygate/reporters/policy-diff-v1.schema.json"
LATER = "{warn: 2026-01-01, enforce: 2027-02-01}"
DAY = ("--as-of", "2026-12-01")


@pytest.fixture
def repos(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for name, flag in {"good": "true", "bad": "false"}.items():
        found[name] = tmp_path / name
        write(found[name], "deploy/pod.yaml", POD.format(flag=flag))
    write(found["bad"], ".github/CODEOWNERS", "* @org/web\n/deploy @org/ops\n")
    return found


def data(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    return found


@pytest.mark.parametrize(
    ("before", "after", "impact", "since"),
    [
        ("warn", "enforce", "major", "2026-12-01"),
        ("enforce", "warn", "minor", None),
        ("audit", "warn", "minor", None),
        ("warn", LATER, "major", "2027-02-01"),
        ("{warn: 2026-01-01, enforce: 2026-11-01}", "enforce", "patch", None),
        (
            "{warn: 2026-01-01, enforce: 2027-02-01}",
            "{warn: 2026-01-01, enforce: 2027-01-01}",
            "major",
            "2027-01-01",
        ),
        ("{warn: 2026-01-01, enforce: 2027-01-01}", "{warn: 2026-01-01, enforce: 2027-02-01}", "minor", None),
        ("enforce", "enforce", "patch", None),
    ],
)
def test_the_verdict_on_a_calendar(
    run: Run, tmp_path: Path, before: str, after: str, impact: str, since: str | None
) -> None:
    old = policy_set(tmp_path / "old", enforcement=before)
    new = policy_set(tmp_path / "new", enforcement=after)
    found = data(run("policy", "diff", old, new, *DAY, "--format", "json"))
    assert (found["verdict"]["impact"], found["verdict"]["since"]) == (impact, since)
    expected = 1 if impact == "major" else 0
    assert run("policy", "diff", old, new, *DAY, "--exit-code").code == expected
    assert run("policy", "diff", old, new, *DAY).code == 0


def test_the_blast_radius(run: Run, tmp_path: Path, repos: dict[str, Path]) -> None:
    old = policy_set(tmp_path / "old", enforcement="warn")
    new = policy_set(tmp_path / "new")
    asked = ("policy", "diff", old, new, repos["good"], repos["bad"], *DAY)
    found = data(run(*asked, "--format", "json"))
    assert {Path(one["repository"]).name: one["fate"] for one in found["repositories"]} == {
        "good": "still-passes",
        "bad": "newly-fails",
    }
    assert found["repositories"][0]["findings"] == [
        {
            "rule": "demo/non-root",
            "owner": "@org/ops",
            "since": "2026-12-01",
            "added": 0,
            "removed": 0,
            "blocking": 1,
            "released": 0,
        }
    ]
    text = run(*asked).out
    assert "2 repositories: 1 newly fails, 1 still passes" in text
    assert "demo/non-root: 1 newly block (@org/ops)" in text
    markdown = run(*asked, "--format", "markdown").out
    assert "## complygate: this change is major" in markdown
    assert "| newly fails (0 -&gt; 1 blocking) | <code>demo/non-root</code> 1 newly block" in markdown
    back = data(run("policy", "diff", new, old, repos["bad"], *DAY, "--format", "json"))
    assert (back["verdict"]["impact"], back["repositories"][0]["fate"]) == ("minor", "newly-passes")


def test_a_failure_to_come_is_shown_with_its_day(run: Run, tmp_path: Path, repos: dict[str, Path]) -> None:
    old = policy_set(tmp_path / "old", enforcement="warn")
    new = policy_set(tmp_path / "new", enforcement="{warn: 2026-01-01, enforce: 2027-02-01}")
    result = run("policy", "diff", old, new, repos["bad"], *DAY, "--format", "json")
    (one,) = data(result)["repositories"]
    assert (one["fate"], one["fails_from"]) == ("still-passes", "2027-02-01")
    assert [moment["day"] for moment in one["moments"]] == ["2026-12-01", "2027-02-01"]
    text = run("policy", "diff", old, new, repos["bad"], *DAY).out
    assert "from 2027-02-01 newly fails" in text
    assert "1 will fail later" in text


def test_what_cannot_be_decided_is_no_pass_and_stops_no_other(
    run: Run, tmp_path: Path, repos: dict[str, Path]
) -> None:
    old = policy_set(tmp_path / "old")
    new = policy_set(tmp_path / "new", enforcement="warn")
    write(repos["good"], "broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n")
    asked = ("policy", "diff", old, new, tmp_path / "nowhere", repos["good"], repos["bad"], *DAY)
    found = data(run(*asked, "--format", "json"))
    assert {Path(one["repository"]).name: one["fate"] for one in found["repositories"]} == {
        "nowhere": "unreadable",
        "good": "undecided",
        "bad": "newly-passes",
    }
    assert run(*asked, "--exit-code").code == 3
    assert "undecided (was undecided, is undecided: could not be decided: parse-error (1))" in run(*asked).out


def test_checks_paths_rules_and_words(run: Run, tmp_path: Path) -> None:
    old = policy_set(tmp_path / "old")
    new = policy_set(tmp_path / "new", check='self.name != ""')
    found = data(run("policy", "diff", old, new, *DAY, "--format", "json"))
    (one,) = found["differences"]
    assert (one["kind"], one["what"], one["impact"]) == ("changed", "check", "major")
    assert one["file"].endswith("new/policies/house.yaml")
    assert one["line"] == 4
    new = policy_set(tmp_path / "words")
    rule = (old / "rules/demo/non-root.yaml").read_text()
    write(new, "rules/demo/non-root.yaml", rule.replace("Root in", "A root in"))
    found = data(run("policy", "diff", old, new, *DAY, "--format", "json"))
    assert [(one["kind"], one["impact"]) for one in found["differences"]] == [("metadata", "patch")]
    write(new, "rules/demo/second.yaml", rule)
    found = data(run("policy", "diff", old, new, *DAY, "--format", "json"))
    added = [(d["rule"], d["impact"]) for d in found["differences"] if d["kind"] == "added"]
    assert added == [("demo/second", "major")]
    found = data(run("policy", "diff", new, old, *DAY, "--format", "json"))
    assert found["verdict"]["impact"] == "minor"


def test_a_change_for_some_repositories_names_them(run: Run, tmp_path: Path, repos: dict[str, Path]) -> None:
    old = policy_set(tmp_path / "old", enforcement="warn")
    new = policy_set(tmp_path / "new", enforcement="warn")
    policy = (new / "policies/house.yaml").read_text()
    more = '  - {select: {tags: [demo]}, enforcement: enforce, scope: {owners: ["@org/web"]}}\n'
    write(new, "policies/house.yaml", policy + more)
    write(repos["good"], "deploy/pod.yaml", POD.format(flag="false"))
    result = run("policy", "diff", old, new, *repos.values(), *DAY, "--format", "json")
    found = data(result)
    assert [(d["cohort"], d["impact"]) for d in found["differences"]] == [("owners @org/web", "major")]
    assert {Path(one["repository"]).name: one["fate"] for one in found["repositories"]} == {
        "good": "still-passes",
        "bad": "newly-fails",
    }


def test_a_waiver_for_some_repositories_counts_in_those(
    run: Run, tmp_path: Path, git: Git, repos: dict[str, Path]
) -> None:
    old, new = policy_set(tmp_path / "old"), policy_set(tmp_path / "new")
    for folder in (old, new):
        policy = (folder / "policies/house.yaml").read_text()
        write(folder, "policies/house.yaml", policy.replace("{inline: true}", "{approvers: [security]}"))
    write(
        new,
        "waivers/bad.yaml",
        "waivers:\n  - {rule: demo/non-root, repositories: [org/bad], paths: [deploy/pod.yaml], reason: r,\n"
        "     approver: security, created: 2026-11-01, expires: 2027-01-31}\n",
    )
    write(repos["good"], "deploy/pod.yaml", POD.format(flag="false"))
    for name, repo in repos.items():
        git("init", "-q", cwd=repo)
        git("add", ".", cwd=repo)
        git("commit", "-q", "-m", "one", cwd=repo)
        git("remote", "add", "origin", f"https://git.example.com/org/{name}", cwd=repo)
    found = data(run("policy", "diff", old, new, *repos.values(), *DAY, "--format", "json"))
    assert {Path(one["repository"]).name: one["fate"] for one in found["repositories"]} == {
        "good": "still-fails",
        "bad": "newly-passes",
    }


def test_versions_from_git_by_their_refs(run: Run, tmp_path: Path, git: Git, repos: dict[str, Path]) -> None:
    folder = policy_set(tmp_path / "policy", enforcement="warn")
    git("init", "-q", cwd=folder)
    for tag, level in {"v1": "warn", "v2": "enforce"}.items():
        policy_set(folder, enforcement=level)
        git("add", ".", cwd=folder)
        git("commit", "-qm", tag, cwd=folder)
        git("tag", tag, cwd=folder)
    old, new = (f"git+file://{folder}@{tag}" for tag in ("v1", "v2"))
    found = data(run("policy", "diff", old, new, repos["bad"], *DAY, "--format", "json"))
    assert found["repositories"][0]["fate"] == "newly-fails"
    assert found["old"]["source"].endswith("@v1")


def test_a_mistake_in_a_version_is_an_error(run: Run, tmp_path: Path) -> None:
    old = policy_set(tmp_path / "old")
    new = policy_set(tmp_path / "new", check="self.(")
    result = run("policy", "diff", old, new)
    assert result.code == 2
    assert "non-root.yaml:" in result.err


def test_a_repositorys_own_file_counts_as_in_a_scan(run: Run, tmp_path: Path, repos: dict[str, Path]) -> None:
    old = policy_set(tmp_path / "old", enforcement="audit")
    new = policy_set(tmp_path / "new", enforcement="warn")
    write(repos["bad"], ".complygate.yaml", "rules:\n  - {select: {tags: [demo]}, enforcement: enforce}\n")
    write(repos["good"], ".complygate.yaml", "rules: [\n")
    found = data(run("policy", "diff", old, new, *repos.values(), *DAY, "--format", "json"))
    assert {Path(one["repository"]).name: one["fate"] for one in found["repositories"]} == {
        "good": "unreadable",
        "bad": "still-fails",
    }
    assert run("scan", repos["bad"], "--policy", new, *DAY).code == 1


def test_a_waiver_for_other_repositories_counts_where_it_is_taken_away(run: Run, tmp_path: Path) -> None:
    waiver = (
        'waivers: [{rule: demo/non-root, paths: [a/**], reason: r, approver: "@a",'
        " created: 2026-01-01, expires: 2026-12-31, repositories: [org/web]}]\n"
    )
    old, new = policy_set(tmp_path / "old"), policy_set(tmp_path / "new")
    write(old, "waivers/w.yaml", waiver)
    found = data(run("policy", "diff", old, new, *DAY, "--format", "json"))
    assert [(one["kind"], one["what"], one["impact"]) for one in found["differences"]] == [
        ("removed", "waiver", "major")
    ]
