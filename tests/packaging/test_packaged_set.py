"""The built-in policy set, laid out as a wheel lays it out: nothing of the checkout is needed.

`tools/check_wheel.py`, which `make check` runs, tries the same on a wheel that is really built.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.0
      securityContext: {privileged: true}
"""
PROGRAM = """\
from pathlib import Path
import complygate
from complygate import policy
print(complygate.__file__)
print(*(policy.load(f"builtin:{name}", base=Path("/")).digest for name in ("baseline", "strict")))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Put the package and what pyproject.toml sends along into a folder of its own, and return that."""
    folder = tmp_path_factory.mktemp("site")
    junk = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src/complygate", folder / "complygate", ignore=junk)
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    for source, target in build["targets"]["wheel"]["force-include"].items():
        (folder / target).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, folder / target)
    return folder


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd="/", capture_output=True, text=True, check=False
    )


def test_it_is_the_set_of_the_checkout(site: Path) -> None:
    there = run(site, "-c", PROGRAM).stdout.splitlines()
    here = run(ROOT / "src", "-c", PROGRAM).stdout.splitlines()
    assert there[0] == str(site / "complygate/__init__.py")
    assert here[0] == str(ROOT / "src/complygate/__init__.py")
    assert there[1] == here[1]


def test_it_judges(site: Path, tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(POD)
    done = run(site, "-m", "complygate", "scan", str(tmp_path))
    assert "kubernetes/privileged" in done.stdout
    assert done.returncode == 1


def test_mistakes_are_explained_with_the_schemas_that_came_along(site: Path, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/p.yaml").write_text("name: p\ntitel: P\nrules: [{select: {all: true}}]\n")
    done = run(site, "-m", "complygate", "policy", "show", "--policy", str(tmp_path))
    assert done.returncode == 2
    assert 'did you mean "title"?' in done.stderr
