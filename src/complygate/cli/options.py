"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def policy_source(help_text: str) -> Callable[[Any], Any]:
    """Return the option `--policy`, which becomes the parameter `source`."""
    return click.option("-p", "--policy", "source", metavar="SOURCE", help=help_text)


BUILT_IN = "builtin:baseline"
"""Whose set is meant where none is named."""
SET_HELP = (
    "Whose rules: builtin:NAME, a policy set's directory, or a policy file.  [default: the built-in set]"
)
