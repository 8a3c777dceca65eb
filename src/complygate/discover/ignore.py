"""Ignore files, for trees that git does not manage: git's language, as pathspec reads it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from complygate.model.glob import is_quick

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pathspec import GitIgnoreSpec


def read(path: Path) -> GitIgnoreSpec:
    """Return what the ignore file at `path` says; nothing, if it cannot be read or is made to do harm."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only trees outside git need it

    try:
        # As git does, neither follow a link nor wait for what is no file.
        regular = stat.S_ISREG(path.lstat().st_mode)
        lines = path.read_text("utf-8", errors="replace").splitlines() if regular else []
        return GitIgnoreSpec.from_lines(
            lines if all(line.startswith("#") or is_quick(line) for line in lines) else []
        )
    except (OSError, ValueError):
        return GitIgnoreSpec.from_lines([])


def is_ignored(specs: Mapping[str, GitIgnoreSpec], path: str) -> bool:
    """Tell whether `path` is ignored; the deepest ignore file that has an opinion decides, as in git."""
    for base in sorted(specs, key=len, reverse=True):
        if path.startswith(base):
            verdict = specs[base].check_file(path[len(base) :]).include
            if verdict is not None:
                return verdict
    return False
