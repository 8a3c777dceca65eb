"""What the repository's own file changed is shown, with its line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.conftest import Run, policy_set, write


def test_show_explain_and_reports_say_what_the_repository_s_file_did(
    run: Run, house: Path, repo: Path
) -> None:
    write(
        repo,
        ".complygate.yaml",
        "rules:\n- select: {ids: [demo/non-root]}\n  severity: critical\n"
        "- select: {ids: [demo/non-root]}\n  enforcement: warn\n- select: {ids: [docker/add-remote]}\n",
    )
    shown = run("policy", "show", "--policy", house, cwd=repo)
    assert shown.code == 0, shown.err
    assert "changed, demo/non-root: .complygate.yaml:2:3" in shown.out
    assert "added, docker/add-remote: .complygate.yaml:6:3" in shown.out
    assert "refused, .complygate.yaml:5:16: enforcement: warn is lower than enforce" in shown.out
    told = run("explain", "demo/non-root", "--policy", house, cwd=repo)
    assert "changed, demo/non-root: .complygate.yaml:2:3" in told.out
    assert "docker/add-remote" not in told.out
    report = json.loads(run("scan", repo, "--policy", house, "--format", "json").out)
    layer = report["policy"]["layer"]
    assert layer["digest"] not in {"", report["policy"]["digest"]}
    assert (layer["path"], layer["lines"], layer["refused"]) == (".complygate.yaml", [2, 6], 1)
    text = run("scan", repo, "--policy", house).out
    assert report["policy"]["digest"] in text
    assert layer["digest"] in text


def test_a_policy_on_a_base_tightens_it_and_nothing_else(run: Run, repo: Path, tmp_path: Path) -> None:
    house = policy_set(tmp_path / "company")
    name = next((house / "policies").iterdir()).stem
    head = f"name: team\ntitle: Team\nbase: {name}\nrules:\n"
    team = write(house, "policies/team.yaml", head + "- select: {ids: [docker/add-remote]}\n")
    shown = run("policy", "show", "--policy", team, cwd=repo)
    assert shown.code == 0, shown.err
    assert "docker/add-remote" in shown.out
    assert "demo/non-root" in shown.out
    team.write_text(head + "- select: {ids: [demo/non-root]}\n  enforcement: audit\n")
    refused = run("policy", "show", "--policy", team, cwd=repo)
    assert refused.code == 2
    assert "team.yaml:6:16: enforcement: audit is lower than enforce" in refused.err
    team.write_text("name: team\ntitle: Team\nbase: team\nrules:\n- select: {all: true}\n")
    assert "leads in a circle" in run("policy", "show", "--policy", team, cwd=repo).err
