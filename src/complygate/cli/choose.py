"""Who says which policy judges: `--policy`, then `COMPLYGATE_POLICY`, then the repository's own file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from complygate.cli.options import BUILT_IN, named
from complygate.discover import find_root
from complygate.errors import PolicyError
from complygate.policy.resolve import LAYER

if TYPE_CHECKING:
    from pathlib import Path


def policy_source(given: str | None, paths: tuple[Path, ...], cwd: Path) -> tuple[str, bool]:
    """Return the policy's source, and whether the scanned repository named it.

    Raises:
        UsageError: `paths` cannot be scanned, or an empty name is given.
        PolicyError: the repository's file is wrong.
    """
    source = named(given)
    if source is not None:
        return source, False
    folder = find_root(paths, cwd).folder
    if os.path.lexists(folder / LAYER):
        named_here = _configured(folder)
        return named_here or BUILT_IN, bool(named_here)
    return BUILT_IN, False


def _configured(folder: Path) -> str:
    """Return the policy that the repository's file names, or "".

    The file is part of the scanned tree, so it may only name a policy inside its own tree, a built-in one,
    or one from git that an outsider allowed (`sources` sees to that), and only where nobody else names one.
    """
    from complygate.policy.repository import read_file  # noqa: PLC0415 - most repositories have no such file

    file = read_file(folder)
    source = str(file.data.get("policy", ""))
    if not source or source.startswith(("builtin:", "git+")):
        return source
    path = (folder / source).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise PolicyError(
            "a repository's own file may only name a policy inside the repository, or a built-in one",
            place=file.place("/policy"),
            hint="name another source with --policy or COMPLYGATE_POLICY",
        )
    return str(path)
