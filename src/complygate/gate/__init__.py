"""The verdict and the exit codes: the one place that knows them."""

from complygate.gate.exit_codes import ExitCode
from complygate.gate.verdict import decide

__all__ = ["ExitCode", "decide"]
