"""Checkov's own process: one framework over one private copy of a tree. Reads a request, writes an answer.

It is run as a script (`python -I worker.py`), so that a crash, a hang or a flood of memory ends this process
and not the scan. Nothing of the tree is configuration here: no `.checkov.yaml` is read, since checkov's
`main` is never imported, no check is loaded from the tree, and no connection can be made.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import logging
import os
import select
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from complygate.engines.checkov.contain import Faults, contain
from complygate.engines.checkov.quicker import quicken
from complygate.engines.checkov.rendered import rendered

_MEMORY = 6 << 30
_PR_SET_PDEATHSIG = 1
_NEEDED = {"checkov.bicep.runner": ("checkov.arm.runner",)}
"""What must be imported for the checks of a runner to be registered."""
_DENIED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind")
_LOCAL = ("socket.connect", "socket.bind")
"""Allowed where the address is a path: processes of one machine talk over such sockets."""
_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.startfile")


def main() -> None:
    """Answer the request on standard input: {"framework", "runner", "root", "checks", "programs"}."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what checkov prints is no answer
    json.dump(_answered(json.loads(sys.stdin.read())), answers)
    answers.close()
    os._exit(0)  # checkov's threads must not keep the process


def _answered(request: dict[str, Any]) -> dict[str, Any]:
    _limit_memory()
    sys.setrecursionlimit(5000)
    _deny(programs=not request["programs"])
    faults = Faults(request["root"])
    answer: dict[str, Any] = {"records": [], "judged": {}, "unparsed": []}
    try:
        answer = _run(request, faults)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - reported: the parent decides what is tried next
        answer["crash"] = f"{type(error).__name__}: {error}"[:500]
    answer["faults"] = faults.found
    return answer


def forks() -> None:
    """Answer each request of standard input, one a line, in a fork; say how each has ended, in any order.

    A request has also the `number` by which its end is told, the file that the `answer` goes to, and the
    `seconds` that it may take. The end of standard input ends everything.
    """
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _deny(programs=False)
    gc.disable()  # what is imported stays
    live: dict[int, tuple[int, float, float]] = {}
    text = b""
    while True:
        if select.select([0], [], [], 0.01 if live else None)[0]:
            more = os.read(0, 1 << 16)
            if not more:
                break
            *lines, text = (text + more).split(b"\n")
            for line in lines:
                request = json.loads(line)
                until = request["seconds"]
                live[_fork(request)] = (request["number"], time.monotonic() + until, until)
        for pid, (number, until, seconds) in list(live.items()):
            failure = _failure(pid, until, seconds)
            if failure is not None:
                del live[pid]
                print(json.dumps({"number": number, "failure": failure}), file=told, flush=True)
    for pid in live:
        _kill(pid)


def _failure(pid: int, until: float, seconds: float) -> str | None:
    """Return why a fork has given no answer, "" if it has given one, and None while it runs."""
    found, status = os.waitpid(pid, os.WNOHANG)
    if found:
        code = os.waitstatus_to_exitcode(status)
        return (
            ""
            if code == 0
            else f"its process was ended by signal {-code}"
            if code < 0
            else f"it ended with {code}"
        )
    if time.monotonic() > until:
        _kill(pid)
        return f"it takes more than {seconds:.0f} seconds"
    return None


def _kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)  # with what it has started
    os.waitpid(pid, 0)


def _fork(request: dict[str, Any]) -> int:
    _import(request["runner"])
    gc.freeze()
    pid = os.fork()
    if pid:
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        return pid
    code = 1
    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        _die_with_parent()
        gc.enable()
        gc.set_threshold(50_000, 20, 50)
        os.environ["HOME"] = os.environ["TMPDIR"] = str(Path(request["answer"]).parent)
        tempfile.tempdir = None
        answer = _answered(request)
        partial = Path(request["answer"] + ".partial")
        partial.write_text(json.dumps(answer), encoding="utf-8")
        partial.replace(request["answer"])
        code = 0
    finally:
        os._exit(code)


