"""Runs the evaluator in a process of its own, with a time limit, and keeps its answers by address."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

TIME_LIMIT = 30.0
"""Seconds that the evaluation of one root module may take; large real ones take less than one."""

MAX_FAILURES = 4
"""How many modules may crash the worker or take too long before the rest is given up."""

_WORKER = Path(__file__).with_name("_terraform_worker.py")

_RUNTIME = {"GOGC": "off", "GOMEMLIMIT": "128MiB", "GOMAXPROCS": "1"}
"""The evaluator is written in Go. A module is evaluated in some milliseconds, in which collecting garbage on
several threads costs as much as the evaluation: it starts to collect only when its memory has grown, to less
than the scan itself may take."""


class EvaluatorError(Exception):
    """The evaluator crashed, took too long or refused a module."""

    def __init__(self, message: str, *, crashed: bool = False) -> None:
        super().__init__(message)
        self.crashed = crashed


class Evaluator:
    """The worker process; started when first asked, started again after a crash."""

    def __init__(self) -> None:
        self._limit = TIME_LIMIT
        self._failures = 0
        self._folder = Path()
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def begin(self, folder: Path, vars_paths: list[str]) -> None:
        """Have the module in `folder` evaluated; `result` says what came of it. One at a time."""
        self._folder = folder
        if self._failures >= MAX_FAILURES:
            return
        process = self._start()
        request = json.dumps({"dir": str(folder), "vars": vars_paths})
        with contextlib.suppress(OSError):  # a worker that has ended is noticed when its answer is missing
            if process.stdin is not None:
                process.stdin.write(request + "\n")
                process.stdin.flush()

    def result(self) -> Values:
        """Return what the module given to `begin` evaluates to.

        After `MAX_FAILURES` modules that crashed the worker or took too long nothing more is tried, so that
        a scan ends.

        Raises:
            EvaluatorError: the worker crashed, took too long or refused.
        """
        if self._failures >= MAX_FAILURES:
            raise EvaluatorError(f"it is not tried after {MAX_FAILURES} others that crashed or took too long")
        try:
            line = self._lines.get(timeout=self._limit)
        except queue.Empty:
            self._failed()
            raise EvaluatorError(f"it takes more than {self._limit:g} seconds") from None
        if not line:
            self._failed()
            raise EvaluatorError("the evaluator crashed on it", crashed=True)
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            raise EvaluatorError("its values are nested too deeply") from None
        if "error" in answer:
            reason = str(answer["error"]).replace(f"{self._folder}/", "").replace(str(self._folder), ".")
            raise EvaluatorError(f"the evaluator refuses it: {reason}")
        return Values(answer["blocks"])

    def forgive(self) -> None:
        """Take the last failure as none: the module could be evaluated in another form."""
        self._failures -= 1

    def _failed(self) -> None:
        self._failures += 1
        self.close()

    def close(self) -> None:
        """End the worker."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close(pipe)

    def _start(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._lines = queue.Queue()
            self._process = subprocess.Popen(  # noqa: S603 - our own script, no shell
                [sys.executable, "-I", str(_WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_RUNTIME},
                text=True,
                encoding="utf-8",
            )
            threading.Thread(target=_pump, args=(self._process, self._lines), daemon=True).start()
        return self._process


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:
        return


def _pump(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """Hand on the worker's answers; an empty one says that it has ended."""
    try:
        while process.stdout is not None and (line := process.stdout.readline()):
            lines.put(line)
    except (OSError, ValueError):
        pass  # closed while reading: the worker is being ended
    lines.put("")


class Values:
    """The evaluated blocks of one root module, by address."""

    def __init__(self, blocks: list[dict[str, Any]]) -> None:
        self._by_base: dict[str, dict[str, dict[str, Any]]] = {}
        self._by_place: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for block in blocks:
            base, suffix = split_address(block["path"])
            self._by_base.setdefault(base, {})[suffix] = block["data"]
            self._by_place.setdefault((block["path"], block["file"].rpartition("/")[2]), []).append(
                block["data"]
            )

    def instances(self, base: str) -> dict[str, dict[str, Any]]:
        """Return the values of a block's instances, by what their address ends in."""
        return self._by_base.get(base, {})

    def nth(self, path: str, file: str, index: int) -> dict[str, Any]:
        """Return the values of the `index`th block at an address in a file; {} when there is none."""
        found = self._by_place.get((path, file), [])
        return found[index] if index < len(found) else {}

    def local(self, module: str, name: str) -> Any:
        """Return the value of a local of ours in a module, or None."""
        for data in self._by_place.get(
            (f"{module}.locals" if module else "locals", "complygate_probes.tf"), []
        ):
            if name in data:
                return data[name]
        return None


def split_address(path: str) -> tuple[str, str]:
    """Return an address without the key of its last part, and that key: `a.b["c"]` is `a.b` and `["c"]`."""
    match = re.fullmatch(r'(?P<base>.*[^\]])(?P<suffix>\[(?:\d+|"(?:[^"\\]|\\.)*")\])', path, re.DOTALL)
    return (match["base"], match["suffix"]) if match else (path, "")
