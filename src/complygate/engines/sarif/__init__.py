"""Results of other tools, imported as SARIF and judged by the policy's rules.

`check: {sarif: {tool: zizmor, rule: "unpinned-*"}}`: see `docs/sarif-import.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.engines.sarif.asked import Asked, asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.model.remark import Answer, Task

NAME = "sarif"

__all__ = ["NAME", "ask", "run"]


def ask(check: Any, params: Mapping[str, Any]) -> Asked:  # noqa: ARG001 - what a tool found has no parameters
    """Return which results a rule asks for.

    Raises:
        CheckError: the check is not a map with `tool` and `rule`.
    """
    return asked(check)


def run(task: Task) -> Answer:
    """Judge the imported files by what `task` asks. Never raises: what goes wrong is a problem."""
    from complygate.engines.sarif import judge  # noqa: PLC0415 - only scans that ask for imported results

    return judge.run(task)
