"""Options about policies from git: the lock, whose signatures are believed, what a repository may name."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complygate.cli.cache import cache_folder
from complygate.errors import UsageError
from complygate.sources.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from complygate.sources.opener import Opener

_LOCK, _SIGNERS, _ALLOWED = "COMPLYGATE_LOCK", "COMPLYGATE_ALLOWED_SIGNERS", "COMPLYGATE_ALLOWED_SOURCES"


def signers_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the option `--allowed-signers`."""
    return click.option(
        "--allowed-signers",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"Believe a policy from git only if a key in this file signed it.  [default: {_SIGNERS}]",
    )(command)


def lock_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the option `--lock`."""
    return click.option(
        "--lock",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"Read policies from git as this file pins them.  [default: {_LOCK}]",
    )(command)


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the options `--lock` and `--allowed-signers`."""
    return lock_option(signers_option(command))


def opener(lock: Path | None, allowed_signers: Path | None) -> Opener:
    """Return what finds sources, in git too, for commands that look at a policy set and scan nothing.

    Args:
        lock: what `--lock` says.
        allowed_signers: what `--allowed-signers` says.
    """
    from complygate.sources.opener import Opener  # noqa: PLC0415 - heavy, and options alone need it not

    return Opener(settings(lock, allowed_signers, cache=users_cache()))


def settings(
    lock: Path | None,
    allowed_signers: Path | None,
    *,
    tree: Path | None = None,
    cache: Path | None = None,
    named_by_tree: bool = False,
) -> Settings:
    """Return what options and environment say about sources. Here the clock is read.

    Args:
        lock: what `--lock` says.
        allowed_signers: what `--allowed-signers` says.
        tree: the scanned folder, or None.
        cache: the user's folder for what is fetched, or None.
        named_by_tree: whether the scanned repository named the policy.

    Raises:
        UsageError: a variable is set, and empty: what it should hold would be missing in silence.
    """
    return Settings(
        now=dt.datetime.now(tz=dt.UTC),
        cache=cache,
        tree=tree,
        lock=lock or _file(_LOCK),
        signers=allowed_signers or _file(_SIGNERS),
        allowed=tuple(os.environ.get(_ALLOWED, "").split()),
        named_by_tree=named_by_tree,
    )


def users_cache() -> Path | None:
    """Return the user's folder for what is fetched, for commands without an option for it."""
    return cache_folder(None, no_cache=False, environment=os.environ)


def _file(variable: str) -> Path | None:
    value = os.environ.get(variable)
    if value is not None and not value.strip():
        raise UsageError(f"{variable} is set, and empty", hint="name a file, or leave it out altogether")
    return Path(value) if value else None
