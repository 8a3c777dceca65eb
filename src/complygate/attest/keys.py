"""Ed25519 keys: to sign with, and to believe. The one module that imports `cryptography`."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from complygate.errors import Place, UsageError
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMESPACE = "complygate-attestation"
"""What `namespaces=` of an allowed signer must cover, where it is given."""
MAX_KEYS = 256
_TYPE = "ssh-ed25519"
_WORD = re.compile(r'(?:[^\s"]|"[^"]*")+')
_OPTION = re.compile(r'([A-Za-z-]+)(?:="([^"]*)")?(?:,|$)')
_TIMES = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_MADE = "make one with: ssh-keygen -t ed25519 -N '' -f attest_key"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key whose signatures are believed.

    Attributes:
        keyid: the SHA-256 of its SubjectPublicKeyInfo, in hexadecimal.
        name: whose it is, as the file of allowed signers says, or "".
    """

    keyid: str
    name: str
    _key: Any

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature` over `data` was made with the private half."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415

        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key to sign with. Its text and representation show nothing of it.

    Attributes:
        public: the other half.
    """

    public: PublicKey
    _key: Any

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`."""
        signature: bytes = self._key.sign(data)
        return signature

    def __repr__(self) -> str:
        """Return the key's id."""
        return f"PrivateKey({self.public.keyid})"


def read_private(data: bytes, name: str) -> PrivateKey:
    """Return the Ed25519 key in `data`: PKCS#8 in PEM, or OpenSSH's own form.

    Args:
        data: the file's content.
        name: where it comes from, for messages.

    Raises:
        UsageError: it is none, is encrypted, or `cryptography` is not installed.
    """
    serialization, ed25519 = _library()
    load = (
        serialization.load_ssh_private_key
        if b"BEGIN OPENSSH PRIVATE KEY" in data
        else serialization.load_pem_private_key
    )
    try:
        key = load(data.strip() + b"\n", password=None)
    except Exception as error:  # noqa: BLE001 - the library's errors differ; none may show the key
        encrypted = "password" in str(error).lower() or "passphrase" in str(error).lower()
        what = "has a passphrase, and nobody is asked for it" if encrypted else "is no private key"
        raise UsageError(f"{name}: {what}", hint=_MADE) from None
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise UsageError(f"{name}: is not an Ed25519 key", hint=_MADE)
    return PrivateKey(_public(key.public_key(), ""), key)


def read_public(data: bytes, name: str) -> tuple[PublicKey, ...]:
    """Return the Ed25519 key in `data`: SubjectPublicKeyInfo in PEM, or a line of OpenSSH's `.pub` file.

    Args:
        data: the file's content.
        name: where it comes from, for messages.

    Raises:
        UsageError: it is none, or `cryptography` is not installed.
    """
    serialization, ed25519 = _library()
    if b"PRIVATE KEY-----" in data:
        raise UsageError(f"{name}: is a private key", hint="give the public half, such as attest_key.pub")
    load = serialization.load_pem_public_key if b"-----BEGIN" in data else serialization.load_ssh_public_key
    try:
        key = load(data.strip())
    except Exception:  # noqa: BLE001 - the library's errors differ
        raise UsageError(f"{name}: is no public key", hint="give a .pub file of ssh-keygen, or PEM") from None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise UsageError(f"{name}: is not an Ed25519 key", hint=_MADE)
    return (_public(key, ""),)


def read_signers(data: bytes, name: str, now: dt.datetime) -> tuple[PublicKey, ...]:
    """Return the keys of a file of allowed signers (ssh-keygen's format) that may sign attestations now.

    Args:
        data: the file's content.
        name: the file, for messages.
        now: the time at which a key must be valid.

    Raises:
        UsageError: a line is wrong, or no key is left, or `cryptography` is not installed.
    """
    serialization, _ = _library()
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{name}: is not UTF-8 text") from None
    found: list[PublicKey] = []
    for number, line in enumerate(lines, 1):
        place = Place(name, number)
        words = _WORD.findall(line)
        if not words or words[0].startswith("#"):
            continue
        principals, options, kind, blob = _fields(words, place)
        if kind != _TYPE or not _usable(options, now, place):
            continue
        try:
            key = serialization.load_ssh_public_key(f"{kind} {blob}".encode())
        except Exception:  # noqa: BLE001 - the library's errors differ
            raise UsageError("is no public key", place=place) from None
        found.append(_public(key, principals))
    if not found or len(found) > MAX_KEYS:
        raise UsageError(
            f"{name}: holds no Ed25519 key that may sign attestations today, or more than {MAX_KEYS}",
            hint=f'look at valid-before, and at namespaces: "{NAMESPACE}" must be among them',
        )
    return tuple(found)


def _fields(words: list[str], place: Place) -> tuple[str, str, str, str]:
    """Return principals, options, key type and key of a line."""
    at = next((i for i, word in enumerate(words[1:], 1) if re.match(r"(ssh|sk|ecdsa)-", word)), 0)
    if at not in {1, 2} or len(words) < at + 2:
        raise UsageError(
            "is not a line of allowed signers", place=place, hint="NAME [OPTIONS] ssh-ed25519 AAAA..."
        )
    return words[0].strip('"'), words[1] if at == 2 else "", words[at], words[at + 1]  # noqa: PLR2004 - with options


def _usable(options: str, now: dt.datetime, place: Place) -> bool:
    given = {name.lower(): value for name, value in _options(options, place)}
    if "cert-authority" in given:  # certificates are not looked at, so nor is who may make them
        return False
    if not _covers(given.get("namespaces")):
        return False
    after, before = given.get("valid-after"), given.get("valid-before")
    early = after is not None and now < _time(after, place)
    return not early and (before is None or now < _time(before, place))


def _covers(namespaces: str | None) -> bool:
    """Tell whether a list of patterns, of which those with `!` exclude, covers attestations."""
    words = ["*"] if namespaces is None else namespaces.split(",")
    wanted = any(fnmatchcase(NAMESPACE, word) for word in words)
    return wanted and not any(fnmatchcase(NAMESPACE, word[1:]) for word in words if word.startswith("!"))


def _options(options: str, place: Place) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(options):
        found = _OPTION.match(options, at)
        known = {"cert-authority", "namespaces", "valid-after", "valid-before"}
        if found is None or found[1].lower() not in known:
            raise UsageError("has an option that is not known, so the key is not believed", place=place)
        yield found[1], found[2] or ""
        at = found.end()


def _time(text: str, place: Place) -> dt.datetime:
    digits = text.removesuffix("Z")
    try:
        return dt.datetime.strptime(digits, _TIMES[len(digits)]).replace(tzinfo=dt.UTC)
    except (KeyError, ValueError):
        raise UsageError(f"{text!r}: is not a time", place=place, hint="write YYYYMMDD") from None


def _public(key: Any, name: str) -> PublicKey:
    serialization, _ = _library()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(hashlib.sha256(der).hexdigest(), name, key)


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - heavy, and an extra
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            "attestations need the package cryptography, which is not installed",
            hint="install complygate[sign]",
        ) from None
    return serialization, ed25519
