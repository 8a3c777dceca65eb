"""`complygate scan`."""

from __future__ import annotations

import datetime as dt
import io
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from complygate import api
from complygate.cli import choose
from complygate.cli.cache import cache_folder, cache_options
from complygate.cli.progress import ProgressLine
from complygate.errors import UsageError
from complygate.model import plugins

if TYPE_CHECKING:
    from complygate.model.report import Report

_REPORTERS = plugins.names("complygate.reporters")


class _Date(click.ParamType[dt.date]):
    name = "date"

    def convert(
        self, value: str | dt.date, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date (YYYY-MM-DD)", param, ctx)


class _Output(click.ParamType[tuple[str, Path]]):
    name = "FORMAT=FILE"

    def convert(
        self, value: str | tuple[str, Path], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        if isinstance(value, tuple):
            return value
        name, equals, file = value.partition("=")
        if not equals or not file:
            self.fail(f"{value!r}: write FORMAT=FILE, such as sarif=complygate.sarif", param, ctx)
        if name not in _REPORTERS:
            self.fail(f"{name!r} is no format; there are {', '.join(_REPORTERS)}", param, ctx)
        return name, Path(file)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-p",
    "--policy",
    "source",
    metavar="SOURCE",
    help="builtin:NAME, a policy set's directory, or a policy file.  [default: COMPLYGATE_POLICY, "
    "else the repository's .complygate.yaml, else builtin:baseline]",
)
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(_REPORTERS),
    default="text",
    show_default=True,
    help="What standard output gets.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    type=_Output(),
    multiple=True,
    help="Write this format to a file as well. May be given several times.",
)
@click.option(
    "--sarif-profile",
    type=click.Choice(["full", "github"]),
    default="full",
    show_default=True,
    help="full: everything; github: what GitHub code scanning shows rightly.",
)
@click.option(
    "-s",
    "--soft-fail",
    is_flag=True,
    help="Exit 0 where findings would make it 1. An undecided scan stays 3.",
)
@click.option(
    "--as-of", type=_Date(), metavar="DATE", help="Judge as on this date. A preview: the report says so."
)
@click.option(
    "--allow-empty", is_flag=True, help="Finding nothing to judge in PATHS is a pass, not undecided."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing on standard output.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour in text.",
)
@cache_options
def scan(  # noqa: PLR0917 - click passes one argument per option
    paths: tuple[Path, ...],
    source: str | None,
    format_: str,
    outputs: tuple[tuple[str, Path], ...],
    sarif_profile: str,
    soft_fail: bool,
    as_of: dt.date | None,
    allow_empty: bool,
    quiet: bool,
    color: str,
    cache_dir: Path | None,
    no_cache: bool,
) -> int:
    """Judge PATHS (default: the current folder) by a policy.

    One folder is judged as a repository. Files, or several paths, are judged as parts of the repository
    that holds them: everything is read, and what concerns them is reported.
    """
    cwd = Path.cwd()
    line = ProgressLine(sys.stderr, time.monotonic)
    report = api.scan(
        api.ScanRequest(
            paths=paths,
            policy=choose.policy_source(source, paths, cwd),
            cwd=cwd,
            day=as_of or dt.datetime.now(tz=dt.UTC).date(),
            as_of=as_of is not None,
            line_hashes="sarif" in {format_, *(name for name, _ in outputs)},
            allow_empty=allow_empty,
            cache=cache_folder(cache_dir, no_cache, os.environ),
        ),
        progress=line,
    )
    line.close()
    for name, file in outputs:
        _write(report, name, file, sarif_profile)
    if not quiet:
        sys.stdout.write(_render(report, format_, sarif_profile, color=_colored(color)))
        sys.stdout.flush()
    code = report.verdict.exit_code
    return 0 if soft_fail and code == 1 else code


def _render(report: Report, name: str, sarif_profile: str, *, color: bool = False) -> str:
    """Return the whole text, so that a failure half-way prints nothing that looks like a report."""
    reporter = plugins.reporter(name)
    profile = sarif_profile if sarif_profile in reporter.PROFILES else ""
    out = io.StringIO()
    reporter.render(report, out, profile=profile, color=color)
    return out.getvalue()


def _write(report: Report, name: str, file: Path, sarif_profile: str) -> None:
    text = _render(report, name, sarif_profile)
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error


def _colored(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
