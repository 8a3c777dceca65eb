"""The recipes of CONTRIBUTING.md: each file that they name is made as it stands there, and works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(
    r"^ *```(?:yaml|python)\n(?P<text>(?: *# file: (?P<file>\S+)\n).*?)^ *```$", re.MULTILINE | re.DOTALL
)
FILES = {
    found["file"]: textwrap.dedent(found["text"]).partition("\n")[2]
    for found in _BLOCK.finditer((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
}

POLICY = "name: ours\ntitle: Ours\nrules:\n  - select: {ids: [%s]}\n    enforcement: enforce\n"
WEB = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n"
RULE = """\
id: pre-commit/pinned
title: Hooks are pinned
severity: low
applies_to: pre-commit/config
select: $.repos[*].rev
check:
  cel: self.matches('^[0-9a-f]{40}$')
message: "{self} is not a commit"
why: A tag can be moved.
fix: Name the commit.
since: 0.1.0
examples:
  pass:
    - "repos:\\n  - rev: 0123456789012345678901234567890123456789\\n"
  fail:
    - "repos:\\n  - rev: v1  # expect\\n"
"""


class Fork:
    """A copy of the project, as a contributor has it."""

    def __init__(self, tmp: Path) -> None:
        self.folder = tmp / "fork"
        self.scanned = tmp / "scanned"
        self.scanned.mkdir()
        for name in ("src", "rules", "policies", "controls"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "policyset.yaml", self.folder)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def complygate(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "complygate", *arguments],
            cwd=self.scanned,
            env={**os.environ, "PYTHONPATH": str(self.folder / "src")},
            capture_output=True,
            text=True,
            check=False,
        )

    def scan(self, rule: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.write("policies/ours.yaml", POLICY % rule)
        return self.complygate("scan", "--policy=builtin:ours", *arguments)


@pytest.fixture
def fork(tmp_path: Path) -> Fork:
    return Fork(tmp_path)


def test_the_three_recipes_are_there() -> None:
    assert set(FILES) == {
        "rules/kubernetes/replicas.yaml",
        "src/complygate/formats/precommit.py",
        "src/complygate/reporters/csv.py",
    }


def test_a_rule_is_one_file(fork: Fork) -> None:
    name = "rules/kubernetes/replicas.yaml"
    started = fork.complygate(
        "rules", "new", "kubernetes/Deployment", "Replicas", f"--rules={fork.folder}/rules"
    )
    assert started.returncode == 0, started.stderr
    assert (fork.folder / name).is_file()
    fork.write(name, FILES[name])
    proven = fork.complygate("policy", "test", "kubernetes/replicas")
    assert proven.returncode == 0, proven.stdout + proven.stderr
    (fork.scanned / "web.yaml").write_text(WEB, "utf-8")
    done = fork.scan("kubernetes/replicas")
    assert done.returncode == 1, done.stderr
    assert "web.yaml:5" in done.stdout
    assert "web runs a single replica" in done.stdout


def test_a_format_is_one_module(fork: Fork) -> None:
    name = "src/complygate/formats/precommit.py"
    fork.write(name, FILES[name])
    fork.write("rules/pre-commit/pinned.yaml", RULE)
    (fork.scanned / ".pre-commit-config.yaml").write_text("repos:\n  - rev: v1\n", "utf-8")
    done = fork.scan("pre-commit/pinned")
    assert done.returncode == 1, done.stderr
    assert "v1 is not a commit" in done.stdout


def test_an_output_is_one_module(fork: Fork) -> None:
    for name in ("src/complygate/reporters/csv.py", "rules/kubernetes/replicas.yaml"):
        fork.write(name, FILES[name])
    (fork.scanned / "web.yaml").write_text(WEB, "utf-8")
    done = fork.scan("kubernetes/replicas", "--format=csv")
    assert done.stdout.splitlines()[1:] == [
        "low,enforce,active,kubernetes/replicas,web.yaml,5,web runs a single replica"
    ], done.stderr
