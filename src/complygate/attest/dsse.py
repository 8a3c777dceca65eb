"""DSSE: a payload, its type, and signatures over both (https://github.com/secure-systems-lab/dsse, v1.0)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from complygate.attest.strict import StrictError, loads
from complygate.errors import UndecidedError
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from complygate.attest.keys import PublicKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_BYTES = 8 * 1024 * 1024
"""Of an envelope. A statement about a report of thousands of findings has some hundred kilobytes."""
MAX_SIGNATURES = 16
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}|[A-Za-z0-9_-]*={0,2}")
_HINT = "name the file that `complygate attest` wrote: one DSSE envelope on one line"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is signed, and by whom as it says itself.

    Attributes:
        payload_type: what the payload is.
        payload: the signed bytes.
        signatures: key id, a hint that is not believed, and signature.
    """

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that are signed: DSSE's pre-authentication encoding of type and payload."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def write(envelope: Envelope) -> str:
    """Return `envelope` as a line of a `.intoto.jsonl` file."""
    data = {
        "payloadType": envelope.payload_type,
        "payload": base64.b64encode(envelope.payload).decode(),
        "signatures": [
            {"keyid": name, "sig": base64.b64encode(signature).decode()}
            for name, signature in envelope.signatures
        ],
    }
    return json.dumps(data, separators=(",", ":")) + "\n"


def read(data: bytes, name: str) -> Envelope:
    """Return the one envelope in `data`.

    Args:
        data: the file's content.
        name: the file, for messages.

    Raises:
        UndecidedError: it is none, or more than one.
    """
    if len(data) > MAX_BYTES:
        raise UndecidedError(f"{name}: is larger than {MAX_BYTES} bytes: not read", hint=_HINT)
    lines = [line for line in data.split(b"\n") if line.strip()]
    if len(lines) > 1 and all(line.startswith(b"{") and line.rstrip().endswith(b"}") for line in lines):
        raise UndecidedError(
            f"{name}: holds {len(lines)} attestations, and one is checked at a time",
            hint="write the one that is meant to a file of its own",
        )
    try:
        return _envelope(loads(data))
    except StrictError as error:
        raise UndecidedError(f"{name}: is not a DSSE envelope: it {error}", hint=_HINT) from None


def verified_by(envelope: Envelope, trusted: Iterable[PublicKey]) -> PublicKey | None:
    """Return the first of the `trusted` keys that signed `envelope`, or None.

    As DSSE says, signatures by others count for nothing, and a key id is a hint: each key is tried.
    """
    whole = pae(envelope.payload_type, envelope.payload)
    for key in trusted:
        if any(key.verifies(signature, whole) for _, signature in envelope.signatures):
            return key
    return None


def _envelope(data: Any) -> Envelope:
    if not isinstance(data, dict):
        raise StrictError("is no object")
    kind, payload, signatures = (data.get(key) for key in ("payloadType", "payload", "signatures"))
    if not isinstance(kind, str) or not isinstance(signatures, list) or not signatures:
        raise StrictError("has no payloadType, or no signatures")
    if len(signatures) > MAX_SIGNATURES:
        raise StrictError(f"has more than {MAX_SIGNATURES} signatures")
    return Envelope(kind, _decoded(payload), tuple(_signature(one) for one in signatures))


def _signature(data: Any) -> tuple[str, bytes]:
    if not isinstance(data, dict) or not isinstance(data.get("keyid", ""), str):
        raise StrictError("has a malformed signature")
    return data.get("keyid", ""), _decoded(data.get("sig"))


def _decoded(text: Any) -> bytes:
    """Decode base64 of the standard or the URL-safe alphabet: the specification asks readers to take both."""
    if not isinstance(text, str) or not _BASE64.fullmatch(text):
        raise StrictError("has a payload or signature that is not base64")
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise StrictError("has a payload or signature that is not base64") from None
