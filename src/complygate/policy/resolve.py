"""A policy applied to a set's rules: what a scan needs to know, and nothing it must look up."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from dataclasses import asdict, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from complygate.errors import PolicyError, UsageError
from complygate.model import pointer as ptr
from complygate.model.glob import any_matches
from complygate.model.nearest import nearest
from complygate.model.policy import Effect, EffectiveRule, Enforcement, Level, Policy, Somewhere, Waivable
from complygate.model.problem import ProblemKind
from complygate.policy.extends import Opener, Stack
from complygate.policy.files import Mistakes
from complygate.policy.select import selected
from complygate.policy.sets import HERE, read_set
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from complygate.errors import Place
    from complygate.model.cohort import Criteria, Unclear
    from complygate.model.layer import Overridable
    from complygate.model.rule import Rule
    from complygate.model.waiver import Waiver
    from complygate.policy.cohort import Audience
    from complygate.policy.policies import Entry, PolicyFile
    from complygate.policy.sets import PolicySet

_LATER = frozenset({"repository", "globs"})
"""Terms that came after the digests of the first policies: they are left out where they say nothing."""
_LATER_KINDS = {ProblemKind.LOOSENING: Effect.WARN, ProblemKind.UNKNOWN_COHORT: Effect.FAIL}
"""Kinds of problem that came later, with their effect by default: likewise."""
_WORDS = frozenset({"reason", "place", "in_repository"})
"""What of a waiver changes no verdict."""
LAYER = ".complygate.yaml"
"""The file of a scanned tree that is a policy's last layer."""
_ALWAYS = Enforcement(((dt.date.min, Level.ENFORCE),))


def load(
    source: str,
    *,
    base: Path,
    opener: Opener = HERE,
    audience: Callable[[], Audience] | None = None,
    tree: Path | None = None,
) -> Policy:
    """Return the policy that `source` names, resolved.

    Args:
        source: `builtin:NAME`, a set's folder, or a file in a set's `policies/`.
        base: what a relative path starts from.
        opener: what finds sources.
        audience: gives the repository that the policy is resolved for, where the policy asks which it is;
            without it, nothing applies that is for some repositories only.
        tree: the scanned folder, whose own file is the last layer; None for no such layer.

    Raises:
        UsageError: `source` leads nowhere, or to a set with several policies and no default.
        PolicyError: files of the set are wrong; every mistake is in it.
    """
    return open_policy(source, base=base, opener=opener).resolved(audience, tree)


@dataclass(frozen=True)
class Opened:
    """A policy that was read, and can be resolved for one repository after the other.

    Attributes:
        chosen: its set.
        name: its name.
    """

    chosen: PolicySet
    name: str

    @property
    def written(self) -> PolicyFile:
        """The policy as it is written."""
        return self.chosen.policies[self.name]

    @property
    def is_for_some(self) -> bool:
        """Whether it may differ between repositories: an entry, a waiver of the set, its base is for some."""
        return (
            self.written.is_for_some
            or bool(self.written.base)
            or any(waiver.repositories for waiver in self.chosen.waivers)
        )

    def resolved(self, audience: Callable[[], Audience] | None = None, tree: Path | None = None) -> Policy:
        """Return the policy, applied to the set's rules. Takes and raises what `load` does."""
        return with_layer(self.chosen, resolve(self.chosen, self.name, audience), tree)


def open_policy(source: str, *, base: Path, opener: Opener = HERE) -> Opened:
    """Read the policy that `source` names. Takes and raises what `load` does."""
    location = opener.locate(source, base)
    chosen = read_set(source, location, Stack(opener))
    return Opened(chosen, _name(source, location.policy, chosen))


def with_layer(chosen: PolicySet, policy: Policy, tree: Path | None) -> Policy:
    """Return `policy` with the file of the scanned folder `tree`, if there is one, as the last layer.

    Raises:
        PolicyError: the file is wrong.
    """
    if tree is None or not os.path.lexists(tree / LAYER):
        return policy
    from complygate.policy.repository import apply  # noqa: PLC0415 - most trees have no such file

    return apply(chosen, policy, tree)


def load_all(source: str, *, base: Path, opener: Opener = HERE) -> tuple[PolicySet, tuple[Policy, ...]]:
    """Return the set that `source` leads to and the policy that it names: every policy where it names none.

    Takes and raises what `load` does, but for a set of several policies, or of none.
    """
    location = opener.locate(source, base)
    chosen = read_set(source, location, Stack(opener))
    one = location.policy or chosen.default
    names = [_name(source, one, chosen)] if one else sorted(chosen.policies)
    return chosen, tuple(resolve(chosen, name) for name in names)


def _name(source: str, asked: str, chosen: PolicySet) -> str:
    names = sorted(chosen.policies)
    if asked:
        if asked not in names:
            raise UsageError(f"{source}: there is no policy {asked!r}", hint=nearest(asked, names))
        return asked
    if chosen.default or len(names) == 1:
        return chosen.default or names[0]
    if not names:
        raise UsageError(f"{source}: has no policy", hint="add policies/NAME.yaml")
    hint = f"name one of {', '.join(names)} as `default` in policyset.yaml, or give its file"
    raise UsageError(f"{source}: has several policies and no default", hint=hint)


