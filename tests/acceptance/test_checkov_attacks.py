"""A scanned tree that tries to steer Checkov: the verdict is the same, and the report says that it tried."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import Run, write

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  annotations:
    checkov.io/skip1: CKV_K8S_16=we need it
spec:
  containers:
    - name: app
      image: registry.example.com/app:1.0
      securityContext:
        privileged: true
"""
BUCKET = """\
resource "aws_db_instance" "main" {
  # checkov:skip=CKV_AWS_17:the office needs it
  publicly_accessible = true
  storage_encrypted   = true # checkov:skip=CKV_AWS_16:nothing to skip
}
"""
DOCKERFILE = "FROM registry.example.com/base:1.0\nEXPOSE 22\n# checkov:skip=CKV_DOCKER_1:jump host\n"
POLICY = """\
name: p
title: P
rules:
  - select: {{checkov: [CKV_K8S_16, CKV_AWS_16, CKV_AWS_17, CKV_DOCKER_1]}}
    enforcement: enforce
    waivable: {waivable}
"""
CONFIG = """\
skip-check: ["CKV_K8S_16", "CKV_AWS_17", "CKV_DOCKER_1"]
skip-path: ["."]
soft-fail: true
framework: [bicep]
external-checks-dir: [checks]
"""
CODE = "import pathlib\npathlib.Path({marker!r}).write_text('run')\n"
FOUND = {
    ("checkov/CKV_AWS_17", "main.tf", 3, 3),
    ("checkov/CKV_DOCKER_1", "Dockerfile", 2, 1),
    ("checkov/CKV_K8S_16", "pod.yaml", 13, 9),
}


def tree(root: Path) -> Path:
    write(root, "pod.yaml", POD)
    write(root, "main.tf", BUCKET)
    write(root, "Dockerfile", DOCKERFILE)
    return root


def policy(root: Path, waivable: str = "{}") -> Path:
    write(root, "policies/p.yaml", POLICY.format(waivable=waivable))
    return root


def report(run: Run, root: Path, chosen: Path, **environment: str) -> dict[str, Any]:
    done = run("scan", root, "--policy", chosen, "--format", "json", "--no-cache", cwd=None, **environment)
    assert done.code in {0, 1}, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def active(said: dict[str, Any]) -> set[tuple[str, str, int, int]]:
    return {
        (f["rule"], f["path"], f["span"]["line"], f["span"]["column"])
        for f in said["findings"]
        if f["disposition"] == "active"
    }


def test_nothing_in_the_tree_steers_checkov_and_the_report_says_what_tried(run: Run, tmp_path: Path) -> None:
    root, marker = tree(tmp_path / "tree"), tmp_path / "marker"
    code = CODE.format(marker=str(marker))
    for name in (".checkov.yaml", "sub/.checkov.yml"):
        write(root, name, CONFIG)
    write(root, ".checkov.baseline", '{"failed_checks": []}')
    for name in (
        "checks/__init__.py",
        "checkov/__init__.py",
        "sitecustomize.py",
        "usercustomize.py",
        "json.py",
    ):
        write(root, name, code)
    write(root, "policy/deny.rego", "package main\n")
    write(tmp_path, "outside/secret.tf", BUCKET)
    (root / "link.tf").symlink_to(tmp_path / "outside/secret.tf")
    said = report(
        run,
        root,
        policy(tmp_path / "set"),
        CKV_SKIP_CHECK="CKV_K8S_16",
        CKV_FRAMEWORK="bicep",
    )
    assert active(said) == FOUND
    assert (said["verdict"]["outcome"], said["problems"]) == ("fail", [])
    assert not marker.exists()
    noticed = {(notice["path"], notice["line"]) for notice in said["notices"]}
    assert {(".checkov.yaml", 0), ("sub/.checkov.yml", 0), (".checkov.baseline", 0)} <= noticed
    assert {("main.tf", 2), ("pod.yaml", 7), ("Dockerfile", 3)} <= noticed  # the skips, each at its line


def test_skips_count_only_where_the_policy_says_so_and_then_with_their_reasons(
    run: Run, tmp_path: Path
) -> None:
    root = tree(tmp_path / "tree")
    said = report(run, root, policy(tmp_path / "set", "{tool_skips: true}"))
    assert active(said) == set()
    assert said["verdict"]["outcome"] == "pass"
    excuses = {
        f["rule"]: (f["excuse"]["how"], f["excuse"]["reason"], f["excuse"]["line"]) for f in said["findings"]
    }
    assert excuses == {
        "checkov/CKV_AWS_17": ("checkov:skip", "the office needs it", 2),
        "checkov/CKV_DOCKER_1": ("checkov:skip", "jump host", 3),
        "checkov/CKV_K8S_16": ("checkov:skip", "we need it", 7),
    }


@pytest.mark.skipif(sys.platform != "linux", reason="finds the worker in /proc")
def test_a_killed_worker_leaves_the_scan_undecided(tmp_path: Path) -> None:
    root, chosen = tmp_path / "tree", policy(tmp_path / "set")
    write(root, "pod.yaml", POD)
    scan = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "complygate",
            "scan",
            root,
            "--policy",
            chosen,
            "--no-cache",
            "--format",
            "json",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    killed = False
    while scan.poll() is None:
        for worker in _descendants(scan.pid):
            killed = True
            os.kill(worker, signal.SIGKILL)
        time.sleep(0.005)
    out, err = scan.communicate()
    said = json.loads(out)
    assert killed, err
    assert scan.returncode == 3
    assert said["verdict"]["outcome"] == "undecided"
    (problem,) = said["problems"]
    assert (problem["kind"], problem["path"]) == ("engine-error", "pod.yaml")
    assert "Checkov's kubernetes checks gave no answer for pod.yaml" in problem["message"]


def _descendants(pid: int) -> list[int]:
    """Return the processes that `pid` started, and that these started."""
    found: list[int] = []
    todo = [pid]
    while todo:
        here = todo.pop()
        for listing in Path(f"/proc/{here}/task").glob("*/children"):
            try:
                children = [int(word) for word in listing.read_text().split()]
            except OSError:
                continue
            found.extend(children)
            todo.extend(children)
    return found
