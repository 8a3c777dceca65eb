"""Writing files, whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from complygate.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """Write `text` to `file`, in folders that are made if they are not there; a failure leaves nothing half.

    A device or a pipe (`/dev/null`, `/dev/stdout`) is written to: a file in its place would be the end of it.

    Raises:
        UsageError: it cannot be written.
    """
    if file.exists() and not file.is_file():
        _write_into(file, text)
        return
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error


def _write_into(file: Path, text: str) -> None:
    try:
        with file.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error
