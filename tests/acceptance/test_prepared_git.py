"""A tree with a prepared `.git`, as it comes out of an archive: what fails there fails all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.acceptance.conftest import POD, Run, write

Git = Callable[..., str]


@pytest.fixture
def failing(repo: Path, git: Git) -> Path:
    """A repository with a pod that violates the house's rule, tracked, and matched by an ignore file."""
    write(repo, "deploy/pod.yaml", POD.format(flag="false"))
    write(repo, ".gitignore", "deploy/\n")
    git("init", "-q", cwd=repo)
    git("add", "-f", ".", cwd=repo)
    return repo


@pytest.mark.parametrize("worktree", ["/", "..", "deploy", "nowhere", "/dev/null"])
@pytest.mark.parametrize("bare", ["true", "false"])
def test_settings_that_name_another_work_tree(
    run: Run, house: Path, failing: Path, git: Git, worktree: str, bare: str
) -> None:
    git("config", "core.bare", bare, cwd=failing)
    with (failing / ".git/config").open("a") as config:
        config.write(f"[core]\n\tworktree = {worktree}\n")
    result = run("scan", failing, "--policy", house)
    assert (result.code, result.err) == (1, "")
    assert "deploy/pod.yaml:10:9" in result.out
    part = run("scan", failing / "deploy", "--policy", house)
    assert (part.code, part.err) == (1, "")
    assert "deploy/pod.yaml:10:9" in part.out


def test_a_pointer_to_another_repository(run: Run, house: Path, failing: Path, git: Git) -> None:
    other = failing.parent / "other"
    write(other, "private.yaml", POD.format(flag="true"))
    git("init", "-q", cwd=other)
    git("remote", "add", "origin", "https://example.com/private", cwd=other)
    git("add", ".", cwd=other)
    git("commit", "-qm", "first", cwd=other)
    (failing / ".git").rename(failing.parent / "was")
    write(failing, ".git", f"gitdir: {other}/.git\n")
    result = run("scan", failing, "--policy", house, "--format", "json")
    assert result.code == 1
    assert json.loads(result.out)["findings"][0]["path"] == "deploy/pod.yaml"
    assert "private" not in result.out
