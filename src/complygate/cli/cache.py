"""Where tools' results are kept between scans: the user's own cache folder, unless told otherwise."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VARIABLE = "COMPLYGATE_CACHE_DIR"
_NAME = "complygate"


def cache_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the options `--cache-dir` and `--no-cache`."""
    command = click.option("--no-cache", is_flag=True, help="Keep no results of tools, and use none.")(
        command
    )
    return click.option(
        "--cache-dir",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help=f"Where results of tools are kept.  [default: {VARIABLE}, else the user's cache folder]",
    )(command)


def cache_folder(
    given: Path | None, no_cache: bool, environment: Mapping[str, str], platform: str = sys.platform
) -> Path | None:
    """Return the folder for tools' results, or None to keep none.

    Args:
        given: what `--cache-dir` says.
        no_cache: what `--no-cache` says; it wins.
        environment: the process's variables.
        platform: as `sys.platform` says it.
    """
    if no_cache:
        return None
    named = given or environment.get(VARIABLE)
    if named:
        return Path(named).absolute()
    base = _users(environment, platform)
    return base / _NAME if base is not None else None


def _users(environment: Mapping[str, str], platform: str) -> Path | None:
    """Return the user's cache folder, by the customs of the platform; None where there is no home."""
    if platform == "win32":
        return _absolute(environment.get("LOCALAPPDATA"))
    home = _absolute(environment.get("HOME"))
    if platform == "darwin":
        return home / "Library/Caches" if home else None
    # A relative path is invalid there, says the XDG Base Directory Specification.
    return _absolute(environment.get("XDG_CACHE_HOME")) or (home / ".cache" if home else None)


def _absolute(value: str | None) -> Path | None:
    path = Path(value) if value else None
    return path if path is not None and path.is_absolute() else None