def resolve(chosen: PolicySet, name: str, audience: Callable[[], Audience] | None = None) -> Policy:
    """Return the policy `name` of a set, applied to the set's rules.

    Args:
        chosen: the set.
        name: the policy's name.
        audience: as for `load`.

    Raises:
        PolicyError: an entry selects nothing, or sets a parameter that no selected rule has.
    """
    written = chosen.policies[name]
    if written.base:
        from complygate.policy.standing import on_base  # noqa: PLC0415 - most policies stand alone

        return on_base(chosen, written, audience)
    mistakes = Mistakes()
    states: dict[str, State] = {}
    meant = Meant(written, audience)
    for entry in written.entries:
        found = list(selected(written, entry, chosen, mistakes))
        check_params(written, entry, found, mistakes)
        for rule in found if meant.by(entry.criteria, f"{entry.pointer}/scope") else ():
            states.setdefault(rule.id, State(rule, first_level(rule, written))).apply(entry, written)
    mistakes.stop()
    if not meant.policy:
        states = {}
    places = {entry.pointer: written.file.place(entry.pointer) for entry in written.entries}
    on = {i: state for i, state in sorted(states.items()) if not state.always_off}
    rules = {i: state.effective(written, places) for i, state in on.items()}
    if not rules and not meant.some:
        raise PolicyError("rules: every rule is off", place=written.file.place("/rules"))
    policy = Policy(
        name=name,
        title=written.title,
        source=chosen.source,
        digest="",
        rules=rules,
        controls=chosen.controls,
        undecided=written.undecided,
        exclude=written.exclude,
        scope_paths=written.scope_paths,
        waivers=waivers_for(chosen, audience),
        baseline=written.baseline,
        unclear=meant.unclear,
        elsewhere="" if meant.policy else str(written.criteria),
        overridable=overridable_of(written.overridable),
    )
    return replace(policy, digest=digest(policy))


def waivers_for(chosen: PolicySet, audience: Callable[[], Audience] | None) -> tuple[Waiver, ...]:
    """Return the set's waivers that are for the repository; where its name is not known, those for any."""
    if not any(waiver.repositories for waiver in chosen.waivers):
        return chosen.waivers
    name = (audience().facts.name if audience else None) or ""
    return tuple(w for w in chosen.waivers if not w.repositories or any_matches(w.repositories, name))


class Meant:
    """Whether a policy and its entries are for the repository that it is resolved for.

    Attributes:
        policy: whether the policy as a whole is.
        some: whether anything in it is for some repositories only.
    """

    def __init__(self, written: PolicyFile, audience: Callable[[], Audience] | None) -> None:
        self._written = written
        self.some = written.is_for_some
        self._audience = audience() if audience and self.some else None
        if self._audience and written.from_base:
            self._audience.ask_base()
        self.policy = self.by(written.criteria, "/scope")

    def by(self, criteria: Criteria | None, pointer: str) -> bool:
        """Tell whether `criteria`, which stand at `pointer`, are met."""
        if criteria is None:
            return True
        return self._audience is not None and self._audience.includes(
            criteria, self._written.file.place(pointer)
        )

    @property
    def unclear(self) -> tuple[Unclear, ...]:
        """The criteria that could not be decided."""
        return tuple(self._audience.unclear) if self._audience else ()


def first_level(rule: Rule, written: PolicyFile) -> Enforcement:
    """Return the enforcement that a rule has until an entry gives one."""
    own = Enforcement(((dt.date.min, Level(rule.level)),)) if rule.level else None
    return written.enforcement or own or _ALWAYS


@dataclass
class State:
    """What the entries so far say about one rule."""

    rule: Rule
    enforcement: Enforcement
    entry: Entry | None = None
    somewhere: tuple[Somewhere, ...] = ()
    severity: Any = None
    params: dict[str, Any] = field(default_factory=dict)
    waivable: dict[str, Any] = field(default_factory=dict)
    paths: tuple[str, ...] | None = None
    owner: str = ""
    overridable: dict[str, Any] = field(default_factory=dict)

    def apply(self, entry: Entry, written: PolicyFile) -> None:
        """Take over the keys that `entry` sets."""
        self._take_level(entry)
        self.entry = entry
        self.severity = entry.severity or self.severity
        known = self.rule.params or {}
        self.params.update({key: value for key, value in entry.params.items() if key in known})
        self.waivable = {**(self.waivable or written.waivable), **entry.waivable}
        self.owner = entry.owner or self.owner
        self.overridable = {**(self.overridable or written.overridable), **entry.overridable}

    def _take_level(self, entry: Entry) -> None:
        """Take over level and paths.

        A level for some paths holds there and nowhere else: what earlier entries said stays for other paths.
        Paths without a level are where the rule looks from now on.
        """
        if entry.paths is None:
            if entry.enforcement is not None:
                self.enforcement, self.somewhere = entry.enforcement, ()
        elif entry.enforcement is None:
            self.paths = entry.paths
        elif self.entry is None:
            self.enforcement, self.paths = entry.enforcement, entry.paths
        else:
            self.somewhere = (*self.somewhere, Somewhere(entry.paths, entry.enforcement))
            if self.paths is not None:
                self.paths = tuple(dict.fromkeys((*self.paths, *entry.paths)))

    @property
    def always_off(self) -> bool:
        """Whether the rule is off on every day, whatever the path."""
        calendars = (self.enforcement, *(one.enforcement for one in self.somewhere))
        return all(level is Level.OFF for calendar in calendars for _, level in calendar.steps)

    def effective(self, written: PolicyFile, places: Mapping[str, Place]) -> EffectiveRule:
        """Return the rule as the entries, taken together, apply it; `places` are those of the entries."""
        terms = self.waivable
        return EffectiveRule(
            rule=self.rule,
            enforcement=self.enforcement,
            severity=self.severity or self.rule.severity,
            params={**(self.rule.params or {}), **self.params},
            waivable=Waivable(**{**terms, "approvers": tuple(terms.get("approvers", ()))}),
            paths=self.paths or ("**",),
            decided_by=places[self.entry.pointer] if self.entry else None,
            severity_from_tool=self.rule.severity_from_tool and self.severity is None,
            owner=self.owner or written.owner,
            somewhere=self.somewhere,
            overridable=overridable_of(self.overridable),
        )


