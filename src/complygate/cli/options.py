"""Options that several commands share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from complygate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


def policy_source(help_text: str) -> Callable[[Any], Any]:
    """Return the option `--policy`, which becomes the parameter `source`."""
    return click.option("-p", "--policy", "source", metavar="SOURCE", help=help_text)


_NAMES = ("COMPLYGATE_REPOSITORY", "GITHUB_REPOSITORY", "CI_PROJECT_PATH", "BITBUCKET_REPO_FULL_NAME")
"""Variables that name the repository: our own, then those of GitHub, GitLab and Bitbucket."""

repository_option = click.option(
    "--repository",
    metavar="NAME",
    help="The repository's name, for policies that ask for it.  [default: COMPLYGATE_REPOSITORY, "
    "else what CI or git's remote says]",
)
"""The option `--repository`."""


def repository_name(given: str | None) -> str:
    """Return the repository's name as the user or CI gives it; "" where neither does.

    Raises:
        UsageError: an empty name is given.
    """
    if given is None:
        given = next((os.environ[name] for name in _NAMES if name in os.environ), None)
    if given is not None and not given.strip():
        raise UsageError("the repository's name is empty", hint="give --repository ORG/NAME, or leave it out")
    return given or ""


BUILT_IN = "builtin:baseline"
"""What is meant where no policy or set is named."""
SET_HELP = (
    "Whose rules: builtin:NAME, a policy set's directory, a policy file, or git+URL@REF#DIR.  "
    "[default: the built-in set]"
)


def named(given: str | None) -> str | None:
    """Return the source that `--policy`, else the environment, names; None where neither does.

    Raises:
        UsageError: it names nothing. In CI that is a variable that is not set, which must not leave the
            choice to the scanned repository.
    """
    source = os.environ.get("COMPLYGATE_POLICY") if given is None else given
    if source is not None and not source.strip():
        what = "--policy is empty" if given is not None else "COMPLYGATE_POLICY is set, and empty"
        raise UsageError(what, hint=f"name a policy, such as {BUILT_IN}, or leave it out altogether")
    return source


def set_named(given: str | None) -> str:
    """Return the source of the policy set that a command looks at; the built-in one if none is named.

    Raises:
        UsageError: an empty name is given.
    """
    return named(given) or BUILT_IN


def processors() -> int:
    """Return how many processors this process may use."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # not on every platform
        return os.cpu_count() or 1
