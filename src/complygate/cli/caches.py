"""`complygate cache info|prune`."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from complygate.cli.cache import VARIABLE, cache_folder
from complygate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.sources.bounds import Entry

_DIRECTORY = click.option(
    "--cache-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=f"The cache folder.  [default: {VARIABLE}, else the user's cache folder]",
)


@click.group()
def cache() -> None:
    """Look at what is kept between scans, and remove it."""


@cache.command()
@_DIRECTORY
def info(cache_dir: Path | None) -> None:
    """Say where the cache is, and how much it holds."""
    folder = _folder(cache_dir)
    click.echo(f"{folder}")
    for name, found in _kept(folder):
        size = sum(entry.size for entry in found)
        click.echo(f"  {name}: {len(found)} entries, {size / 1024 / 1024:.1f} MiB")


@cache.command()
@_DIRECTORY
@click.option(
    "--older-than",
    type=click.IntRange(0, 36500),
    default=0,
    show_default=True,
    metavar="DAYS",
    help="Only what was not used for so many days.",
)
def prune(cache_dir: Path | None, older_than: int) -> None:
    """Remove what is kept. A locked policy then needs its source again, and tools run again."""
    from complygate.sources.bounds import remove  # noqa: PLC0415 - only this removes

    folder = _folder(cache_dir)
    before = dt.datetime.now(tz=dt.UTC).timestamp() - older_than * 86400
    for name, found in _kept(folder):
        old = [entry for entry in found if entry.used <= before]
        for entry in old:
            remove(entry)
        click.echo(f"{name}: {len(old)} of {len(found)} entries removed")


def _folder(given: Path | None) -> Path:
    folder = cache_folder(given, no_cache=False, environment=os.environ)
    if folder is None:
        raise UsageError("there is no cache folder: no home is known", hint=f"name it with {VARIABLE}")
    return folder


def _kept(folder: Path) -> Iterator[tuple[str, list[Entry]]]:
    """Yield each part of the cache with what it keeps."""
    from complygate.cache.store import listed  # noqa: PLC0415 - only this looks at it
    from complygate.sources.bounds import Entry, entries  # noqa: PLC0415

    yield "sources", entries(folder / "sources")
    for name in ("scans", "checkov"):
        held = listed(folder / name) if (folder / name).is_dir() else []
        yield name, [Entry(path, size, used, whole=True) for used, path, size in held]
