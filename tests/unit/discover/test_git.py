from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from complygate.discover.git import provenance
from complygate.model.report import Provenance

Git = Callable[..., str]


@pytest.fixture
def repository(tmp_path: Path, git: Git) -> Path:
    git("init", "-q")
    (tmp_path / "a").write_text("x")
    git("add", "a")
    git("commit", "-qm", "first")
    return tmp_path


@pytest.mark.parametrize(
    ("remote", "shown"),
    [
        ("https://user:token@example.com/o/r.git", "https://example.com/o/r.git"),
        ("git@example.com:o/r.git", "https://example.com/o/r.git"),
        ("ssh://git@example.com:2222/o/r.git", "https://example.com/o/r.git"),
        ("https://example.com:8443/o/r", "https://example.com:8443/o/r"),
        ("/srv/git/r.git", ""),
        ("file:///srv/git/r.git", ""),
        ("../r.git", ""),
    ],
)
def test_the_remote_is_shown_without_credentials(repository: Path, git: Git, remote: str, shown: str) -> None:
    git("remote", "add", "origin", remote)
    assert provenance(repository).repository == shown


@pytest.mark.parametrize(
    "remote",
    ["https://[bad/o/r", "https://example.com:port/o/r", "https://example.com:99999/o/r", "http://", "::"],
)
def test_a_remote_that_is_no_address_is_not_shown(repository: Path, git: Git, remote: str) -> None:
    git("config", "remote.origin.url", remote)
    assert provenance(repository).repository == ""


def test_commit_and_branch(repository: Path, git: Git) -> None:
    commit = git("rev-parse", "HEAD").strip()
    assert provenance(repository) == Provenance("", commit, "main")
    git("checkout", "-q", "--detach")
    assert provenance(repository) == Provenance("", commit, "")


def test_a_folder_outside_git_has_no_provenance(tmp_path: Path) -> None:
    assert provenance(tmp_path) == Provenance()


def test_a_repository_without_a_commit_has_no_provenance(tmp_path: Path, git: Git) -> None:
    git("init", "-q")
    assert provenance(tmp_path) == Provenance()
