"""Policies from git: real repositories, real keys, and what an attacker would try."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.acceptance.conftest import POD, Result, Run, policy_set, write


@dataclass
class Source:
    """A policy's repository, with keys of its maintainer and of somebody else."""

    folder: Path
    keys: Path
    signers: Path

    def git(self, *arguments: str, key: str = "alice", date: str = "2026-01-05T00:00:00Z") -> str:
        settings = (
            "user.name=A", "user.email=a@example.com", "gpg.format=ssh", f"user.signingKey={self.keys / key}",
        )  # fmt: skip
        words = [word for setting in settings for word in ("-c", setting)]
        environment = os.environ | {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        done = subprocess.run(
            ["git", *words, *arguments], cwd=self.folder, env=environment, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def release(self, serial: int, tag: str, *, key: str = "alice", enforcement: str = "enforce") -> None:
        policy_set(self.folder, enforcement=enforcement)
        write(self.folder, "policyset.yaml", f"name: house\ndefault: house\nserial: {serial}\n")
        self.git("add", ".")
        self.git("commit", "-q", "-S", "-m", f"serial {serial}", key=key)
        self.git("tag", "-s", tag, "-m", tag, key=key)

    def at(self, ref: str = "", subdir: str = "") -> str:
        return f"git+file://{self.folder}{f'@{ref}' if ref else ''}{f'#{subdir}' if subdir else ''}"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    keys, folder = tmp_path / "keys", tmp_path / "policies.git.work"
    keys.mkdir()
    folder.mkdir()
    for name in ("alice", "mallory"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(keys / name)], check=True
        )
    signers = write(tmp_path, "allowed_signers", f"alice@example.com {(keys / 'alice.pub').read_text()}")
    made = Source(folder, keys, signers)
    made.git("init", "-q", "-b", "main")
    made.release(1, "v1", enforcement="audit")
    made.release(2, "v2")
    return made


@pytest.fixture
def failing(repo: Path) -> Path:
    write(repo, "pod.yaml", POD.format(flag="false"))
    return repo


def scan(run: Run, tree: Path, source: Source, ref: str, *more: str | Path, signed: bool = True) -> Result:
    signers = ("--allowed-signers", source.signers) if signed else ()
    return run("scan", tree, "--policy", source.at(ref), *signers, *more)


def lock(run: Run, source: Source, ref: str, file: Path) -> Path:
    made = run("policy", "lock", "-p", source.at(ref), "--lock", file, "--allowed-signers", source.signers)
    assert made.code == 0, made.err
    return file


def refused(result: Result, message: str) -> None:
    assert (result.code, result.out) == (2, ""), result
    assert message in result.err


def test_a_signed_policy_judges_and_the_report_says_whose_it_is(
    run: Run, failing: Path, source: Source
) -> None:
    result = scan(run, failing, source, "v2", "--format", "json")
    assert result.code == 1, result.err
    origin = json.loads(result.out)["policy"]["origin"]
    assert origin["commit"] == source.git("rev-parse", "v2^{commit}")
    assert origin["tag_object"] == source.git("rev-parse", "v2")
    assert (origin["signer"], origin["serial"]) == ("alice@example.com", 2)
    assert scan(run, failing, source, "v1").code == 0
    sarif = json.loads(scan(run, failing, source, "v2", "--format", "sarif").out)
    assert sarif["runs"][0]["properties"]["policy"]["origin"] == origin
    assert "signed by alice@example.com" in scan(run, failing, source, "main").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("policy", "show"), 0, "demo/non-root"),
        (("policy", "lint"), 1, "1 rules, 2 remarks"),
        (("policy", "test"), 1, "1 rules, 0 examples, 0 failed, 1 rules unproven"),
        (("rules", "list", "demo/*"), 0, "Containers run as a non-root user"),
        (("rules", "show", "demo/non-root"), 0, '"severity": "high"'),
        (("explain", "demo/non-root"), 0, "enforce, which blocks"),
    ],
)
def test_every_command_that_looks_at_a_policy_reads_git(
    run: Run, source: Source, words: tuple[str, ...], code: int, said: str
) -> None:
    more = ("-p", source.at("v2"), "--allowed-signers", source.signers)
    result = run(*words, *more)
    assert (result.code, said in result.out) == (code, True), result
    source.git("tag", "light")
    unsigned = run(*words, "-p", source.at("light"), "--allowed-signers", source.signers)
    refused(unsigned, "is a lightweight tag")


