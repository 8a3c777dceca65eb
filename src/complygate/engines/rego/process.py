"""Keeps the interpreter's process: starts it, asks it with a time limit, ends it when it does not answer."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import subprocess
import sys
import sysconfig
import tempfile
import threading
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complygate.errors import CheckError

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME_LIMIT = 5.0
"""Seconds that one evaluation may take; a common one takes less than a thousandth of it."""
LOAD_LIMIT = 20.0
"""Seconds for starting the interpreter and compiling the modules of a policy directory."""
MAX_LINE = 64 << 20
"""Characters of one answer."""

_WORKER = Path(__file__).with_name("worker.py")


class StoppedError(Exception):
    """The interpreter took too long or died; the message says which."""


class Interpreter:
    """The process: started when first asked, and again after it was ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()
        self._owner = 0
        self.generation = 0
        """Counts the processes: what was loaded into an earlier one is gone."""
        self._lock = threading.Lock()
        atexit.register(self.close)

    def ask(self, request: Mapping[str, Any] | str, limit: float = TIME_LIMIT) -> dict[str, Any]:
        """Return the answer to one request.

        Args:
            request: the request, or its JSON in one line.
            limit: seconds that the answer may take.

        Raises:
            StoppedError: there is none; the process was ended.
            CheckError: the interpreter is not installed.
        """
        line = request if isinstance(request, str) else json.dumps(request)
        with self._lock:
            process = self.start()
            with contextlib.suppress(OSError):  # one that has ended is noticed when its answer is missing
                if process.stdin is not None:
                    process.stdin.write(f"{line}\n")
                    process.stdin.flush()
            try:
                said = self._lines.get(timeout=limit)
            except queue.Empty:
                self.close()
                raise StoppedError(f"the evaluation takes more than {limit:g} seconds") from None
            if not said:
                self.close()
                raise StoppedError("the interpreter crashed, or ran out of memory")
            answer: dict[str, Any] = json.loads(said)
            return answer

    def start(self) -> subprocess.Popen[str]:
        """Return the process, started if it is not running.

        Raises:
            CheckError: the interpreter is not installed.
        """
        if self._process is not None and self._owner == os.getpid():
            return self._process
        folder = installed()
        self._lines = queue.Queue()
        self.generation += 1
        self._owner = os.getpid()  # a forked child has to have one of its own
        self._process = subprocess.Popen(  # noqa: S603 - our own script, no shell
            [sys.executable, "-I", "-S", str(_WORKER), folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
            env=_environment(),
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=_pump, args=(self._process, self._lines), daemon=True).start()
        return self._process

    @property
    def pid(self) -> int | None:
        """The process's number, or None while none runs."""
        return self._process.pid if self._process is not None else None

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _pump(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """Hand on the answers; an empty one says that the process has ended."""
    with contextlib.suppress(OSError, ValueError):  # closed while reading: it is being ended
        while process.stdout is not None and (line := process.stdout.readline(MAX_LINE)):
            lines.put(line if line.endswith("\n") else "")
    lines.put("")


def _environment() -> dict[str, str]:
    """Return an empty environment; Windows starts no process without its root."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - only here

        folder = ctypes.create_unicode_buffer(260)
        ctypes.windll.kernel32.GetWindowsDirectoryW(folder, len(folder))
        return {"SYSTEMROOT": folder.value}
    return {}


@cache
def installed() -> str:
    """Return the folder that holds the interpreter's package.

    The working directory, which may be the scanned tree, is not looked in.

    Raises:
        CheckError: it is not installed.
    """
    here = os.path.realpath(Path.cwd())
    others = [entry for entry in sys.path if entry and os.path.realpath(entry) != here]
    spec = PathFinder.find_spec(
        "regopy", [*(sysconfig.get_path(name) for name in ("platlib", "purelib")), *others]
    )
    if spec is None or spec.origin is None:
        raise CheckError(
            "Rego needs the package regopy, which is not installed",
            hint="`pip install regopy`: it has wheels for Linux on x86-64, macOS on arm64 and Windows;"
            " elsewhere pip builds it from source, or a policy leaves the rules in Rego out",
        )
    return str(Path(spec.origin).parents[1])


interpreter = Interpreter()
"""The process that all rules share."""
