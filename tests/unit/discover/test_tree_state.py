"""Whether files are those of the commit: real git, and nothing of the repository's runs."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from tests.conftest import Git

from complygate.discover.state import changes, tree_of


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Path:
    folder = tmp_path.resolve() / "repo"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.yaml").write_text("a: 1\nb: 2\n")
    (folder / "sub/b.yaml").write_text("b: 1\n")
    (folder / "link").symlink_to("a.yaml")
    git("init", "-q", cwd=folder)
    git("add", ".", cwd=folder)
    git("commit", "-q", "-m", "one", cwd=folder)
    return folder


def test_a_clean_tree_and_its_id(repo: Path, git: Git) -> None:
    assert changes(repo) == ()
    assert changes(repo / "sub", ["a.yaml", "sub/b.yaml"]) == ()
    assert tree_of(repo) == git("rev-parse", "HEAD^{tree}", cwd=repo).strip()


def test_what_counts_as_a_change(repo: Path, git: Git) -> None:
    (repo / "a.yaml").write_text("a: 2\nb: 2\n")
    (repo / "new.yaml").write_text("c: 1\n")
    (repo / "link").unlink()
    (repo / "link").symlink_to("sub/b.yaml")
    assert changes(repo) == ("a.yaml", "link")
    assert changes(repo, ["new.yaml"]) == ("a.yaml", "link", "new.yaml")
    git("add", ".", cwd=repo)
    assert changes(repo) == ("a.yaml", "link", "new.yaml")


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_marks_in_the_index_hide_no_change(repo: Path, git: Git, flag: str) -> None:
    git("update-index", flag, "a.yaml", cwd=repo)
    (repo / "a.yaml").write_text("a: 2\nb: 2\n")
    assert changes(repo) == ("a.yaml",)
    (repo / "a.yaml").unlink()
    assert changes(repo) == ("a.yaml",)


def test_a_link_in_a_files_place_is_a_change(repo: Path, tmp_path: Path) -> None:
    (repo / "a.yaml").rename(tmp_path / "away.yaml")
    (repo / "a.yaml").symlink_to(tmp_path / "away.yaml")
    assert changes(repo) == ("a.yaml",)


def test_a_pipe_in_a_files_place_is_a_change_and_nobody_waits(repo: Path) -> None:
    (repo / "a.yaml").unlink()
    os.mkfifo(repo / "a.yaml")
    assert changes(repo) == ("a.yaml",)


def test_a_linked_folder_on_the_way_is_a_change(repo: Path, tmp_path: Path) -> None:
    (repo / "sub").rename(tmp_path / "sub")
    (repo / "sub").symlink_to(tmp_path / "sub")
    assert changes(repo) == ("sub/b.yaml",)


def test_line_ends_of_windows_are_none(repo: Path) -> None:
    (repo / "a.yaml").write_bytes(b"a: 1\r\nb: 2\r\n")
    assert changes(repo) == ()


def test_a_large_file_is_what_its_pointer_names(repo: Path, git: Git) -> None:
    data = b"large" * 1000
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"
    (repo / "big.bin").write_text(pointer.format(hashlib.sha256(data).hexdigest(), len(data)))
    git("add", ".", cwd=repo)
    git("commit", "-q", "-m", "big", cwd=repo)
    (repo / "big.bin").write_bytes(data)
    assert changes(repo) == ()
    (repo / "big.bin").write_bytes(data[:-1] + b"x")
    assert changes(repo) == ("big.bin",)


def test_no_filter_of_the_repository_runs(repo: Path, git: Git, tmp_path: Path) -> None:
    (repo / ".gitattributes").write_text("* filter=evil\n")
    git("add", ".", cwd=repo)
    git("commit", "-q", "-m", "two", cwd=repo)
    for key in ("clean", "smudge", "process"):
        git("config", f"filter.evil.{key}", f"touch {tmp_path}/ran", cwd=repo)
    (repo / "a.yaml").write_text("a: 3\n")
    assert changes(repo) == ("a.yaml",)
    assert not (tmp_path / "ran").exists()


def test_where_git_cannot_tell(tmp_path: Path, git: Git) -> None:
    assert changes(tmp_path) is None
    git("init", "-q", cwd=tmp_path)
    assert changes(tmp_path.resolve()) is None  # no commit yet
