"""Whose signature is believed. `git verify-tag` is not asked: any PGP key of the machine is good for it.

The signed part and the SSH signature are taken out of the tag or commit here, and `ssh-keygen -Y verify` is
asked about them with a file of allowed signers that comes from outside the scanned tree. No git setting, and
so no repository, names a program or a key.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from complygate.errors import PolicyError, UsageError
from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt

_BEGIN, _END = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
_MAX_SIGNERS = 1024 * 1024
_TIMEOUT_SECONDS = 30
_HEADERS = (b"gpgsig", b"gpgsig-sha256")


@dataclass(frozen=True, slots=True)
class Signers:
    """Who may sign a policy.

    Attributes:
        text: the file of allowed signers, in ssh-keygen's format.
        now: the time at which a key must be valid; a signature's own date is whatever its maker wrote.
    """

    text: bytes
    now: dt.datetime


def read_signers(file: Path, tree: Path, now: dt.datetime) -> Signers:
    """Return the allowed signers in `file`.

    Args:
        file: the file.
        tree: the top of the scanned repository, which must not name its own signers.
        now: the time at which a key must be valid.

    Raises:
        UsageError: it cannot be read, or lies in the scanned tree.
    """
    try:
        real = file.resolve(strict=True)
        if real.is_relative_to(tree.resolve()):
            raise UsageError(
                f"{file}: allowed signers must not come from the scanned repository",
                hint="keep the file outside, where a pull request cannot change it",
            )
        if not real.is_file() or real.stat().st_size > _MAX_SIGNERS:
            raise UsageError(f"{file}: is no file of allowed signers")
        return Signers(real.read_bytes(), now)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error


def signer_of_tag(raw: bytes, signers: Signers, what: str) -> str:
    """Return who signed a tag object.

    Raises:
        PolicyError: nobody who is allowed to.
    """
    start = raw.find(b"\n" + _BEGIN)
    if start < 0:
        raise PolicyError(f"{what}: {_unsigned(raw)}", hint=_SIGN_TAG)
    return _verify(raw[: start + 1], raw[start + 1 :], signers, what)


def signer_of_commit(raw: bytes, signers: Signers, what: str) -> str:
    """Return who signed a commit object.

    Raises:
        PolicyError: nobody who is allowed to.
    """
    head, gap, body = raw.partition(b"\n\n")
    rest: list[bytes] = []
    signatures: list[list[bytes]] = []
    taking = False
    for line in head.split(b"\n"):
        key = line.split(b" ", 1)[0]
        if key in _HEADERS:
            signatures.append([line[len(key) + 1 :]])
            taking = True
        elif taking and line.startswith(b" "):
            signatures[-1].append(line[1:])
        else:
            rest.append(line)
            taking = False
    if len(signatures) != 1:
        raise PolicyError(f"{what}: is not signed, or more than once", hint=_SIGN_COMMIT)
    signature = b"\n".join(signatures[0])
    if not signature.startswith(_BEGIN):
        raise PolicyError(f"{what}: {_unsigned(signature)}", hint=_SIGN_COMMIT)
    return _verify(b"\n".join(rest) + gap + body, signature, signers, what)


_SIGN_TAG = "sign it with an allowed key: git -c gpg.format=ssh tag -s"
_SIGN_COMMIT = "sign it with an allowed key: git -c gpg.format=ssh commit -S"


def _unsigned(raw: bytes) -> str:
    if b"-----BEGIN PGP" in raw or b"-----BEGIN SIGNED MESSAGE" in raw:
        return "is signed, but not with an SSH key; only SSH signatures are believed"
    return "is not signed"


def _verify(payload: bytes, signature: bytes, signers: Signers, what: str) -> str:
    body = signature.strip()
    if not body.endswith(_END) or body.count(_BEGIN) != 1 or body.count(_END) != 1:
        raise PolicyError(f"{what}: its signature is malformed")
    with tempfile.TemporaryDirectory(prefix="complygate-") as scratch:
        allowed, written = Path(scratch, "allowed_signers"), Path(scratch, "signature")
        allowed.write_bytes(signers.text)
        written.write_bytes(body + b"\n")
        files = ("-f", str(allowed), "-s", str(written), f"-Overify-time={signers.now:%Y%m%d%H%M%S}")
        names = _ask(scratch, b"", "find-principals", *files)
        for name in (part for line in names.splitlines() for part in line.split(",")):
            if name.strip() and _ask(scratch, payload, "verify", "-n", "git", "-I", name.strip(), *files):
                return name.strip()
    raise PolicyError(
        f"{what}: is not signed by an allowed signer whose key is valid today",
        hint="look at the allowed signers, and at their valid-before",
    )


def _ask(folder: str, payload: bytes, *arguments: str) -> str:
    """Return what `ssh-keygen -Y` prints, or "" where it says no."""
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    program = shutil.which("ssh-keygen", path=os.pathsep.join(filter(os.path.isabs, entries)))
    if program is None:
        raise UsageError(
            "ssh-keygen is not installed, and signatures are to be checked", hint="install OpenSSH"
        )
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program; arguments are ours
            [program, "-Y", *arguments],
            cwd=folder,
            env={"PATH": os.defpath, "TZ": "UTC", "LC_ALL": "C"},
            input=payload,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
