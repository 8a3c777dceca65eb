"""A build step: write down the built-in rules as read, so that a start need not read them again.

`complygate.policy.ahead` says why that is safe.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ReadAhead(BuildHookInterface[Any]):
    """Called by hatch before a wheel, or an editable installation, is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatch's signature
        """Write the record into the source tree; the wheel takes it from there."""
        sys.path.insert(0, str(Path(self.root, "src")))
        from complygate.policy import read_ahead  # noqa: PLC0415 - from the tree that is being built

        read_ahead()
