"""Who says which policy judges: `--policy`, then `COMPLYGATE_POLICY`, then the repository's own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.cli.options import BUILT_IN, named
from complygate.discover import find_root
from complygate.errors import Place, PolicyError, SyntaxProblem
from complygate.syntax import yaml

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = ".complygate.yaml"


def policy_source(given: str | None, paths: tuple[Path, ...], cwd: Path) -> tuple[str, bool]:
    """Return the policy's source, and whether the scanned repository named it.

    Raises:
        UsageError: `paths` cannot be scanned, or an empty name is given.
        PolicyError: the repository's file is not a map with the one key `policy`.
    """
    source = named(given)
    if source is not None:
        return source, False
    config = find_root(paths, cwd).folder / CONFIG
    if config.is_file() and not config.is_symlink():
        return _configured(config), True
    return BUILT_IN, False


def _configured(config: Path) -> str:
    """Read the repository's file.

    It is part of the scanned tree, so it may only name a policy, and only one inside its own tree, a
    built-in one, or one from git that an outsider allowed (`sources` sees to that); where
    CI names the policy, this file is not even opened.
    """
    try:
        trees = yaml.parse_text(CONFIG, config.read_text("utf-8"))
    except (SyntaxProblem, UnicodeDecodeError) as error:
        place = error.place if isinstance(error, SyntaxProblem) else Place(CONFIG)
        raise PolicyError(str(getattr(error, "message", "is not UTF-8 text")), place=place) from error
    data = trees[0].data if trees else None
    source = data["policy"] if isinstance(data, dict) and set(data) == {"policy"} else None
    if not isinstance(source, str) or not source.strip():
        raise PolicyError(
            "must be a map with one key, `policy`", place=Place(CONFIG, 1, 1), hint="policy: builtin:baseline"
        )
    if source.startswith(("builtin:", "git+")):
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
