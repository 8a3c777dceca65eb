"""What changes from one policy to another, and whether it can fail a repository that passed.

"Cannot fail" is never wrong; "can fail" may be: parameters and checks cannot be compared, only told apart.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from complygate.model import plugins
from complygate.model.glob import any_matches
from complygate.model.policy import Effect
from complygate.model.problem import ProblemKind
from complygate.policy.calendars import blocks_from, days_from, newly_blocks_from, said, way
from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from complygate.errors import Place
    from complygate.model.policy import EffectiveRule, Policy, Waivable
    from complygate.model.rule import Rule

_LONGEST = 200


class Impact(StrEnum):
    """What a change can do, in the order of how much that is."""

    MAJOR = "major"
    """It can fail a repository that passed, or leave it undecided."""
    MINOR = "minor"
    """It cannot: it only shows more, or lets more pass."""
    PATCH = "patch"
    """It changes no verdict, and no finding."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One respect in which two policies differ.

    Attributes:
        rule: the rule's id, or "" for the policy as a whole.
        kind: `added`, `removed`, `tightened`, `loosened`, `changed` (it cannot be told which) or `metadata`.
        what: the respect: `rule`, `check`, `enforcement`, `severity`, `paths`, `waivable.TERM`, `text`, ...
        before: what it was, as text.
        after: what it is, as text.
        impact: what it can do.
        reason: why, in words.
        since: the day from which it can fail a repository; None where it cannot.
        place: the line of the new policy that decides it (of the old one, where it is removed), or None.
        cohort: for which repositories that holds, in words; "" for all.
    """

    rule: str
    kind: str
    what: str
    before: str
    after: str
    impact: Impact
    reason: str
    since: dt.date | None = None
    place: Place | None = None
    cohort: str = ""


def verdict(found: Sequence[Difference]) -> Impact:
    """Return what all of `found` can do together."""
    impacts = {one.impact for one in found}
    return next((impact for impact in Impact if impact in impacts), Impact.PATCH)


def compare(old: Policy, new: Policy, day: dt.date) -> tuple[Difference, ...]:
    """Return every respect in which `new` differs from `old` on `day` or later."""
    found: list[Difference] = []
    for name in sorted({*old.rules, *new.rules}):
        before, after = old.rules.get(name), new.rules.get(name)
        if before is None and after is not None:
            found.append(_added(after, new, day))
        elif after is None and before is not None:
            found.append(_loosened(before, None, "rule", said(before, day), "not selected", old, new, day))
        elif before is not None and after is not None:
            found += _changed(before, after, old, new, day)
    return (*found, *_whole(old, new, day))


def _added(rule: EffectiveRule, new: Policy, day: dt.date) -> Difference:
    since, reason = _harm(rule, new, day, blocks_from(rule, day))
    impact = Impact.MAJOR if since else Impact.MINOR
    kind, text = rule.rule.id, said(rule, day)
    return Difference(kind, "added", "rule", "not selected", text, impact, reason, since, rule.decided_by)


def _harm(
    rule: EffectiveRule, new: Policy, day: dt.date, blocks: dt.date | None
) -> tuple[dt.date | None, str]:
    """Return from when a rule that judges more can spoil a verdict, given when it blocks; and the reason."""
    if new.undecided.get(ProblemKind.UNKNOWN_VALUE, Effect.FAIL) is Effect.FAIL:
        on = next((d for d in days_from(day, rule) if not rule.is_off(d)), None)
        if on is not None and (blocks is None or on < blocks) and not rule.rule.unknown_complies:
            return on, "values that files do not tell leave a scan undecided"
    if blocks is None:
        return None, "it blocks on no day to come"
    return blocks, "its findings block" + (f" from {blocks}" if blocks > day else "")


def _changed(
    before: EffectiveRule, after: EffectiveRule, old: Policy, new: Policy, day: dt.date
) -> Iterator[Difference]:
    name, place = after.rule.id, after.decided_by
    judging = _judging(before, after)
    for what, first, second in judging:
        since, reason = _harm(after, new, day, blocks_from(after, day))
        impact = Impact.MAJOR if since else Impact.MINOR
        reason = f"it may find something else, and {reason}"
        yield Difference(name, "changed", what, first, second, impact, reason, since, place)
    yield from _levels(before, after, old, new, day)
    yield from _paths(before, after, old, new, day)
    yield from _terms(before, after, day)
    if before.overridable != after.overridable:
        yield _overridable(name, before.overridable, after.overridable, blocks_from(after, day))
    if _severity(before) != _severity(after):
        text = "severity decides no verdict"
        pair = _severity(before), _severity(after)
        yield Difference(name, "changed", "severity", *pair, Impact.PATCH, text, None, place)
    words = [word for word in _WORDS if getattr(before.rule, word) != getattr(after.rule, word)]
    words += ["owner"] if before.owner != after.owner else []
    if words:
        text = "words decide no verdict"
        yield Difference(name, "metadata", "text", "", ", ".join(words), Impact.PATCH, text, None, place)


_WORDS = (
    "title", "message", "why", "fix", "tags", "controls", "references", "differs", "since", "deprecated",
    "replaced_by",
)  # fmt: skip
_JUDGES = ("engine", "check", "applies_to", "select", "reads", "at", "unknown_complies", "aliases")
"""What of a rule decides which findings there are, and which names excuse them."""


def _judging(before: EffectiveRule, after: EffectiveRule) -> Iterator[tuple[str, str, str]]:
    for what in _JUDGES:
        first, second = getattr(before.rule, what), getattr(after.rule, what)
        if _key(first) != _key(second):
            yield ("check" if what == "engine" else what), _text(first), _text(second)
    for name in sorted({*before.params, *after.params}):
        first, second = before.params.get(name), after.params.get(name)
        if _key(first) != _key(second):
            yield f"params.{name}", _text(first), _text(second)


def _levels(
    before: EffectiveRule, after: EffectiveRule, old: Policy, new: Policy, day: dt.date
) -> Iterator[Difference]:
    first, second = said(before, day), said(after, day)
    name, place = after.rule.id, after.decided_by
    goes = way(before, after, day)
    if goes == (False, False):
        if before.calendars() != after.calendars():
            reason = "only days that are past differ"
            yield Difference(
                name, "metadata", "enforcement", first, second, Impact.PATCH, reason, None, place
            )
        return
    if goes.tighter:
        # A level that is raised from `off` judges where nothing judged before.
        since, reason = _harm(after, new, day, newly_blocks_from(before, after, day))
        impact = Impact.MAJOR if since else Impact.MINOR
        kind = "changed" if goes.looser else "tightened"
        yield Difference(name, kind, "enforcement", first, second, impact, reason, since, place)
    else:
        yield _loosened(before, after, "enforcement", first, second, old, new, day)


def _paths(
    before: EffectiveRule, after: EffectiveRule, old: Policy, new: Policy, day: dt.date
) -> Iterator[Difference]:
    if sorted(before.paths) == sorted(after.paths):
        return
    first, second = ", ".join(before.paths), ", ".join(after.paths)
    if _covers(before.paths, after.paths):
        yield _loosened(before, after, "paths", first, second, old, new, day)
        return
    since, reason = _harm(after, new, day, blocks_from(after, day))
    kind = "tightened" if _covers(after.paths, before.paths) else "changed"
    impact = Impact.MAJOR if since else Impact.MINOR
    yield Difference(after.rule.id, kind, "paths", first, second, impact, reason, since, after.decided_by)


def _covers(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    """Tell whether every path of `narrow` is surely one of `wide`."""
    plain = [glob for glob in narrow if set(glob).isdisjoint("*?[")]
    return all(glob in wide or "**" in wide or (glob in plain and any_matches(wide, glob)) for glob in narrow)


def _loosened(
    before: EffectiveRule,
    after: EffectiveRule | None,
    what: str,
    first: str,
    second: str,
    old: Policy,
    new: Policy,
    day: dt.date,
) -> Difference:
    """Return the difference where a rule finds less, or less that blocks."""
    kind = "removed" if after is None else "loosened"
    place = after.decided_by if after is not None else before.decided_by
    behind = _stood_in(before, old, new, day)
    if behind is not None:
        since, name = behind
        reason = f"what it reported in place of {name} blocks by that rule"
        return Difference(before.rule.id, kind, what, first, second, Impact.MAJOR, reason, since, place)
    reason = "it lets more pass"
    return Difference(before.rule.id, kind, what, first, second, Impact.MINOR, reason, None, place)


def _stood_in(before: EffectiveRule, old: Policy, new: Policy, day: dt.date) -> tuple[dt.date, str] | None:
    """Return a tool's rule that blocks, and whose results `before` may have reported in its place.

    Such results were left out as the same thing said twice, and what excused ours excused them.
    """
    aliases = before.rule.aliases
    if not aliases:
        return None
    for name, rule in new.rules.items():
        known = name.partition("/")[2]
        tool = plugins.tree_engine(rule.rule.engine) is not None
        since = blocks_from(rule, day) if tool and name in old.rules else None
        if since and (known in aliases or name in aliases or plugins.catalogue(rule.rule.engine) is None):
            return since, name
    return None


_GENEROUS = frozenset({"inline", "tool_skips", "repository", "globs"})
_DEMANDING = frozenset({"require_reason", "require_until"})


def _terms(before: EffectiveRule, after: EffectiveRule, day: dt.date) -> Iterator[Difference]:
    first, second = asdict(before.waivable), asdict(after.waivable)
    for term in first:
        if first[term] == second[term]:
            continue
        kind = _way_of_term(term, before.waivable, after.waivable)
        since = None if kind == "loosened" else blocks_from(after, day)
        reason = "what was excused may block" if since else "it lets more pass"
        if kind != "loosened" and not since:
            reason = "its findings block on no day to come"
        impact = Impact.MAJOR if since else Impact.MINOR
        pair = _text(first[term]), _text(second[term])
        yield Difference(
            after.rule.id, kind, f"waivable.{term}", *pair, impact, reason, since, after.decided_by
        )


def _way_of_term(term: str, before: Waivable, after: Waivable) -> str:
    first, second = getattr(before, term), getattr(after, term)
    if term in _GENEROUS:
        return "loosened" if second else "tightened"
    if term in _DEMANDING:
        return "tightened" if second else "loosened"
    if term == "max_days":
        return "loosened" if second is None or (first is not None and second > first) else "tightened"
    return "changed"


def _overridable(name: str, before: object, after: object, blocks: dt.date | None) -> Difference:
    """Return the difference in what a repository may loosen."""
    pair = str(before or "nothing"), str(after or "nothing")
    if before is None:
        reason = "repositories may loosen more"
        return Difference(name, "loosened", "overridable", *pair, Impact.MINOR, reason)
    impact = Impact.MAJOR if blocks else Impact.MINOR
    reason = "what a repository loosened may be refused"
    return Difference(name, "changed", "overridable", *pair, impact, reason, blocks)


def _whole(old: Policy, new: Policy, day: dt.date) -> Iterator[Difference]:
    blocks = min(filter(None, (blocks_from(rule, day) for rule in new.rules.values())), default=None)
    impact = Impact.MAJOR if blocks else Impact.MINOR
    for what, first, second in (
        ("exclude", old.exclude, new.exclude),
        ("scope", old.scope_paths, new.scope_paths),
    ):
        if sorted(first) != sorted(second):
            reason = "values may come from other files, and a scan may find nothing to judge"
            yield Difference("", "changed", what, _text(first), _text(second), Impact.MAJOR, reason, day)
    for kind in ProblemKind:
        was, now = (one.undecided.get(kind, Effect.FAIL) for one in (old, new))
        if was is not now:
            harder = now is Effect.FAIL
            reason = "such a problem leaves a scan undecided" if harder else "such a problem is only shown"
            word = "tightened" if harder else "loosened"
            effect = Impact.MAJOR if harder else Impact.MINOR
            yield Difference("", word, f"undecided.{kind}", was, now, effect, reason, day if harder else None)
    if old.overridable != new.overridable:
        yield _overridable("", old.overridable, new.overridable, blocks)
    if old.baseline != new.baseline:
        easier = old.baseline is None
        word, effect = ("loosened", Impact.MINOR) if easier else ("changed", impact)
        reason = "known findings are excused" if easier else "findings that were excused may block"
        pair = _text(old.baseline and asdict(old.baseline)), _text(new.baseline and asdict(new.baseline))
        yield Difference("", word, "baseline", *pair, effect, reason, None if easier else blocks)
    gone = [waiver for waiver in old.waivers if _waiver(waiver) not in set(map(_waiver, new.waivers))]
    more = [waiver for waiver in new.waivers if _waiver(waiver) not in set(map(_waiver, old.waivers))]
    for waiver in gone:
        reason = "what it excused may block"
        yield Difference(
            waiver.rule, "removed", "waiver", waiver.reason, "", impact, reason, blocks, waiver.place
        )
    for waiver in more:
        reason = "it lets more pass"
        yield Difference(
            waiver.rule, "added", "waiver", "", waiver.reason, Impact.MINOR, reason, None, waiver.place
        )
    if (old.elsewhere, old.unclear) != (new.elsewhere, new.unclear):
        pair = old.elsewhere or "this repository", new.elsewhere or "this repository"
        reason = "the policy is for other repositories"
        yield Difference("", "changed", "scope", *pair, Impact.MAJOR, reason, day)


def _waiver(waiver: Any) -> str:
    return _key({k: v for k, v in asdict(waiver).items() if k not in {"reason", "place"}})


def _severity(rule: EffectiveRule) -> str:
    return "the tool's" if rule.severity_from_tool else str(rule.severity)


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _text(value: Any) -> str:
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def judged_alike(first: Rule, second: Rule) -> bool:
    """Tell whether two rules ask the same of the same nodes, and say the same of it."""
    return all(_key(getattr(first, what)) == _key(getattr(second, what)) for what in (*_JUDGES, "message"))
