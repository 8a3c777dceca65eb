"""An attestation, made and verified as CI and a deploy step do it: real git, real keys, real processes."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.acceptance.conftest import POD, Result, Run, write
from tests.conftest import Git

NAME = "git+https://git.example.com/team/app"


@dataclass
class Desk:
    """A repository with a commit, a policy beside it, and the keys of a signing job."""

    run: Run
    repo: Path
    house: Path
    keys: Path
    commit: str

    def scan(self, *more: str | Path) -> Result:
        report = self.keys / "report.json"
        return self.run("scan", self.repo, "--policy", self.house, "-q", "-o", f"json={report}", *more)

    def attest(self, *more: str | Path, variable: str = "") -> Result:
        fixed = ("--report", self.keys / "report.json", "--resource-uri", NAME, "--root", self.repo)
        if variable:
            return self.run("attest", *fixed, *more, COMPLYGATE_SIGNING_KEY=variable)
        return self.run("attest", *fixed, "--key", self.keys / "ci", *more)

    def verify(self, *more: str | Path, key: tuple[str | Path, ...] | None = None) -> Result:
        believed = ("--key", self.keys / "ci.pub") if key is None else key
        fixed = ("--commit", self.commit, "--policy", self.house)
        return self.run("verify", self.keys / "report.intoto.jsonl", *believed, *fixed, *more)

    @property
    def statement(self) -> dict[str, object]:
        envelope = json.loads((self.keys / "report.intoto.jsonl").read_text())
        made: dict[str, object] = json.loads(base64.b64decode(envelope["payload"]))
        return made


@pytest.fixture
def desk(run: Run, repo: Path, house: Path, tmp_path: Path, git: Git) -> Desk:
    keys = tmp_path / "keys"
    keys.mkdir()
    for name in ("ci", "mallory"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / name)], check=True)
    git("init", "-q", cwd=repo)
    git("add", ".", cwd=repo)
    git("commit", "-q", "-m", "one", cwd=repo)
    return Desk(run, repo, house, keys, git("rev-parse", "HEAD", cwd=repo).strip())


def test_a_commit_that_passes_is_let_through(desk: Desk) -> None:
    assert desk.scan("-o", f"sarif={desk.keys}/complygate.sarif").code == 0
    made = desk.attest("--evidence", desk.keys / "complygate.sarif")
    assert made.code == 0, made.err
    assert f"pass of commit {desk.commit}" in made.out
    tied = ("--evidence", desk.keys / "complygate.sarif", "--evidence", desk.keys / "report.json")
    checked = desk.verify(*tied, "--resource-uri", NAME)
    assert checked.code == 0, checked.out + checked.err
    assert checked.out.startswith(f"passed: commit {desk.commit} of {NAME}\n")
    other = write(desk.keys, "other.sarif", "{}")
    refused = desk.verify("--evidence", other)
    assert (refused.code, "other.sarif is not a file that it is about" in refused.out) == (1, True)


def test_a_commit_that_fails_is_not(desk: Desk, git: Git) -> None:
    write(desk.repo, "deploy/pod.yaml", POD.format(flag="false"))
    git("commit", "-q", "-a", "-m", "two", cwd=desk.repo)
    desk.commit = git("rev-parse", "HEAD", cwd=desk.repo).strip()
    assert desk.scan().code == 1
    assert desk.scan("--soft-fail").code == 0  # the exit code is soft, the verdict is not
    assert desk.attest().code == 0
    refused = desk.verify()
    assert (refused.code, "the verdict was fail: 1 finding at enforce" in refused.out) == (1, True)
    assert "Next: " in refused.out


def test_the_key_comes_from_the_environment_and_is_shown_nowhere(desk: Desk) -> None:
    desk.scan()
    key = (desk.keys / "ci").read_text()
    made = desk.attest(variable=key)
    assert made.code == 0, made.err
    assert desk.verify().code == 0
    written = (
        made.out + made.err + (desk.keys / "report.intoto.jsonl").read_text() + json.dumps(desk.statement)
    )
    assert not any(line in written for line in key.splitlines()[1:-1])
    other = desk.run("attest", "--report", desk.keys / "report.json")
    assert (other.code, "COMPLYGATE_SIGNING_KEY is not set" in other.err) == (2, True)


class TestWhoSigned:
    def test_nobody_who_is_trusted(self, desk: Desk) -> None:
        desk.scan()
        assert desk.attest("--key", desk.keys / "mallory").code == 0
        result = desk.verify()
        assert (result.code, result.out) == (3, "")
        assert "is not signed by a trusted key" in result.err

    def test_allowed_signers(self, desk: Desk) -> None:
        desk.scan()
        desk.attest()
        public = (desk.keys / "ci.pub").read_text()
        file = write(desk.keys, "signers", f'ci@example.com namespaces="complygate-attestation" {public}')
        checked = desk.verify(key=("--allowed-signers", file))
        assert (checked.code, "by ci@example.com, key" in checked.out) == (0, True)
        file.write_text(f'policy@example.com namespaces="git" {public}')
        assert desk.verify(key=("--allowed-signers", file)).code == 2
        assert desk.verify(key=()).code == 2
        assert desk.verify(key=("--key", desk.keys / "ci")).code == 2

    def test_a_file_that_is_none(self, desk: Desk) -> None:
        write(desk.keys, "report.intoto.jsonl", "{}")
        result = desk.verify()
        assert (result.code, "is not a DSSE envelope" in result.err) == (3, True)


class TestWhatIsNotAttested:
    def test_files_that_were_not_committed(self, desk: Desk) -> None:
        write(desk.repo, "deploy/more.yaml", POD.format(flag="true"))
        desk.scan()
        refused = desk.attest()
        assert (refused.code, "files were not as commit" in refused.err) == (2, True)
        assert "deploy/more.yaml" in refused.err
        assert not (desk.keys / "report.intoto.jsonl").exists()
        assert desk.attest("--allow", "changed-files").code == 0
        assert desk.verify().code == 1
        assert "it rests on an exception (changed-files" in desk.verify().out
        assert desk.verify("--allow", "changed-files").code == 0

    def test_files_put_back_after_the_scan(self, desk: Desk) -> None:
        """The scan saw a file that complies, the commit has one that does not."""
        good = (desk.repo / "deploy/pod.yaml").read_text()
        write(desk.repo, "deploy/pod.yaml", good + "# changed\n")
        desk.scan()
        write(desk.repo, "deploy/pod.yaml", good)
        assert "files were not as commit" in desk.attest().err

    def test_files_changed_after_the_scan(self, desk: Desk) -> None:
        desk.scan()
        write(desk.repo, "deploy/pod.yaml", POD.format(flag="false"))
        assert "files have changed since the scan: deploy/pod.yaml" in desk.attest().err

    def test_another_commit(self, desk: Desk, git: Git) -> None:
        desk.scan()
        git("commit", "-q", "--allow-empty", "-m", "two", cwd=desk.repo)
        assert f"is about commit {desk.commit}, and HEAD is" in desk.attest().err

    def test_a_part_of_the_repository(self, desk: Desk) -> None:
        report = f"json={desk.keys}/report.json"
        for path in (desk.repo / "deploy", desk.repo / "deploy/pod.yaml"):
            assert desk.run("scan", path, "-p", desk.house, "-q", "-o", report).code == 0
            assert "is about a part of the repository" in desk.attest().err

    def test_another_day(self, desk: Desk) -> None:
        desk.scan("--as-of", "2030-01-01")
        assert "is a preview, as of 2030-01-01" in desk.attest().err

    def test_a_report_that_somebody_changed(self, desk: Desk, git: Git) -> None:
        write(desk.repo, "deploy/pod.yaml", POD.format(flag="false"))
        git("commit", "-q", "-a", "-m", "two", cwd=desk.repo)
        desk.scan()
        file = desk.keys / "report.json"
        file.write_text(file.read_text().replace('"outcome": "fail"', '"outcome": "pass"'))
        assert "contradicts itself" in desk.attest().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--key", "k", "--commit", "1" * 40), "a pass by any policy means nothing"),
        (("--key", "k", "--commit", "main", "-p", "builtin:baseline"), "is not a whole object id"),
        (("--key", "k", "-p", "builtin:baseline"), "which commit is deployed is not said"),
        (("--key", "k", "-p", ""), "--policy is empty"),
        (("--commit", "1" * 40, "-p", "builtin:baseline"), "whose signature is believed is not said"),
        (("--key", "nothing", "--commit", "1" * 40, "-p", "builtin:baseline"), "nothing: cannot be read"),
    ],
)
def test_what_has_to_be_said(run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    write(tmp_path, "a.intoto.jsonl", "{}")
    result = run("verify", "a.intoto.jsonl", *arguments, cwd=tmp_path)
    assert (result.code, message in result.err) == (2, True), result.err


def test_it_needs_neither_network_nor_repository(desk: Desk, tmp_path: Path) -> None:
    desk.scan()
    desk.attest()
    empty = tmp_path / "empty"
    empty.mkdir()
    result = desk.run(
        "verify", desk.keys / "report.intoto.jsonl", "--key", desk.keys / "ci.pub", "--commit", desk.commit,
        cwd=empty, PATH=os.fspath(empty), COMPLYGATE_POLICY=str(desk.house),
    )  # fmt: skip
    assert result.code == 0, result.err
