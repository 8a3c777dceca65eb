"""Where short-lived copies of scanned files are put: in memory where the system offers a folder for that.

Making and removing folders on a disk that keeps a journal costs more than evaluating a small module.
"""

from __future__ import annotations

import os
from functools import cache

_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - Linux' folder in memory; what is put there is private all the same
_ENOUGH = 256 << 20
"""Bytes that must be free: containers often get 64 MiB there, which a large tree's copy would fill."""


@cache
def parent() -> str | None:
    """Return the folder in which temporary folders are to be made; None for the system's usual one."""
    try:
        state = os.statvfs(_SHARED_MEMORY)
    except (OSError, AttributeError):  # not on every platform
        return None
    usable = os.access(_SHARED_MEMORY, os.W_OK | os.X_OK)
    return _SHARED_MEMORY if usable and state.f_bavail * state.f_frsize >= _ENOUGH else None
