"""Checkov's own work, done once or in less time: same answers, by the same checks.

This runs in Checkov's process only. Each module replaces functions of the imported packages by ones that give
the same values; `tests/unit/engines/test_checkov_quicker.py` holds each pair together. Where a newer package
has changed what is replaced, it is left as it is.
"""

from __future__ import annotations

import contextlib


def quicken() -> None:
    """Replace what is slow in the modules that are imported; call it after the framework's runner is."""
    from complygate.engines.checkov.quicker import blocks, documents, secrets, terraform  # noqa: PLC0415

    for module in (blocks, documents, secrets, terraform):
        with contextlib.suppress(ImportError, AttributeError):
            module.quicken()
