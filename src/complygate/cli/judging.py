"""What the commands that judge share: their options, and how a report is printed and written."""

from __future__ import annotations

import datetime as dt
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complygate.cli.files import write_whole
from complygate.cli.options import repository_name, repository_option
from complygate.cli.sources import lock_option, signers_option
from complygate.errors import UsageError
from complygate.model import plugins
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from complygate.model.report import Report

_REPORTERS = plugins.names("complygate.reporters")


class Date(click.ParamType[dt.date]):
    """A day, as YYYY-MM-DD."""

    name = "date"

    def convert(
        self, value: str | dt.date, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """Return the day that `value` names."""
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


_OPTIONS = (
    click.option(
        "-p",
        "--policy",
        "source",
        metavar="SOURCE",
        help="builtin:NAME, a policy set's directory, a policy file, or git+URL@REF#DIR.  "
        "[default: COMPLYGATE_POLICY, "
        "else the repository's .complygate.yaml, else builtin:baseline]",
    ),
    click.option(
        "-f",
        "--format",
        "format_",
        type=click.Choice(_REPORTERS),
        default="text",
        show_default=True,
        help="What standard output gets.",
    ),
    click.option(
        "-o",
        "--output",
        "outputs",
        type=_Output(),
        multiple=True,
        help="Write this format to a file as well. May be given several times.",
    ),
    click.option(
        "--sarif-profile",
        type=click.Choice(["full", "github"]),
        default="full",
        show_default=True,
        help="full: everything; github: what GitHub code scanning shows rightly.",
    ),
    click.option(
        "-s",
        "--soft-fail",
        is_flag=True,
        help="Exit 0 where findings would make it 1. An undecided scan stays 3.",
    ),
    click.option(
        "--as-of", type=Date(), metavar="DATE", help="Judge as on this date. A preview: the report says so."
    ),
    click.option(
        "--base",
        metavar="REF",
        help="The commit that a pull request is compared with. What it must not decide for itself is read"
        " from there.  [default: COMPLYGATE_BASE]",
    ),
    repository_option,
    click.option("-q", "--quiet", is_flag=True, help="Print nothing on standard output."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colour in text.",
    ),
)


def judging_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the options that `Judging` holds, `--policy` as `source`, and those about sources."""
    command = lock_option(signers_option(command))
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def base_named(given: str | None) -> str:
    """Return the commit to compare with, as `--base`, else the environment, names it; or "".

    Raises:
        UsageError: an empty name is given. In CI that is a variable that is not set, which must not let a
            pull request decide for itself.
    """
    named = os.environ.get("COMPLYGATE_BASE") if given is None else given
    if named is not None and not named.strip():
        raise UsageError(
            "--base (COMPLYGATE_BASE) is empty", hint="name a commit, or leave it out altogether"
        )
    return named or ""


@dataclass(frozen=True)
class Judging:
    """What the options say; click's names.

    Attributes:
        format_: what standard output gets.
        outputs: formats with the files that get them.
        sarif_profile: `full` or `github`.
        soft_fail: a failure exits with 0.
        as_of: the day to judge as on, or None for today.
        base: the commit to compare with, or None.
        repository: the repository's name, or None.
        quiet: nothing on standard output.
        color: `auto`, `always` or `never`.
    """

    format_: str
    outputs: tuple[tuple[str, Path], ...]
    sarif_profile: str
    soft_fail: bool
    as_of: dt.date | None
    base: str | None
    repository: str | None
    quiet: bool
    color: str

    @property
    def day(self) -> dt.date:
        """The day to judge as on: here the clock is read, and nowhere else."""
        return self.as_of or dt.datetime.now(tz=dt.UTC).date()

    @property
    def compared_with(self) -> str:
        """The commit to compare with, or "".

        Raises:
            UsageError: an empty name is given.
        """
        return base_named(self.base)

    @property
    def name(self) -> str:
        """The repository's name as the user or CI gives it, or ""."""
        return repository_name(self.repository)

    @property
    def line_hashes(self) -> bool:
        """Whether some output shows GitHub's hashes of lines."""
        return "sarif" in {self.format_, *(name for name, _ in self.outputs)}

    @property
    def state(self) -> bool:
        """Whether some output says if the files are those of the commit."""
        return "json" in {self.format_, *(name for name, _ in self.outputs)}

    def emit(self, report: Report) -> int:
        """Write and print `report`, and return the exit code.

        Raises:
            UsageError: a file cannot be written.
        """
        for name, file in self.outputs:
            write_whole(file, self._render(report, name))
        if not self.quiet:
            sys.stdout.write(self._render(report, self.format_, color=_colored(self.color)))
            sys.stdout.flush()
        code = report.verdict.exit_code
        return 0 if self.soft_fail and code == 1 else code

    def _render(self, report: Report, name: str, *, color: bool = False) -> str:
        """Return the whole text, so that a failure half-way prints nothing that looks like a report."""
        reporter = plugins.reporter(name)
        profile = self.sarif_profile if self.sarif_profile in reporter.PROFILES else ""
        out = io.StringIO()
        reporter.render(report, out, profile=profile, color=color)
        return out.getvalue()


def _colored(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