class TestSignatures:
    def test_another_key(self, run: Run, failing: Path, source: Source) -> None:
        source.release(3, "v3", key="mallory")
        refused(scan(run, failing, source, "v3"), "is not signed by an allowed signer")
        refused(scan(run, failing, source, "main"), "is not signed by an allowed signer")

    def test_an_unsigned_tag_and_an_unsigned_commit(self, run: Run, failing: Path, source: Source) -> None:
        source.git("tag", "-a", "bare", "-m", "bare")
        refused(scan(run, failing, source, "bare"), "is not signed")
        source.git("commit", "-q", "--allow-empty", "-m", "bare")
        refused(scan(run, failing, source, "main"), "is not signed")

    def test_a_lightweight_tag(self, run: Run, failing: Path, source: Source) -> None:
        source.git("tag", "light")
        refused(scan(run, failing, source, "light"), "is a lightweight tag")

    def test_a_renamed_tag(self, run: Run, failing: Path, source: Source) -> None:
        source.git("update-ref", "refs/tags/v9", source.git("rev-parse", "v1"))
        refused(scan(run, failing, source, "v9"), "made as 'v1': it was renamed")

    @pytest.mark.parametrize("target", ["v1", "main^{tree}", "main:policyset.yaml"])
    def test_a_tag_of_what_is_no_commit(self, run: Run, failing: Path, source: Source, target: str) -> None:
        source.git("tag", "-s", "odd", "-m", "odd", target)
        refused(scan(run, failing, source, "odd"), "the tag points at a")

    def test_an_expired_key_even_for_a_tag_dated_before(
        self, run: Run, failing: Path, source: Source
    ) -> None:
        public = (source.keys / "alice.pub").read_text()
        source.signers.write_text(f'alice@example.com valid-before="20260201" {public}')
        refused(scan(run, failing, source, "v2"), "whose key is valid today")

    def test_a_signature_made_for_something_else(self, run: Run, failing: Path, source: Source) -> None:
        public = (source.keys / "alice.pub").read_text()
        source.signers.write_text(f'alice@example.com namespaces="file" {public}')
        refused(scan(run, failing, source, "v2"), "is not signed by an allowed signer")

    def test_a_pgp_signature(self, run: Run, failing: Path, source: Source) -> None:
        body = source.git("cat-file", "tag", "v1").split("-----BEGIN")[0].replace("tag v1\n", "tag pgp\n")
        body += "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"
        file = write(source.keys, "tag", body)
        oid = source.git("hash-object", "-w", "-t", "tag", "--literally", str(file))
        source.git("update-ref", "refs/tags/pgp", oid)
        refused(scan(run, failing, source, "pgp"), "only SSH signatures are believed")

    def test_content_changed_below_a_signature(self, run: Run, failing: Path, source: Source) -> None:
        body = source.git("cat-file", "tag", "v2").replace(
            source.git("rev-parse", "v2^{commit}"), source.git("rev-parse", "v1^{commit}")
        )
        file = write(source.keys, "tag", body + "\n")
        source.git("update-ref", "refs/tags/v2", source.git("hash-object", "-w", "-t", "tag", str(file)))
        refused(scan(run, failing, source, "v2"), "is not signed by an allowed signer")

    def test_a_repository_that_names_its_own_verifier(
        self, run: Run, failing: Path, source: Source, tmp_path: Path
    ) -> None:
        evil = write(tmp_path, "evil", f"#!/bin/sh\ntouch {tmp_path}/ran\necho 'Good \"git\" signature'\n")
        evil.chmod(0o755)
        source.release(3, "v3", key="mallory")
        for place in (source.folder, failing):
            subprocess.run(["git", "init", "-q"], cwd=place, check=True)
            for name in ("gpg.ssh.program", "gpg.program", "core.sshCommand"):
                subprocess.run(["git", "config", name, str(evil)], cwd=place, check=True)
        environment = {"GIT_DIR": str(failing / ".git")}
        result = run(
            "scan",
            ".",
            "-p",
            source.at("v3"),
            "--allowed-signers",
            source.signers,
            cwd=failing,
            **environment,
        )
        refused(result, "is not signed by an allowed signer")
        assert not (tmp_path / "ran").exists()

    def test_signers_from_the_scanned_tree(self, run: Run, failing: Path, source: Source) -> None:
        inside = failing / "signers"
        shutil.copy(source.signers, inside)
        link = source.keys / "link"
        link.symlink_to(inside)
        for file in (inside, link):
            result = run("scan", failing, "-p", source.at("v2"), COMPLYGATE_ALLOWED_SIGNERS=str(file))
            refused(result, "must not come from the scanned repository")


