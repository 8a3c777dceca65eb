"""Exceptions that somebody granted: waivers."""

from __future__ import annotations

import datetime as dt

from complygate.errors import Place
from complygate.values import dataclass

FOLDER = ".complygate/waivers"
"""Where a repository keeps its own, from its top level."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of a waiver file.

    Attributes:
        rule: id or alias of a rule, the id of a tool's check, or a glob of ids.
        reason: why.
        approver: who granted it.
        created: the day from which it holds.
        expires: the last day on which it holds.
        place: where it is written.
        paths: globs of paths from the repository's top level; () for any. Of several, one has to match.
        resource: a resource's name; "" for any.
        fingerprint: a finding's fingerprint; "" for any.
        repositories: globs of names of the repositories that it is for; () for any.
        in_repository: the scanned repository holds it, and not the policy set.
    """

    rule: str
    reason: str
    approver: str
    created: dt.date
    expires: dt.date
    place: Place
    paths: tuple[str, ...] = ()
    resource: str = ""
    fingerprint: str = ""
    repositories: tuple[str, ...] = ()
    in_repository: bool = False

    @property
    def is_glob(self) -> bool:
        """Whether `rule` is a glob, which may name several rules."""
        return not set(self.rule).isdisjoint("*?[")

    @property
    def days(self) -> int:
        """How many days it lasts, from `created` to `expires`."""
        return (self.expires - self.created).days
