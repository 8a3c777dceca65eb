"""What `policy lint` says of a set's waivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model.glob import any_matches
from complygate.policy.lint import Remark
from complygate.triage.terms import expired, is_broad

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from complygate.model.waiver import Waiver
    from complygate.policy import PolicySet

_SOON = 14
"""Days."""


def waivers(chosen: PolicySet, today: dt.date) -> Iterator[Remark]:
    """Yield remarks on the set's waivers."""
    names = {name for rule in chosen.rules.values() for name in (rule.id, *rule.aliases)}
    for waiver in chosen.waivers:
        past, broad = expired(waiver, today), is_broad(waiver)
        left = (waiver.expires - today).days
        if past:
            yield Remark(waiver.place, f"the waiver of {waiver.rule} excuses nothing: {past}", "leave it out")
        elif left <= _SOON:
            text = f"the waiver of {waiver.rule} expires on {waiver.expires.isoformat()}, in {left} days"
            yield Remark(waiver.place, text)
        if broad:
            yield Remark(waiver.place, f"the waiver of {waiver.rule} is over-broad: {broad}")
        if not _names_a_rule(waiver, names):
            text = f"the waiver of {waiver.rule}: no rule of the set is called that"
            yield Remark(waiver.place, text, "it counts only for a tool's check of this id")


def _names_a_rule(waiver: Waiver, names: set[str]) -> bool:
    return waiver.rule in names or (waiver.is_glob and any(any_matches([waiver.rule], n) for n in names))
