"""One rule of a policy under a lower layer: what the layer says applies as far as it is no looser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from complygate.model.layer import NOTHING
from complygate.model.policy import EffectiveRule, Enforcement, Level, Somewhere, Waivable
from complygate.policy.change import globs_text, value_text
from complygate.policy.overridable import terms_of
from complygate.policy.ways import (
    RANK,
    covers,
    days,
    way_of_overridable,
    way_of_param,
    way_of_severity,
    way_of_term,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from complygate.errors import Place
    from complygate.model.rule import Severity
    from complygate.policy.policies import Entry

    Refuse = Callable[[str, str], None]
    """Told the pointer, below the entry, of what is refused, and why."""


def raised(
    base: Enforcement, layer: Enforcement, floor: Level | None
) -> tuple[Enforcement, tuple[dt.date, Level, Level] | None]:
    """Return `base` with what `layer` says where that is allowed, and the first step that is not.

    Before its first day a layer's calendar says nothing.

    Args:
        base: the calendar of the layer above.
        layer: what the lower layer says.
        floor: the lowest level that it may set, or None where it may set none below `base`.

    Returns:
        The calendar, and None or the first day on which the layer was refused, with the level that it asks
        for and the one that holds.
    """
    steps: list[tuple[dt.date, Level]] = []
    refused = None
    for day in days(base, layer):
        old = base.on(day)
        wanted = layer.on(day) if day >= layer.steps[0][0] else old
        lowest = RANK[old] if floor is None else min(RANK[old], RANK[floor])
        if RANK[wanted] < lowest:
            refused, wanted = refused or (day, wanted, old), old
        if not steps or steps[-1][1] is not wanted:
            steps.append((day, wanted))
    if len(steps) > 1 and steps[0][1] is Level.OFF:  # which is what holds before the first step
        del steps[0]
    return Enforcement(tuple(steps)), refused


def widened(base: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    """Return globs that match what `base` or `more` do."""
    if covers(more, base):
        return tuple(base) if covers(base, more) else tuple(more)
    return (*base, *(glob for glob in more if not covers(base, [glob])))


class Raised:
    """A rule of the layer above, and what entries of the lower layer make of it.

    Attributes:
        base: the rule as the layer above applies it.
        now: the rule with the entries so far.
        places: where the entries stand that changed it.
    """

    def __init__(self, base: EffectiveRule) -> None:
        self.base = self.now = base
        self.places: list[Place] = []
        self._mine: tuple[Somewhere, ...] = ()
        self._theirs = base.somewhere
        self._terms = base.overridable or NOTHING

    def apply(self, entry: Entry, place: Place, refuse: Refuse) -> None:
        """Take over what `entry`, which stands at `place`, may set; `refuse` is told the rest."""
        before = self.now
        self._levels(entry, refuse)
        self._paths(entry, refuse)
        if entry.severity is not None:
            self._severity(entry.severity, refuse)
        self._params(entry.params, refuse)
        self._waivable(entry.waivable, refuse)
        self._overridable(entry, refuse)
        if entry.owner:
            self.now = replace(self.now, owner=entry.owner)
        if self.now != before:
            self.now = replace(self.now, decided_by=place)
            self.places.append(place)

    def _levels(self, entry: Entry, refuse: Refuse) -> None:
        if entry.enforcement is None:
            return
        level, refused = raised(self.base.enforcement, entry.enforcement, self._terms.enforcement)
        if entry.paths is None:
            inner = [
                (one, *raised(one.enforcement, entry.enforcement, self._terms.enforcement))
                for one in self.base.somewhere
            ]
            refused = refused or next((why for _, _, why in inner if why), None)
            self._mine = ()
            self._theirs = tuple(
                Somewhere(one.paths, _same(calendar, one.enforcement)) for one, calendar, _ in inner
            )
            self.now = replace(self.now, enforcement=_same(level, self.base.enforcement))
        else:
            # What the layer above says for some paths stays, and is asked last: it counts there.
            self._mine = (*self._mine, Somewhere(entry.paths, level))
        if refused:
            day, wanted, old = refused
            since = "" if day == day.min else f" from {day.isoformat()}"
            refuse(
                "/enforcement", f"enforcement: {wanted}{since} is lower than {old}, which the policy asks for"
            )
        self.now = replace(self.now, somewhere=(*self._mine, *self._theirs))

    def _paths(self, entry: Entry, refuse: Refuse) -> None:
        if entry.paths is None:
            return
        if entry.enforcement is not None:
            paths = widened(self.now.paths, entry.paths)
        elif self._terms.paths:
            paths = entry.paths
        else:
            paths = widened(self.base.paths, entry.paths)
            if not covers(entry.paths, self.base.paths):
                left = globs_text(glob for glob in self.base.paths if not covers(entry.paths, [glob]))
                refuse("/scope/paths", f"scope.paths: leaves out {left}, which the policy looks at")
        self.now = replace(self.now, paths=paths)

    def _severity(self, severity: Severity, refuse: Refuse) -> None:
        wanted = replace(self.base, severity=severity, severity_from_tool=False)
        floor = self._terms.severity
        if way_of_severity(self.base, wanted).looser and (floor is None or severity.rank < floor.rank):
            what = "what the tool says" if self.base.severity_from_tool else self.base.severity
            refuse("/severity", f"severity: {severity} may be lower than {what}, which the policy asks for")
            return
        self.now = replace(self.now, severity=severity, severity_from_tool=False)

    def _params(self, params: Mapping[str, Any], refuse: Refuse) -> None:
        known = self.base.rule.params or {}
        for name in params.keys() & known.keys():
            value, old = params[name], self.base.params[name]
            if way_of_param(self.base.rule, name, old, value).looser and name not in self._terms.params:
                way = (self.base.rule.tighter or {}).get(name)
                why = f"only {way} is stricter" if way else "the rule does not say which way is stricter"
                why = "what is given is not changed" if way == "given" else why
                text = f"params.{name}: {value_text(value)} in place of {value_text(old)}: {why}"
                refuse(f"/params/{name}", text)
                value = _strictest(way, old, value)
            self.now = replace(self.now, params={**self.now.params, name: value})

    def _waivable(self, stated: Mapping[str, Any], refuse: Refuse) -> None:
        if not stated:
            return
        approvers = tuple(stated.get("approvers", self.now.waivable.approvers))
        wanted = replace(self.now.waivable, **{**stated, "approvers": approvers})
        for name in sorted(stated):
            if not self._allowed_term(name, wanted):
                text = f"waivable.{name}: {value_text(stated[name])} excuses more than the policy allows"
                refuse(f"/waivable/{name}", text)
                wanted = replace(wanted, **{name: getattr(self.now.waivable, name)})
        self.now = replace(self.now, waivable=wanted)

    def _allowed_term(self, name: str, wanted: Waivable) -> bool:
        """Tell whether a term may be as `wanted`: `repository` with what no `approvers` then means."""
        names = ("approvers", name) if name == "repository" else (name,)
        if not any(way_of_term(one, self.base.waivable, wanted).looser for one in names):
            return True
        most = self._terms.waivable
        return most is not None and not any(way_of_term(one, most, wanted).looser for one in names)

    def _overridable(self, entry: Entry, refuse: Refuse) -> None:
        if not entry.overridable:
            return
        terms = terms_of(entry.overridable)
        if way_of_overridable(self._terms, terms).looser:
            refuse("/overridable", "overridable: lets a lower layer loosen more than the policy allows")
            return
        self.now = replace(self.now, overridable=terms)


def _same(level: Enforcement, base: Enforcement) -> Enforcement:
    """Return `base` where `level` says the same, in however many steps."""
    return base if all(level.on(day) is base.on(day) for day in days(level, base)) else level


def _strictest(way: str | None, old: Any, value: Any) -> Any:
    """Return what of a refused value is stricter all the same: of lists, what may be taken from both."""
    if way == "fewer" and isinstance(old, list) and isinstance(value, list):
        return [item for item in old if item in value]
    if way == "more" and isinstance(old, list) and isinstance(value, list):
        return [*old, *(item for item in value if item not in old)]
    return old
