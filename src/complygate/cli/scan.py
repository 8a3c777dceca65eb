"""`complygate scan`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from complygate import api
from complygate.cli import choose
from complygate.cli.cache import cache_folder, cache_options
from complygate.cli.judging import Judging, judging_options
from complygate.cli.options import processors
from complygate.cli.progress import ProgressLine
from complygate.cli.sources import settings
from complygate.discover import find_root
from complygate.model.remark import TOOL_SECONDS


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@judging_options
@click.option(
    "--import",
    "imports",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="Judge the results in this SARIF file as well. May be given several times.",
)
@click.option(
    "--allow-empty", is_flag=True, help="Finding nothing to judge in PATHS is a pass, not undecided."
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many processes of tools may run side by side.  [default: the processors there are]",
)
@click.option(
    "--tool-timeout",
    type=click.IntRange(min=10),
    metavar="SECONDS",
    default=TOOL_SECONDS,
    show_default=True,
    help="How long a tool such as Checkov may take altogether. What it does not get to is undecided.",
)
@cache_options
def scan(  # noqa: PLR0917 - click passes options by name
    paths: tuple[Path, ...],
    source: str | None,
    lock: Path | None,
    allowed_signers: Path | None,
    imports: tuple[Path, ...],
    allow_empty: bool,
    jobs: int | None,
    tool_timeout: int,
    cache_dir: Path | None,
    no_cache: bool,
    **options: Any,
) -> int:
    """Judge PATHS (default: the current folder) by a policy.

    One folder is judged as a repository. Files, or several paths, are judged as parts of the repository
    that holds them: everything is read, and what concerns them is reported.
    """
    cwd = Path.cwd()
    judging = Judging(**options)
    named, by_tree = choose.policy_source(source, paths, cwd)
    cache = cache_folder(cache_dir, no_cache, os.environ)
    tree = find_root(paths, cwd).folder
    line = ProgressLine(sys.stderr, time.monotonic)
    report = api.scan(
        api.ScanRequest(
            paths=paths,
            policy=named,
            cwd=cwd,
            day=judging.day,
            as_of=judging.as_of is not None,
            line_hashes=judging.line_hashes,
            state=judging.state,
            base=judging.compared_with,
            repository=judging.name,
            allow_empty=allow_empty,
            jobs=jobs or processors(),
            tool_seconds=tool_timeout,
            cache=cache,
            imports=imports,
            settings=settings(lock, allowed_signers, tree=tree, cache=cache, named_by_tree=by_tree),
        ),
        progress=line,
    )
    line.close()
    return judging.emit(report)
