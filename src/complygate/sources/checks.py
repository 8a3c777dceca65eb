"""What a git source must hold up to: it is what was asked for, the lock fits, the serial is fresh."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.errors import PolicyError, SyntaxProblem, UsageError
from complygate.model.policy import Origin
from complygate.sources import objects, trust
from complygate.sources.mirror import Found
from complygate.syntax import yaml

if TYPE_CHECKING:
    from complygate.sources.address import Address
    from complygate.sources.lock import Pin
    from complygate.sources.objects import Objects
    from complygate.sources.trust import Signers

MINIMUM = "minimum-serial"
"""The file beside policyset.yaml, on the default branch, with the least serial that is still good."""
_TAGS, _HEADS = "refs/tags/", "refs/heads/"


def find(address: Address, refs: dict[str, str] | None, pin: Pin | None) -> Found:
    """Return the object that is read.

    Args:
        address: the source.
        refs: what the remote has, or None where it cannot be reached (and there is a pin).
        pin: what is locked: that is read, and a tag that has moved since is refused.

    Raises:
        UsageError: there is no such ref, or a tag and a branch of that name.
        PolicyError: a tag is no longer the locked one.
    """
    if refs is None or address.is_commit:
        oid = (pin.tag_object or pin.commit) if pin else address.ref
        return Found(oid, "")
    name = _full_name(address, refs)
    if pin is None:
        return Found(refs[name], name)
    wanted = pin.tag_object or pin.commit
    if refs[name] == wanted:
        return Found(wanted, name)
    if name.startswith(_TAGS) or pin.tag_object:
        raise PolicyError(
            f"{address}: {name} is now {refs[name]}, and the lock has {wanted}: the tag was moved",
            place=pin.place,
            hint="ask who maintains the policy; if it is meant, lock it again",
        )
    return Found(wanted, "")  # a branch moves; the locked commit stays


def _full_name(address: Address, refs: dict[str, str]) -> str:
    ref = address.ref or "HEAD"
    names = [ref] if ref == "HEAD" or ref.startswith("refs/") else [_TAGS + ref, _HEADS + ref]
    found = [name for name in names if name in refs]
    if len(found) > 1:
        raise UsageError(f"{address}: there are a tag and a branch {ref}", hint=f"write @{_TAGS}{ref}")
    if not found:
        raise UsageError(f"{address}: there is no such ref", hint="name a branch, a tag or a full commit id")
    return found[0]


def origin(address: Address, ref: Found, kept: Objects, signers: Signers | None) -> Origin:
    """Return where the policy comes from, after looking at tag and signature.

    Raises:
        PolicyError: a tag is not what it is called, or leads to no commit; a signature is missing or wrong.
    """
    head = kept.get(ref.oid, 0x100000)
    made = Origin(str(address), address.public, address.ref, commit=ref.oid)
    if head is not None and head[0] == "tag":
        return _by_tag(address, ref, kept, signers, made)
    raw = objects.read(kept, ref.oid, "commit")
    if signers is None:
        return made
    if ref.name.startswith(_TAGS):
        hint = "make a signed tag: git tag -s"
        raise PolicyError(f"{address}: is a lightweight tag, which nobody can sign", hint=hint)
    return replace(made, signer=trust.signer_of_commit(raw, signers, f"{address}: commit {ref.oid}"))


def _by_tag(address: Address, ref: Found, kept: Objects, signers: Signers | None, made: Origin) -> Origin:
    raw = objects.read(kept, ref.oid, "tag")
    tag = objects.tag(raw)
    asked = address.ref.removeprefix(_TAGS)
    if tag.name != asked and not address.is_commit:
        raise PolicyError(
            f"{address}: leads to a tag that was made as {tag.name!r}: it was renamed",
            hint=f"name {tag.name}, if that is what is meant",
        )
    if tag.kind != "commit":
        raise PolicyError(f"{address}: the tag points at a {tag.kind}, not at a commit")
    objects.read(kept, tag.target, "commit")
    signer = trust.signer_of_tag(raw, signers, f"{address}: tag {asked}") if signers else ""
    return replace(made, commit=tag.target, tag_object=ref.oid, signer=signer)


def with_content(origin: Origin, found: dict[str, bytes]) -> Origin:
    """Return `origin` with the digest of the set's files and its serial."""
    return replace(origin, digest=objects.digest(found), serial=_serial(found.get("policyset.yaml", b"")))


def _serial(manifest: bytes) -> int:
    """Return the set's serial, or 0; that the manifest is wrong is said when the set is read."""
    try:
        trees = yaml.parse_text("policyset.yaml", manifest.decode("utf-8-sig"))
    except (SyntaxProblem, UnicodeDecodeError):
        return 0
    data = trees[0].data if trees else None
    serial = data.get("serial", 0) if isinstance(data, dict) else 0
    return serial if type(serial) is int and serial >= 0 else 0


def hold(pin: Pin, origin: Origin) -> None:
    """Hold what was found against what is locked.

    Raises:
        PolicyError: it differs.
    """
    pairs = (
        ("commit", origin.commit, pin.commit),
        ("tag object", origin.tag_object, pin.tag_object),
        ("content digest", origin.digest, pin.digest),
    )
    hint = "if it is meant, look at what has changed and lock it again: complygate policy lock"
    for what, found, locked in pairs:
        if found != locked:
            message = f"{origin.source}: the {what} is {found or 'none'}, and the lock has {locked or 'none'}"
            raise PolicyError(message, place=pin.place, hint=hint)
    if origin.serial < pin.minimum_serial:
        message = (
            f"{origin.source}: serial {origin.serial} is below {pin.minimum_serial}, which the lock asks for"
        )
        raise PolicyError(
            f"{message}: rolled back", place=pin.place, hint="name a newer version of the policy"
        )
    if pin.signer and pin.signer != origin.signer:
        signer = origin.signer or "nobody who is known"
        message = f"{origin.source}: is signed by {signer}, and the lock asks for {pin.signer}"
        raise PolicyError(message, place=pin.place, hint=hint)


def fresh(origin: Origin, minimum: bytes | None) -> None:
    """Hold the set's serial against what the source declares as the minimum.

    It needs no signature: it can only refuse.

    Raises:
        PolicyError: the set is older, or the declaration is no number.
    """
    if minimum is None:
        return
    text = minimum.strip()
    if not (text.isdigit() and len(text) <= 18):  # noqa: PLR2004 - more is no serial
        raise PolicyError(f"{origin.source}: {MINIMUM} on the default branch is not a number")
    if origin.serial < int(text):
        raise PolicyError(
            f"{origin.source}: serial {origin.serial} is older than the source's minimum, {int(text)}",
            hint="name a newer version of the policy, and lock that",
        )
