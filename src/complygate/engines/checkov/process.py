"""One framework over some files, in a process of its own, within a time limit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complygate.engines.checkov import copies
from complygate.engines.checkov.frameworks import FRAMEWORKS
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKER = Path(__file__).with_name("worker.py")
FLAGS = ("-s", "-P")
"""No package of the user's and none of the current folder's. Not -I: it would ignore PYTHONHASHSEED."""
_SETTINGS = {
    "CHECKOV_PARALLELIZATION_TYPE": "none",  # the processes are ours to count, and order must not vary
    "CKV_IGNORE_HIDDEN_DIRECTORIES": "False",  # which files are scanned is decided before
    "CKV_IGNORED_DIRECTORIES": ".git",
    "CHECKOV_MAX_FILE_SIZE": "0",  # larger files are left out, and said, before
    "LOG_LEVEL": "WARNING",
    "PYTHONHASHSEED": "0",
    # kubectl, kustomize and helm would fetch what a file of the tree names. Nothing answers on this port.
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
    "GIT_ALLOW_PROTOCOL": "none",
}


_LATE = "it takes more than"
_OVER = "seconds for all of Checkov's checks were over before"


@dataclass(frozen=True, slots=True)
class Batch:
    """What one process is to do.

    Attributes:
        framework: the framework's name.
        checks: the ids of the checks.
        paths: the files.
        seconds: how long it may take.
    """

    framework: str
    checks: tuple[str, ...]
    paths: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it.

    Attributes:
        records: what checkov objects to, as `worker._plain` writes it.
        judged: how many things each check judged.
        unparsed: files that checkov says it cannot read.
        faults: what it logged: text, and the check concerned or "".
        failure: why there is no answer, or "".
    """

    records: Sequence[dict[str, Any]] = ()
    judged: dict[str, int] = field(default_factory=dict)
    unparsed: Sequence[str] = ()
    faults: Sequence[dict[str, str]] = ()
    failure: str = ""

    @property
    def late(self) -> bool:
        """Whether it took too long."""
        return self.failure.startswith(_LATE)

    @property
    def untried(self) -> bool:
        """Whether its turn never came."""
        return self.failure.endswith(_OVER)


def run(batch: Batch, root: Path) -> Result:
    """Have checkov judge a copy of the batch's files of the tree at `root`. Never raises."""
    try:
        with tempfile.TemporaryDirectory(prefix="complygate-", ignore_cleanup_errors=True) as folder:
            return _ask(prepare(batch, root, folder), batch.seconds, folder)
    except OSError as error:
        return Result(failure=f"its copy of the files cannot be written ({type(error).__name__})")


def prepare(batch: Batch, root: Path, folder: str) -> dict[str, Any]:
    """Copy the batch's files of the tree at `root` below `folder`, and return what the worker is asked.

    Raises:
        OSError: the copy cannot be written.
    """
    target = os.path.realpath(f"{folder}/tree")
    os.mkdir(target)  # noqa: PTH102
    copies.write(root, batch.paths, target)
    framework = FRAMEWORKS[batch.framework]
    return {
        "framework": framework.name, "runner": framework.runner, "root": target, "checks": batch.checks,
        "programs": bool(framework.binaries),
    }  # fmt: skip


def _ask(request: dict[str, Any], seconds: float, home: str) -> Result:
    try:
        done = subprocess.run(  # noqa: S603 - our own script, no shell
            [sys.executable, *FLAGS, str(WORKER)],
            input=json.dumps(request),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            cwd=home,
            env=environment(home),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(failure=too_long(seconds))
    except OSError as error:
        return Result(failure=f"its process cannot be started ({error.strerror})")
    return Result(failure=ended(done.returncode)) if done.returncode else answer(done.stdout)


def answer(text: str | bytes) -> Result:
    """Return what the worker wrote."""
    try:
        said = json.loads(text)
        return Result(
            said["records"], said["judged"], said["unparsed"], said["faults"], said.get("crash", "")
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return Result(failure="its process gave no answer")


def environment(home: str) -> dict[str, str]:
    """Return the whole environment of a worker."""
    return {**_kept(), **_SETTINGS, "HOME": home, "TMPDIR": home}


def too_long(seconds: float) -> str:
    """Say that a batch took more than its time."""
    return f"{_LATE} {seconds:.0f} seconds"


def over(seconds: float) -> str:
    """Say that the time for all frameworks had passed when a batch's turn came."""
    return f"the {seconds:.0f} {_OVER}"


def ended(code: int) -> str:
    """Say how a process without an answer has ended."""
    return f"its process was ended by signal {-code}" if code < 0 else f"its process ended with code {code}"


def _kept() -> dict[str, str]:
    """Return what of the environment checkov's process needs: no token, no setting of checkov's."""
    names = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TZ")
    return {name: os.environ[name] for name in names if name in os.environ}


def available(framework: str) -> bool:
    """Tell whether the program that a framework needs is there."""
    binaries = FRAMEWORKS[framework].binaries
    return not binaries or any(map(shutil.which, binaries))
