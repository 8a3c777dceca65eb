"""`complygate waiver`: grant one, list them, take out what can go."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complygate.cli.files import write_whole
from complygate.cli.judging import Date
from complygate.cli.looking import Looking, looking_options
from complygate.errors import UsageError

if TYPE_CHECKING:
    from complygate.upkeep.standing import Standing

_PATH = click.argument("path", default=".", type=click.Path(path_type=Path, exists=True, file_okay=False))
_DEFAULT = ".complygate/waivers/waivers.yaml"


@click.group()
def waiver() -> None:
    """Excuse findings for a time: who granted it, why, and until when."""


@waiver.command()
@click.argument("fingerprint")
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@click.option("--approver", required=True, metavar="NAME", help="Who granted it, as the policy names them.")
@click.option("--expires", required=True, type=Date(), metavar="DATE", help="The last day on which it holds.")
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"The waiver file.  [default: {_DEFAULT} of the repository]",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="JSON",
    help="Look for the finding in this JSON report instead of scanning; the policy's terms are not checked.",
)
@click.option(
    "--path",
    default=".",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="The repository.  [default: the current folder]",
)
@looking_options
def add(
    fingerprint: str,
    reason: str,
    approver: str,
    expires: dt.date,
    file: Path | None,
    report: Path | None,
    path: Path,
    **options: Any,
) -> None:
    """Write a waiver for the finding of this FINGERPRINT, or the one that begins so.

    The rest of the file stays as it is. What the policy would not honour is not written.
    """
    from complygate.upkeep import granting  # noqa: PLC0415 - it brings the whole program

    looking = Looking(path=path, **options)
    asked = granting.Asked(fingerprint, reason, approver, looking.day, expires, file)
    made = (
        granting.from_report(report, asked, path) if report else granting.from_scan(looking.request(), asked)
    )
    write_whole(made.file, made.text)
    click.echo(f"{made.shown}: {made.rule} in {made.path} is waived until {expires.isoformat()}")


@waiver.command("list")
@_PATH
@looking_options
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="What is printed.",
)  # fmt: skip
def list_(path: Path, format_: str, **options: Any) -> None:
    """List the waivers that concern the repository at PATH: state, days left, what each excuses now."""
    from complygate.upkeep import standing  # noqa: PLC0415 - it brings the whole program

    _, found = standing.standings(Looking(path=path, **options).request())
    if format_ == "json":
        click.echo(json.dumps({"waivers": [_data(one) for one in found]}, indent=2, ensure_ascii=False))
        return
    from complygate.reporters._plain import one_line  # noqa: PLC0415

    for one in found:
        head, *more = map(one_line, _lines(one))
        click.echo("\n    ".join([head, *more]))
    click.echo(f"{len(found)} waiver{'' if len(found) == 1 else 's'}")


def _lines(one: Standing) -> list[str]:
    granted = one.waiver
    left = f"{one.days_left} days left" if one.days_left >= 0 else f"over for {-one.days_left} days"
    head = f"{granted.place}: {one.state}, {left}: {granted.rule}, by {granted.approver}: {granted.reason}"
    shown = [f"{f.region.path}:{f.region.span.line} {f.message}" for f in one.findings]
    return [head, *([one.why] if one.why else []), *shown]


def _data(one: Standing) -> dict[str, Any]:
    granted = one.waiver
    return {
        "rule": granted.rule,
        "paths": list(granted.paths),
        "resource": granted.resource,
        "fingerprint": granted.fingerprint,
        "reason": granted.reason,
        "approver": granted.approver,
        "created": granted.created.isoformat(),
        "expires": granted.expires.isoformat(),
        "file": granted.place.path,
        "line": granted.place.line,
        "in_repository": granted.in_repository,
        "state": str(one.state),
        "why": one.why,
        "days_left": one.days_left,
        "findings": [
            {
                "rule": finding.rule,
                "path": finding.region.path,
                "line": finding.region.span.line,
                "message": finding.message,
                "fingerprint": finding.fingerprint,
            }
            for finding in one.findings
        ],
    }


@waiver.command()
@_PATH
@looking_options
@click.option(
    "--set",
    "set_",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Take out the expired waivers of this policy set instead.",
)
@click.option("--dry-run", is_flag=True, help="Change nothing.")
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if there is something to take out.")
def prune(path: Path, set_: Path | None, dry_run: bool, check: bool, **options: Any) -> int:
    """Take out the waivers of the repository at PATH that expired or excuse nothing.

    Every other byte of their files stays. Where not all could be decided, only expired ones go.
    """
    from complygate.reporters._plain import one_line  # noqa: PLC0415
    from complygate.upkeep import pruning  # noqa: PLC0415 - it brings the whole program

    if set_ is not None and not set_.is_dir():
        raise UsageError(f"{set_}: is no folder")
    looking = Looking(path=path, **options)
    changes, lines = pruning.of_set(set_, looking.day) if set_ else pruning.of_repository(looking.request())
    for line in lines:
        click.echo(one_line(line))
    for change in () if dry_run or check else changes:
        write_whole(change.file, change.text)
    if not changes:
        click.echo("nothing to take out")
    return 1 if check and changes else 0
