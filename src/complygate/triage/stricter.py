"""What two policies found in one tree, taken together: the stricter answer counts.

A layer that only adds rules can still hide what a policy finds: a rule that stands in for a tool's check, or
that takes a tool's result for itself. So the policy without the layer is asked as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.model import plugins
from complygate.model.finding import Disposition
from complygate.model.policy import Level

if TYPE_CHECKING:
    from collections.abc import Hashable

    from complygate.model.finding import Finding
    from complygate.model.policy import Policy
    from complygate.model.report import Results

_RANK = {Level.OFF: 0, Level.AUDIT: 1, Level.WARN: 2, Level.ENFORCE: 3}


def stricter(floor: Results, layered: Results) -> Results:
    """Return what `layered` found, and what of `floor` is missing there or judged more leniently."""
    held: dict[Hashable, list[Finding]] = {}
    for finding in floor.findings:
        held.setdefault(_key(finding), []).append(finding)
    findings = []
    for finding in layered.findings:
        others = held.get(_key(finding))
        other = others.pop(0) if others else None
        findings.append(other if other is not None and _strictness(other) > _strictness(finding) else finding)
    findings += [finding for left in held.values() for finding in left]
    return replace(
        layered,
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
        problems=tuple(dict.fromkeys((*layered.problems, *floor.problems))),
        notices=tuple(dict.fromkeys((*layered.notices, *floor.notices))),
    )


def apart(floor: Policy, layered: Policy) -> bool:
    """Tell whether the two must judge in runs of their own.

    So it is where one run would let the layer change what the policy's own rules are shown: the files, the
    documents that rules on the repository read, or a tool's results, of which each goes to one rule only.
    """
    mine = {id(one) for one in floor.rules.values()}
    others = [one.rule for one in layered.rules.values() if id(one) not in mine]
    return (
        (floor.scope_paths, floor.exclude) != (layered.scope_paths, layered.exclude)
        or any(rule.reads for rule in others)
        or any(plugins.tree_engine(rule.engine) is not None for rule in others)
    )


def _key(finding: Finding) -> Hashable:
    region = finding.region
    return (finding.rule, finding.check, region.path, region.span, finding.pointer, finding.resource)


def _strictness(finding: Finding) -> tuple[bool, int]:
    return (finding.disposition is Disposition.ACTIVE, _RANK[finding.level])
