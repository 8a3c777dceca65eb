"""Gets what can be had: where a framework fails on some files it judges the others, in ever smaller parts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.engines.checkov.process import Batch, Result, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 300.0
"""How long one framework may take over one tree. Large public trees take less than half of it."""
LEAST = 20.0
"""How long the smallest part may take: two seconds are checkov's start."""
TRIES = 150
"""How many parts of a tree on which a framework fails are tried before the rest is given up."""
LATE = 8
"""How many of them may take too long: those cost their time, the others end at once."""


def judge(
    batch: Batch, root: Path, runner: Callable[[Batch, Path], Result] = run
) -> Iterator[tuple[Batch, Result]]:
    """Yield batches, which together are `batch`, each with what came of it.

    A batch that fails is halved until the file that it fails on stands alone, up to limits: a scan ends.

    Args:
        batch: the framework's files of a tree.
        root: the tree.
        runner: runs a batch.
    """
    tries, late = TRIES, LATE
    waiting = [batch]
    while waiting:
        part = waiting.pop()
        on = tries > 0 and late > 0
        result = runner(part, root) if on else Result(failure="too many other files failed before")
        tries -= 1
        late -= result.late
        if result.failure and len(part.paths) > 1 and on:
            waiting.extend(reversed(_halves(part)))
        else:
            yield part, result


def _halves(batch: Batch) -> tuple[Batch, Batch]:
    """Halve a batch, between folders where there are several: what belongs together stands together."""
    paths = batch.paths
    middle = len(paths) // 2
    cuts = [i for i in range(1, len(paths)) if _folder(paths[i - 1]) != _folder(paths[i])]
    cut = min(cuts, key=lambda i: abs(i - middle)) if cuts else middle
    seconds = max(LEAST, batch.seconds / 2)
    return replace(batch, paths=paths[:cut], seconds=seconds), replace(
        batch, paths=paths[cut:], seconds=seconds
    )


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
