"""What of the scanned repository, and of the commit that it is compared with, may excuse findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from complygate.model.baseline import Entry
from complygate.model.problem import Problem
from complygate.model.report import Notice
from complygate.model.waiver import Waiver
from complygate.values import dataclass


def _nothing(_: str) -> str | None:
    return None


@dataclass(frozen=True)
class Excuses:
    """What was read.

    Attributes:
        waivers: the waivers of the repository.
        owners: who owns each waiver file by CODEOWNERS, in lower case; None where that cannot be told.
        owners_from: which CODEOWNERS that is, for messages.
        baseline: the entries of the tree's baseline.
        before: those of the commit that is compared with; None where there is no such commit.
        renamed: for a file that is in the tree under another path than in that commit, and is the same to the
            byte: its path there.
        text_before: gives the text of a file in that commit; None where it has none.
        problems: what could not be read.
        notices: what a person should know.
        digest: of all that was read.
    """

    waivers: tuple[Waiver, ...] = ()
    owners: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    owners_from: str = "CODEOWNERS"
    baseline: tuple[Entry, ...] = ()
    before: tuple[Entry, ...] | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    text_before: Callable[[str], str | None] = _nothing
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    digest: str = ""