def _import(runner: str) -> None:
    """Import a framework's runner, for this fork and those that follow; a failure is the fork's to report."""
    with contextlib.suppress(Exception):
        importlib.import_module(runner)
        importlib.import_module("checkov.runner_filter")


def _die_with_parent() -> None:
    with contextlib.suppress(Exception):
        import ctypes  # noqa: PLC0415 - in a fork, on Linux

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every platform

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _deny(*, programs: bool) -> None:
    """Let no code in this process reach the network, nor start a program unless the framework runs one."""
    denied = frozenset(_DENIED + (_PROGRAMS if programs else ()))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in denied and not (event in _LOCAL and isinstance(arguments[-1], str | bytes)):
            raise PermissionError(f"{event} is not allowed here")

    sys.addaudithook(hook)


def _run(request: dict[str, Any], faults: Faults) -> dict[str, Any]:
    root = request["root"]
    os.chdir(root)
    from checkov.runner_filter import RunnerFilter  # noqa: PLC0415 - after the limits

    for needed in _NEEDED.get(request["runner"], ()):
        importlib.import_module(needed)
    runner_module = importlib.import_module(request["runner"])
    logging.disable(logging.NOTSET)
    logger = logging.getLogger()
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.addHandler(faults)
    logger.setLevel(logging.WARNING)
    contain(faults)
    rendered(runner_module, faults)
    quicken()
    selected = frozenset(request["checks"])

    class Filter(RunnerFilter):
        """Selects by id. Checkov's own compares each id with each pattern, for each resource."""

        def should_run_check(
            self, check: Any = None, check_id: str | None = None, *_: Any, **__: Any
        ) -> bool:
            """Tell whether the check is one that was asked for."""
            return (check.id if check is not None else check_id) in selected

    chosen = Filter(
        framework=[request["framework"]],
        checks=sorted(selected),
        show_progress_bar=False,
        download_external_modules=False,
    )
    runner = runner_module.Runner()
    if hasattr(runner, "check_system_deps"):
        runner.check_system_deps()  # it is what tells the runner which program to call
    reports = runner.run(root_folder=root, runner_filter=chosen, collect_skip_comments=False)
    listed = reports if isinstance(reports, list) else [reports]
    answer: dict[str, Any] = {"records": [], "judged": {}, "unparsed": []}
    for report in listed:
        if report is not None and report.check_type == request["framework"]:
            _take(answer, report, root)
    return answer


def _take(answer: dict[str, Any], report: Any, root: str) -> None:
    judged = answer["judged"]
    for record in [*report.passed_checks, *report.failed_checks, *report.skipped_checks]:
        judged[record.check_id] = judged.get(record.check_id, 0) + 1
    answer["records"].extend(
        _plain(record, root) for record in [*report.failed_checks, *report.skipped_checks]
    )
    answer["unparsed"].extend(_relative(str(path), root) for path in report.parsing_errors)


def _plain(record: Any, root: str) -> dict[str, Any]:
    result = record.check_result if isinstance(record.check_result, dict) else {}
    lines = [line if isinstance(line, int) else 0 for line in (record.file_line_range or [0, 0])]
    keys = result.get("evaluated_keys") or []
    return {
        "check": record.check_id,
        "name": str(record.check_name),
        "path": _path(record, root),
        "lines": lines[:2] if len(lines) > 1 else [0, 0],
        "resource": str(record.resource or "").replace(f"{root}/", ""),
        "keys": [str(key) for key in keys if isinstance(key, str)],
    }


def _path(record: Any, root: str) -> str:
    absolute = str(record.file_abs_path or "")
    return _relative(absolute if absolute.startswith(root) else str(record.file_path), root)


def _relative(path: str, root: str) -> str:
    if path.startswith(f"{root}/"):
        path = path[len(root) :]
    return path.lstrip("/").removeprefix("./")


if __name__ == "__main__":
    forks() if sys.argv[1:] == ["forks"] else main()
