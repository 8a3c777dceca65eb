"""Writing files, whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from complygate.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """Write `text` to `file`, in folders that are made if they are not there; a failure leaves nothing half.

    Raises:
        UsageError: it cannot be written.
    """
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error
