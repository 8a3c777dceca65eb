"""Results of other tools in a scan: proved by examples, said once, suppressed only by leave of the policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import Run

WORKFLOW = """\
name: ci
on: push
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: |
          make
"""
RULE = """\
title: The tool finds nothing
check: {sarif: {tool: zizmor, rule: "*"}}
message: "{detail}"
why: It is right.
fix: Do as it says.
examples:
  pass:
    - files:
        a.py: "print(1)"
        tool.sarif: '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "zizmor"}}, "results": []}]}'
  fail:
    - files:
        a.py: "eval(1)  # expect"
        tool.sarif: >-
          {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "zizmor"}}, "results": [
            {"ruleId": "unpinned-uses", "message": {"text": "m"}, "locations": [{"physicalLocation":
              {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 1}}}]}]}]}
"""
POLICY = """\
name: p
title: P
waivable: {{inline: true, tool_skips: {skips}}}
rules:
  - select: {{ids: ["x/*", "github-actions/pinned-uses"]}}
    enforcement: enforce
"""
PATH = ".github/workflows/ci.yml"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree/.github/workflows").mkdir(parents=True)
    (tmp_path / "tree" / PATH).write_text(WORKFLOW)
    (tmp_path / "tree/a.py").write_text("print(1)\neval(2)\n")
    return tmp_path / "tree"


def policy(folder: Path, *, skips: bool = False) -> Path:
    (folder / "set/policies").mkdir(parents=True)
    (folder / "set/rules/x").mkdir(parents=True)
    (folder / "set/policyset.yaml").write_text("name: s\ntitle: S\n")
    (folder / "set/policies/p.yaml").write_text(POLICY.format(skips=str(skips).lower()))
    (folder / "set/rules/x/z.yaml").write_text(f"id: x/z\n{RULE}")
    return folder / "set"


def result(rule: str, line: int, path: str = PATH, **more: Any) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": path}, "region": {"startLine": line}}
    return {
        "ruleId": rule,
        "message": {"text": f"about {rule}"},
        "locations": [{"physicalLocation": place}],
        **more,
    }


def log(folder: Path, *results: dict[str, Any]) -> Path:
    run = {"tool": {"driver": {"name": "zizmor"}}, "results": list(results)}
    (folder / "z.sarif").write_text(json.dumps({"version": "2.1.0", "runs": [run]}))
    return folder / "z.sarif"


def test_examples_import_their_sarif(run: Run, tmp_path: Path) -> None:
    done = run("policy", "test", "--policy", policy(tmp_path), "x/z")
    assert done.code == 0, done.out + done.err


def test_what_a_built_in_rule_reports_too_is_reported_once_by_it(
    run: Run, tree: Path, tmp_path: Path
) -> None:
    file = log(tmp_path, result("zizmor/unpinned-uses", 7), result("zizmor/unpinned-uses", 8))
    done = run("scan", tree, "--policy", policy(tmp_path), "--import", file, "--format", "json")
    found = [(f["rule"], f["span"]["line"]) for f in json.loads(done.out)["findings"]]
    assert found == [("github-actions/pinned-uses", 7), ("x/z", 8)]


def test_the_result_s_own_severity_counts(run: Run, tree: Path, tmp_path: Path) -> None:
    file = log(
        tmp_path,
        result("a", 8, level="note"),
        result("b", 9, properties={"security-severity": "9.8"}, partialFingerprints={"primary/v1": "abc"}),
    )
    done = run("gate", file, "--root", tree, "--policy", policy(tmp_path), "--format", "json")
    found = json.loads(done.out)["findings"]
    assert [(f["check"], f["severity"]) for f in found] == [("zizmor/b", "critical"), ("zizmor/a", "low")]
    assert found[0]["tool_fingerprints"] == {"primary/v1": "abc"}


def test_a_tool_s_fingerprints_are_passed_on_and_a_second_import_gives_the_same(
    run: Run, tree: Path, tmp_path: Path
) -> None:
    file = log(tmp_path, result("a", 8, partialFingerprints={"primary/v1": "abc"}, fingerprints={"id": "7"}))
    chosen = policy(tmp_path)
    first = run("gate", file, "--root", tree, "--policy", chosen, "--format", "sarif").out
    [kept] = [r["partialFingerprints"] for r in json.loads(first)["runs"][0]["results"]]
    assert {"primary/v1": "abc", "id": "7"}.items() <= kept.items()
    assert kept["complygateFingerprint/v1"].startswith("sha256:")
    # Other results before it, and lines above it, change nothing of who it is.
    file = log(
        tmp_path,
        result("b", 1),
        result("a", 10, partialFingerprints={"primary/v1": "abc"}, fingerprints={"id": "7"}),
    )
    workflow = tree / PATH
    workflow.write_text(f"# one\n# two\n{workflow.read_text()}")
    again = run("gate", file, "--root", tree, "--policy", chosen, "--format", "sarif").out
    results = json.loads(again)["runs"][0]["results"]
    [same] = [r["partialFingerprints"] for r in results if "about a" in r["message"]["text"]]
    assert same["complygateFingerprint/v1"] == kept["complygateFingerprint/v1"]
    assert again == run("gate", file, "--root", tree, "--policy", chosen, "--format", "sarif").out


@pytest.mark.parametrize(("skips", "code"), [(False, 1), (True, 0)])
def test_a_suppression_counts_only_where_the_policy_says_so(
    run: Run, tree: Path, tmp_path: Path, skips: bool, code: int
) -> None:
    kept: dict[str, Any] = {"suppressions": [{"kind": "inSource", "justification": "agreed"}]}
    file = log(tmp_path, result("a", 8, **kept))
    done = run("gate", file, "--root", tree, "--policy", policy(tmp_path, skips=skips), "--format", "json")
    report = json.loads(done.out)
    assert done.code == code
    assert [f["disposition"] for f in report["findings"]] == ["waived" if skips else "active"]
    assert any("not honoured" in n["message"] for n in report["notices"]) is not skips


@pytest.mark.parametrize("name", ["x/z", "zizmor/eval", "eval"])
def test_an_ignore_works_in_a_file_that_no_format_reads(
    run: Run, tree: Path, tmp_path: Path, name: str
) -> None:
    (tree / "a.py").write_text(f"print(1)\neval(2)  # complygate: ignore[{name}] trusted input\n")
    file = log(tmp_path, result("zizmor/eval", 2, "a.py"))
    done = run("gate", file, "--root", tree, "--policy", policy(tmp_path))
    assert done.code == 0, done.out


def test_a_result_that_has_no_place_is_never_a_pass(run: Run, tree: Path, tmp_path: Path) -> None:
    for place in (
        result("a", 999),
        result("a", 1, "gone.py"),
        result("a", 1, "../../etc/passwd"),
        {"ruleId": "a"},
    ):
        done = run("gate", log(tmp_path, place), "--root", tree, "--policy", _once(tmp_path))
        assert done.code in {1, 3}, done.out
        assert "reports a" in done.out


def _once(folder: Path) -> Path:
    return folder / "set" if (folder / "set").exists() else policy(folder)
