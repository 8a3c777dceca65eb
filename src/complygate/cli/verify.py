"""`complygate verify`. Here the clock and the keys are read."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from complygate import attest as attesting
from complygate.attest import dsse
from complygate.cli.attesting import FILE, digests, key_text, shared_options, small_file
from complygate.cli.options import named
from complygate.discover import git
from complygate.errors import UsageError
from complygate.gate.exit_codes import ExitCode
from complygate.reporters._plain import visible
from complygate.reporters._words import plural
from complygate.sources import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.attest import Checked
    from complygate.attest.keys import PublicKey

_OBJECT_ID = re.compile(r"(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})?")


@click.command()
@click.argument("attestation", type=FILE)
@click.option("--key", metavar="PUB", help="Whose signature is believed: a public key's file, or env:NAME.")
@click.option(
    "--allowed-signers",
    type=FILE,
    metavar="FILE",
    help="Whose signatures are believed: a file in ssh-keygen's format.",
)
@click.option("--commit", default="", metavar="SHA", help="The commit that is deployed.  [default: HEAD]")
@click.option("--tree", default="", metavar="SHA", help="Its tree, in the commit's place or besides.")
@click.option(
    "-p",
    "--policy",
    "source",
    metavar="SOURCE",
    help="The policy that must have judged; * stands for a part of its name.  [default: COMPLYGATE_POLICY]",
)
@click.option(
    "--policy-digest", default="", metavar="DIGEST", help="Its digest, as reports and the lock show it."
)
@click.option("--policy-signer", default="", metavar="NAME", help="Who must have signed the policy.")
@click.option(
    "--max-age",
    type=click.IntRange(0, 36500),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="How many days old it may be.",
)
@shared_options("not looked at")
@click.pass_context
def verify(  # noqa: PLR0917 - click passes options by name
    context: click.Context,
    attestation: Path,
    key: str | None,
    allowed_signers: Path | None,
    commit: str,
    tree: str,
    source: str | None,
    policy_digest: str,
    policy_signer: str,
    max_age: int,
    verifier: str,
    resource_uri: str,
    evidence: tuple[Path, ...],
    allowed: tuple[str, ...],
    root: Path,
) -> None:
    """Check, without network, that ATTESTATION lets a commit be deployed.

    Exit codes: 0 it does; 1 it is genuine and does not; 2 usage; 3 it is unreadable, or nobody who is
    trusted signed it.
    """
    now = dt.datetime.now(tz=dt.UTC)
    for text, option in ((commit, "--commit"), (tree, "--tree")):
        if not _OBJECT_ID.fullmatch(text):
            raise UsageError(f"{option}: {text!r} is not a whole object id", hint="git rev-parse HEAD")
    policy = _policy(source, policy_digest)
    asked = attesting.Asked(
        now=now,
        commit=commit or ("" if tree else _head(root)),
        tree=tree,
        policy=policy,
        policy_digest=policy_digest,
        policy_signer=policy_signer,
        verifier=verifier,
        resource=resource_uri,
        max_age=dt.timedelta(days=max_age),
        evidence=digests(evidence),
        allowed=frozenset(allowed),
    )
    trusted = _trusted(key, allowed_signers, now)
    with attestation.open("rb") as file:
        content = file.read(dsse.MAX_BYTES + 1)
    checked = attesting.check(content, str(attestation), trusted, asked)
    for line in _told(checked):
        click.echo(visible(line))
    context.exit(int(ExitCode.FAIL if checked.refusals else ExitCode.PASS))


def _told(checked: Checked) -> Iterator[str]:
    claim, details = checked.claim, checked.claim.details
    word = "refused" if checked.refusals else "passed"
    yield f"{word}: commit {checked.subject.get('gitCommit')} of {checked.resource}"
    yield from (f"  because {why}" for why in checked.refusals)
    origin = details["policy"]["origin"]
    from_git = (
        f", commit {origin['commit']}, signed by {origin['signer'] or 'nobody checked'}" if origin else ""
    )
    yield f"  policy {claim.policy}, sha256:{claim.digest.get('sha256')}{from_git}"
    excuses = sum(entry["findings"] for entry in details["excuses"])
    until = f", ends on {details['endsOn']}" if details["endsOn"] else ""
    yield f"  judged on {details['day']}, {plural(excuses, 'finding')} excused{until}"
    who = f"{checked.key.name}, " if checked.key.name else ""
    yield f"  verifier {claim.verifier}, signed at {claim.time.isoformat()} by {who}key {checked.key.keyid}"
    if checked.refusals:
        yield "Next: scan and attest the commit that is deployed, by the policy that is asked for"


def _policy(source: str | None, digest: str) -> str:
    """Return the policy's URI that is asked for, or ""; some policy must be."""
    given = named(source) if not (digest and source is None) else source
    if given is None and not digest:
        raise UsageError(
            "which policy must have judged is not said, and a pass by any policy means nothing",
            hint="give --policy SOURCE or --policy-digest DIGEST",
        )
    if given is None:
        return ""
    if address.is_git(given) and "*" not in given:
        given = str(address.parse(given))  # without credentials, as reports name it
    return attesting.policy_uri(given)


def _head(root: Path) -> str:
    commit = git.provenance(root.resolve()).commit
    if not commit:
        raise UsageError("which commit is deployed is not said, and there is no repository here",
                         hint="give --commit SHA")  # fmt: skip
    return commit


def _trusted(key: str | None, signers: Path | None, now: dt.datetime) -> tuple[PublicKey, ...]:
    if (key is None) == (signers is None):
        raise UsageError(
            "whose signature is believed is not said" if key is None else "two answers to whose it is",
            hint="give --key PUB or --allowed-signers FILE",
        )
    if key is not None:
        return attesting.read_public(*key_text(key))
    assert signers is not None  # noqa: S101 - one of the two is given
    return attesting.read_signers(*small_file(signers), now)
