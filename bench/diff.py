"""What comparing two versions of a policy over repositories costs, beside scans of each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Cost, best
from bench.table import Row, seconds
from bench.tree import generate

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILES = 1000
_TREES = 5
_TIMES = 3
_BOUND = 1.3
_VERDICTS = (0, 1, 3)
_OLD, _NEW = "builtin:baseline", "builtin:strict"
_INSIDE = """\
import datetime as dt, sys
from pathlib import Path
from complygate import api
cwd = Path.cwd()
for name in sys.argv[2:]:
    api.scan(api.ScanRequest((Path(name),), sys.argv[1], cwd, dt.date(2026, 11, 1)))
"""
"""Scans of all repositories in one process, as the comparison is one: starting counts once for both."""


def rows(folder: Path) -> list[Row]:
    """Measure over trees generated below `folder`."""
    trees = [folder / f"tree-{number}" for number in range(_TREES)]
    for tree in trees:
        tree.mkdir(parents=True)
        generate(tree, _FILES)
    return over(trees, f"{_TREES} trees of {_FILES} files")


def over(repositories: Sequence[Path], what: str) -> list[Row]:
    """Measure over `repositories`, beside scans in one process, and beside a process for each."""
    cwd, names = repositories[0].parent, [str(path) for path in repositories]
    complygate = [sys.executable, "-m", "complygate"]
    diff = [*complygate, "policy", "diff", _OLD, _NEW, *names, "--no-cache", "--format", "json"]
    ours = best(diff, cwd, times=_TIMES)
    inside = best([sys.executable, "-c", _INSIDE, _NEW, *names], cwd, times=_TIMES)
    scan = [*complygate, "scan", "--policy", _NEW, "--no-cache", "--format", "json"]
    each = sum(best([*scan, name], cwd, times=_TIMES, codes=_VERDICTS).cpu for name in names)
    return [
        _row(f"policy diff over {what} / their scans in one process", ours, inside.cpu),
        _row(f"policy diff over {what} / a scan of each", ours, each),
    ]


def _row(what: str, ours: Cost, theirs: float) -> Row:
    ratio = ours.cpu / theirs
    return Row(what, seconds(ours.cpu), seconds(theirs), f"{ratio:.2f}", f"< {_BOUND}", ratio < _BOUND)