class TestLock:
    def test_it_holds_a_branch_that_moves(
        self, run: Run, failing: Path, source: Source, tmp_path: Path
    ) -> None:
        file = lock(run, source, "main", tmp_path / "l.lock")
        source.release(3, "v3", enforcement="audit")
        assert scan(run, failing, source, "main", "--lock", file).code == 1
        assert scan(run, failing, source, "main").code == 0

    def test_a_moved_tag(self, run: Run, failing: Path, source: Source, tmp_path: Path) -> None:
        file = lock(run, source, "v2", tmp_path / "l.lock")
        source.git("tag", "-f", "-s", "v2", "-m", "v2", "v1^{commit}")
        refused(scan(run, failing, source, "v2", "--lock", file), "the tag was moved")
        result = run(
            "policy", "verify", "-p", source.at("v2"), "--lock", file, "--allowed-signers", source.signers
        )
        refused(result, "the tag was moved")

    @pytest.mark.parametrize(
        ("key", "value", "message"),
        [
            ("digest", "sha256:" + "0" * 64, "the content digest is"),
            ("minimum_serial", "3", "rolled back"),
            ("signer", "bob@example.com", "the lock asks for bob@example.com"),
        ],
    )
    def test_what_differs_from_it(
        self, run: Run, failing: Path, source: Source, tmp_path: Path, key: str, value: str, message: str
    ) -> None:
        file = lock(run, source, "v2", tmp_path / "l.lock")
        lines = file.read_text().splitlines()
        file.write_text(
            "\n".join(f"  {key}: {value}" if f" {key}:" in line else line for line in lines) + "\n"
        )
        refused(scan(run, failing, source, "v2", "--lock", file), message)

    def test_a_signer_that_nobody_can_check(
        self, run: Run, failing: Path, source: Source, tmp_path: Path
    ) -> None:
        file = lock(run, source, "v2", tmp_path / "l.lock")
        result = scan(run, failing, source, "v2", "--lock", file, signed=False)
        refused(result, "no allowed signers are given")

    def test_it_is_not_written_for_an_older_version(self, run: Run, source: Source, tmp_path: Path) -> None:
        file = lock(run, source, "main", tmp_path / "l.lock")
        before = file.read_text()
        source.git("reset", "-q", "--hard", "v1^{commit}")
        result = run(
            "policy", "lock", "-p", source.at("main"), "--lock", file, "--allowed-signers", source.signers
        )
        refused(result, "not written")
        assert file.read_text() == before

    def test_that_of_the_scanned_tree_can_only_refuse(self, run: Run, failing: Path, source: Source) -> None:
        lock(run, source, "main", failing / "complygate.lock")
        assert scan(run, failing, source, "main").code == 1
        source.release(3, "v3")
        for more in ((), ("--lock", failing / "complygate.lock")):
            refused(scan(run, failing, source, "main", *more), "the commit is")

    def test_the_cached_copy_serves_where_nothing_answers(
        self, run: Run, failing: Path, source: Source, tmp_path: Path
    ) -> None:
        file = lock(run, source, "v2", tmp_path / "l.lock")
        source.folder.rename(tmp_path / "away")
        result = scan(run, failing, source, "v2", "--lock", file)
        assert (result.code, "the cached copy of the locked commit is used" in result.out) == (1, True)
        without = scan(run, failing, source, "v2")
        assert (without.code, without.out) == (3, "")
        assert "undecided, nothing was judged" in without.err
        empty = run(
            "scan", failing, "-p", source.at("v2"), "--lock", file, "--allowed-signers", source.signers,
            XDG_CACHE_HOME=str(tmp_path / "empty"),
        )  # fmt: skip
        assert (empty.code, "not in the cache" in empty.err) == (3, True)


def test_the_sources_own_minimum_refuses_what_is_older(run: Run, failing: Path, source: Source) -> None:
    write(source.folder, "minimum-serial", "2\n")
    source.git("add", ".")
    source.git("commit", "-q", "-S", "-m", "minimum")
    assert scan(run, failing, source, "v2").code == 1
    refused(scan(run, failing, source, "v1"), "serial 1 is older than the source's minimum, 2")


