"""`complygate attest`. Here the clock, the key and the work tree are read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from complygate import __version__
from complygate import attest as attesting
from complygate.cli.attesting import ENVIRONMENT, FILE, digests, key_text, shared_options, uri
from complygate.cli.files import write_whole
from complygate.discover import git, state

_KEY = "COMPLYGATE_SIGNING_KEY"


@click.command()
@click.option("--report", type=FILE, required=True, metavar="FILE", help="The JSON report of the scan.")
@click.option(
    "--key",
    metavar="KEY",
    help=f"The Ed25519 key to sign with: a file (PKCS#8 PEM or OpenSSH), or env:NAME.  [default: env:{_KEY}]",
)
@click.option(
    "--predicate",
    type=click.Choice(list(attesting.PREDICATES)),
    default="vsa",
    show_default=True,
    help="The form: SLSA's verification summary, in-toto's test result or simple verification result.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where it is written.  [default: beside the report, as NAME.intoto.jsonl]",
)
@shared_options("the report's repository")
def attest(  # noqa: PLR0917 - click passes options by name
    report: Path,
    key: str | None,
    predicate: str,
    output: Path | None,
    verifier: str,
    resource_uri: str,
    evidence: tuple[Path, ...],
    allowed: tuple[str, ...],
    root: Path,
) -> None:
    """State what a scan found of a commit, signed: an in-toto statement in a DSSE envelope.

    It says PASSED or FAILED of the commit, by which policy, and ties the report by its SHA-256. A report of
    other files than the commit's, of a part of the repository, of another day or commit is refused.
    """
    private = attesting.read_private(*key_text(key or f"{ENVIRONMENT}{_KEY}"))
    said = attesting.read_report(report.read_bytes(), str(report), __version__)
    target = output or report.with_suffix(".intoto.jsonl")
    folder = root.resolve()
    making = attesting.Making(
        now=dt.datetime.now(tz=dt.UTC),
        repository=attesting.Repository(git.provenance(folder).commit, state.changes(folder)),
        predicate=predicate,
        verifier=uri(verifier, "--verifier"),
        resource=uri(resource_uri, "--resource-uri"),
        allowed=frozenset(allowed),
        evidence=digests(evidence),
    )
    statement = attesting.make(said, making)
    write_whole(target, attesting.signed(statement, private))
    click.echo(f"{target}: {said.outcome} of commit {said.commit}, signed with key {private.public.keyid}")
