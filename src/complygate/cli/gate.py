"""`complygate gate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from complygate import api
from complygate.cli import choose
from complygate.cli.judging import Judging, judging_options
from complygate.cli.sources import settings, users_cache
from complygate.discover import find_root


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="The folder that the results are about.  [default: the current folder]",
)
@judging_options
def gate(
    files: tuple[Path, ...],
    root: Path,
    source: str | None,
    lock: Path | None,
    allowed_signers: Path | None,
    **options: Any,
) -> int:
    """Judge the results in SARIF FILES by the policy's rules for them.

    Only those rules run. The files that results name are opened, to hold each place against what is there.
    """
    cwd = Path.cwd()
    judging = Judging(**options)
    named, by_tree = choose.policy_source(source, (root,), cwd)
    tree = find_root((root,), cwd).folder
    report = api.gate(
        api.ScanRequest(
            paths=(root,),
            policy=named,
            cwd=cwd,
            day=judging.day,
            as_of=judging.as_of is not None,
            line_hashes=judging.line_hashes,
            state=judging.state,
            base=judging.compared_with,
            repository=judging.name,
            imports=files,
            settings=settings(lock, allowed_signers, tree=tree, cache=users_cache(), named_by_tree=by_tree),
        )
    )
    return judging.emit(report)
