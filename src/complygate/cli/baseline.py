"""`complygate baseline`: write down what is there, and take out what was mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from complygate.cli.files import write_whole
from complygate.cli.looking import Looking, looking_options

_SHOWN = 20
_PATH = click.argument("path", default=".", type=click.Path(path_type=Path, exists=True, file_okay=False))


@click.group()
def baseline() -> None:
    """Findings that a repository had before the policy: known ones do not block, new ones do."""


@baseline.command()
@_PATH
@looking_options
@click.option("--force", is_flag=True, help="Overwrite the file if there is one.")
def create(path: Path, force: bool, **options: Any) -> None:
    """Write the baseline of the repository at PATH: every finding that nothing else excuses.

    The file is the one that the policy's `baseline` names.
    """
    from complygate.upkeep import baseline as baselining  # noqa: PLC0415 - it brings the whole program

    made = baselining.created(Looking(path=path, **options).request(), force=force)
    write_whole(made.file, made.text)
    click.echo(f"{made.shown}: {made.findings} finding{'' if made.findings == 1 else 's'}")


@baseline.command()
@_PATH
@looking_options
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if there is something to change.")
def update(path: Path, check: bool, **options: Any) -> int:
    """Take out of the baseline of the repository at PATH what is mended. Never adds.

    With --base, the entries of a file that was only renamed are carried over.
    """
    from complygate.reporters._plain import one_line  # noqa: PLC0415
    from complygate.upkeep import baseline as baselining  # noqa: PLC0415 - it brings the whole program

    change = baselining.updated(Looking(path=path, **options).request())
    for line in change.lines[:_SHOWN]:
        click.echo(one_line(line))
    if len(change.lines) > _SHOWN:
        click.echo(f"and {len(change.lines) - _SHOWN} more")
    if not change.lines:
        click.echo(f"{change.shown}: nothing to take out")
    elif not check:
        write_whole(change.file, change.text)
        click.echo(f"{change.shown}: {change.findings} left")
    return 1 if check and change.lines else 0
