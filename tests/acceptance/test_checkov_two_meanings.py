"""An id of Checkov's that means one thing in manifests and another in Terraform."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.acceptance.conftest import Run, write

if TYPE_CHECKING:
    from pathlib import Path

POLICY = """\
name: p
title: P
rules:
  - select: {checkov: [CKV_K8S_12, CKV_K8S_13]}
    waivable: {inline: true}
  - select: {ids: [kubernetes/memory-limit]}
    enforcement: enforce
    waivable: {inline: true}
"""
TERRAFORM = """\
resource "kubernetes_deployment" "web" {
  metadata {
    name = "web"
  }
  spec {
    template {
      spec {
        # complygate: ignore[IGNORED] the reason
        container {
          name  = "web"
          image = "registry.example.com/web:1.0"
        }
      }
    }
  }
}
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: app
      image: registry.example.com/app:1.0
"""


def scan(run: Run, tmp_path: Path) -> list[dict[str, Any]]:
    write(tmp_path, "set/policies/p.yaml", POLICY)
    done = run("scan", tmp_path / "tree", "--policy", tmp_path / "set", "--format", "json", "--no-cache")
    assert done.code in {0, 1}, done.err
    findings: list[dict[str, Any]] = json.loads(done.out)["findings"]
    return findings


def test_our_rule_stands_in_for_what_the_id_means_there(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "tree/main.tf", TERRAFORM.replace("IGNORED", "x/y"))
    write(tmp_path, "tree/pod.yaml", POD)
    assert sorted((f["path"], f["rule"]) for f in scan(run, tmp_path)) == [
        ("main.tf", "checkov/CKV_K8S_13"),  # requests
        ("main.tf", "kubernetes/memory-limit"),
        ("pod.yaml", "checkov/CKV_K8S_12"),  # requests
        ("pod.yaml", "kubernetes/memory-limit"),
    ]


@pytest.mark.parametrize(
    ("name", "excused"), [("CKV_K8S_12", True), ("CKV_K8S_13", False), ("kubernetes/memory-limit", True)]
)
def test_an_ignore_excuses_what_the_id_means_there(
    run: Run, tmp_path: Path, name: str, excused: bool
) -> None:
    write(tmp_path, "tree/main.tf", TERRAFORM.replace("IGNORED", name))
    (limit,) = [f for f in scan(run, tmp_path) if f["rule"] == "kubernetes/memory-limit"]
    assert (limit["disposition"] == "waived") is excused


def test_the_rule_is_found_by_either_id(run: Run) -> None:
    for name in ("CKV_K8S_13", "CKV_K8S_12", "kubernetes/memory-limit"):
        shown = run("rules", "show", name)
        assert (shown.code, "kubernetes/memory-limit" in shown.out) == (0, True)
