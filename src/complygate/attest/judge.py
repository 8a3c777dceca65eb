"""An attestation, held against what a deployment asks for."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from complygate.attest import dsse
from complygate.attest.predicates import PASSED, VERIFIER, Claim, read_claim
from complygate.attest.statement import ALLOWABLE, TYPE
from complygate.attest.strict import StrictError, loads
from complygate.errors import UndecidedError
from complygate.reporters._words import plural
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.attest.keys import PublicKey

_SKEW = dt.timedelta(minutes=5)
"""How far the clock of who signed may be ahead."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a deployment asks for; "" and () ask for nothing.

    Attributes:
        now: the time.
        commit: the commit that is deployed.
        tree: its tree.
        policy: the policy's URI; `*` stands for anything but a slash or `#`.
        policy_digest: "sha256:…" of the policy as applied, or of its set's files.
        policy_signer: who must have signed the policy.
        verifier: the verifier's id.
        resource: the repository's URI.
        max_age: how old the statement may be.
        evidence: SHA-256 of files by name, which it must be about.
        allowed: which of `ALLOWABLE` it may rest on.
    """

    now: dt.datetime
    commit: str = ""
    tree: str = ""
    policy: str = ""
    policy_digest: str = ""
    policy_signer: str = ""
    verifier: str = VERIFIER
    resource: str = ""
    max_age: dt.timedelta = dt.timedelta(days=30)
    evidence: tuple[tuple[str, str], ...] = ()
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Checked:
    """An attestation whose signature holds.

    Attributes:
        claim: what it claims.
        subject: what it is about: digests by algorithm.
        resource: the repository's URI.
        key: whose signature it is.
        refusals: why it does not let the deployment go on; none, and it does.
    """

    claim: Claim
    subject: dict[str, str]
    resource: str
    key: PublicKey
    refusals: tuple[str, ...]


def check(content: bytes, name: str, trusted: Sequence[PublicKey], asked: Asked) -> Checked:
    """Hold the attestation in `content` against what is `asked`.

    Nothing of it is read before a trusted key has signed it.

    Args:
        content: the file's bytes.
        name: the file, for messages.
        trusted: the keys that are believed.
        asked: what it must say.

    Raises:
        UndecidedError: it cannot be read, or nobody who is trusted signed it.
    """
    envelope = dsse.read(content, name)
    if envelope.payload_type != dsse.PAYLOAD_TYPE:
        raise UndecidedError(f"{name}: holds {envelope.payload_type[:100]!r}, which is no in-toto statement")
    key = dsse.verified_by(envelope, trusted)
    if key is None:
        raise UndecidedError(
            f"{name}: is not signed by a trusted key, or was changed since: nothing in it is believed",
            hint="look at --key or --allowed-signers, and at where the file comes from",
        )
    try:
        statement = loads(envelope.payload)
        subject, resource = _subject(statement)
        claim = read_claim(statement["predicateType"], statement["predicate"])
        if claim.resource not in {"", resource}:
            raise ValueError("its resourceUri is not the name of its subject")  # noqa: TRY301 - one message for all
        return Checked(claim, subject, resource, key, tuple(_refusals(claim, subject, resource, asked)))
    except (StrictError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        said = str(error) or type(error).__name__
        raise UndecidedError(
            f"{name}: the signature holds, and the statement cannot be read: {said}",
            hint="make it again with complygate attest",
        ) from None


def _subject(statement: Any) -> tuple[dict[str, str], str]:
    """Return the digests and the name of what `statement` is about."""
    if not isinstance(statement, dict) or statement.get("_type") != TYPE:
        raise ValueError("it is not an in-toto Statement v1")
    subjects = statement["subject"]
    if not isinstance(subjects, list) or len(subjects) != 1:  # which of several was judged, nobody could tell
        raise ValueError("it is about nothing, or about several things")
    digest, name = subjects[0]["digest"], subjects[0]["name"]
    texts = [name, *digest.values()] if isinstance(digest, dict) else [None]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("its subject is malformed")
    return digest, name


def _refusals(claim: Claim, subject: dict[str, str], resource: str, asked: Asked) -> Iterator[str]:
    if claim.result != PASSED:
        yield f"the verdict was {claim.details['outcome']}: {_counted(claim.details['counts'])}"
    for what, found, wanted in (
        ("commit", subject.get("gitCommit", ""), asked.commit),
        ("tree", subject.get("gitTree", ""), asked.tree),
    ):
        if wanted and found.lower() != wanted.lower():
            yield f"it is about {what} {found or '(none)'}, and {wanted} is deployed"
    if asked.resource and resource != asked.resource:
        yield f"it is about {resource}, not {asked.resource}"
    if claim.verifier != asked.verifier:
        yield f"the verifier calls itself {claim.verifier}, and {asked.verifier} is asked for"
    yield from _policy(claim, asked)
    yield from _time(claim, asked)
    exceptions = claim.details["exceptions"]
    for name, why in exceptions.items():
        if name not in asked.allowed:
            meaning = ALLOWABLE.get(name, "an exception that this version does not know")
            yield f"it rests on an exception ({name}: {meaning}): {why}"
    held = {entry["digest"]["sha256"] for entry in (claim.details["report"], *claim.details["evidence"])}
    for file, digest in asked.evidence:
        if digest not in held:
            yield f"{file} is not a file that it is about"


def _policy(claim: Claim, asked: Asked) -> Iterator[str]:
    if asked.policy and not _fits(asked.policy, claim.policy):
        yield f"the policy was {claim.policy}, and {asked.policy} is asked for"
    origin = claim.details["policy"]["origin"] or {}
    digests = {f"sha256:{claim.digest.get('sha256', '')}", origin.get("digest")}
    wanted = asked.policy_digest if ":" in asked.policy_digest else f"sha256:{asked.policy_digest}"
    if asked.policy_digest and wanted.lower() not in digests:
        yield f"the policy's digest was sha256:{claim.digest.get('sha256')}, and {wanted} is asked for"
    if asked.policy_signer and origin.get("signer") != asked.policy_signer:
        signer = origin.get("signer") or "nobody whom the scan checked"
        yield f"the policy was signed by {signer}, and {asked.policy_signer} is asked for"


def _fits(pattern: str, uri: str) -> bool:
    expression = "[^/#]*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(expression, uri) is not None


def _time(claim: Claim, asked: Asked) -> Iterator[str]:
    if claim.time > asked.now + _SKEW:
        yield f"it was made at {claim.time.isoformat()}, which is yet to come"
    elif asked.now - claim.time > asked.max_age:
        days = (asked.now - claim.time).days
        yield f"it is {days} days old, and at most {asked.max_age.days} are allowed"
    until = claim.details["endsOn"]
    if until is not None and dt.date.fromisoformat(until) <= asked.now.date():
        yield (
            f"it ended on {until}: from that day on the policy's calendar, or the end of a waiver, lets a"
            " finding block that did not"
        )


def _counted(counts: dict[str, int]) -> str:
    problems = plural(counts["blocking_problems"], "problem")
    return f"{plural(counts['blocking'], 'finding')} at enforce, {problems} that could not be decided"
