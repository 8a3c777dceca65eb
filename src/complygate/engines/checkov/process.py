"""One framework over some files, in a process of its own, within a time limit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complygate.engines.checkov import copies
from complygate.engines.checkov.frameworks import FRAMEWORKS

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORKER = Path(__file__).with_name("worker.py")
_SETTINGS = {
    "CHECKOV_PARALLELIZATION_TYPE": "none",  # the processes are ours to count, and order must not vary
    "CKV_IGNORE_HIDDEN_DIRECTORIES": "False",  # which files are scanned is decided before
    "CKV_IGNORED_DIRECTORIES": ".git",
    "LOG_LEVEL": "WARNING",
    "PYTHONHASHSEED": "0",
    "NO_PROXY": "*",
}


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


def run(batch: Batch, root: Path) -> Result:
    """Have checkov judge a copy of the batch's files of the tree at `root`. Never raises."""
    try:
        with tempfile.TemporaryDirectory(prefix="complygate-") as folder:
            target = os.path.realpath(f"{folder}/tree")
            os.mkdir(target)  # noqa: PTH102
            copies.write(root, batch.paths, target)
            return _ask(batch, target, folder)
    except OSError as error:
        return Result(failure=f"its copy of the files cannot be written ({type(error).__name__})")


def _ask(batch: Batch, target: str, home: str) -> Result:
    framework = FRAMEWORKS[batch.framework]
    request = {
        "framework": framework.name, "runner": framework.runner, "root": target, "checks": batch.checks,
        "binary": framework.binary,
    }  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own script, no shell
            [sys.executable, "-I", str(_WORKER)],
            input=json.dumps(request),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            cwd=home,
            env={**_kept(), **_SETTINGS, "HOME": home, "TMPDIR": home},
            timeout=batch.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(failure=f"it takes more than {batch.seconds:.0f} seconds")
    except OSError as error:
        return Result(failure=f"its process cannot be started ({error.strerror})")
    if done.returncode:
        return Result(failure=_ended(done.returncode))
    try:
        answer = json.loads(done.stdout)
        return Result(
            answer["records"], answer["judged"], answer["unparsed"], answer["faults"], answer.get("crash", "")
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return Result(failure="its process gave no answer")


def _kept() -> dict[str, str]:
    """Return what of the environment checkov's process needs: no token, no setting of checkov's."""
    names = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TZ")
    return {name: os.environ[name] for name in names if name in os.environ}


def _ended(code: int) -> str:
    return f"its process was ended by signal {-code}" if code < 0 else f"its process ended with code {code}"


def available(framework: str) -> bool:
    """Tell whether the program that a framework needs is there."""
    return not FRAMEWORKS[framework].binary or shutil.which(FRAMEWORKS[framework].binary) is not None
