"""examples/golden-path: what is asked of a service follows from its entry in the catalogue."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples/golden-path"
README = (EXAMPLE / "README.md").read_text("utf-8")
Report = dict[str, Any]
Scan = Callable[[Path], Report]


@pytest.fixture
def scan() -> Scan:
    def run(folder: Path) -> Report:
        command = [
            sys.executable,
            "-m",
            "complygate",
            "scan",
            str(folder),
            "--policy",
            str(EXAMPLE / "policy"),
        ]
        done = subprocess.run(
            [*command, "--format", "json"], env=dict(os.environ), capture_output=True, check=False, text=True
        )
        report: Report = json.loads(done.stdout)
        assert done.returncode == report["verdict"]["exit_code"], done.stderr
        return report

    return run


@pytest.fixture
def service(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE / "checkout", tmp_path / "checkout"))


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE / "toy", tmp_path / "toy"))


def found(report: Report, level: str) -> set[str]:
    return {one["rule"] for one in report["findings"] if one["level"] == level}


def change(file: Path, *pairs: tuple[str, str]) -> None:
    text = file.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def test_the_readme_names_all_that_blocks_the_production_service(scan: Scan, service: Path) -> None:
    table = README.partition("What is wrong with `checkout`")[2]
    assert found(scan(service), "enforce") == set(re.findall(r"`([a-z-]+/[a-z-]+)`", table)) - {
        "docs/recovery",
    }


def test_the_service_passes_once_it_is_back_on_the_path(scan: Scan, service: Path) -> None:
    change(
        service / ".github/workflows/ci.yml",
        ("service.yml@v3.1.4", "service.yml@8558fd74291d67161a8a78ce36a881fa63b766a9 # v3.2.1"),
        ("    if: github.actor != 'dependabot[bot]'\n", ""),
        ('    paths-ignore: ["**.md"]\n', ""),
        ("        continue-on-error: true\n", ""),
    )
    change(service / "CODEOWNERS", ("/.github/workflows/\n", ""))
    (service / "docs/recovery.md").write_text("# Restore\n", "utf-8")
    labels = "  labels: {app.kubernetes.io/part-of: webshop}\n  name: checkout\n"
    change(
        service / "deploy/checkout.yaml",
        ("Deployment\nmetadata:\n  name: checkout\n", f"Deployment\nmetadata:\n{labels}"),
    )
    with (service / "deploy/checkout.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
            "metadata: {name: checkout, namespace: checkout}\n"
            "spec: {maxUnavailable: 1, selector: {matchLabels: {app: checkout}}}\n"
        )
    report = scan(service)
    assert (report["verdict"]["outcome"], found(report, "enforce")) == ("pass", set())


def test_an_experiment_is_shown_the_path_and_a_production_service_is_kept_on_it(
    scan: Scan, toy: Path
) -> None:
    report = scan(toy)
    assert report["verdict"]["outcome"] == "pass"
    assert "golden-path/approved-pipeline" in found(report, "warn")
    change(toy / "catalog-info.yaml", ("experimental", "production"))
    grown = scan(toy)
    assert grown["verdict"]["outcome"] == "fail"
    assert found(grown, "enforce") == {
        "golden-path/approved-pipeline",
        "golden-path/team-owner",
        "golden-path/template-files",
        "golden-path/tier-stated",
    }


def test_a_tier_asks_for_more(scan: Scan, service: Path) -> None:
    change(service / "catalog-info.yaml", ("tier: tier-1", "tier: tier-3"))
    second = found(scan(service), "enforce")
    assert "repository/disruption-budget" not in second
    assert "golden-path/template-files" not in second
    assert "golden-path/workflow-version" in second


def test_a_gitlab_project_is_on_the_path_with_the_component(scan: Scan, toy: Path) -> None:
    change(toy / "catalog-info.yaml", ("experimental", "production"))
    shutil.rmtree(toy / ".github")
    pipeline = toy / ".gitlab-ci.yml"
    pipeline.write_text(
        "include:\n  - component: $CI_SERVER_FQDN/harrowvale/pipelines/service@3.2.0\n"
        "test: {script: [make test]}\n"
    )
    ours = {"golden-path/approved-pipeline", "golden-path/component-version", "golden-path/gitlab-jobs-run"}
    assert not ours & found(scan(toy), "enforce")
    change(pipeline, ("@3.2.0", "@3.1.9"), ("[make test]}", "[make test], allow_failure: true}"))
    assert ours & found(scan(toy), "enforce") == ours - {"golden-path/approved-pipeline"}


def test_a_repository_cannot_say_which_workflows_are_approved(scan: Scan, toy: Path) -> None:
    (toy / ".complygate.yaml").write_text(
        "rules:\n  - select: {ids: [golden-path/approved-pipeline]}\n    params: {approved: [ada/mine]}\n"
    )
    change(toy / "catalog-info.yaml", ("experimental", "production"))
    report = scan(toy)
    assert "golden-path/approved-pipeline" in found(report, "enforce")
    assert [problem["kind"] for problem in report["problems"]] == ["loosening"]
    assert "what is given is not changed" in report["problems"][0]["message"]
