"""The pre-commit hooks, run by the real pre-commit.

Here the hooks run the complygate of this environment (`language: system`), because `language: python` would
download complygate's dependencies; `make try-hooks` runs them as they are published.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.0.0
      securityContext:
        privileged: true
"""


class Checkout:
    """A git repository that uses the hooks."""

    def __init__(self, tmp: Path) -> None:
        self.folder = tmp / "checkout"
        self._hooks = tmp / "hooks"
        self._env = {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp),
            "PRE_COMMIT_HOME": str(tmp / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_NAME": "someone" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "someone@example.com" for who in ("AUTHOR", "COMMITTER")},
        }
        for folder in (self.folder, self._hooks):
            folder.mkdir()
            self._git(folder, "init", "--quiet", "--initial-branch=main")
        self._publish()
        self.commit()

    def _publish(self) -> None:
        hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
        for hook in hooks:
            assert hook["language"] == "python"
            hook["language"] = "system"
        (self._hooks / ".pre-commit-hooks.yaml").write_text(yaml.safe_dump(hooks), "utf-8")
        self._git(self._hooks, "add", ".")
        self._git(self._hooks, "commit", "--quiet", "--message=hooks")
        rev = self._git(self._hooks, "rev-parse", "HEAD").strip()
        used = [{"id": hook["id"]} for hook in hooks]
        config = {"repos": [{"repo": str(self._hooks), "rev": rev, "hooks": used}]}
        self.write(".pre-commit-config.yaml", yaml.safe_dump(config))

    def _git(self, folder: Path, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=self._env, capture_output=True, text=True, check=True
        )
        return done.stdout

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def commit(self) -> None:
        self._git(self.folder, "add", ".")
        self._git(self.folder, "commit", "--quiet", "--message=work")

    def run(self, hook: str) -> tuple[int, str]:
        """Stage everything and run one hook as `git commit` would; return its code and its words."""
        self._git(self.folder, "add", ".")
        done = subprocess.run(
            [BIN / "pre-commit", "run", "--color=never", hook],
            cwd=self.folder,
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    if shutil.which("git") is None:
        pytest.fail("git is needed to try the hooks")
    return Checkout(tmp_path)


def test_the_manifest_is_valid() -> None:
    done = subprocess.run(
        [BIN / "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"], cwd=ROOT, check=False
    )
    assert done.returncode == 0


def test_the_hook_for_changed_files_reports_those_alone(checkout: Checkout) -> None:
    checkout.write("deploy/old.yaml", POD)
    checkout.commit()
    checkout.write("deploy/new.yaml", POD.replace("name: web", "name: new"))
    code, text = checkout.run("complygate")
    assert code == 1
    assert "deploy/new.yaml" in text
    assert "deploy/old.yaml" not in text
    assert "exit code: 1" in text


def test_the_hook_for_changed_files_passes_what_no_rule_is_about(checkout: Checkout) -> None:
    checkout.write("deploy/old.yaml", POD)
    checkout.commit()
    checkout.write("data/prices.yaml", "mug: 1290\n")
    code, text = checkout.run("complygate")
    assert code == 0, text
    assert "Passed" in text


def test_the_hook_for_changed_files_leaves_sources_alone(checkout: Checkout) -> None:
    checkout.write("src/server.ts", "export {};\n")
    code, text = checkout.run("complygate")
    assert code == 0
    assert "Skipped" in text


def test_a_file_that_looks_like_an_option_is_a_file(checkout: Checkout) -> None:
    checkout.write("--soft-fail.yaml", POD)
    code, text = checkout.run("complygate")
    assert code == 1
    assert "--soft-fail.yaml" in text


def test_a_broken_file_stops_the_commit(checkout: Checkout) -> None:
    checkout.write(".github/workflows/ci.yml", "on: push\njobs: [unclosed\n")
    code, text = checkout.run("complygate")
    assert code == 1
    assert "exit code: 3" in text


def test_the_hook_for_everything_reports_what_was_there_before(checkout: Checkout) -> None:
    checkout.write("deploy/old.yaml", POD)
    checkout.commit()
    checkout.write("src/server.ts", "export {};\n")
    code, text = checkout.run("complygate-all")
    assert code == 1
    assert "deploy/old.yaml" in text
