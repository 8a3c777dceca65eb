"""`complygate policy diff`."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from complygate.cli.cache import cache_folder, cache_options
from complygate.cli.options import processors
from complygate.cli.sources import lock_option, settings, signers_option
from complygate.gate.exit_codes import ExitCode

if TYPE_CHECKING:
    from complygate.cli.diff_report import Diff
    from complygate.sources.settings import Settings


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.argument("repositories", metavar="[REPO]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="What standard output gets; markdown is for a pull request.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Compare from this date on.")
@click.option(
    "--exit-code",
    is_flag=True,
    help="Exit 1 if the change is major, else 3 if a repository is undecided or could not be judged.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many processes of tools may run side by side.  [default: the processors there are]",
)
@lock_option
@signers_option
@cache_options
def diff(  # noqa: PLR0917 - click passes options by name
    old: str,
    new: str,
    repositories: tuple[Path, ...],
    format_: str,
    as_of: dt.datetime | None,
    exit_code: bool,
    jobs: int | None,
    lock: Path | None,
    allowed_signers: Path | None,
    cache_dir: Path | None,
    no_cache: bool,
) -> int:
    """Say what changes from the policy OLD to NEW, and what that does to each REPO (a folder).

    OLD and NEW are what --policy takes. Each repository is read once for both.
    """
    from complygate.cli import diff_report  # noqa: PLC0415 - other commands do without

    cache = cache_folder(cache_dir, no_cache, os.environ)
    day = as_of.date() if as_of else dt.datetime.now(tz=dt.UTC).date()
    held = settings(lock, allowed_signers, cache=cache)
    found = _found((old, new), repositories, day, held, jobs=jobs or processors(), cache=cache)
    if format_ == "json":
        sys.stdout.write(json.dumps(diff_report.to_data(found), indent=2, ensure_ascii=False) + "\n")
    else:
        render = diff_report.to_text if format_ == "text" else diff_report.to_markdown
        sys.stdout.write(render(found))
    return _code(found) if exit_code else 0


def _found(
    sources: tuple[str, str],
    repositories: tuple[Path, ...],
    day: dt.date,
    held: Settings,
    *,
    jobs: int,
    cache: Path | None,
) -> Diff:
    """Compare the two policies, and judge the repositories by both."""
    from complygate import api  # noqa: PLC0415 - as above
    from complygate import policy as policies  # noqa: PLC0415
    from complygate.blast import Blast  # noqa: PLC0415
    from complygate.cli.diff_report import Diff  # noqa: PLC0415
    from complygate.policy.calendars import days_from  # noqa: PLC0415
    from complygate.policy.cohorts import compare_for_all  # noqa: PLC0415
    from complygate.sources.opener import Opener  # noqa: PLC0415

    cwd = Path.cwd()
    old, new = (policies.open_policy(source, base=cwd, opener=Opener(held)) for source in sources)
    compared = compare_for_all(old, new, day)
    resolved = old.resolved(), new.resolved()
    for chosen in resolved:  # mistakes stop the run before a repository is read
        own = [rule for rule in chosen.rules.values() if not rule.rule.built_in]
        for start in days_from(day, *own):
            api.compile_policy(own, start)
    request = api.ScanRequest(
        paths=(), policy=sources[1], cwd=cwd, day=day, as_of=True, jobs=jobs, cache=cache
    )
    affected = tuple(Blast(old, new, request).over(repositories))
    return Diff(day, *resolved, sources, compared.differences, affected)


def _code(found: Diff) -> int:
    """Return the exit code by which CI of a policy's repository may stop a change."""
    from complygate.blast import Fate  # noqa: PLC0415 - as above
    from complygate.policy.diff import Impact  # noqa: PLC0415

    if found.impact is Impact.MAJOR:
        return int(ExitCode.FAIL)
    undecided = any(one.fate in {Fate.UNDECIDED, Fate.UNREADABLE} for one in found.affected)
    return int(ExitCode.UNDECIDED if undecided else ExitCode.PASS)
