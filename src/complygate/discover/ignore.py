"""Ignore files, for trees that git does not manage: git's language, as pathspec reads it."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pathspec import GitIgnoreSpec

_STARS = re.compile(r"\*+")
_MOST_STARS = 2


def read(path: Path) -> GitIgnoreSpec:
    """Return what the ignore file at `path` says; nothing, if it cannot be read or is made to do harm."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only trees outside git need it

    try:
        # As git does, neither follow a link nor wait for what is no file.
        regular = stat.S_ISREG(path.lstat().st_mode)
        lines = path.read_text("utf-8", errors="replace").splitlines() if regular else []
        return GitIgnoreSpec.from_lines(lines if all(map(_is_quick, lines)) else [])
    except (OSError, ValueError):
        return GitIgnoreSpec.from_lines([])


def _is_quick(pattern: str) -> bool:
    """Tell whether matching costs no more than the square of a path's length.

    It costs a power of it, with the number of wildcards: a file of a dozen would hold up the scan for ever.
    """
    if pattern.startswith("#"):
        return True
    parts = pattern.split("/")
    each = (len(_STARS.findall(part)) for part in parts if part != "**")
    return parts.count("**") <= _MOST_STARS and all(count <= _MOST_STARS for count in each)


def is_ignored(specs: Mapping[str, GitIgnoreSpec], path: str) -> bool:
    """Tell whether `path` is ignored; the deepest ignore file that has an opinion decides, as in git."""
    for base in sorted(specs, key=len, reverse=True):
        if path.startswith(base):
            verdict = specs[base].check_file(path[len(base) :]).include
            if verdict is not None:
                return verdict
    return False
