"""Opening plain files of the scanned tree: none through a link, none beyond a limit."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILES = 200


class UnreadError(Exception):
    """A file is not read; the message says why."""


def names(top: Path, folder: str) -> list[str]:
    """Return the names of the YAML files in `folder`, in order; none where there is no such folder.

    Raises:
        UnreadError: it is reached through a link, cannot be read, or holds too many.
    """
    at = top
    for part in folder.split("/"):
        at /= part
        if at.is_symlink():
            raise UnreadError("is a link, or in one: not read")
    try:
        found = sorted(path.name for path in at.iterdir() if path.suffix in {".yaml", ".yml"})
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnreadError(f"cannot be read: {error.strerror}") from None
    if len(found) > MAX_FILES:
        raise UnreadError(f"holds more than {MAX_FILES} files: none is read")
    return found


def read_bytes(top: Path, path: str, limit: int) -> bytes | None:
    """Return what the plain file at `path` holds; None where there is none.

    Raises:
        UnreadError: it is reached through a link, is no plain file, or is too large.
    """
    at = top
    for part in path.split("/")[:-1]:
        at /= part
        if at.is_symlink():
            raise UnreadError("is reached through a link: not read")
    try:
        # Without waiting for a writer, should it be a pipe.
        number = os.open(
            top / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        )
    except FileNotFoundError:
        if os.path.lexists(top / path):
            raise UnreadError("is a link: not read") from None
        return None
    except (OSError, ValueError) as error:
        linked = (top / path).is_symlink()
        reason = "is a link: not read" if linked else f"cannot be read: {getattr(error, 'strerror', error)}"
        raise UnreadError(reason) from None
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UnreadError("is not a file: not read")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UnreadError(f"is larger than {limit} bytes: not read")
    return data


def decoded(data: bytes) -> str:
    """Return the text that `data` is in UTF-8.

    Raises:
        UnreadError: it is not.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadError("is not UTF-8 text") from None
