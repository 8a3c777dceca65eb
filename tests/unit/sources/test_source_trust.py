"""Signatures: made by real git with real keys, and broken in every place."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complygate.errors import PolicyError, UsageError
from complygate.sources import objects
from complygate.sources.trust import Signers, read_signers, signer_of_commit, signer_of_tag

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


class Signed:
    """A repository with a signed commit and a signed tag."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        self.public = (folder / "key.pub").read_text()
        self.signers = Signers(f"alice@example.com {self.public}".encode(), NOW)
        self.git("init", "-q", "-b", "main")
        self.git("commit", "-q", "-S", "--allow-empty", "-m", "one")
        self.git("tag", "-s", "v1", "-m", "v1")
        self.commit = self.raw("commit", "HEAD")
        self.tag = self.raw("tag", "v1")

    def git(self, *words: str) -> bytes:
        given_ = (
            "user.name=A",
            "user.email=a@example.com",
            "gpg.format=ssh",
            f"user.signingKey={self.folder}/key",
        )
        options = [word for setting in given_ for word in ("-c", setting)]
        environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(
            ["git", *options, *words],
            cwd=self.folder,
            capture_output=True,
            check=True,
            env=environment,
        ).stdout

    def raw(self, kind: str, name: str) -> bytes:
        return self.git("cat-file", kind, name)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    return Signed(tmp_path_factory.mktemp("signed"))


def test_who_signed(signed: Signed) -> None:
    assert signer_of_tag(signed.tag, signed.signers, "t") == "alice@example.com"
    assert signer_of_commit(signed.commit, signed.signers, "c") == "alice@example.com"


@settings(max_examples=60)  # each starts ssh-keygen
@given(at=st.integers(0, 2000), bit=st.integers(0, 7), what=st.sampled_from(["tag", "commit"]))
def test_no_bit_of_what_is_signed_can_be_turned(signed: Signed, at: int, bit: int, what: str) -> None:
    """Of a signature's armour alone, line ends and the like may differ: what is signed stays the same."""
    raw = signed.tag if what == "tag" else signed.commit
    turned = bytearray(raw)
    turned[at % len(raw)] ^= 1 << bit
    ask: Callable[..., str] = signer_of_tag if what == "tag" else signer_of_commit
    try:
        ask(bytes(turned), signed.signers, "x")
    except PolicyError:
        return
    assert _signed_part(bytes(turned), what) == _signed_part(raw, what)


def _signed_part(raw: bytes, what: str) -> bytes:
    if what == "tag":
        return raw.partition(b"-----BEGIN")[0]
    head, _, body = raw.partition(b"\n\n")
    return head.partition(b"gpgsig")[0] + body


@given(st.binary(max_size=300))
def test_whatever_a_tag_object_holds(raw: bytes) -> None:
    signers = Signers(b"alice ssh-ed25519 AAAA", NOW)
    with pytest.raises(PolicyError):
        signer_of_tag(raw, signers, "t")
    with pytest.raises(PolicyError):
        signer_of_commit(raw, signers, "c")
    try:
        found = objects.tag(raw)
    except PolicyError:
        return
    assert found.raw == raw


def test_two_signatures_in_one_commit(signed: Signed) -> None:
    head, _, body = signed.commit.partition(b"\n\n")
    start = head.index(b"gpgsig ")
    signature = head[start:]
    twice = head + b"\n" + signature + b"\n\n" + body
    with pytest.raises(PolicyError, match="more than once"):
        signer_of_commit(twice, signed.signers, "c")


@pytest.mark.parametrize(
    ("options", "believed"),
    [
        ("", True),
        ('namespaces="git"', True),
        ('namespaces="file"', False),
        ('valid-after="20260101",valid-before="20270101"', True),
        ('valid-before="20261121"', False),
        ('valid-after="20261122"', False),
        ("cert-authority", False),
    ],
)
def test_the_terms_of_a_key(signed: Signed, options: str, believed: bool) -> None:
    signers = Signers(f"alice@example.com {options} {signed.public}".encode(), NOW)
    if believed:
        assert signer_of_tag(signed.tag, signers, "t") == "alice@example.com"
    else:
        with pytest.raises(PolicyError, match="is not signed by an allowed signer"):
            signer_of_tag(signed.tag, signers, "t")


def test_a_file_of_signers_that_is_none(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    tree = tmp_path / "tree"
    tree.mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        read_signers(outside, tree, NOW)
    with pytest.raises(UsageError, match="is no file of allowed signers"):
        read_signers(tmp_path, tree, NOW)
    outside.write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(UsageError, match="is no file of allowed signers"):
        read_signers(outside, tree, NOW)


def test_a_real_pgp_signature_is_not_believed(signed: Signed) -> None:
    """Git itself verifies it: the key is in the keyring of whoever runs git."""
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    with tempfile.TemporaryDirectory(prefix="gpg") as home:  # its socket's path must be short
        environment = {"GNUPGHOME": home, "PATH": os.environ["PATH"], "HOME": home}
        made = subprocess.run(
            ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "mallory@example.com"],
            env=environment, capture_output=True, check=False,
        )  # fmt: skip
        if made.returncode:
            pytest.skip(f"gpg makes no key here: {made.stderr.decode()}")
        try:
            settings_ = ("user.name=M", "user.email=mallory@example.com", "gpg.format=openpgp")
            options = [word for setting in settings_ for word in ("-c", setting)]
            for words in (
                ["tag", "-s", "-u", "mallory@example.com", "pgp", "-m", "pgp"],
                ["commit", "-q", "-Smallory@example.com", "--allow-empty", "-m", "pgp"],
                ["-c", f"gpg.ssh.allowedSignersFile={home}/signers", "verify-tag", "pgp"],
                ["-c", f"gpg.ssh.allowedSignersFile={home}/signers", "verify-commit", "HEAD"],
            ):
                subprocess.run(
                    ["git", *options, *words],
                    cwd=signed.folder,
                    env=environment,
                    check=True,
                    capture_output=True,
                )
        finally:
            subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False, capture_output=True)
    tag, commit = signed.raw("tag", "pgp"), signed.raw("commit", "HEAD")
    assert b"BEGIN PGP SIGNATURE" in tag
    with pytest.raises(PolicyError, match="only SSH signatures are believed"):
        signer_of_tag(tag, signed.signers, "t")
    with pytest.raises(PolicyError, match="only SSH signatures are believed"):
        signer_of_commit(commit, signed.signers, "c")
