"""The interpreter's own process: reads one request a line, writes one answer a line.

It is run as a script, with nothing of ours imported, so that an endless evaluation, a crash or a flood of
memory in native code ends this process and not the scan. Requests: `load` compiles modules under a key,
`input` sets what is judged, `eval` asks for a rule's value.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY = 1 << 30
"""Bytes that the process may hold, where the system tells how many it does."""
INTERVAL = 0.02
"""Seconds between two looks at it."""
MOST = 200
"""Sets of modules that are held at a time; what is gone is loaded again."""
DEEPEST = 12
_FAILED = frozenset({"eval_builtin_error", "eval_type_error"})
_OWN_LIMITS = ("error parsing regexp", "sprintf")
"""How messages start about a pattern or a format that OPA would take."""
_TOO_FEW = "sprintf: not enough arguments"
"""What it says where one of the values is undefined, and so the whole expression is."""
_ERROR_SEQUENCE, _ERROR, _MESSAGE, _CODE = 1804, 1800, 1801, 1803


def main() -> None:
    """Answer requests until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # what the interpreter prints is no answer
        os.dup2(nothing, stream)
    _limit_memory()
    sys.path.insert(0, sys.argv[1])
    worker = _Worker()
    for line in requests:
        answers.write(json.dumps(worker.answer(json.loads(line))) + "\n")
        answers.flush()


def _limit_memory() -> None:
    """Have the process end when it holds too much.

    A limit of the system's would be on what is reserved, and the interpreter's allocator reserves far more
    than it uses. So a thread looks at what is held; native calls leave it room to run.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every platform

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        threading.Thread(target=_watch, args=(_held(resource),), daemon=True).start()


def _watch(held: Callable[[], int]) -> None:
    while held() < MEMORY:
        time.sleep(INTERVAL)
    os._exit(1)


def _held(resource: Any) -> Callable[[], int]:
    """Return what tells how many bytes the process holds."""
    if Path("/proc/self/statm").exists():
        # Not `ru_maxrss`, which starts with what the parent held.
        page, statm = resource.getpagesize(), Path("/proc/self/statm")
        return lambda: int(statm.read_text("ascii").split()[1]) * page
    return lambda: int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


class _Worker:
    """Holds one interpreter, with what it compiled, for each set of modules."""

    def __init__(self) -> None:
        import regopy  # noqa: PLC0415 - after the limits
        from regopy import rego_shared  # noqa: PLC0415

        self._regopy, self._c = regopy, rego_shared
        self._loaded: dict[str, tuple[Any, Any]] = {}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            if request["do"] == "load":
                return self._load(request)
            if request["key"] not in self._loaded:
                return {"gone": True}
            interpreter, bundle = self._loaded[request["key"]]
            if request["do"] == "input":
                value = request["input"]
                if _all_exact(value):
                    interpreter.set_input(value)
                else:  # exact for all numbers; its time grows with the square of the length
                    interpreter.set_input_term(json.dumps(value))
                return {}
            return self._eval(interpreter, bundle, request["entry"])
        except (self._regopy.RegoError, ValueError, RecursionError, MemoryError) as error:
            return {"error": str(error) or type(error).__name__}

    def _load(self, request: dict[str, Any]) -> dict[str, Any]:
        interpreter = self._regopy.Interpreter()
        interpreter.log_level = self._regopy.LogLevel.NONE
        for name, text in request["modules"].items():
            interpreter.add_module(name, text)
        interpreter.add_data_json(request["data"])
        bundle = interpreter.build(None, request["entries"])
        if not bundle.ok():
            message, _ = self._reason(self._c.rego_bundle_node(bundle._impl))  # noqa: SLF001 - it has no other way out
            return {"error": message}
        self._loaded[request["key"]] = (interpreter, bundle)
        if len(self._loaded) > MOST:
            del self._loaded[next(iter(self._loaded))]
        with tempfile.TemporaryDirectory(prefix="complygate-rego-") as folder:
            interpreter.save_bundle(folder, bundle)
            return {"plan": json.loads(Path(folder, "plan.json").read_text("utf-8"))}

    def _eval(self, interpreter: Any, bundle: Any, entry: str) -> dict[str, Any]:
        interpreter.strict_built_in_errors = True
        answer = self._query(interpreter, bundle, entry)
        error = answer.get("error", "")
        if answer.get("code") in _FAILED and (error == _TOO_FEW or not error.startswith(_OWN_LIMITS)):
            # In Rego a built-in that fails is undefined. What only this interpreter cannot do is another
            # matter: undefined, it would have the rule never object.
            interpreter.strict_built_in_errors = False
            answer = self._query(interpreter, bundle, entry)
        return answer

    def _query(self, interpreter: Any, bundle: Any, entry: str) -> dict[str, Any]:
        output = self._c.rego_bundle_query_entrypoint(interpreter._impl, bundle._impl, entry)  # noqa: SLF001 - `Output` hides errors
        try:
            if not self._c.rego_output_ok(output):
                message, code = self._reason(self._c.rego_output_node(output))
                return {"error": message, "code": code}
            text = self._c.rego_output_string(output)
            if text == "undefined":
                return {"value": None}
            if text.startswith("(error"):
                return {"error": text.partition("(errormsg ")[2].partition(":")[2].partition(")\n")[0]}
            values = json.loads(text)["expressions"]
            return {"value": values[0] if values else None}
        finally:
            self._c.rego_free_output(output)

    def _reason(self, node: Any, depth: int = 0) -> tuple[str, str]:
        """Return the message and the code of the first error in `node`."""
        message = code = ""
        if not node or depth > DEEPEST:
            return message, code
        kind = self._c.rego.regoNodeType(node)
        if kind == _MESSAGE:
            return self._c.rego_node_value(node), ""
        if kind == _CODE:
            return "", self._c.rego_node_value(node)
        if kind in {_ERROR_SEQUENCE, _ERROR}:
            for index in range(self._c.rego_node_size(node)):
                found = self._reason(self._c.rego_node_get(node, index), depth + 1)
                message, code = message or found[0], code or found[1]
        return message, code


def _all_exact(value: Any) -> bool:
    """Tell whether `value` holds only numbers that the interpreter takes over as they are.

    Integers go through 64 bits, and fractions through six digits.
    """
    if isinstance(value, dict):
        return all(_all_exact(item) for item in value.values())
    if isinstance(value, list):
        return all(_all_exact(item) for item in value)
    if isinstance(value, float):
        return float(f"{value:f}") == value
    return not isinstance(value, int) or -(2**63) <= value < 2**63


if __name__ == "__main__":
    main()
