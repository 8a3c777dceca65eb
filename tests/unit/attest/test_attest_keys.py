"""Keys: the forms they come in, who may sign, and that others read and write the same envelopes."""

from __future__ import annotations

import copy
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer._crypto_signer import CryptoSigner
from securesystemslib.signer._key import SSlibKey
from tests.unit.attest.reports_for_attest import NOW, Bench, bench, private_key, report

from complygate.attest import check, dsse, keys, read_private, read_public, read_signers
from complygate.errors import Place, UsageError


@pytest.fixture(scope="module")
def desk() -> Bench:
    return bench()


def keygen(folder: Path, *options: str, kind: str = "ed25519", passphrase: str = "") -> Path:
    file = folder / f"{kind}{len(list(folder.iterdir()))}"
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "", "-f", str(file), *options]
    subprocess.run(command, check=True)
    return file


def openssl(*arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


class TestForms:
    def test_openssh(self, tmp_path: Path) -> None:
        file = keygen(tmp_path)
        key = read_private(file.read_bytes(), "k")
        (public,) = read_public(file.with_suffix(".pub").read_bytes(), "k.pub")
        assert public.keyid == key.public.keyid
        assert public.verifies(key.sign(b"x"), b"x")
        assert not public.verifies(key.sign(b"x"), b"y")
        assert not public.verifies(b"", b"x")

    def test_pkcs8(self, tmp_path: Path) -> None:
        pem = tmp_path / "k.pem"
        pem.write_bytes(openssl("genpkey", "-algorithm", "ed25519"))
        key = read_private(pem.read_bytes(), "k")
        (public,) = read_public(openssl("pkey", "-in", str(pem), "-pubout"), "k.pub")
        assert public.keyid == key.public.keyid
        assert public.verifies(key.sign(b"x"), b"x")

    def test_what_is_refused_shows_nothing_of_the_key(self, tmp_path: Path) -> None:
        secret = keygen(tmp_path, passphrase="hunter22")  # noqa: S106 - of a key made here
        rsa = keygen(tmp_path, kind="rsa")
        for content, message in (
            (secret.read_bytes(), "has a passphrase"),
            (rsa.read_bytes(), "is not an Ed25519 key"),
            (b"SECRETSECRET", "is no private key"),
            (b"", "is no private key"),
            (secret.with_suffix(".pub").read_bytes(), "is no private key"),
        ):
            with pytest.raises(UsageError, match=message) as error:
                read_private(content, "k")
            assert "SECRET" not in f"{error.value}{error.value.hint}"
        for content, message in (
            (keygen(tmp_path).read_bytes(), "is a private key"),
            (rsa.with_suffix(".pub").read_bytes(), "is not an Ed25519 key"),
            (b"ssh-ed25519 AAAA", "is no public key"),
        ):
            with pytest.raises(UsageError, match=message):
                read_public(content, "k")
        assert "PRIVATE" not in repr(private_key())


class TestAllowedSigners:
    @pytest.fixture
    def line(self, tmp_path: Path) -> str:
        return keygen(tmp_path).with_suffix(".pub").read_text().strip()

    @pytest.mark.parametrize(
        ("options", "believed"),
        [
            ("", True),
            ('namespaces="complygate-attestation"', True),
            ('namespaces="git,complygate-*"', True),
            ('namespaces="git"', False),
            ('namespaces="*,!complygate-attestation"', False),
            ('valid-before="20270101"', True),
            ('valid-before="20261121"', False),
            ('valid-after="20261121115959Z",valid-before="202611211201"', True),
            ('valid-after="20261122"', False),
            ("cert-authority", False),
        ],
    )
    def test_who_may_sign_today(self, line: str, options: str, believed: bool) -> None:
        text = f"# ours\n\nsecurity@example.com {options} {line}\n".encode()
        if believed:
            (key,) = read_signers(text, "signers", NOW)
            assert key.name == "security@example.com"
        else:
            with pytest.raises(UsageError, match="no Ed25519 key that may sign attestations today"):
                read_signers(text, "signers", NOW)

    @pytest.mark.parametrize(
        "text",
        [
            "security@example.com", "ssh-ed25519 AAAA", "a ssh-ed25519 AAAA", "a b c ssh-ed25519 AAAA",
            "a no-touch-required ssh-ed25519 AAAA", 'a valid-before="soon" ssh-ed25519 AAAA',
            "a namespaces= ssh-ed25519 AAAA",
        ],
    )  # fmt: skip
    def test_a_wrong_line_is_named(self, line: str, text: str) -> None:
        with pytest.raises(UsageError) as error:
            read_signers(f"ok {line}\n{text}\n".encode(), "signers", NOW)
        assert str(error.value).startswith("signers:2: ")

    def test_ssh_keygen_agrees_on_who_they_are(self, tmp_path: Path, line: str) -> None:
        """The same file works for ssh-keygen, so a team keeps one."""
        signers = tmp_path / "signers"
        signers.write_text(f'"a@example.com,b@example.com" namespaces="{keys.NAMESPACE}" {line}\n')
        private = tmp_path / "ed255190"
        subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-q", "-n", keys.NAMESPACE, "-f", str(private)],
            input=b"x", check=True, capture_output=True, cwd=tmp_path,
        )  # fmt: skip
        (key,) = read_signers(signers.read_bytes(), "signers", NOW)
        assert key.name == "a@example.com,b@example.com"


class TestOthersAgree:
    """securesystemslib, which in-toto and TUF stand on, reads and writes the same envelopes."""

    def test_it_believes_what_is_signed_here(self, desk: Bench) -> None:
        data = json.loads(desk.attested(report()))
        read = Envelope.from_dict(copy.deepcopy(data))
        key = SSlibKey.from_crypto(desk.key.public._key, keyid=desk.key.public.keyid)
        assert read.verify([key], 1) == {key.keyid: key}
        other = private_key()
        stranger = SSlibKey.from_crypto(other.public._key, keyid=other.public.keyid)
        with pytest.raises(VerificationError):
            read.verify([stranger], 1)
        assert read.pae() == dsse.pae(read.payload_type, read.payload)

    def test_what_it_signs_is_believed_here(self, desk: Bench) -> None:
        payload = json.dumps(desk.statement(report())).encode()
        made = Envelope(payload, dsse.PAYLOAD_TYPE, {})
        made.sign(CryptoSigner(desk.key._key))
        content = json.dumps(made.to_dict()).encode()
        assert check(content, "a", desk.trusted, desk.asked).refusals == ()

    def test_the_specifications_example(self) -> None:
        """https://github.com/secure-systems-lab/dsse/blob/master/protocol.md, test vectors."""
        assert dsse.pae("http://example.com/HelloWorld", b"hello world") == (
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        )


def test_without_the_library_the_message_says_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from complygate.cli.main import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    (tmp_path / "report.json").write_text("{}")
    (tmp_path / "key").write_text("x")
    for arguments in (
        ["attest", "--report", "report.json", "--key", "key"],
        ["verify", "report.json", "--key", "key", "--commit", "1" * 40, "--policy", "builtin:baseline"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            text=True,
        )
        assert (done.returncode, "install complygate[sign]" in done.stderr) == (2, True), done.stderr


def test_times_are_read_as_utc() -> None:
    place = Place("signers", 1)
    assert keys._time("20261121", place) == dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
