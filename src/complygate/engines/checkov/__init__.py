"""Checkov: a thousand ready-made checks of infrastructure as code, judged by the tool itself.

Selecting its checks needs no more than our catalogue of them; checkov is imported in a process of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.engines.checkov.catalogue import NAME, asked, catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.model.remark import Answer, Task

__all__ = ["NAME", "ask", "catalogue", "run", "state"]


def ask(check: Any, params: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG001 - checkov's checks have none
    """Return the ids of the checks that a rule asks for.

    Raises:
        CheckError: the check is not a list of ids of checkov's checks.
    """
    return asked(check)


def run(task: Task) -> Answer:
    """Judge the tree by the checks that `task` asks for. Never raises: what goes wrong is a problem."""
    from complygate.engines.checkov import judge  # noqa: PLC0415 - only scans that ask for its checks

    return judge.run(task)


def state() -> str:
    """Return what results rest on beside files and packages: the programs that render for Checkov."""
    from complygate.engines.checkov import cache  # noqa: PLC0415 - only scans that ask for its checks

    return cache.programs()
