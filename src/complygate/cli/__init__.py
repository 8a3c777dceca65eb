"""The command line: the one place that prints, reads the environment and the clock, and exits.

`main` is the entry point. Each command is a module of its own; `options` holds what several share.
"""

from complygate.cli.main import main

__all__ = ["main"]
