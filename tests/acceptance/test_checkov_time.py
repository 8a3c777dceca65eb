"""A tool that would never end: the scan does, says what it did not get to, and keeps what it found."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from tests.acceptance.conftest import Run, write

HANGS = """\
#!/bin/sh
case $1 in
version) echo 'version.BuildInfo{Version:"v3.16.2", GitCommit:"0", GitTreeState:"clean"}';;
*) exec sleep 1000;;
esac
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: app, image: "registry.example.com/app:1.0", securityContext: {privileged: true}}]
"""
POLICY = "name: p\ntitle: P\nrules: [{select: {checkov: [CKV_K8S_16]}}]\n"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_one_framework_that_hangs_costs_its_time_and_nothing_else(run: Run, tmp_path: Path) -> None:
    root, chosen, programs = tmp_path / "tree", tmp_path / "set", tmp_path / "bin"
    write(chosen, "policies/p.yaml", POLICY)
    write(root, "pod.yaml", POD)
    write(root, "chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    write(root, "chart/values.yaml", "privileged: true\n")
    write(programs, "helm", HANGS)
    (programs / "helm").chmod(0o755)
    done = run(
        "scan", root, "--policy", chosen, "--format", "json", "--no-cache", "--tool-timeout", "15",
        PATH=f"{programs}{os.pathsep}{os.environ['PATH']}",
    )  # fmt: skip
    said = json.loads(done.out)
    assert done.code == 1, done.err  # what was found decides; the rest is a problem beside it
    assert [(f["rule"], f["path"], f["span"]["line"]) for f in said["findings"]] == [
        ("checkov/CKV_K8S_16", "pod.yaml", 5)
    ]
    (problem,) = [p for p in said["problems"] if p["kind"] == "engine-error"]
    assert "Checkov's helm checks gave no answer" in problem["message"]
    assert "the 15 seconds for all of Checkov's checks were over" in problem["message"]
    assert "--tool-timeout" in problem["hint"]


def test_a_time_that_nothing_can_be_done_in_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("scan", tmp_path, "--tool-timeout", "9")
    assert (done.code, done.out) == (2, "")
    assert "--tool-timeout" in done.err