def test_a_poisoned_cache_changes_nothing(run: Run, failing: Path, source: Source, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    more = ("--cache-dir", cache)
    assert scan(run, failing, source, "v2", *more).code == 1
    for file in cache.rglob("policies/house.yaml"):
        file.chmod(0o600)
        file.write_text(file.read_text().replace("enforce\n", "audit\n"))
    assert scan(run, failing, source, "v2", *more).code == 1
    (v2,) = (cache / "sources").glob(f"{source.git('rev-parse', 'v2')}.git")
    shutil.rmtree(v2)
    shutil.copytree(cache / "sources" / f"{source.git('rev-parse', 'main')}.git", v2)
    assert scan(run, failing, source, "v2", *more).code == 2


@pytest.mark.parametrize(
    "address",
    [
        "git+ext::sh -c touch%20ran", "git+ext://x/y", "git+http://example.com/x", "git+git://example.com/x",
        "git+ssh://-oProxyCommand=touch/x", "git+ssh://-o@example.com/x", "git+file:///tmp/../x",
        "git+file:///x@--upload-pack=touch", "git+file:///x@-v", "git+file:///x@a..b", "git+file:///x@a^{}",
        "git+file:///x@v1#../y", "git+file:///x@v1#-y", "git+https://example.com/a/%2e%2e/b", "git+file://x",
    ],
)  # fmt: skip
def test_addresses_that_are_no_addresses(run: Run, failing: Path, tmp_path: Path, address: str) -> None:
    result = run("scan", failing, "--policy", address)
    assert (result.code, result.out) == (2, "")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("entry", ["120000", "160000"])
def test_links_and_submodules_are_not_followed(run: Run, failing: Path, source: Source, entry: str) -> None:
    oid = source.git("rev-parse", "HEAD:policyset.yaml" if entry == "120000" else "HEAD")
    source.git("update-index", "--add", "--cacheinfo", f"{entry},{oid},rules/more")
    source.git("commit", "-q", "-S", "-m", "more")
    refused(scan(run, failing, source, "main"), "which is not followed")


class TestTheScannedTree:
    def test_it_names_a_source_only_where_an_outsider_allowed_it(
        self, run: Run, failing: Path, source: Source
    ) -> None:
        write(failing, ".complygate.yaml", f"policy: {source.at('v2')}\n")
        refused(run("scan", failing), "names a source that is not allowed")
        assert run("scan", failing, COMPLYGATE_ALLOWED_SOURCES=f"file://{source.folder}").code == 1
        refused(run("scan", failing, COMPLYGATE_ALLOWED_SOURCES="file:///pol"), "not allowed")

    def test_nor_does_a_set_in_it(self, run: Run, failing: Path, source: Source) -> None:
        write(failing, "own/policyset.yaml", f"name: own\nextends: ['{source.at('v2')}']\n")
        refused(run("scan", failing, "-p", failing / "own"), "names a source that is not allowed")


class TestExtends:
    def test_rules_and_policies_of_several_sets(
        self, run: Run, failing: Path, source: Source, tmp_path: Path
    ) -> None:
        write(tmp_path, "team/policyset.yaml", f"name: team\nextends: ['{source.at('v2')}', ../more]\n")
        write(
            tmp_path, "team/policies/team.yaml", "name: team\ntitle: T\nrules: [{select: {tags: [demo]}}]\n"
        )
        text = (source.folder / "rules/demo/non-root.yaml").read_text()
        write(tmp_path, "more/rules/demo/other.yaml", text)
        result = run("scan", failing, "-p", tmp_path / "team", "--format", "json")
        report = json.loads(result.out)
        assert {finding["rule"] for finding in report["findings"]} == {"demo/non-root", "demo/other"}
        assert report["policy"]["extends"][0]["ref"] == "v2"

    def test_a_name_that_is_there_already(
        self, run: Run, failing: Path, source: Source, tmp_path: Path
    ) -> None:
        policy_set(tmp_path / "team")
        write(tmp_path, "team/policyset.yaml", f"name: team\nextends: ['{source.at('v2')}']\n")
        result = run("scan", failing, "-p", tmp_path / "team")
        refused(result, "a set that is extended has a rule demo/non-root already")
        assert "rules/demo/non-root.yaml:" in result.err

    def test_a_branch_must_be_locked(self, run: Run, failing: Path, source: Source, tmp_path: Path) -> None:
        write(tmp_path, "team/policyset.yaml", f"name: team\nextends: ['{source.at('main')}']\n")
        team = tmp_path / "team"
        refused(run("scan", failing, "-p", team), "policyset.yaml:2:11: extends:")
        refused(run("scan", failing, "-p", team), "must not extend a branch")

    def test_circles(self, run: Run, failing: Path, tmp_path: Path) -> None:
        write(tmp_path, "a/policyset.yaml", "name: a\nextends: [../b]\n")
        write(tmp_path, "b/policyset.yaml", "name: b\nextends: [../a]\n")
        refused(run("scan", failing, "-p", tmp_path / "a"), "extends a set that extends this one")


def test_the_cache_is_shown_and_emptied(run: Run, failing: Path, source: Source, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert scan(run, failing, source, "v2", "--cache-dir", cache).code == 1
    other = write(cache, "sources/notes.txt", "mine")
    shown = run("cache", "info", "--cache-dir", cache)
    assert (shown.code, "sources: 3 entries" in shown.out) == (0, True), shown
    assert "sources: 0 of 3" in run("cache", "prune", "--older-than", "1", "--cache-dir", cache).out
    assert "sources: 3 of 3" in run("cache", "prune", "--cache-dir", cache).out
    assert list((cache / "sources").iterdir()) == [other]
    assert scan(run, failing, source, "v2", "--cache-dir", cache).code == 1
