"""One policy over every engine, and zizmor's findings gated by it: `examples/engines`, as a user runs it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import Run

EXAMPLES = Path(__file__).parents[2] / "examples"
POLICY = EXAMPLES / "engines"
ENGINES = {
    "house/replicas": "schema",
    "house/owned-images": "cel",
    "house/load-balancer": "rego",
    "house/privileged": "checkov",
    "house/zizmor": "sarif",
    "house/pinned": "sarif",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of the storefront in a folder that is called as it was when zizmor looked at it."""
    tree = tmp_path / "examples" / "storefront"
    shutil.copytree(EXAMPLES / "storefront", tree)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "add", "."], check=True)
    return tree


def zizmor(tree: Path, into: Path) -> Path:
    """Run the real zizmor over `tree`."""
    program = Path(sys.executable).parent / "zizmor"
    arguments: list[str | Path] = [
        program,
        "--offline",
        "--no-config",
        "--format",
        "sarif",
        "--no-exit-codes",
        tree,
    ]
    done = subprocess.run(arguments, cwd=into.parent, check=True, capture_output=True)
    into.write_bytes(done.stdout)
    return into


def of(report: dict[str, Any], rule: str) -> list[tuple[str, int, int, str]]:
    found = (f for f in report["findings"] if f["rule"] == rule)
    return [(f["path"], f["span"]["line"], f["span"]["column"], f["disposition"]) for f in found]


def test_every_engine_speaks_in_one_sarif_file_with_lines_and_columns(run: Run, tree: Path) -> None:
    done = run(
        "scan",
        tree,
        "--policy",
        POLICY,
        "--import",
        POLICY / "zizmor.sarif",
        "--format",
        "sarif",
        "--no-cache",
    )
    assert done.code == 1, done.err
    results = json.loads(done.out)["runs"][0]["results"]
    assert {ENGINES[one["ruleId"]] for one in results} == {"schema", "cel", "rego", "checkov", "sarif"}
    for one in results:
        place = one["locations"][0]["physicalLocation"]
        text = (tree.parents[1] / place["artifactLocation"]["uri"]).read_text().split("\n")
        region = place["region"]
        line = text[region["startLine"] - 1]
        assert 1 <= region["startColumn"] <= len(line)
        assert not line[region["startColumn"] - 1].isspace(), f"{one['ruleId']} starts at nothing"
        assert (region["startLine"], region["startColumn"]) < (region["endLine"], region["endColumn"])
        assert one["partialFingerprints"]["complygateFingerprint/v1"]


def test_one_form_of_ignore_works_for_every_engine(run: Run, tree: Path) -> None:
    gate = (
        "scan",
        tree,
        "--policy",
        POLICY,
        "--import",
        POLICY / "zizmor.sarif",
        "--format",
        "json",
        "--no-cache",
    )
    before = json.loads(run(*gate).out)
    for name, rules in _lines(before, tree).items():
        lines = (tree.parents[1] / name).read_text().split("\n")
        for line, ignored in rules.items():
            lines[line - 1] += f"  # complygate: ignore[{', '.join(sorted(ignored))}] agreed with the owners"
        (tree.parents[1] / name).write_text("\n".join(lines))
    done = run(*gate)
    after = json.loads(done.out)
    assert {f["disposition"] for f in after["findings"]} == {"waived"}, done.out
    assert len(after["findings"]) == len(before["findings"])
    assert {ENGINES[f["rule"]] for f in after["findings"]} == set(ENGINES.values())
    assert done.code == 0


def _lines(report: dict[str, Any], tree: Path) -> dict[str, dict[int, set[str]]]:
    found: dict[str, dict[int, set[str]]] = {}
    for finding in report["findings"]:
        rules = found.setdefault(finding["path"], {})
        rules.setdefault(finding["span"]["line"], set()).add(finding["rule"])
    return found


def test_zizmor_then_gate(run: Run, tree: Path, tmp_path: Path) -> None:
    log = zizmor(tree, tmp_path / "zizmor.sarif")
    done = run("gate", log, "--root", tree, "--policy", POLICY, "--format", "json")
    assert done.code == 1, done.err
    report = json.loads(done.out)
    assert report["problems"] == []
    assert {f["rule"] for f in report["findings"]} == {"house/zizmor", "house/pinned"}
    assert ("examples/storefront/.github/workflows/ci.yml", 51, 15, "active") in of(report, "house/pinned")
    assert len(report["findings"]) == len(json.loads(log.read_text())["runs"][0]["results"])


def test_what_zizmor_finds_no_more_is_a_pass(run: Run, tmp_path: Path) -> None:
    tree = tmp_path / "clean"
    (tree / ".github/workflows").mkdir(parents=True)
    (tree / ".github/workflows/ci.yml").write_text(
        "name: ci\non: push\npermissions: {}\nconcurrency: {group: ci, cancel-in-progress: true}\n"
        "jobs:\n  build:\n    name: build\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n"
    )
    log = zizmor(tree, tmp_path / "zizmor.sarif")
    done = run("gate", log, "--root", tree, "--policy", POLICY)
    assert done.code == 0, done.out + done.err


def test_a_scan_without_the_results_that_rules_ask_for_is_not_decided(run: Run, tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web\n")
    done = run("scan", tmp_path, "--policy", POLICY, "--format", "json", "--no-cache")
    problems = json.loads(done.out)["problems"]
    assert done.code == 3
    assert [p["kind"] for p in problems] == ["not-imported"]
    assert "zizmor" in problems[0]["message"]
    assert "--import" in problems[0]["hint"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[" * 200_000, "is not JSON"),
        ('{"version": "2.1.0", "runs": []}', "holds no run"),
        ('{"version": "2.1.0",\n "runs": [}', "zizmor.sarif:2:"),
        ('{"version": "2.1.0", "runs": [], "runs": []}', "given twice"),
        ('{"version": "2.0.0", "runs": [{}]}', "2.1.0"),
    ],
    ids=["deep", "empty", "broken", "twice", "version"],
)
def test_a_hostile_file_is_a_problem_and_never_a_pass(
    run: Run, tmp_path: Path, content: str, said: str
) -> None:
    log = tmp_path / "zizmor.sarif"
    log.write_text(content)
    done = run("gate", log, "--policy", POLICY)
    assert done.code == 3, done.out + done.err
    assert said in done.out


def test_gate_needs_rules_for_results(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "a.sarif"
    log.write_text('{"version": "2.1.0", "runs": []}')
    done = run("gate", log, "--policy", "builtin:baseline")
    assert done.code == 2
    assert "no rule of this policy is for imported results" in done.err
