"""Gets what can be had: where a framework fails on some files it judges the others, in ever smaller parts.

All frameworks together have one time: each gets its first try before any is taken apart, and what the time
does not suffice for is said, framework by framework.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.engines.checkov.process import Batch, Result, over
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SECONDS = 300.0
"""How long one framework may take over one tree. Large public trees take less than half of it."""
LEAST = 20.0
"""How long the smallest part may take: two seconds are checkov's start."""
TRIES = 150
"""How many parts of a tree on which a framework fails are tried before the rest is given up."""
LATE = 8
"""How many of them may take too long: those cost their time, the others end at once."""
_WORTH_A_TRY = 3.0
"""Seconds that must be left for a part to be started."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for a run.

    Attributes:
        jobs: how many parts are judged side by side.
        seconds: how long all of them may take together.
        clock: tells seconds, from any start.
    """

    jobs: int
    seconds: float
    clock: Callable[[], float] = time.monotonic


def judge(
    batches: Iterable[Batch], runner: Callable[[Batch], Result], limits: Limits
) -> list[tuple[Batch, Result]]:
    """Return batches, which together are `batches`, each with what came of it, in no order.

    A batch that fails is halved until the file that it fails on stands alone, up to limits: a scan ends.

    Args:
        batches: the frameworks' files of a tree; the first is started first.
        runner: runs a batch. Never raises.
        limits: what holds for all of them.
    """
    return _Run(batches, runner, limits).done()


class _Run:
    def __init__(self, batches: Iterable[Batch], runner: Callable[[Batch], Result], limits: Limits) -> None:
        self._waiting = deque(batches)
        self._runner = runner
        self._limits = limits
        self._until = limits.clock() + limits.seconds
        self._running: dict[Future[Result], Batch] = {}
        self._parts: list[tuple[Batch, Result]] = []
        self._tries: Counter[str] = Counter()
        self._late: Counter[str] = Counter()
        self._untried: dict[tuple[str, str], list[Batch]] = defaultdict(list)

    def done(self) -> list[tuple[Batch, Result]]:
        with ThreadPoolExecutor(max_workers=self._limits.jobs) as pool:
            while self._waiting or self._running:
                while self._waiting and len(self._running) < self._limits.jobs:
                    self._start(self._waiting.popleft(), pool)
                ended, _ = wait(self._running, return_when=FIRST_COMPLETED)
                for future in ended:
                    self._take(self._running.pop(future), future.result())
        return [*self._parts, *self._given_up()]

    def _start(self, part: Batch, pool: ThreadPoolExecutor) -> None:
        left = self._until - self._limits.clock()
        name = part.framework
        if left < _WORTH_A_TRY:
            self._untried[name, over(self._limits.seconds)].append(part)
        elif self._tries[name] >= TRIES or self._late[name] >= LATE:
            self._untried[name, "too many other files failed before"].append(part)
        else:
            self._tries[name] += 1
            # Who comes first leaves something for those that wait.
            share = max(LEAST, left / 2) if self._waiting else left
            timed = replace(part, seconds=min(part.seconds, share, left))
            self._running[pool.submit(self._runner, timed)] = part

    def _given_up(self) -> Iterable[tuple[Batch, Result]]:
        """Yield what was not tried, once for each framework and reason."""
        for (_, reason), parts in self._untried.items():
            paths = sorted(path for part in parts for path in part.paths)
            yield replace(parts[0], paths=tuple(paths)), Result(failure=reason)

    def _take(self, part: Batch, result: Result) -> None:
        self._late[part.framework] += result.late
        if result.failure and len(part.paths) > 1:
            self._waiting.extend(_halves(part))
        else:
            self._parts.append((part, result))


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
