"""What is kept between scans: how little runs when little has changed, and what is not believed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

POLICY = "name: p\ntitle: P\nrules: [{select: {checkov: [CKV_K8S_20, CKV_AWS_41, CKV_DOCKER_3]}}]\n"
TREE = {
    "deploy/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
    "spec:\n  containers:\n    - name: app\n      image: app:1\n"
    "      securityContext:\n        allowPrivilegeEscalation: true\n",
    "infra/main.tf": 'provider "aws" {\n  access_key = "AKIAIOSFODNN7EXAMPLE"\n'
    '  secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"\n}\n',
    "Dockerfile": "FROM alpine:3.20\nRUN true\n",
    "README.md": "# Nothing to judge\n",
}
_PROGRAM = """
import json, sys
started = []
def hook(event, arguments):
    if event == "subprocess.Popen":
        started.append([str(word) for word in arguments[1]])
sys.addaudithook(hook)
from complygate.cli.main import run
out = sys.stdout
import io
sys.stdout = io.StringIO()
code = run(sys.argv[1:])
said, sys.stdout = sys.stdout.getvalue(), out
print(json.dumps({"code": code, "said": said, "started": started, "checkov": "checkov" in sys.modules}))
"""


class Scanned(NamedTuple):
    code: int
    said: str
    workers: int
    """How many processes of Checkov's were started."""
    imported: bool
    """Whether the program itself imported checkov."""

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.said)
        return report

    @property
    def checks(self) -> list[str]:
        return sorted(finding["rule"] for finding in self.report["findings"])


def scan(tree: Path, cache: Path, *more: str) -> Scanned:
    policy = tree.parent / "set"
    arguments = ["scan", str(tree), "--policy", str(policy), "--format", "json", "--as-of", "2026-01-01"]
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments, "--cache-dir", str(cache), *more],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    workers = sum(
        any("worker.py" in word and "checkov" in word for word in words) for words in found["started"]
    )
    return Scanned(found["code"], found["said"], workers, found["checkov"])


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Scanned]:
    """A tree that was scanned once, with what was kept beside it; not to be changed."""
    folder = tmp_path_factory.mktemp("cached")
    for name in ("rules", "policies"):
        (folder / "set" / name).mkdir(parents=True)
    (folder / "set/policies/p.yaml").write_text(POLICY)
    for path, text in TREE.items():
        target = folder / "tree" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return folder, scan(folder / "tree", folder / "cache")


