"""Waivers and the baseline, from the files that they are written in to what became of each finding."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from complygate.discover.walk import Root, Tree
    from complygate.findings.follow import Follow
    from complygate.model.excuses import Excuses
    from complygate.model.policy import Policy
    from complygate.model.report import Results

_OWN = ".complygate"
"""The folder in which a repository keeps what is for this program."""


def top_of(root: Root) -> Path:
    """Return the top level of the repository that is scanned, which may be above the scanned folder."""
    above = root.prefix.count("/")
    return root.folder.parents[above - 1] if above else root.folder


def load(tree: Tree, chosen: Policy, day: dt.date, base: str) -> Excuses | None:
    """Return what may excuse findings under `chosen`; None where there is nothing.

    Args:
        tree: the scanned files.
        chosen: the policy.
        day: the day of the scan.
        base: the commit that is compared with, as the user names it, or "".
    """
    top = top_of(tree.root)
    if not chosen.waivers and chosen.baseline is None and not os.path.lexists(f"{top}/{_OWN}"):
        return None
    from complygate.discover import excuses  # noqa: PLC0415 - most repositories have neither

    return excuses.read(top, chosen, day, base, [tree.root.prefix + path for path in tree.paths])


def follow(excuses: Excuses | None) -> Follow | None:
    """Return what takes notes of findings while they are made; None where nothing asks for them."""
    if excuses is None or not excuses.before:
        return None
    from complygate.findings.follow import Follow  # noqa: PLC0415 - only scans of pull requests need it

    return Follow(excuses.renamed)


@dataclass(frozen=True, slots=True)
class Given:
    """What is known when excuses meet findings.

    Attributes:
        chosen: the policy.
        excuses: what the repository brings.
        day: the day of the scan.
        follow: the notes that were taken.
        lines_of: gives the lines of a file of the tree, by its path in reports.
        whole: whether all of the repository was judged.
    """

    chosen: Policy
    excuses: Excuses
    day: dt.date
    follow: Follow | None
    lines_of: Callable[[str], Sequence[str]]
    whole: bool


def settle(results: Results, given: Given) -> Results:
    """Return `results` with findings waived and baselined, and with what is to be said about that."""
    chosen, excuses = given.chosen, given.excuses
    settled = _with_waivers(results, given)
    if chosen.baseline is not None:
        settled = _with_baseline(settled, given)
    return replace(
        settled,
        problems=(*settled.problems, *excuses.problems),
        notices=(*settled.notices, *excuses.notices),
    )


def _with_waivers(results: Results, given: Given) -> Results:
    if not (given.chosen.waivers or given.excuses.waivers):
        return results
    from complygate.triage.waivers import Waivers  # noqa: PLC0415 - most scans meet none

    waivers = Waivers(given.chosen.rules, given.chosen.waivers, given.excuses, given.day)
    return replace(
        results,
        findings=tuple(waivers.decide(finding) for finding in results.findings),
        problems=(*results.problems, *waivers.problems()),
        notices=(*results.notices, *waivers.notices(whole=given.whole)),
    )


def _with_baseline(results: Results, given: Given) -> Results:
    from complygate.triage.baseline import Baseline  # noqa: PLC0415 - few policies honour one
    from complygate.triage.touched import touched  # noqa: PLC0415

    terms, excuses, notes = given.chosen.baseline, given.excuses, given.follow
    if terms is None:
        return results
    tells = touched(excuses, notes.extents, given.lines_of) if terms.touched and notes else None
    baseline = Baseline(terms, excuses, notes.former if notes else {}, tells)
    return replace(
        results,
        findings=tuple(baseline.apply(results.findings)),
        problems=(*results.problems, *baseline.problems()),
        notices=(*results.notices, *baseline.notices(whole=given.whole)),
    )
