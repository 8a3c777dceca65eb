"""What the commands share that scan a repository to keep its waivers and its baseline."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complygate.cli import choose
from complygate.cli.judging import Date, base_named
from complygate.cli.options import repository_name
from complygate.cli.sources import lock_option, settings, signers_option, users_cache
from complygate.discover import find_root
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from complygate.api import ScanRequest

_POLICY = "By which policy.  [default: as for `scan`]"


def looking_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the options that `Looking` holds."""
    command = lock_option(signers_option(command))
    for option in (
        click.option("--base", metavar="REF", help="The commit to compare with.  [default: COMPLYGATE_BASE]"),
        click.option("--as-of", type=Date(), metavar="DATE", help="As on this date, and not today."),
        click.option("-p", "--policy", "source", metavar="SOURCE", help=_POLICY),
    ):
        command = option(command)
    return command


@dataclass(frozen=True)
class Looking:
    """What the options say; click's names.

    Attributes:
        path: the repository.
        source: the policy, or None.
        as_of: the day, or None for today.
        base: the commit to compare with, or None.
        lock: a lock file, or None.
        allowed_signers: a file of allowed signers, or None.
    """

    path: Path
    source: str | None
    as_of: dt.date | None
    base: str | None
    lock: Path | None
    allowed_signers: Path | None

    @property
    def day(self) -> dt.date:
        """The day."""
        return self.as_of or dt.datetime.now(tz=dt.UTC).date()

    def request(self) -> ScanRequest:
        """Return what is to be scanned, by which policy.

        Raises:
            UsageError: an option names nothing.
            PolicyError: the repository's own file is wrong.
        """
        from complygate.api import ScanRequest  # noqa: PLC0415 - it brings the whole program

        cwd = Path.cwd()
        named, by_tree = choose.policy_source(self.source, (self.path,), cwd)
        tree, cache = find_root((self.path,), cwd).folder, users_cache()
        held = settings(self.lock, self.allowed_signers, tree=tree, cache=cache, named_by_tree=by_tree)
        return ScanRequest(
            paths=(self.path,),
            policy=named,
            cwd=cwd,
            day=self.day,
            as_of=self.as_of is not None,
            jobs=os.cpu_count() or 1,
            cache=cache,
            settings=held,
            base=base_named(self.base),
            repository=repository_name(None),
            allow_empty=True,
        )