def overridable_of(terms: Mapping[str, Any]) -> Overridable | None:
    """Return what `overridable` lets a lower layer do; None where it says nothing."""
    if not terms:
        return None
    from complygate.policy.overridable import terms_of  # noqa: PLC0415 - most policies override nothing

    return terms_of(terms)


def check_params(written: PolicyFile, entry: Entry, selected: list[Rule], mistakes: Mistakes) -> None:
    """Add each parameter of `entry` that no rule of `selected` has, or that has values of another type."""
    known = {name for rule in selected for name in rule.params or {}}
    for name, value in entry.params.items() if selected else ():
        place = written.file.place(ptr.join(f"{entry.pointer}/params", name), key=True)
        if name not in known:
            mistakes.add(place, f"params.{name}: no selected rule has such a parameter", nearest(name, known))
        for rule in selected:
            default = (rule.params or {}).get(name)
            if default is not None and not _alike(default, value):
                message = f"params.{name}: must be {_kind(default)}, as in {rule.id}, not {_kind(value)}"
                mistakes.add(place, message)
                break


_KINDS: dict[type, str] = {
    bool: "true or false", int: "a number", float: "a number", str: "a string", list: "a list",
    dict: "a map", type(None): "empty",
}  # fmt: skip


def _kind(value: Any) -> str:
    return _KINDS[type(value)]


def _alike(default: Any, value: Any) -> bool:
    """Tell whether `value` has the type of `default`, and its items that of the default's, if it has some."""
    if _kind(default) != _kind(value):
        return False
    if isinstance(default, list):
        kinds = {_kind(item) for item in default}
        return not kinds or all(_kind(item) in kinds for item in value)
    return True


def digest(policy: Policy) -> str:
    """Return "sha256:…" over everything in `policy` that can change a verdict.

    Formatting, comments, file order, titles and examples do not count.
    """
    content = {
        "rules": [_verdict_of(effective) for effective in policy.rules.values()],
        "undecided": {
            kind: effect for kind, effect in policy.undecided.items() if _LATER_KINDS.get(kind) != effect
        },
        "exclude": sorted(policy.exclude),
        "scope": sorted(policy.scope_paths),
    }
    # What most policies do not have is left out, so that their digests stay what they were.
    if policy.waivers:
        content["waivers"] = sorted(json.dumps(_excuse_of(one), default=str) for one in policy.waivers)
    if policy.unclear or policy.elsewhere:
        content["cohort"] = [sorted(str(one.criteria) for one in policy.unclear), policy.elsewhere]
    if policy.baseline:
        content["baseline"] = asdict(policy.baseline)
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _verdict_of(effective: EffectiveRule) -> dict[str, Any]:
    rule = effective.rule
    content = {
        "id": rule.id,
        "aliases": sorted(rule.aliases),
        "applies_to": sorted(rule.applies_to),
        "select": rule.select,
        "reads": sorted(rule.reads),
        "check": {rule.engine: rule.check},
        "at": rule.at,
        "unknown_complies": rule.unknown_complies,
        "enforcement": effective.enforcement.steps,
        "severity": "the tool's" if effective.severity_from_tool else effective.severity,
        "params": effective.params,
        "waivable": _terms(effective.waivable),
        "paths": sorted(effective.paths),
    }
    if effective.somewhere:
        content["somewhere"] = [[sorted(one.paths), one.enforcement.steps] for one in effective.somewhere]
    return content


def _excuse_of(waiver: Waiver) -> dict[str, Any]:
    return {key: value for key, value in asdict(waiver).items() if key not in _WORDS}


@cache
def _terms(waivable: Waivable) -> dict[str, Any]:
    terms = asdict(waivable) | {"approvers": sorted(waivable.approvers)}
    return {key: value for key, value in terms.items() if key not in _LATER or value}
