"""Files that are too large for Checkov's parsers: each is a problem, since silence would pass it."""

from __future__ import annotations

import mmap
import os
from typing import TYPE_CHECKING

from complygate.engines.checkov.frameworks import FRAMEWORKS, MAX_BYTES, may_start
from complygate.model.problem import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def oversized(root: Path, paths: Iterable[str], names: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for each file that some framework would read, were it not too large.

    Args:
        root: the tree.
        paths: its files.
        names: the frameworks that run.
    """
    wanted = sorted(names)
    for path in paths:
        fitting = [name for name in wanted if may_start(name, path)]
        if fitting and (concerned := _concerned(f"{root}/{path}", fitting)):
            yield Problem(
                ProblemKind.PARSE_ERROR,
                f"Checkov's {', '.join(concerned)} checks do not read it: "
                f"it is larger than {MAX_BYTES >> 20} MiB",
                path,
                hint="split the file, or exclude it in the policy if it is no manifest",
            )


def _concerned(path: str, names: list[str]) -> list[str]:
    """Return which of `names` would read the file at `path`; none if it is not too large."""
    try:
        if os.stat(path).st_size <= MAX_BYTES:  # noqa: PTH116 - for every file of a tree
            return []
        with (
            open(path, "rb") as file,  # noqa: PTH123
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            return [name for name in names if FRAMEWORKS[name].text.search(content)]
    except (OSError, ValueError):
        return []
