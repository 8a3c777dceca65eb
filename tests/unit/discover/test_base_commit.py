"""The commit to compare with: named without doubt, read by its id, and nothing of the work tree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from complygate.discover import base
from complygate.errors import UndecidedError

Git = Callable[..., str]


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git("init", "-q", cwd=folder)
    (folder / "a.txt").write_text("first\n")
    (folder / "sub").mkdir()
    (folder / "sub/ü.txt").write_bytes(b"\xff\0raw")
    (folder / "link").symlink_to("a.txt")
    git("add", ".", cwd=folder)
    git("commit", "-qm", "one", cwd=folder)
    return folder


def head(git: Git, repo: Path, name: str = "HEAD") -> str:
    return git("rev-parse", name, cwd=repo).strip()


def test_files_are_those_of_the_commit_and_not_of_the_work_tree(repo: Path, git: Git) -> None:
    found = base.find(repo / "sub", "HEAD")
    (repo / "a.txt").write_text("second\n")
    git("add", ".", cwd=repo)
    assert found.commit == head(git, repo)
    assert found.read("a.txt") == b"first\n"
    assert found.read("sub/ü.txt") == b"\xff\0raw"
    assert found.read("b.txt") is None
    assert sorted(found.entries()) == ["a.txt", "link", "sub/ü.txt"]


def test_a_link_and_a_large_file_are_not_read(repo: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    found = base.find(repo, "main")
    with pytest.raises(UndecidedError, match="link is no plain file"):
        found.read("link")
    monkeypatch.setattr(base, "MAX_BYTES", 3)
    with pytest.raises(UndecidedError, match="too large"):
        found.read("a.txt")


@pytest.mark.parametrize("name", ["main", "HEAD~1", "HEAD^", "main~1", "refs/heads/main", "@"])
def test_commits_have_many_names(repo: Path, git: Git, name: str) -> None:
    git("commit", "-q", "--allow-empty", "-m", "two", cwd=repo)
    assert base.find(repo, name).commit == head(git, repo, name)
    assert base.find(repo, head(git, repo, name)).commit == head(git, repo, name)


def test_a_tag_under_the_name_of_a_branch_is_refused(repo: Path, git: Git) -> None:
    git("branch", "release", cwd=repo)
    git("commit", "-q", "--allow-empty", "-m", "of the attacker", cwd=repo)
    git("tag", "release", cwd=repo)
    with pytest.raises(UndecidedError, match="means several commits"):
        base.find(repo, "release")
    assert base.find(repo, "refs/heads/release").commit == head(git, repo, "HEAD~1")


def test_a_replaced_commit_is_not_believed(repo: Path, git: Git) -> None:
    first = head(git, repo)
    (repo / "a.txt").write_text("of the attacker\n")
    git("commit", "-qam", "two", cwd=repo)
    git("replace", first, head(git, repo), cwd=repo)
    assert base.find(repo, first).read("a.txt") == b"first\n"


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "nowhere",
        "--help",
        "-q",
        "HEAD:a.txt",
        "main..main",
        "main@{0}",
        ":/one",
        "0" * 40,
        "a b",
        "^main",
    ],
)
def test_what_is_no_commit_here_is_undecided(repo: Path, name: str) -> None:
    with pytest.raises(UndecidedError, match="--base"):
        base.find(repo, name)


def test_outside_git_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(UndecidedError, match="no git repository"):
        base.find(tmp_path, "HEAD")
