"""A rule with the tag `secret` points at a secret: no report repeats it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.acceptance.conftest import POLICY, Run, write

PASSWORD = "hunter2-is-the-password"  # noqa: S105 - what the tests look for

POD = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  containers:
    - name: app
      env:
        - name: PASSWORD
          value: {PASSWORD}
"""

RULE = """\
title: No password is written out
severity: high
tags: [demo, secret]
applies_to: kubernetes/Pod
select: $.spec.containers[*].env[*]
check:
{check}
message: "{message}"
why: Everyone can read it.
fix: Take it from a secret store.
"""

CEL = "  cel: self.name != 'PASSWORD'\n"
AT_THE_VALUE = CEL + "at: value"
SCHEMA = "  schema: {properties: {value: {maxLength: 3}}}"
FAULT = "  cel: self[self.value] == 1"
FORMATS = ("text", "json", "sarif", "markdown", "github")
Scan = Callable[[str, str], str]


@pytest.fixture
def scan(run: Run, tmp_path: Path, repo: Path) -> Scan:
    """Scan a pod with a password by a rule of this check and message, and return all reports in one text."""

    def _scan(check: str, message: str) -> str:
        house = tmp_path / "set"
        write(house, "policyset.yaml", "name: house\ndefault: house\n")
        write(house, "rules/demo/password.yaml", RULE.format(check=check, message=message))
        write(
            house,
            "policies/house.yaml",
            POLICY.format(select="{tags: [demo]}", enforcement="enforce", inline="true"),
        )
        write(repo, "deploy/pod.yaml", POD)
        files = [tmp_path / form for form in FORMATS]
        outputs = [word for file in files for word in ("-o", f"{file.name}={file}")]
        results = [
            run("scan", repo, "--policy", house, *outputs),
            run("scan", repo, "--policy", house, "-f", "sarif", "--sarif-profile", "github"),
        ]
        assert {result.code for result in results} <= {1, 3}
        texts = [result.out + result.err for result in results] + [file.read_text() for file in files]
        return "\n".join(texts)

    return _scan


PLACEHOLDERS = (
    "{value} {detail} {self} {self.value} {view.spec} {view.spec.containers[0].env[0].value} {document}"
)


@pytest.mark.parametrize("check", [AT_THE_VALUE, CEL, SCHEMA], ids=["at", "cel", "schema"])
def test_no_placeholder_shows_it(scan: Scan, check: str) -> None:
    shown = scan(check, f"There is {PLACEHOLDERS} in {{resource}}")
    assert PASSWORD not in shown
    assert f"There is {' '.join(['[redacted]'] * 7)} in Pod/web" in shown


def test_what_names_the_place_is_shown(scan: Scan) -> None:
    shown = scan(AT_THE_VALUE, "{key} of {resource} in {path}")
    assert "value of Pod/web in deploy/pod.yaml" in shown


def test_an_engine_that_fails_does_not_repeat_it(scan: Scan) -> None:
    shown = scan(FAULT, "No")
    assert "engine-error" in shown
    assert PASSWORD not in shown
