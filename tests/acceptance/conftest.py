"""The real program, as a user runs it: a process, files on disk, git repositories."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: app
      image: registry.example.com/app:1.0
      securityContext:
        runAsNonRoot: {flag}
"""

RULE = """\
title: Containers run as a non-root user
severity: high
tags: [demo]
applies_to: kubernetes/Pod
select: $.spec.containers[*]
check:
  cel: '{check}'
at: securityContext.runAsNonRoot
message: "Container {{self.name}} may run as root"
why: Root in a container is root on the node once it breaks out.
fix: Set `runAsNonRoot` to true.
"""

POLICY = """\
name: house
title: House rules
rules:
  - select: {select}
    enforcement: {enforcement}
    waivable: {{inline: {inline}}}
"""

GOOD_CHECK = "self.?securityContext.?runAsNonRoot.orValue(false) == true"


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


class Run(Protocol):
    def __call__(self, *arguments: str | Path, cwd: Path | None = None, **environment: str) -> Result: ...


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run complygate in a process of its own and return its exit code and output."""

    def _run(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "complygate", *map(str, arguments)],
            cwd=cwd or tmp_path,
            env=dict(os.environ) | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return _run


def write(root: Path, path: str, text: str) -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A policy set of one rule, outside the scanned tree."""
    return policy_set(tmp_path / "house")


def policy_set(
    folder: Path,
    *,
    check: str = GOOD_CHECK,
    select: str = "{tags: [demo]}",
    enforcement: str = "enforce",
    inline: str = "true",
) -> Path:
    """Write a policy set of one rule and return its folder."""
    write(folder, "policyset.yaml", "name: house\ndefault: house\n")
    write(folder, "rules/demo/non-root.yaml", RULE.format(check=check))
    write(folder, "policies/house.yaml", POLICY.format(select=select, enforcement=enforcement, inline=inline))
    return folder


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A tree with one pod that complies."""
    folder = tmp_path / "repo"
    write(folder, "deploy/pod.yaml", POD.format(flag="true"))
    return folder
