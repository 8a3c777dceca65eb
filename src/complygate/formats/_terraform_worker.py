"""The evaluator's own process: reads one request a line, writes one answer a line.

It is run as a script, so that a crash, a hang or a flood of memory in native code ends this process and not
the scan. A request is `{"dir": …, "vars": […]}`; an answer is `{"blocks": […]}` or `{"error": …}`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any

_MEMORY = 2 << 30


def main() -> None:
    """Answer requests until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what native code prints is no answer
    _limit_memory()
    import tfparse  # noqa: PLC0415 - after the limits

    for line in sys.stdin:
        request = json.loads(line)
        try:
            found = tfparse.load_from_path(request["dir"], vars_paths=request["vars"], allow_downloads=False)
            answer = json.dumps({"blocks": [_slim(block) for blocks in found.values() for block in blocks]})
        except (tfparse.ParseError, ValueError, RecursionError, MemoryError) as error:
            answer = json.dumps({"error": str(error)[:500] or type(error).__name__})
        answers.write(answer + "\n")
        answers.flush()


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every platform

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _slim(block: Any) -> dict[str, Any]:
    """Return what is needed of a block: its address, its place and its values."""
    meta = block.get("__tfmeta", {})
    return {
        "path": meta.get("path", ""),
        "file": meta.get("filename", ""),
        "line": meta.get("line_start", 0),
        "data": _without_meta(block),
    }


def _without_meta(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_meta(item) for key, item in value.items() if key != "__tfmeta"}
    if isinstance(value, list):
        return [_without_meta(item) for item in value]
    return value


if __name__ == "__main__":
    main()
