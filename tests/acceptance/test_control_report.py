"""`complygate report controls`: what reports say of controls."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import Run, write

POLICY = """\
name: p
title: P
rules:
  - select:
      ids: [kubernetes/run-as-non-root, kubernetes/host-path, kubernetes/privileged, compose/privileged]
waivable: {inline: true}
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext: {privileged: false}
  volumes:
    - name: logs
      # complygate: ignore[kubernetes/host-path] the node's logs, PLAT-1
      hostPath: {path: /var/log}
"""


@pytest.fixture
def report(tmp_path: Path, run: Run) -> Path:
    write(tmp_path, "set/policies/p.yaml", POLICY)
    write(tmp_path, "repo/pod.yaml", POD)
    write(tmp_path, "repo/broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n")
    done = run("scan", "repo", "--policy", "set", "-q", "-o", "json=report.json")
    assert done.code == 1
    return tmp_path / "report.json"


def states(data: dict[str, Any], control: str) -> dict[str, str]:
    (found,) = (one for one in data["reports"][0]["controls"] if one["id"] == control)
    return {rule["id"]: rule["state"] for rule in found["rules"]}


def test_each_rule_of_a_control_is_told_apart(run: Run, report: Path) -> None:
    done = run("report", "controls", report, "--format", "json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert data["schema"] == "complygate/controls-v1"
    assert states(data, "nist-800-53/AC-6") == {
        "compose/privileged": "not-evaluated",
        "kubernetes/host-path": "excused",
        "kubernetes/privileged": "held",
        "kubernetes/run-as-non-root": "violated",
    }
    (one,) = data["reports"]
    assert (one["outcome"], one["unread"], one["policy"]["source"]) == ("fail", 1, "set")


def test_a_control_is_in_the_state_of_its_weightiest_rule(run: Run, report: Path) -> None:
    data = json.loads(run("report", "controls", report, "-f", "json").out)
    known = {control["id"]: control["state"] for control in data["reports"][0]["controls"]}
    assert known["nist-800-53/AC-6"] == "violated"
    assert known["kubernetes-pss/baseline"] == "excused"


def test_csv_has_a_row_for_each_rule_and_no_formulas(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "set/policies/p.yaml", POLICY)
    write(tmp_path, "repo/pod.yaml", POD)
    run("scan", "repo", "--policy", "set", "-q", "-o", "json==cmd.json")
    done = run("report", "controls", "=cmd.json", "--format", "csv", "--control", "kubernetes-pss/*")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert {(row["control"], row["rule"], row["state"], row["violations"]) for row in rows} == {
        ("kubernetes-pss/baseline", "kubernetes/host-path", "excused", "0"),
        ("kubernetes-pss/baseline", "kubernetes/privileged", "held", "0"),
        ("kubernetes-pss/restricted", "kubernetes/run-as-non-root", "violated", "1"),
    }
    assert {row["repository"] for row in rows} == {"'=cmd.json"}


def test_text_and_markdown_call_it_evidence_and_name_what_is_violated(run: Run, report: Path) -> None:
    text = run("report", "controls", report).out
    assert "nist-800-53/AC-6  Least Privilege" in text
    assert "4 rules: 1 violated, 1 excused, 1 held, 1 not evaluated" in text
    assert "kubernetes/run-as-non-root: 1 finding" in text
    assert "not a certificate" in text
    page = run("report", "controls", report, "-f", "markdown").out
    assert "<code>kubernetes/run-as-non-root</code> (1)" in page
    assert "not a certificate" in page


def test_several_reports_stand_side_by_side(run: Run, report: Path, tmp_path: Path) -> None:
    write(tmp_path, "other/pod.yaml", POD.replace("web}", "other}"))
    run("scan", "other", "--policy", "set", "-q", "-o", "json=other.json")
    done = run("report", "controls", report, "other.json", "-f", "json", "-o", "out/controls.json")
    assert (done.code, done.out) == (0, "")
    data = json.loads((tmp_path / "out/controls.json").read_text())
    assert [(one["report"], one["unread"]) for one in data["reports"]] == [
        ("report.json", 1),
        ("other.json", 0),
    ]


def test_a_control_that_no_rule_names_is_an_error(run: Run, report: Path) -> None:
    done = run("report", "controls", report, "--control", "soc2/CC6.1")
    assert done.code == 2
    assert "no rule of these reports gives evidence for soc2/CC6.1" in done.err
    assert "rules list --control" in done.err


def test_what_is_no_report_is_refused(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "report.json", "{}")
    done = run("report", "controls", "report.json")
    assert done.code == 2
    assert "not a report of complygate" in done.err


def test_rules_are_listed_by_a_glob_of_controls(run: Run) -> None:
    done = run("rules", "list", "--control", "kubernetes-pss/r*", "--format", "json")
    found = json.loads(done.out)
    assert {
        control for rule in found for control in rule["controls"] if control.startswith("kubernetes-pss/")
    } == {"kubernetes-pss/restricted"}
    assert len(found) > 5
