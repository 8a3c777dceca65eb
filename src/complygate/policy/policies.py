"""A policy file, turned into entries; and what a schema cannot say about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from complygate.model.policy import DEFAULT_UNDECIDED, Effect, Enforcement, Level
from complygate.model.problem import ProblemKind
from complygate.model.rule import Severity
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.model.baseline import BaselineTerms
    from complygate.model.cohort import Criteria
    from complygate.policy.files import File, Mistakes

_CRITERIA = frozenset({"all", "ids", "tags", "controls", "severity"})
"""The keys of `select` that are no engine's name."""
_ORDER = (Level.AUDIT, Level.WARN, Level.ENFORCE, Level.OFF)


@dataclass(frozen=True)
class Entry:
    """One entry of a policy's `rules`: what it selects, and the keys that it sets.

    Attributes:
        pointer: where it stands in the file.
        ids: ids or globs of ids.
        tags: tags.
        controls: controls or globs.
        severities: severities; () for any.
        catalogues: ids of a tool's checks, or globs, by the engine's name.
        excluded: ids or globs of ids that it leaves out.
        enforcement: level, or levels by date; None where it does not say.
        severity: in place of the rules' own; None where it does not say.
        params: values of parameters.
        waivable: keys of `waivable` that it sets.
        paths: globs of paths; None where it does not say.
        owner: whom to ask; "" where it does not say.
        criteria: which repositories it is for; None for all.
        overridable: keys of `overridable` that it sets.
    """

    pointer: str
    ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    catalogues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    enforcement: Enforcement | None = None
    severity: Severity | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    waivable: Mapping[str, Any] = field(default_factory=dict)
    paths: tuple[str, ...] | None = None
    owner: str = ""
    criteria: Criteria | None = None
    overridable: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PolicyFile:
    """A policy as it is written, not yet applied to rules.

    Attributes:
        file: the file.
        name: the policy's name.
        title: its title.
        entries: its entries, in order.
        waivable: the terms that entries start from.
        undecided: the effect of each kind of problem.
        exclude: globs of paths that are not scanned.
        scope_paths: globs of paths that the policy looks at.
        owner: whom to ask where no entry says it; or "".
        baseline: how far a baseline counts; None for not at all.
        enforcement: level, or levels by date, where no entry says; None where the policy does not say.
        criteria: which repositories it is for; None for all.
        from_base: whether facts for criteria come from the base commit and from nowhere else.
        base: the policy that it stands on, and may only tighten; or "".
        overridable: how far a lower layer may loosen; what entries start from.
    """

    file: File
    name: str
    title: str
    entries: tuple[Entry, ...]
    waivable: Mapping[str, Any]
    undecided: Mapping[ProblemKind, Effect]
    exclude: tuple[str, ...]
    scope_paths: tuple[str, ...]
    owner: str = ""
    baseline: BaselineTerms | None = None
    enforcement: Enforcement | None = None
    criteria: Criteria | None = None
    from_base: bool = False
    base: str = ""
    overridable: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_for_some(self) -> bool:
        """Whether it tells repositories apart."""
        return self.criteria is not None or any(entry.criteria for entry in self.entries)


def build(file: File, mistakes: Mistakes) -> PolicyFile:
    """Return the policy in `file`; what is wrong goes to `mistakes`."""
    data = file.data
    if data["name"] != file.name:
        mistakes.add(file.place("/name"), f'name: is "{data["name"]}", and the file is called "{file.name}"')
    undecided = {ProblemKind(kind): Effect(effect) for kind, effect in data.get("undecided", {}).items()}
    return PolicyFile(
        file=file,
        name=data["name"],
        title=data["title"],
        entries=entries_of(file, mistakes),
        waivable=data.get("waivable", {}),
        undecided={**DEFAULT_UNDECIDED, **undecided},
        exclude=tuple(data.get("exclude", ())),
        scope_paths=tuple(data.get("scope", {}).get("paths", ("**",))),
        owner=data.get("owner", ""),
        baseline=_baseline(file, data["baseline"], mistakes) if "baseline" in data else None,
        enforcement=_enforcement(file, "", data.get("enforcement"), mistakes),
        criteria=_criteria(data.get("scope", {})),
        from_base=data.get("cohort_from") == "base",
        base=data.get("base", ""),
        overridable=data.get("overridable", {}),
    )