@pytest.fixture
def copied(scanned: tuple[Path, Scanned], tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the tree and of what is kept."""
    shutil.copytree(scanned[0], tmp_path / "copy")
    return tmp_path / "copy/tree", tmp_path / "copy/cache"


def kept(cache: Path, kind: str = "checkov") -> set[Path]:
    return set((cache / kind).glob("*.json"))


def test_a_first_scan_runs_each_framework_and_finds_what_is_wrong(scanned: tuple[Path, Scanned]) -> None:
    folder, first = scanned
    assert first.code == 1
    assert first.checks == ["checkov/CKV_AWS_41", "checkov/CKV_DOCKER_3", "checkov/CKV_K8S_20"]
    assert first.workers > 0
    assert len(kept(folder / "cache")) == 3


def test_an_unchanged_tree_starts_no_checkov_and_gives_the_same_report(scanned: tuple[Path, Scanned]) -> None:
    folder, first = scanned
    again = scan(folder / "tree", folder / "cache")
    assert (again.workers, again.imported) == (0, False)
    assert (again.code, again.said) == (first.code, first.said)


def test_a_change_that_no_framework_reads_starts_no_checkov(
    scanned: tuple[Path, Scanned], copied: tuple[Path, Path]
) -> None:
    tree, cache = copied
    (tree / "README.md").write_text("# Changed\n")
    again = scan(tree, cache)
    assert (again.workers, again.imported) == (0, False)
    assert again.checks == scanned[1].checks
    assert len(kept(cache, "scans")) == 2  # the whole scan was judged anew


def test_one_changed_file_runs_its_framework_only(copied: tuple[Path, Path]) -> None:
    tree, cache = copied
    before = kept(cache)
    (tree / "infra/main.tf").write_text('provider "aws" {}\n')
    again = scan(tree, cache)
    assert again.workers == 1
    assert again.checks == ["checkov/CKV_DOCKER_3", "checkov/CKV_K8S_20"]
    assert len(kept(cache) - before) == 1  # only terraform ran: the others' results were there


def test_another_selection_of_checks_is_another_run(copied: tuple[Path, Path]) -> None:
    tree, cache = copied
    (tree.parent / "set/policies/p.yaml").write_text(POLICY.replace("CKV_K8S_20", "CKV_K8S_14"))
    again = scan(tree, cache)
    assert again.workers == 1
    assert "checkov/CKV_K8S_20" not in again.checks


def test_the_rules_words_are_those_of_today(copied: tuple[Path, Path]) -> None:
    tree, cache = copied
    (tree.parent / "set/policies/p.yaml").write_text(POLICY.replace("select:", "severity: info, select:"))
    again = scan(tree, cache)
    assert again.workers == 0
    assert {finding["severity"] for finding in again.report["findings"]} == {"info"}


def test_damaged_entries_are_passed_over_and_replaced(
    scanned: tuple[Path, Scanned], copied: tuple[Path, Path]
) -> None:
    tree, cache = copied
    for path in (*kept(cache), *kept(cache, "scans")):
        path.write_bytes(path.read_bytes()[:-20])
    again = scan(tree, cache)
    assert again.workers > 0
    assert again.said == scanned[1].said.replace(str(scanned[0]), str(tree.parent))
    assert scan(tree, cache).workers == 0


def test_no_cache_keeps_nothing_and_uses_nothing(copied: tuple[Path, Path]) -> None:
    tree, cache = copied
    for path in (*kept(cache), *kept(cache, "scans")):
        path.unlink()
    assert scan(tree, cache, "--no-cache").workers > 0
    assert kept(cache) == kept(cache, "scans") == set()


@pytest.mark.parametrize("where", ["tree/.cache", "tree"])
def test_results_that_the_tree_brings_are_not_believed(copied: tuple[Path, Path], where: str) -> None:
    tree, cache = copied
    inside = tree.parent / where
    # A pull request commits what a scan of a harmless tree had left, under the keys of its own files.
    shutil.copytree(cache, inside, dirs_exist_ok=True)
    again = scan(tree, inside)
    assert again.workers > 0
    assert again.code == 1
    assert any("lies in the scanned repository" in notice["message"] for notice in again.report["notices"])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")
def test_a_folder_that_others_can_write_is_not_believed(copied: tuple[Path, Path]) -> None:
    tree, cache = copied
    cache.chmod(0o777)
    again = scan(tree, cache)
    assert again.workers > 0
    assert any("others than you can write" in notice["message"] for notice in again.report["notices"])


def test_where_nothing_can_be_kept_the_scan_is_as_ever(
    scanned: tuple[Path, Scanned], copied: tuple[Path, Path]
) -> None:
    again = scan(copied[0], Path(os.devnull) / "cache")
    assert again.workers > 0
    assert again.checks == scanned[1].checks


def test_a_kept_scan_does_not_outlive_its_waivers_its_baseline_and_its_owners(
    copied: tuple[Path, Path],
) -> None:
    tree, cache = copied
    terms = "waivable: {repository: true}\nbaseline: {until: 2026-12-31}\n"
    (tree.parent / "set/policies/p.yaml").write_text(POLICY + terms)
    own, owners = tree / ".complygate/waivers/a.yaml", tree / "CODEOWNERS"
    own.parent.mkdir(parents=True)

    def waived() -> tuple[int, int]:
        report = scan(tree, cache).report
        return report["verdict"]["waived"], report["verdict"]["baselined"]

    assert waived() == (0, 0)
    own.write_text(
        "waivers:\n  - {rule: CKV_K8S_20, paths: [deploy/**], reason: r, approver: '@a', created: 2025-12-01,"
        " expires: 2026-02-01}\n"
    )
    assert waived() == (0, 0)  # nobody owns the file
    owners.write_text("* @a\n")
    assert waived() == (1, 0)
    assert waived() == (1, 0)
    owners.write_text("* @b\n")
    assert waived() == (0, 0)
    command = ["baseline", "create", str(tree), "--policy", str(tree.parent / "set"), "--as-of", "2026-01-01"]
    subprocess.run([sys.executable, "-m", "complygate", *command], check=True, capture_output=True)
    assert waived() == (0, 3)
    (tree / ".complygate/baseline.json").unlink()
    assert waived() == (0, 0)
