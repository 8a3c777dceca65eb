"""`policy show` and `policy lint`, as people and programs read them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.conftest import POD, Run, policy_set, write

WAIVER = """\
waivers:
  - {rule: demo/non-root, paths: ["**"], reason: r, approver: "@a", created: 2026-01-01, expires: 2026-03-01}
  - {rule: demo/gone, paths: [a/**], reason: r, approver: "@a", created: 2026-01-01, expires: 2027-03-01}
"""


def test_show_says_for_this_repository_what_applies_and_why(run: Run, repo: Path, tmp_path: Path) -> None:
    house = policy_set(tmp_path / "house", enforcement="{warn: 2026-01-01, enforce: 2027-02-01}")
    policy = (house / "policies/house.yaml").read_text()
    more = '  - {select: {tags: [demo]}, enforcement: enforce, scope: {owners: ["@org/ops"]}}\n'
    write(house, "policies/house.yaml", policy + more)
    asked = ("policy", "show", "--policy", house, "--as-of", "2026-12-03", "--format", "json")
    found = json.loads(run(*asked, cwd=repo).out)
    (rule,) = found["rules"]
    assert (rule["level"], rule["blocks_from"], rule["line"]) == ("warn", "2027-02-01", 4)
    assert rule["next"] == {"from": "2027-02-01", "level": "enforce", "days": 60}
    text = run("policy", "show", "--policy", house, "--as-of", "2026-12-03", cwd=repo).out
    assert "warn, enforce from 2027-02-01" in text
    assert "house.yaml:4:5" in text
    write(repo, "CODEOWNERS", "* @org/ops\n")
    (rule,) = json.loads(run(*asked, cwd=repo).out)["rules"]
    assert (rule["level"], rule["next"], rule["line"]) == ("enforce", None, 7)


def test_show_says_which_scopes_it_cannot_tell(run: Run, repo: Path, tmp_path: Path) -> None:
    house = policy_set(tmp_path / "house")
    policy = (house / "policies/house.yaml").read_text()
    more = '  - {select: {tags: [demo]}, enforcement: warn, scope: {repositories: ["org/*"]}}\n'
    write(house, "policies/house.yaml", policy + more)
    shown = run("policy", "show", "--policy", house, cwd=repo).out
    assert "for repositories org/*: its name is not known: give --repository ORG/NAME" in shown
    shown = run("policy", "show", "--policy", house, "--repository", "org/x", cwd=repo).out
    assert "  warn " in shown


def test_lint_speaks_of_waivers_and_messages(run: Run, tmp_path: Path) -> None:
    house = policy_set(tmp_path / "house")
    write(house, "waivers/w.yaml", WAIVER)
    rule = (house / "rules/demo/non-root.yaml").read_text().replace("{self.name}", "{self.nmae}")
    examples = {"pass": [POD.format(flag="true")], "fail": [POD.format(flag="false # expect")]}
    write(house, "rules/demo/non-root.yaml", rule + f"examples: {json.dumps(examples)}\n")
    result = run("policy", "lint", "--policy", house, "--as-of", "2026-12-01", "--format", "json")
    assert result.code == 1
    found = {(Path(one["file"]).name, one["line"]): one["message"] for one in json.loads(result.out)}
    assert found["non-root.yaml", 9].startswith("message: a placeholder finds nothing in any failing example")
    said = [one["message"] for one in json.loads(result.out) if one["file"].endswith("w.yaml")]
    assert said == [
        "the waiver of demo/non-root excuses nothing: it expired on 2026-03-01",
        "the waiver of demo/non-root is over-broad: it is for a whole rule, wherever it is broken",
        "the waiver of demo/gone: no rule of the set is called that",
    ]
    assert (
        "w.yaml:2:5: the waiver of demo/non-root"
        in run("policy", "lint", "--policy", house, "--as-of", "2026-12-01").out
    )
