"""A policy by its source, wherever that leads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from complygate import policy
from complygate.sources.opener import Opener
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from complygate.model.policy import Origin, Policy
    from complygate.model.report import Notice
    from complygate.policy.cohort import Audience
    from complygate.sources.settings import Settings


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy, and what a person should know of how it came here."""

    policy: Policy
    notices: tuple[Notice, ...]


def load(
    source: str,
    *,
    base: Path,
    settings: Settings,
    audience: Callable[[], Audience] | None = None,
    tree: Path | None = None,
) -> Loaded:
    """Return the policy that `source` names, resolved for `audience` and `tree` as `policy.load` says.

    Raises:
        UsageError: it leads nowhere, or is not allowed.
        PolicyError: files of a set are wrong, or lock or signatures do not fit.
        UndecidedError: a source cannot be reached.
    """
    opener = Opener(settings)
    chosen = policy.load(source, base=base, opener=opener, audience=audience, tree=tree)
    first, *rest = _ordered(source, opener) or [None]
    known = replace(chosen, source=first.source if first else chosen.source, origin=first)
    return Loaded(replace(known, extended=tuple(filter(None, rest))), tuple(opener.notices))


def place(source: str, *, base: Path, settings: Settings) -> tuple[Opener, Origin | None]:
    """Open `source` and all that it extends, read them, and return what was opened.

    Raises:
        ComplygateError: as `load` does.
    """
    opener = Opener(settings)
    policy.load_set(source, base=base, opener=opener)
    origins = _ordered(source, opener)
    return opener, origins[0] if origins else None


def _ordered(source: str, opener: Opener) -> list[Origin | None]:
    """Return the origins, that of `source` itself first; None in its place where that is local."""
    found: list[Origin | None] = list(opener.origins.values())
    return found if source.startswith("git+") else [None, *found]
