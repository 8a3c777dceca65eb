"""A policy as it applies to each kind of repository that it tells apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from complygate.model.cohort import Criteria, Facts
from complygate.policy.cohort import Audience
from complygate.policy.diff import Difference, Impact, compare
from complygate.policy.sets import BUILTIN, built_in_set
from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from complygate.errors import Place
    from complygate.model.policy import Policy
    from complygate.policy.resolve import Opened

MOST = 6
"""Scopes of which every combination is compared."""


class _Told(Audience):
    """A repository that meets these criteria, and no others."""

    def __init__(self, met: frozenset[Criteria]) -> None:
        super().__init__(lambda _: Facts())
        self._met = met

    def includes(self, criteria: Criteria, place: Place) -> bool:
        """Tell whether the repository meets `criteria`."""
        del place
        return criteria in self._met


@dataclass(frozen=True, slots=True)
class Compared:
    """What changes, for all repositories that the policies tell apart.

    Attributes:
        differences: the differences; those that are not there for every repository name the cohort.
        complete: whether every combination of scopes was compared.
    """

    differences: tuple[Difference, ...]
    complete: bool = True


def compare_for_all(old: Opened, new: Opened, day: dt.date) -> Compared:
    """Return what changes from `old` to `new` on `day` or later, in whatever repository.

    Raises:
        PolicyError: one of the policies cannot be resolved.
    """
    scopes = sorted({*_scopes(old), *_scopes(new)}, key=str)
    complete = len(scopes) <= MOST
    first: dict[Difference, frozenset[Criteria]] = {}
    count: dict[Difference, int] = {}
    kinds = list(_kinds(scopes, complete=complete))
    for met in kinds:
        before, after = (_resolved(one, met) for one in (old, new))
        for found in compare(before, after, day):
            first.setdefault(found, met)
            count[found] = count.get(found, 0) + 1
    found_all = [_named(one, first[one], everywhere=count[one] == len(kinds)) for one in first]
    if not complete:
        found_all.append(
            Difference(
                "", "changed", "scope", "", "", Impact.MAJOR,
                f"the policies tell repositories apart by {len(scopes)} scopes; of up to {MOST}, every"
                " combination is compared",
                day,
            )
        )  # fmt: skip
    return Compared(tuple(sorted(found_all, key=lambda one: (one.rule, one.what, one.cohort))), complete)


def _resolved(opened: Opened, met: frozenset[Criteria]) -> Policy:
    """Return a version for such a repository, with all waivers of its set: whom they are for is their own."""
    return replace(opened.resolved(lambda: _Told(met)), waivers=opened.chosen.waivers)


def _scopes(opened: Opened) -> Iterator[Criteria]:
    """Yield what a version and the policies that it stands on ask of repositories."""
    below, written, seen = opened.chosen, opened.written, set()
    while written.name not in seen:
        seen.add(written.name)
        for criteria in (written.criteria, *(entry.criteria for entry in written.entries)):
            if criteria is not None:
                yield criteria
        if written.base.startswith(BUILTIN):
            below = built_in_set()
        written = below.policies.get(written.base.removeprefix(BUILTIN), written)


def _kinds(scopes: list[Criteria], *, complete: bool) -> Iterator[frozenset[Criteria]]:
    """Yield combinations of scopes that a repository may meet: all, or those of none, one and all."""
    if complete:
        for chosen in sorted(product((False, True), repeat=len(scopes)), key=sum):
            yield frozenset(scope for scope, met in zip(scopes, chosen, strict=True) if met)
        return
    yield frozenset()
    yield from (frozenset({scope}) for scope in scopes)
    yield frozenset(scopes)


def _named(found: Difference, met: frozenset[Criteria], *, everywhere: bool) -> Difference:
    if everywhere:
        return found
    words = " and ".join(sorted(map(str, met))) or "none of the scopes"
    return replace(found, cohort=words)
