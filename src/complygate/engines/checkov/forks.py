"""Forks of one process that has imported Checkov once: what costs a second each time is paid for one time.

On Linux only: elsewhere forking is missing or frowned on, and each batch gets a process of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from complygate.engines.checkov import process
from complygate.engines.checkov.process import Result

if TYPE_CHECKING:
    from types import TracebackType

    from complygate.engines.checkov.process import Batch

_MARGIN = 30.0
"""Seconds beyond its time in which a batch's end must be heard of: Checkov's import, and the time to fork."""


class Forks:
    """Runs batches; may be asked by several threads at a time."""

    def __init__(self) -> None:
        """Start nothing yet: the process is started when first asked."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._waiting: dict[int, queue.Queue[str]] = {}
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def run(self, batch: Batch, root: Path) -> Result:
        """Have checkov judge a copy of the batch's files of the tree at `root`. Never raises."""
        if not sys.platform.startswith("linux"):
            return process.run(batch, root)
        try:
            with tempfile.TemporaryDirectory(prefix="complygate-", ignore_cleanup_errors=True) as folder:
                request = process.prepare(batch, root, folder)
                request["answer"], request["seconds"] = f"{folder}/answer.json", batch.seconds
                failure = self._ask(request)
                return (
                    Result(failure=failure)
                    if failure
                    else process.answer(Path(request["answer"]).read_bytes())
                )
        except OSError as error:
            return Result(failure=f"its copy of the files cannot be written ({type(error).__name__})")

    def _ask(self, request: dict[str, Any]) -> str:
        """Send a request, wait until its fork has ended, and return why it gave no answer, or ""."""
        heard: queue.Queue[str] = queue.Queue()
        with self._lock:
            self._asked += 1
            number = self._asked
            self._waiting[number] = heard
            sent = self._send(json.dumps({"number": number, **request}))
        try:
            return (
                heard.get(timeout=request["seconds"] + _MARGIN) if sent else "its process cannot be started"
            )
        except queue.Empty:
            self._stop()
            return process.too_long(request["seconds"])
        finally:
            self._waiting.pop(number, None)

    def _send(self, line: str) -> bool:
        try:
            if self._process is None or self._process.poll() is not None:
                self._process = self._start()
            stdin = self._process.stdin
            assert stdin is not None  # noqa: S101 - it was asked for
            stdin.write(line + "\n")
            stdin.flush()
        except OSError:
            return False
        return True

    def _start(self) -> subprocess.Popen[str]:
        started = subprocess.Popen(  # noqa: S603 - our own script, no shell
            [sys.executable, *process.FLAGS, str(process.WORKER), "forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=tempfile.gettempdir(),
            env=process.environment(tempfile.gettempdir()),
            start_new_session=True,
        )
        threading.Thread(target=self._hear, args=(started,), daemon=True).start()
        return started

    def _hear(self, started: subprocess.Popen[str]) -> None:
        """Hand on what the process says of its forks; when it ends, none of them will answer."""
        with contextlib.suppress(OSError, ValueError):
            while started.stdout is not None and (line := started.stdout.readline()):
                said = json.loads(line)
                waiting = self._waiting.get(said["number"])
                if waiting is not None:
                    waiting.put(said["failure"])
        code = started.wait()
        for waiting in list(self._waiting.values()):
            waiting.put(process.ended(code))

    def _stop(self) -> None:
        with self._lock:
            started, self._process = self._process, None
        if started is None:
            return
        with contextlib.suppress(OSError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        for pipe in (started.stdin, started.stdout):
            with contextlib.suppress(OSError, ValueError):
                if pipe is not None:
                    pipe.close()
