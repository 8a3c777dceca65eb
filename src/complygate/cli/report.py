"""`complygate report`: what reports say, put together for another reader."""

from __future__ import annotations

from pathlib import Path

import click

from complygate import __version__
from complygate.attest import read_report
from complygate.cli.files import write_whole
from complygate.errors import UsageError
from complygate.evidence import FORMATS, evidence_of, render


@click.group()
def report() -> None:
    """Put together what JSON reports of scans say."""


@report.command()
@click.argument(
    "reports", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--control",
    "only",
    multiple=True,
    metavar="GLOB",
    help="Only these controls: soc2/CC6.1, nist-800-53/*. May be given several times.",
)
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default=next(iter(FORMATS)),
    show_default=True,
    help="What is written.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead.")
def controls(reports: tuple[Path, ...], only: tuple[str, ...], format_: str, output: Path | None) -> None:
    """Say of each control what its rules found, from the JSON REPORTS of scans: evidence, not a certificate.

    A rule is held where it judged something and found nothing, violated where a finding stands, excused
    where all findings are waived or in the baseline, undecided where something could not be judged, and not
    evaluated where the repository holds nothing that it judges.
    """
    read = [read_report(path.read_bytes(), str(path), __version__) for path in reports]
    evidence = [evidence_of(one, only) for one in read]
    if only and not any(one.controls for one in evidence):
        raise UsageError(
            f"no rule of these reports gives evidence for {' or '.join(only)}",
            hint="`complygate rules list --control GLOB` shows which rules would",
        )
    text = render(format_, evidence)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
