"""A policy that stands on another: it takes over what that says, and may only tighten it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.errors import PolicyError
from complygate.model.layer import NOTHING
from complygate.model.nearest import nearest
from complygate.policy.files import Mistakes
from complygate.policy.overlay import HINT, ever_on, overlay
from complygate.policy.resolve import Meant, digest, overridable_of, resolve, waivers_for
from complygate.policy.sets import BUILTIN, built_in_set
from complygate.policy.ways import way_of_baselines, way_of_overridable

if TYPE_CHECKING:
    from collections.abc import Callable

    from complygate.model.baseline import BaselineTerms
    from complygate.model.policy import Policy
    from complygate.policy.cohort import Audience
    from complygate.policy.policies import PolicyFile
    from complygate.policy.sets import PolicySet

_MOST = 16
"""Policies that may stand on one another."""


def on_base(chosen: PolicySet, written: PolicyFile, audience: Callable[[], Audience] | None) -> Policy:
    """Return the policy `written`, resolved with its base.

    Args:
        chosen: the set.
        written: the policy.
        audience: gives the repository that it is resolved for.

    Raises:
        PolicyError: there is no such base, policies stand on one another in a circle, or the policy loosens
            its base.
    """
    base = _base(chosen, written, audience)
    mistakes = Mistakes()
    meant = Meant(written, audience)
    layer = overlay(base, written if meant.policy else replace(written, entries=()), chosen, meant, mistakes)
    for refused in layer.refused:
        mistakes.add(refused.place, f"{refused.message}: loosens {written.base}", HINT)
    baseline = _check_whole(base, written, mistakes)
    mistakes.stop()
    if not ever_on(layer.policy.rules.values()) and not meant.some and not base.elsewhere:
        raise PolicyError("rules: every rule is off", place=written.file.place("/rules"))
    policy = replace(
        layer.policy,
        name=written.name,
        title=written.title,
        source=chosen.source,
        controls=chosen.controls,
        waivers=waivers_for(chosen, audience),
        baseline=baseline,
        unclear=tuple(dict.fromkeys((*base.unclear, *meant.unclear))),
        elsewhere="" if layer.policy.rules else base.elsewhere or str(written.criteria or ""),
        overridable=overridable_of(written.overridable) or base.overridable,
    )
    return replace(policy, digest=digest(policy))


def _base(chosen: PolicySet, written: PolicyFile, audience: Callable[[], Audience] | None) -> Policy:
    below, name, seen = chosen, written.base, [written.name]
    if name.startswith(BUILTIN):
        below, name = built_in_set(), name.removeprefix(BUILTIN)
    if name not in below.policies:
        message, hint = f'base: there is no policy "{written.base}"', nearest(name, below.policies)
        raise PolicyError(message, place=written.file.place("/base"), hint=hint)
    following: PolicyFile | None = below.policies[name]
    while below is chosen and following is not None:
        if following.name in seen or len(seen) > _MOST:
            message = f"base: {' -> '.join([*seen, following.name])} leads in a circle, or on for ever"
            raise PolicyError(message, place=written.file.place("/base"))
        seen.append(following.name)
        following = below.policies.get(following.base) if following.base else None
    return resolve(below, name, audience)


def _check_whole(base: Policy, written: PolicyFile, mistakes: Mistakes) -> BaselineTerms | None:
    """Return the baseline's terms; they, and those for lower layers, must not be looser than the base's."""
    terms = overridable_of(written.overridable)
    if terms and way_of_overridable(base.overridable or NOTHING, terms).looser:
        place = written.file.place("/overridable")
        mistakes.add(place, f"overridable: lets a lower layer loosen more than {written.base} does", HINT)
    if written.baseline is None or written.baseline == base.baseline:
        return base.baseline
    if way_of_baselines(base.baseline, written.baseline).looser:
        place = written.file.place("/baseline")
        mistakes.add(place, f"baseline: excuses more than {written.base} does", HINT)
    return written.baseline
