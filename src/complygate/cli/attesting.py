"""What `attest` and `verify` share: options, keys, files."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complygate import attest as attesting
from complygate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
ENVIRONMENT = "env:"
"""What a key's name starts with where a variable holds the key itself."""
_MAX_KEY_BYTES = 1024 * 1024
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")


def shared_options(purpose: str) -> Callable[[Any], Any]:
    """Return a decorator that gives a command the options that both commands have."""

    def decorate(command: Any) -> Any:
        for option in (
            click.option("--verifier", default=attesting.VERIFIER, metavar="URI", show_default=True,
                         help="Who says so: the verifier's id."),
            click.option("--resource-uri", default="", metavar="URI",
                         help=f"The repository's URI.  [default: {purpose}]"),
            click.option("--evidence", type=FILE, multiple=True, metavar="FILE",
                         help="A further file that the statement is about, such as the SARIF log. "
                         "May be given several times."),
            click.option("--allow", "allowed", type=click.Choice(list(attesting.ALLOWABLE)), multiple=True,
                         help="Let this exception stand. May be given several times."),
            click.option("--root", type=click.Path(path_type=Path, exists=True, file_okay=False),
                         default=Path(), metavar="DIR",
                         help="The repository's folder.  [default: the current folder]"),
        ):  # fmt: skip
            command = option(command)
        return command

    return decorate


def key_text(given: str) -> tuple[bytes, str]:
    """Return the text of a key, and where it comes from."""
    if given.startswith(ENVIRONMENT):
        name = given.removeprefix(ENVIRONMENT)
        value = os.environ.get(name, "")
        if not value.strip():
            raise UsageError(f"no key: {name} is not set, or empty", hint="give --key FILE or env:NAME")
        return value.encode("utf-8", "surrogateescape"), name
    return small_file(Path(given))


def small_file(file: Path) -> tuple[bytes, str]:
    """Return the content of a file of keys, and its name.

    Raises:
        UsageError: it cannot be read, or is too large.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(_MAX_KEY_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    if len(data) > _MAX_KEY_BYTES:
        raise UsageError(f"{file}: is too large for keys")
    return data, str(file)


def digests(files: Iterable[Path]) -> tuple[tuple[str, str], ...]:
    """Return the names of `files`, without folders, with their SHA-256.

    Raises:
        UsageError: one cannot be read.
    """
    found = []
    for file in files:
        try:
            with file.open("rb") as stream:
                found.append((file.name, hashlib.file_digest(stream, "sha256").hexdigest()))
        except OSError as error:
            raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    return tuple(found)


def uri(text: str, option: str) -> str:
    """Return `text`, which is a URI or empty.

    Raises:
        UsageError: it is neither.
    """
    if text and not _URI.fullmatch(text):
        raise UsageError(f"{option}: {text!r} is not a URI", hint="such as git+https://example.com/app")
    return text
