"""Checkov: a thousand ready-made checks of infrastructure as code, judged by the tool itself.

Selecting its checks needs no more than our catalogue of them; checkov is imported in a process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from complygate.engines.checkov.catalogue import NAME, asked, catalogue

__all__ = ["NAME", "ask", "catalogue"]


def ask(check: Any, params: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG001 - checkov's checks have none
    """Return the ids of the checks that a rule asks for.

    Raises:
        CheckError: the check is not a list of ids of checkov's checks.
    """
    return asked(check)
