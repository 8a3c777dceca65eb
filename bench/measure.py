"""CPU time, wall time and peak memory of a command, its children included."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What one run took.

    Attributes:
        cpu: seconds of user and system time.
        wall: seconds that passed.
        memory: peak resident size of the largest process, in MiB.
        code: the exit code.
    """

    cpu: float
    wall: float
    memory: float
    code: int


def run(command: Sequence[str], cwd: Path, *, codes: Sequence[int] = (0,)) -> Cost:
    """Run `command` once and return what it took.

    Raises:
        RuntimeError: it exited with a code that is not in `codes`.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPLYGATE")}
    begin = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        stderr = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        raise RuntimeError(f"{' '.join(command)} exited {process.returncode}: {stderr.decode()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, process.returncode)


def best(
    command: Sequence[str], cwd: Path, *, times: int, codes: Sequence[int] = (0,), by: str = "cpu"
) -> Cost:
    """Return the cheapest of `times` runs: the least disturbed one. `by` is the field that says so."""
    costs = [run(command, cwd, codes=codes) for _ in range(times)]
    return min(costs, key=lambda cost: float(getattr(cost, by)))