def entries_of(file: File, mistakes: Mistakes) -> tuple[Entry, ...]:
    """Return the entries in `file`; what is wrong goes to `mistakes`."""
    return tuple(_entry(file, i, entry, mistakes) for i, entry in enumerate(file.data.get("rules", ())))


def _criteria(scope: dict[str, Any]) -> Criteria | None:
    if scope.keys() <= {"paths"}:
        return None
    from complygate.policy.cohort import criteria_of  # noqa: PLC0415 - most policies are for all repositories

    return criteria_of(scope)


def _baseline(file: File, terms: dict[str, Any], mistakes: Mistakes) -> BaselineTerms | None:
    from complygate.model.baseline import BaselineTerms  # noqa: PLC0415 - few policies honour a baseline

    try:
        until = dt.date.fromisoformat(terms["until"])
    except ValueError:
        place = file.place("/baseline/until")
        mistakes.add(place, f"baseline.until: {terms['until']} is not a day of the calendar")
        return None
    budget = tuple(sorted(terms.get("budget", {}).items()))
    return BaselineTerms(**{**terms, "until": until, "budget": budget})


def _entry(file: File, number: int, entry: dict[str, Any], mistakes: Mistakes) -> Entry:
    pointer = f"/rules/{number}"
    select = entry["select"]
    scope = entry.get("scope", {})
    return Entry(
        pointer=pointer,
        ids=tuple(select.get("ids", ())),
        tags=tuple(select.get("tags", ())),
        controls=tuple(select.get("controls", ())),
        severities=_severities(select.get("severity")),
        catalogues={key: tuple(words) for key, words in select.items() if key not in _CRITERIA},
        excluded=tuple(entry.get("except", ())),
        enforcement=_enforcement(file, pointer, entry.get("enforcement"), mistakes),
        severity=Severity(entry["severity"]) if "severity" in entry else None,
        params=entry.get("params", {}),
        waivable=entry.get("waivable", {}),
        paths=tuple(scope["paths"]) if "paths" in scope else None,
        owner=entry.get("owner", ""),
        criteria=_criteria(scope),
        overridable=entry.get("overridable", {}),
    )


def _severities(value: str | list[str] | None) -> tuple[Severity, ...]:
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(Severity(word) for word in value)
    if value.startswith(">="):
        least = Severity(value[2:]).rank
        return tuple(severity for severity in Severity if severity.rank >= least)
    return (Severity(value),)


def _enforcement(
    file: File, pointer: str, value: str | dict[str, str] | None, mistakes: Mistakes
) -> Enforcement | None:
    if value is None:
        return None
    if isinstance(value, str):
        return Enforcement(((dt.date.min, Level(value)),))
    steps: list[tuple[dt.date, Level]] = []
    for word, day in value.items():
        try:
            steps.append((dt.date.fromisoformat(day), Level(word)))
        except ValueError:
            place = file.place(f"{pointer}/enforcement/{word}")
            mistakes.add(place, f"enforcement.{word}: {day} is not a day of the calendar")
    steps.sort()
    _check_order(file, pointer, steps, mistakes)
    return Enforcement(tuple(steps))


def _check_order(file: File, pointer: str, steps: list[tuple[dt.date, Level]], mistakes: Mistakes) -> None:
    """A calendar goes up: audit, then warn, then enforce, then perhaps off; each from a day of its own."""
    for (day, level), (next_day, next_level) in pairwise(steps):
        if day == next_day or _ORDER.index(level) > _ORDER.index(next_level):
            place = file.place(f"{pointer}/enforcement/{next_level}")
            first, last = sorted((level, next_level), key=_ORDER.index)
            hint = f"the order is {', '.join(_ORDER)}"
            mistakes.add(place, f"enforcement: {last} must start after {first}", hint)
