"""A lower layer on a policy: rules that it adds, and those of the policy, tightened."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field, replace
from typing import TYPE_CHECKING

from complygate.model.layer import NOTHING, Refusal
from complygate.model.policy import Effect, EffectiveRule, Level
from complygate.model.problem import ProblemKind
from complygate.policy.change import globs_text
from complygate.policy.files import Mistakes
from complygate.policy.raised import Raised, widened
from complygate.policy.resolve import State, check_params, first_level
from complygate.policy.select import selected
from complygate.policy.ways import covers
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from complygate.errors import Place
    from complygate.model.policy import Policy
    from complygate.model.rule import Rule
    from complygate.policy.policies import Entry, PolicyFile
    from complygate.policy.resolve import Meant
    from complygate.policy.sets import PolicySet

_SHOWN = 3
"""Rules that a message names."""
HINT = "leave it out; only who maintains the policy can loosen it, or mark it `overridable`"


@dataclass
class Refusals:
    """What a layer asked for and did not get, each line once, with the rules concerned."""

    file: str
    found: dict[tuple[Place, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, place: Place, message: str, rule: str = "") -> None:
        """Note one refusal."""
        rules = self.found[place, message]
        if rule and rule not in rules:
            rules.append(rule)

    def all(self) -> tuple[Refusal, ...]:
        """Return the refusals, in order of place."""
        made = [
            Refusal(place, f"{message}{_concerned(rules)}", HINT, tuple(rules))
            for (place, message), rules in self.found.items()
        ]
        return tuple(sorted(made, key=lambda one: (one.place.line, one.place.column, one.message)))


def _concerned(rules: list[str]) -> str:
    if not rules:
        return ""
    more = f" and {len(rules) - _SHOWN} more" if len(rules) > _SHOWN else ""
    return f" ({', '.join(rules[:_SHOWN])}{more})"


@dataclass(frozen=True, slots=True)
class Overlaid:
    """What came of a layer.

    Attributes:
        policy: the policy with the layer; its digest is still that of the policy below.
        changed: the lines that changed a rule or added it, by the rule's id.
        whole: the lines that changed the policy as a whole.
        refused: what was refused.
    """

    policy: Policy
    changed: Mapping[str, tuple[Place, ...]]
    whole: tuple[Place, ...]
    refused: tuple[Refusal, ...]


def overlay(
    base: Policy, written: PolicyFile, chosen: PolicySet, meant: Meant, mistakes: Mistakes
) -> Overlaid:
    """Return `base` with the layer `written`.

    Args:
        base: the policy of the layers above.
        written: the layer.
        chosen: the set whose rules the layer may select.
        meant: tells which entries are for the scanned repository.
        mistakes: gets what is wrong in the layer itself.
    """
    refusals = Refusals(written.file.shown)
    rules = _Rules(base, written, refusals)
    for entry in written.entries:
        found = list(selected(written, entry, chosen, mistakes))
        check_params(written, entry, found, mistakes)
        for rule in found if meant.by(entry.criteria, f"{entry.pointer}/scope") else ():
            rules.apply(rule, entry)
    policy, places = _whole(base, written, refusals)
    merged = dict(sorted({**base.rules, **rules.effective()}.items()))
    return Overlaid(replace(policy, rules=merged), rules.changed(), tuple(places), refusals.all())


class _Rules:
    """The rules that a layer speaks of."""

    def __init__(self, base: Policy, written: PolicyFile, refusals: Refusals) -> None:
        self._base, self._written, self._refusals = base, written, refusals
        self._raised: dict[str, Raised] = {}
        self._added: dict[str, State] = {}
        self._added_at: dict[str, list[Place]] = defaultdict(list)

    def apply(self, rule: Rule, entry: Entry) -> None:
        """Apply `entry` to one of the rules that it selects."""
        written = self._written
        place = written.file.place(entry.pointer)
        if rule.id in self._base.rules:
            one = self._raised.setdefault(rule.id, Raised(self._base.rules[rule.id]))
            one.apply(entry, place, lambda at, why: self._refuse(entry, at, why, rule.id))
        else:
            state = self._added.setdefault(rule.id, State(rule, first_level(rule, written)))
            state.apply(entry, written)
            self._added_at[rule.id].append(place)

    def _refuse(self, entry: Entry, at: str, why: str, rule: str) -> None:
        self._refusals.add(self._written.file.place(f"{entry.pointer}{at}"), why, rule)

    def effective(self) -> dict[str, EffectiveRule]:
        """Return the rules, without those that are added and off on every day."""
        places = {entry.pointer: self._written.file.place(entry.pointer) for entry in self._written.entries}
        found = {name: one.now for name, one in self._raised.items()}
        for name, state in self._added.items():
            if not state.always_off:
                found[name] = state.effective(self._written, places)
        return found

    def changed(self) -> dict[str, tuple[Place, ...]]:
        """Return the lines that changed a rule or added it."""
        lines = {name: one.places for name, one in self._raised.items()}
        lines |= {name: at for name, at in self._added_at.items() if not self._added[name].always_off}
        return {name: tuple(dict.fromkeys(at)) for name, at in sorted(lines.items()) if at}


def _whole(base: Policy, written: PolicyFile, refusals: Refusals) -> tuple[Policy, list[Place]]:
    """Return `base` with what `written` says of the policy as a whole, and the lines that changed it."""
    file, places = written.file, []
    exclude = _excluded(base, written, refusals)
    scope = base.scope_paths
    if "paths" in file.data.get("scope", {}):
        scope = widened(base.scope_paths, written.scope_paths)
        if not covers(written.scope_paths, base.scope_paths):
            left = globs_text(glob for glob in base.scope_paths if not covers(written.scope_paths, [glob]))
            refusals.add(
                file.place("/scope/paths"), f"scope.paths: leaves out {left}, which the policy looks at"
            )
    undecided = _undecided(base, written, refusals)
    for pointer, before, after in (
        ("/exclude", base.exclude, exclude),
        ("/scope", base.scope_paths, scope),
        ("/undecided", dict(base.undecided), undecided),
    ):
        if before != after:
            places.append(file.place(pointer))
    return replace(base, exclude=exclude, scope_paths=scope, undecided=undecided), places


def _excluded(base: Policy, written: PolicyFile, refusals: Refusals) -> tuple[str, ...]:
    terms = base.overridable or NOTHING
    found = list(base.exclude)
    for number, glob in enumerate(written.exclude):
        if covers(base.exclude, [glob]):
            continue
        if covers(terms.exclude, [glob]):
            found.append(glob)
        else:
            text = f"exclude: {glob} is scanned, as the policy says"
            refusals.add(written.file.place(f"/exclude/{number}"), text)
    return tuple(found)


def _undecided(base: Policy, written: PolicyFile, refusals: Refusals) -> dict[ProblemKind, Effect]:
    terms = base.overridable or NOTHING
    found = dict(base.undecided)
    for word in written.file.data.get("undecided", {}):
        kind = ProblemKind(word)
        wanted = written.undecided[kind]
        if (
            wanted is Effect.WARN
            and found.get(kind, Effect.FAIL) is Effect.FAIL
            and kind not in terms.undecided
        ):
            text = f"undecided.{kind}: warn lets pass what the policy does not"
            refusals.add(written.file.place(f"/undecided/{kind}"), text)
        else:
            found[kind] = wanted
    return found


def ever_on(rules: Iterable[EffectiveRule]) -> bool:
    """Tell whether one of `rules` is not off on some day."""
    return any(
        level is not Level.OFF
        for rule in rules
        for calendar in rule.calendars()
        for _, level in calendar.steps
    )
