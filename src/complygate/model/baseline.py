"""What a repository was found with when a policy was introduced: its baseline."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = ".complygate/baseline.json"
"""Where a repository keeps its baseline, from its top level, unless the policy says otherwise."""


@dataclass(frozen=True, slots=True)
class BaselineTerms:
    """How far a policy honours a baseline.

    Attributes:
        until: the last day on which it does.
        file: the baseline's path from the repository's top level.
        touched: a finding comes back once its resource differs from the commit that is compared with.
        require_base: the baseline counts only where there is such a commit.
        budget: globs of rule ids, each with how many findings of such rules may be in it.
    """

    until: dt.date
    file: str = FILE
    touched: bool = False
    require_base: bool = False
    budget: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """Findings that were known.

    Attributes:
        fingerprint: theirs, without a number behind it.
        rule: the rule's id.
        path: the file.
        resource: the resource, for readers.
        count: how many findings share the fingerprint but for the number.
        line: the entry's line in the baseline's file, or 0.
    """

    fingerprint: str
    rule: str
    path: str
    resource: str = ""
    count: int = 1
    line: int = 0

    @property
    def order(self) -> tuple[str, str, str, str]:
        """The key by which entries are listed."""
        return (self.path, self.rule, self.resource, self.fingerprint)


def split_fingerprint(fingerprint: str) -> tuple[str, int]:
    """Return a finding's fingerprint without the number behind it, and that number; 1 where there is none."""
    head, _, number = fingerprint.rpartition(":")
    return (head, int(number)) if ":" in head else (fingerprint, 1)


def by_fingerprint(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Return `entries` by fingerprint; there are no two of one."""
    return {entry.fingerprint: entry for entry in entries}
