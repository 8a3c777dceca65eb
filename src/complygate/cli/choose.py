"""Who says which policy judges: `--policy`, then `COMPLYGATE_POLICY`, then the repository's own file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from complygate.discover import find_root
from complygate.errors import Place, PolicyError, SyntaxProblem
from complygate.syntax import yaml

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = "builtin:baseline"
CONFIG = ".complygate.yaml"


def policy_source(given: str | None, paths: tuple[Path, ...], cwd: Path) -> str:
    """Return the policy's source.

    Raises:
        UsageError: `paths` cannot be scanned.
        PolicyError: the repository's file is not a map with the one key `policy`.
    """
    source = given or os.environ.get("COMPLYGATE_POLICY")
    if source:
        return source
    config = find_root(paths, cwd).folder / CONFIG
    return _configured(config) if config.is_file() and not config.is_symlink() else DEFAULT


def _configured(config: Path) -> str:
    """Read the repository's file.

    It is part of the scanned tree, so it may only name a policy, and only one inside its own tree or a
    built-in one; where CI names the policy, this file is not even opened.
    """
    try:
        trees = yaml.parse_text(CONFIG, config.read_text("utf-8"))
    except (SyntaxProblem, UnicodeDecodeError) as error:
        place = error.place if isinstance(error, SyntaxProblem) else Place(CONFIG)
        raise PolicyError(str(getattr(error, "message", "is not UTF-8 text")), place=place) from error
    data = trees[0].data if trees else None
    if not isinstance(data, dict) or set(data) != {"policy"} or not isinstance(data["policy"], str):
        raise PolicyError(
            "must be a map with one key, `policy`", place=Place(CONFIG, 1, 1), hint="policy: builtin:baseline"
        )
    source: str = data["policy"]
    if source.startswith("builtin:"):
        return source
    folder = (config.parent / source).resolve()
    if not folder.is_relative_to(config.parent.resolve()):
        span = trees[0].values["/policy"]
        raise PolicyError(
            "a repository's own file may only name a policy inside the repository, or a built-in one",
            place=Place(CONFIG, span.line, span.column),
            hint="name another source with --policy or COMPLYGATE_POLICY",
        )
    return str(folder)
