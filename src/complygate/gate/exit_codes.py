"""What the process returns. A published contract: `docs/ci.md`; no other code is used."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes."""

    PASS = 0
    """Nothing active at `enforce`."""
    FAIL = 1
    """At least one active finding at `enforce`."""
    USAGE = 2
    """A usage, configuration or policy error: nothing was judged."""
    UNDECIDED = 3
    """Something in scope could not be evaluated, and the policy says that this blocks."""
    INTERNAL = 4
    """An internal error, with a report that a person can paste."""
    INTERRUPTED = 130
    """Interrupted from the keyboard."""
