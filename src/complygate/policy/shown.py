"""A policy's rules as they apply: each with its level, its next step and the line that decided it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.policy.calendars import blocks_from, said

if TYPE_CHECKING:
    import datetime as dt

    from complygate.model.layer import Layer
    from complygate.model.policy import EffectiveRule, Enforcement, Policy


def to_data(policy: Policy, day: dt.date) -> dict[str, Any]:
    """Return the policy as plain data, with levels as on `day`."""
    return {
        "name": policy.name,
        "title": policy.title,
        "source": policy.source,
        "digest": policy.digest,
        "layer": _layer(policy.layer) if policy.layer else None,
        "day": day.isoformat(),
        "for_other_repositories": policy.elsewhere,
        "unclear": [
            {
                "scope": str(one.criteria),
                "reason": one.reason,
                "file": one.place.path,
                "line": one.place.line,
                "column": one.place.column,
            }
            for one in policy.unclear
        ],
        "rules": [_rule(effective, day) for effective in policy.rules.values()],
    }


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "path": layer.path,
        "digest": layer.digest,
        "changed": {name: [str(place) for place in places] for name, places in layer.changed.items()},
        "whole": [str(place) for place in layer.whole],
        "refused": [{"place": str(one.place), "message": one.message} for one in layer.refused],
    }


def _rule(effective: EffectiveRule, day: dt.date) -> dict[str, Any]:
    place, blocks = effective.decided_by, blocks_from(effective, day)
    return {
        "id": effective.rule.id,
        "title": effective.rule.title,
        "severity": str(effective.severity),
        "level": str(effective.enforcement.on(day)),
        "next": _next(effective.enforcement, day),
        "blocks_from": blocks.isoformat() if blocks else None,
        "paths": list(effective.paths),
        "for_paths": [
            {
                "paths": list(one.paths),
                "level": str(one.enforcement.on(day)),
                "next": _next(one.enforcement, day),
            }
            for one in effective.somewhere
        ],
        "params": dict(effective.params),
        "owner": effective.owner,
        "file": place.path if place else "",
        "line": place.line if place else 0,
        "column": place.column if place else 0,
    }


def _next(calendar: Enforcement, day: dt.date) -> dict[str, Any] | None:
    step = calendar.next_after(day)
    if step is None:
        return None
    return {"from": step[0].isoformat(), "level": str(step[1]), "days": (step[0] - day).days}


def line(effective: EffectiveRule, day: dt.date) -> str:
    """Return level and what comes, for a person: `warn, enforce from 2027-02-01`."""
    paths = "" if effective.paths == ("**",) else f" in {', '.join(effective.paths)}"
    return said(effective, day) + paths
