"""What is kept of sources, held to a size: what was not used for longest goes first."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_TOTAL = 512 * 1024 * 1024
"""Bytes that all mirrors and laid-out sets may take."""
MAX_ENTRIES = 200
_KEPT_SHARE = 0.75
_HOUR, _DAY = 3600.0, 86400.0
_ENTRY = re.compile(r"[0-9a-f]{40}\.git|set-[0-9a-f]{40}")
_LEFT_OVER = re.compile(r"\.(fetch|set|old|gone)-.*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A mirror, a laid-out set, or what an interrupted run left.

    Attributes:
        path: where it is.
        size: its bytes.
        used: when it was used last, in seconds since the epoch.
        whole: whether it is of use; what an interrupted run left is not.
    """

    path: Path
    size: int
    used: float
    whole: bool


def entries(folder: Path) -> list[Entry]:
    """Return what is kept in `folder`, what was not used for longest first. Other names are not ours."""
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as listed:
        for item in listed:
            whole = _ENTRY.fullmatch(item.name) is not None
            if (whole or _LEFT_OVER.fullmatch(item.name)) and item.is_dir(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):
                    used = item.stat(follow_symlinks=False).st_mtime
                    found.append(Entry(Path(item.path), sum(_sizes(item.path)), used, whole))
    return sorted(found, key=lambda entry: (entry.used, entry.path))


def mark_used(path: Path) -> None:
    """Note that the entry at `path` was used now."""
    with contextlib.suppress(OSError):
        os.utime(path)


def tidy(folder: Path, now: float) -> None:
    """Remove what an interrupted run left a day ago and, of too much, what was not used for longest.

    What was used within the hour stays: another scan may be reading it.

    Args:
        folder: where mirrors and sets are kept.
        now: the time, in seconds since the epoch.
    """
    held = entries(folder)
    for entry in held:
        if not entry.whole and now - entry.used > _DAY:
            remove(entry)
    whole = [entry for entry in held if entry.whole]
    total, count = sum(entry.size for entry in whole), len(whole)
    if total <= MAX_TOTAL and count <= MAX_ENTRIES:
        return
    for entry in whole:
        if (total <= MAX_TOTAL * _KEPT_SHARE and count <= MAX_ENTRIES * _KEPT_SHARE) or (
            now - entry.used < _HOUR
        ):
            return
        remove(entry)
        total, count = total - entry.size, count - 1


def remove(entry: Entry) -> None:
    """Remove an entry; a folder is renamed first, so that nobody finds half of it."""
    with contextlib.suppress(OSError):
        if not entry.path.is_dir():
            entry.path.unlink()
            return
        gone = Path(tempfile.mkdtemp(dir=entry.path.parent, prefix=".gone-"))
        entry.path.rename(gone / "gone")
        shutil.rmtree(gone, ignore_errors=True)


def _sizes(folder: str) -> Iterator[int]:
    for current, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                yield Path(current, name).lstat().st_size
