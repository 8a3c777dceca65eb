"""What Helm and Kustomize make of a tree: judged where it is rendered, and said where it is not."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import Run, write

STOREFRONT = Path(__file__).parents[2] / "examples/storefront/charts/image-resizer"
HELM = Path(__file__).with_name("stand_in_helm.py")
REDIS = "apiVersion: v2\nname: redis\nversion: 18.0.0\n"
POLICY = "name: p\ntitle: P\nrules: [{{select: {{checkov: [{checks}]}}}}]\n"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers: [{name: app, image: "registry.example.com/app:1.0", securityContext: {privileged: true}}]
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stand-ins are scripts")


def scan(run: Run, tmp_path: Path, checks: str) -> dict[str, Any]:
    programs, chosen = tmp_path / "bin", tmp_path / "set"
    write(programs, "helm", f"#!{sys.executable} -I\n{HELM.read_text()}")
    (programs / "helm").chmod(0o755)
    write(chosen, "policies/p.yaml", POLICY.format(checks=checks))
    done = run(
        "scan", tmp_path / "tree", "--policy", chosen, "--format", "json", "--no-cache",
        PATH=f"{programs}{os.pathsep}{os.environ['PATH']}",
    )  # fmt: skip
    assert done.code in {0, 1, 3}, done.err
    said: dict[str, Any] = json.loads(done.out)
    return said


def places(said: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    return sorted(
        (f["check"], f["path"], f["span"]["line"], f["span"]["column"])
        for f in said["findings"]
        if f["check"]
    )


def unrendered(said: dict[str, Any], tool: str) -> list[tuple[str, str]]:
    return sorted(
        (p["path"], p["message"])
        for p in said["problems"]
        if p["kind"] == "not-rendered" and f"Checkov ({tool})" in p["message"]
    )


def test_a_chart_is_judged_as_helm_renders_it_and_findings_are_in_its_templates(
    run: Run, tmp_path: Path
) -> None:
    chart = tmp_path / "tree/charts/image-resizer"
    shutil.copytree(STOREFRONT, chart)
    write(chart, "charts/redis/Chart.yaml", REDIS)
    said = scan(run, tmp_path, "CKV_K8S_14, CKV_K8S_8, CKV_K8S_13, CKV_K8S_21")
    deployment = "charts/image-resizer/templates/deployment.yaml"
    lines = (chart / "templates/deployment.yaml").read_text().split("\n")
    assert places(said) == [
        ("CKV_K8S_14", deployment, next(n for n, x in enumerate(lines, 1) if "image: " in x), 11),
        ("CKV_K8S_21", deployment, 1, 1),
        ("CKV_K8S_21", "charts/image-resizer/templates/service.yaml", 1, 1),
        ("CKV_K8S_8", deployment, next(n for n, x in enumerate(lines, 1) if "containers:" in x), 7),
    ]
    assert unrendered(said, "helm") == []


def test_a_chart_that_helm_does_not_render_is_said_in_helms_words(run: Run, tmp_path: Path) -> None:
    shutil.copytree(STOREFRONT, tmp_path / "tree/charts/image-resizer")  # its dependency is on the network
    write(tmp_path, "tree/charts/nameless/Chart.yaml", "apiVersion: v2\nversion: 1.0.0\n")
    write(tmp_path, "tree/charts/broken/Chart.yaml", "apiVersion: [\n")
    write(tmp_path, "tree/pod.yaml", POD)
    said = scan(run, tmp_path, "CKV_K8S_16")
    assert [place[:3] for place in places(said)] == [("CKV_K8S_16", "pod.yaml", 5)]
    found = unrendered(said, "helm")
    assert {path for path, _ in found} == {
        "charts/broken/Chart.yaml",
        "charts/image-resizer/Chart.yaml",
        "charts/nameless/Chart.yaml",
    }
    assert any("cannot be reached" in message for _, message in found)
    assert said["verdict"]["outcome"] == "fail"


@pytest.mark.skipif(not shutil.which("kubectl"), reason="needs kubectl")
def test_every_kustomization_is_judged_and_one_that_is_not_rendered_is_said(run: Run, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for name in ("one", "two"):  # the same names in both
        write(tree, f"{name}/kustomization.yaml", "resources: [../pods]\n")
    write(tree, "pods/kustomization.yaml", "resources: [pod.yaml]\n")
    write(tree, "pods/pod.yaml", POD)
    write(tree, "generated/kustomization.yaml", "configMapGenerator: [{name: a, files: [k=a.txt]}]\n")
    write(tree, "generated/a.txt", "x\n")
    write(tree, "far/kustomization.yaml", "resources: [missing.yaml]\n")
    said = scan(run, tmp_path, "CKV_K8S_16, CKV_K8S_21")
    assert places(said) == [
        ("CKV_K8S_16", "one/kustomization.yaml", 1, 1),
        ("CKV_K8S_16", "pods/kustomization.yaml", 1, 1),
        ("CKV_K8S_16", "pods/pod.yaml", 5, 85),
        ("CKV_K8S_16", "two/kustomization.yaml", 1, 1),
        ("CKV_K8S_21", "generated/kustomization.yaml", 1, 1),
    ]
    ((path, message),) = unrendered(said, "kustomize")
    assert path == "far/kustomization.yaml"
    assert "kubectl renders nothing" in message
    assert "missing.yaml" in message


TYPE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Odd:
    Type: {Fn::Transform: {Name: Shape}}
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      PubliclyAccessible: true
"""


def test_a_resource_whose_type_is_a_map_costs_nothing_else(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "tree/stack.yaml", TYPE)
    said = scan(run, tmp_path, "CKV_AWS_17")
    assert places(said) == [("CKV_AWS_17", "stack.yaml", 8, 7)]
    (problem,) = [p for p in said["problems"] if "Checkov" in p["message"]]
    assert (problem["kind"], problem["path"]) == ("not-rendered", "stack.yaml")
    assert "the resource Odd is not judged" in problem["message"]


def test_a_file_that_python_reads_nothing_of_is_judged(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "tree/tabs.yaml", POD.replace("kind: Pod", "kind: Pod\t"))
    write(tmp_path, "tree/sign.yaml", POD + "---\napiVersion: v1\nkind: ConfigMap\nenum:\n- '!='\n- =\n")
    template = TYPE.replace("{Fn::Transform: {Name: Shape}}", "AWS::SNS::Topic")
    write(tmp_path, "tree/stack.yaml", template.replace("Resources:", "Description: =\nResources:"))
    said = scan(run, tmp_path, "CKV_K8S_16, CKV_AWS_17")
    assert said["problems"] == []
    assert [(check, path) for check, path, *_ in places(said)] == [
        ("CKV_AWS_17", "stack.yaml"),
        ("CKV_K8S_16", "sign.yaml"),
        ("CKV_K8S_16", "tabs.yaml"),
    ]
