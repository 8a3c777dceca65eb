"""The same finding from two engines is reported once: by the rule that stands for the tool's check."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from complygate.model.policy import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from complygate.model.finding import Finding
    from complygate.model.policy import EffectiveRule

_STRICTNESS = (Level.OFF, Level.AUDIT, Level.WARN, Level.ENFORCE)


def without_duplicates(findings: Iterable[Finding], rules: Mapping[str, EffectiveRule]) -> Iterator[Finding]:
    """Yield `findings` without those of a tool that one of our own rules has reported as well.

    A rule that names a tool's check among its aliases stands for it; of an id that means two things, in the
    format that the alias is for. Where both object to the same resource, ours remains, which knows the place
    and the remedy; unless the policy is stricter with the tool's check, for then leaving it out would loosen
    the policy.

    Args:
        findings: all of a scan.
        rules: the policy's rules, by id.
    """
    listed = list(findings)
    stand_ins: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in listed:
        if not finding.check:
            for alias in rules[finding.rule].rule.names_in(finding.kind):
                stand_ins[alias, finding.region.path, finding.resource].append(finding)
    for finding in listed:
        keys = ((name, finding.region.path, finding.resource) for name in finding.check_names)
        ours = (mine for key in keys for mine in stand_ins.get(key, ()))
        if not any(_as_strict(mine, finding) and _same_place(mine, finding) for mine in ours):
            yield finding


def _same_place(mine: Finding, other: Finding) -> bool:
    """Tell whether both are about one thing, where the resource does not say so.

    An imported result (its check names the tool: `zizmor/unpinned-uses`) knows lines and no resource. A
    workflow may hold many of one kind, and only that whose lines meet ours is the same.
    """
    if "/" not in other.check:
        return True
    first, second = mine.region.span, other.region.span
    return first.line <= second.end_line and second.line <= first.end_line


def _as_strict(mine: Finding, other: Finding) -> bool:
    return _STRICTNESS.index(mine.level) >= _STRICTNESS.index(other.level)
