"""A `.git` that somebody prepared may make git fail; it may not hide a file or lead out of the tree."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from complygate.discover import find_root, list_tree
from complygate.discover import git as git_module
from complygate.discover.walk import Root
from complygate.model.report import Provenance

Git = Callable[..., str]


def write(root: Path, *paths: str) -> None:
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("x")


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Path:
    """A repository with a tracked file that an ignore file matches, beside one that is not tracked."""
    root = tmp_path / "repo"
    write(root, "deploy/a.yaml", "b.yaml")
    (root / ".gitignore").write_text("deploy/\n")
    git("init", "-q", cwd=root)
    git("add", "-f", "deploy/a.yaml", cwd=root)
    git("commit", "-qm", "first", cwd=root)
    return root


ALL = [".gitignore", "b.yaml", "deploy/a.yaml"]


def index(*names: str) -> bytes:
    """Return an index of empty files with any names: git's own commands refuse some of these."""
    body = b"DIRC" + struct.pack(">II", 2, len(names))
    for name in sorted(name.encode() for name in names):
        blob = bytes.fromhex("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
        entry = struct.pack(">10I", 0, 0, 0, 0, 0, 0, 0o100644, 0, 0, 0) + blob
        entry += struct.pack(">H", len(name)) + name
        body += entry + b"\0" * (8 - len(entry) % 8)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


@pytest.mark.parametrize("elsewhere", ["/", "..", "../other", "deploy", "nowhere", ".git"])
@pytest.mark.parametrize("bare", ["true", "false"])
def test_a_work_tree_named_by_the_repository_is_not_believed(
    repo: Path, git: Git, elsewhere: str, bare: str
) -> None:
    write(repo.parent, "other/c.yaml")
    git("config", "core.worktree", elsewhere, cwd=repo)
    (repo / ".git/config").write_text((repo / ".git/config").read_text() + f"[core]\n\tbare = {bare}\n")
    root = find_root([repo], repo)
    assert root == Root(repo.resolve(), "")
    assert list_tree(root).paths == ALL
    assert find_root([repo / "deploy"], repo).prefix == "deploy/"


@pytest.mark.parametrize(
    "setting",
    [
        "core.ignoreCase=true",
        "core.precomposeUnicode=true",
        "core.excludesFile=everything",
        "core.sparseCheckout=true",
        "core.fileMode=false",
        "core.symlinks=false",
        "submodule.recurse=true",
        "feature.manyFiles=true",
        "index.sparse=true",
        "include.path=/dev/zero",
        "core.repositoryFormatVersion=99",
        "extensions.objectFormat=sha256",
        "extensions.neverHeardOf=true",
        "extensions.worktreeConfig=true",
        "extensions.partialClone=origin",
    ],
)
def test_no_setting_hides_a_file(repo: Path, git: Git, setting: str) -> None:
    (repo / "everything").write_text("*\n")
    write(repo, "B.yaml")
    git("add", "B.yaml", cwd=repo)
    (repo / ".git/config.worktree").write_text("[core]\n\tworktree = /\n")
    git("config", *setting.split("=", 1), cwd=repo)
    found = set(list_tree(Root(repo)).paths)
    assert found >= {*ALL, "B.yaml"}


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_no_flag_of_the_index_hides_a_file(repo: Path, git: Git, flag: str) -> None:
    git("update-index", flag, "deploy/a.yaml", cwd=repo)
    assert list_tree(Root(repo)).paths == ALL


def test_a_spoiled_index_hides_nothing(repo: Path) -> None:
    (repo / ".git/index").write_bytes(b"DIRC, and nothing more")
    assert list_tree(Root(repo)).paths == ALL


@pytest.mark.parametrize("name", ["../secret.yaml", "deploy/../../secret.yaml", "{outside}", "./b.yaml"])
def test_no_name_in_the_index_leads_out_of_the_tree(repo: Path, name: str) -> None:
    write(repo.parent, "secret.yaml")
    (repo / ".git/index").write_bytes(index(name.format(outside=repo.parent / "secret.yaml")))
    tree = list_tree(Root(repo))
    assert tree.paths == ALL


def test_no_linked_folder_leads_a_tracked_file_out_of_the_tree(repo: Path, git: Git) -> None:
    write(repo.parent, "outside/deeper/secret.yaml")
    (repo / "gone").symlink_to(repo.parent / "outside")
    (repo / ".git/index").write_bytes(index("gone/deeper/secret.yaml", "deploy/a.yaml"))
    tree = list_tree(Root(repo))
    assert tree.paths == ALL
    assert {item.path: item.reason for item in tree.left_out} == {
        "gone": "link",
        "gone/deeper/secret.yaml": "link",
    }


def test_no_missing_object_is_fetched(repo: Path, git: Git) -> None:
    """A sparse index needs tree objects; where they are missing, git would run what the settings name."""
    trap = repo.parent / "trap"
    git("config", "core.sparseCheckoutCone", "true", cwd=repo)
    git("sparse-checkout", "set", "--cone", "--sparse-index", "other", cwd=repo)
    for name, value in (
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::sh -c touch% {trap}"),
        ("remote.origin.uploadpack", f"touch {trap};"),
        ("protocol.ext.allow", "always"),
        ("protocol.allow", "always"),
    ):
        git("config", name, value, cwd=repo)
    for folder in (repo / ".git/objects").iterdir():
        for item in folder.iterdir():
            item.unlink()
    write(repo, "deploy/a.yaml")
    assert list_tree(Root(repo)).paths == ALL
    git_module.provenance(repo)
    assert not trap.exists()


def plant(repo: Path, other: Path, how: str) -> None:
    """Let the `.git` of `repo` lead to that of `other`."""
    mark = repo / ".git"
    mark.rename(repo.parent / "was")
    if how == "file":
        mark.write_text(f"gitdir: {other}/.git\n")
    elif how == "link":
        mark.symlink_to(other / ".git")
    elif how == "shared":
        (repo.parent / "was").rename(mark)
        (mark / "commondir").write_text(f"{other}/.git\n")
    elif how == "made-up worktree":
        made_up = repo / "made-up"
        made_up.mkdir()
        (made_up / "HEAD").write_text("ref: refs/heads/main\n")
        (made_up / "commondir").write_text(f"{other}/.git\n")
        (made_up / "gitdir").write_text(f"{mark}\n")
        mark.write_text(f"gitdir: {made_up}\n")
    else:
        mark.write_text(how)


@pytest.mark.parametrize("how", ["file", "link", "shared", "made-up worktree", "gitdir: ", "?", "\0\xff"])
def test_another_repository_is_not_asked(repo: Path, tmp_path: Path, git: Git, how: str) -> None:
    other = tmp_path / "other"
    write(other, "private/name.yaml")
    git("init", "-q", cwd=other)
    git("remote", "add", "origin", "https://example.com/private", cwd=other)
    git("add", ".", cwd=other)
    git("commit", "-qm", "first", cwd=other)
    (other / ".git/info/exclude").write_text("*\n")
    plant(repo, other, how)
    root = find_root([repo], repo)
    tree = list_tree(root)
    assert root.prefix == ""
    assert {"b.yaml", "deploy/a.yaml"} <= set(tree.paths)
    assert "private" not in str(tree.left_out)
    assert git_module.provenance(repo) == Provenance()
    assert find_root([repo / "deploy/a.yaml", repo / "b.yaml"], repo).folder == repo.resolve()


@pytest.mark.parametrize("name", [".git", ".git/commondir", ".gitignore"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    write(tmp_path, "a.yaml")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    os.mkfifo(tmp_path / name)
    assert "a.yaml" in list_tree(find_root([tmp_path], tmp_path)).paths


def test_a_part_of_a_repository_that_cannot_be_asked_honours_no_ignore_file(repo: Path) -> None:
    (repo / "deploy/.gitignore").write_text("*.yaml\n")
    (repo / ".git/HEAD").unlink()
    root = find_root([repo / "deploy"], repo)
    assert root.prefix == "deploy/"
    assert list_tree(root).paths == [".gitignore", "a.yaml"]


def test_a_linked_work_tree_is_asked(repo: Path, git: Git) -> None:
    git("worktree", "add", "-q", "-b", "side", "../side", cwd=repo)
    side = repo.parent / "side"
    write(side, "deploy/new.yaml", "c.yaml")
    (side / ".gitignore").write_text("deploy/\n")
    assert list_tree(Root(side)).paths == [".gitignore", "c.yaml", "deploy/a.yaml"]
    assert find_root([side / "deploy"], side).prefix == "deploy/"
    assert git_module.provenance(side).branch == "side"


def test_a_submodule_is_asked(repo: Path, git: Git, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git("init", "-q", cwd=outer)
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo), "lib/one", cwd=outer)
    git("commit", "-qm", "add", cwd=outer)
    inner = outer / "lib/one"
    write(inner, "deploy/new.yaml", "c.yaml")
    (inner / ".gitignore").write_text("deploy/\n")
    assert list_tree(Root(inner)).paths == [".gitignore", "c.yaml", "deploy/a.yaml"]
    assert git_module.provenance(inner).commit == git("rev-parse", "HEAD", cwd=repo).strip()
    git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"), cwd=inner)
    assert git_module.provenance(tmp_path / "side").branch == "side"


def test_a_submodule_of_a_linked_work_tree_is_asked(repo: Path, git: Git, tmp_path: Path) -> None:
    outer, side = tmp_path / "outer", tmp_path / "side"
    outer.mkdir()
    git("init", "-q", cwd=outer)
    allow = ("-c", "protocol.file.allow=always")
    git(*allow, "submodule", "--quiet", "add", str(repo), "one", cwd=outer)
    git("commit", "-qm", "add", cwd=outer)
    git("worktree", "add", "-q", "-b", "side", str(side), cwd=outer)
    git(*allow, "submodule", "--quiet", "update", "--init", cwd=side)
    assert git_module.provenance(side / "one").commit == git("rev-parse", "HEAD", cwd=repo).strip()


def test_git_is_not_taken_from_the_scanned_tree(
    repo: Path, monkeypatch: pytest.MonkeyPatch, git: Git
) -> None:
    trap = repo.parent / "trap"
    (repo / "git").write_text(f"#!/bin/sh\n: > {trap}\n")
    (repo / "git").chmod(0o755)
    subprocess.run([repo / "git"], check=True)
    trap.unlink()
    monkeypatch.chdir(repo)
    monkeypatch.setenv("PATH", ".::bin")
    git_module._program.cache_clear()
    try:
        assert "deploy/a.yaml" in list_tree(Root(repo)).paths
    finally:
        git_module._program.cache_clear()
    assert not trap.exists()


def test_the_environment_leads_git_nowhere(repo: Path, monkeypatch: pytest.MonkeyPatch, git: Git) -> None:
    other = repo.parent / "other"
    write(other, "c.yaml")
    git("init", "-q", cwd=other)
    commit = git("rev-parse", "HEAD", cwd=repo).strip()
    for name, value in {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_INDEX_FILE": other / ".git/index",
        "GIT_OBJECT_DIRECTORY": other / ".git/objects",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.worktree",
        "GIT_CONFIG_VALUE_0": other,
        "GIT_CEILING_DIRECTORIES": repo.parent,
    }.items():
        monkeypatch.setenv(name, str(value))
    assert list_tree(Root(repo)).paths == ALL
    assert git_module.provenance(repo).commit == commit
