"""What a repository brings to excuse findings: all of it is in the digest by which results are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from complygate import policy
from complygate.discover import excuses
from complygate.model.policy import Policy

Git = Callable[..., str]
DAY = dt.date(2026, 12, 1)
OWN, FILE = ".complygate/waivers/a.yaml", ".complygate/baseline.json"
WAIVER = (
    "waivers:\n  - {rule: kubernetes/privileged, paths: [x], reason: r, approver: a,"
    " created: 2026-01-01, expires: 2027-01-01}\n"
)
BASELINE = '{"schema": "complygate/baseline-v1", "entries": [%s]}'
ENTRY = '{"path": "p", "rule": "r", "resource": "", "count": 1, "fingerprint": "sha256:%s"}' % ("0" * 64)


@pytest.fixture
def chosen(tmp_path: Path) -> Policy:
    write(
        tmp_path / "set",
        "policies/p.yaml",
        "name: p\ntitle: P\nrules: [{select: {ids: [kubernetes/privileged]}}]\n"
        "waivable: {repository: true}\nbaseline: {until: 2027-01-01}\n",
    )
    return policy.load("set", base=tmp_path)


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Path:
    folder = tmp_path / "repo"
    for path, text in ((OWN, WAIVER), (FILE, BASELINE % ENTRY), ("CODEOWNERS", "* @a\n"), ("p", "text\n")):
        write(folder, path, text)
    git("init", "-q", cwd=folder)
    git("add", ".", cwd=folder)
    git("commit", "-qm", "one", cwd=folder)
    return folder


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def linked(repo: Path) -> None:
    (repo / OWN).unlink()
    (repo / OWN).symlink_to("nowhere")


def renamed(repo: Path) -> None:
    (repo / OWN).rename(repo / ".complygate/waivers/c.yaml")


CHANGES: dict[str, Callable[[Path], None]] = {
    "a waiver": lambda repo: write(repo, OWN, WAIVER.replace("reason: r", "reason: s")),
    "another waiver file": lambda repo: write(repo, OWN.replace("a.", "b."), WAIVER),
    "a waiver file's name": renamed,
    "no waiver": lambda repo: (repo / OWN).unlink(),
    "a link": linked,
    "a broken waiver": lambda repo: write(repo, OWN, "waivers: {"),
    "the baseline": lambda repo: write(repo, FILE, BASELINE % ""),
    "no baseline": lambda repo: (repo / FILE).unlink(),
    "the owners": lambda repo: write(repo, "CODEOWNERS", "* @b\n"),
    "more owners": lambda repo: write(repo, ".github/CODEOWNERS", "* @a\n"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_is_in_the_digest(repo: Path, chosen: Policy, what: str) -> None:
    before = excuses.read(repo, chosen, DAY).digest
    assert excuses.read(repo, chosen, DAY).digest == before
    CHANGES[what](repo)
    assert excuses.read(repo, chosen, DAY).digest != before


def test_so_is_the_commit_that_is_compared_with(repo: Path, chosen: Policy, git: Git) -> None:
    first = excuses.read(repo, chosen, DAY, "HEAD")
    assert first.digest != excuses.read(repo, chosen, DAY).digest
    git("commit", "-q", "--allow-empty", "-m", "two", cwd=repo)
    assert excuses.read(repo, chosen, DAY, "HEAD").digest != first.digest
    assert excuses.read(repo, chosen, DAY, "HEAD~1").digest == first.digest
    missing = excuses.read(repo, chosen, DAY, "0" * 40)
    assert missing.digest not in {first.digest, excuses.read(repo, chosen, DAY).digest}


def test_with_a_commit_the_trees_owners_do_not_count(repo: Path, chosen: Policy) -> None:
    write(repo, "CODEOWNERS", "* @b\n")
    assert excuses.read(repo, chosen, DAY).owners == {OWN: frozenset({"@b"})}
    assert excuses.read(repo, chosen, DAY, "HEAD").owners == {OWN: frozenset({"@a"})}


def test_a_renamed_file_is_known_by_its_content(repo: Path, chosen: Policy, git: Git) -> None:
    (repo / "p").rename(repo / "q")
    assert excuses.read(repo, chosen, DAY, "HEAD", ["q"]).renamed == {"q": "p"}
    write(repo, "q", "other\n")
    assert excuses.read(repo, chosen, DAY, "HEAD", ["q"]).renamed == {}


def test_two_files_do_not_both_come_from_one(repo: Path, chosen: Policy) -> None:
    (repo / "p").rename(repo / "q")
    write(repo, "r", "text\n")
    assert excuses.read(repo, chosen, DAY, "HEAD", ["q", "r"]).renamed == {"q": "p"}
