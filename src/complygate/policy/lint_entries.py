"""Entries of a policy that say nothing: what they set is set again further down, or meets no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.errors import PolicyError
from complygate.policy.files import Mistakes
from complygate.policy.select import selected
from complygate.policy.ways import covers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from complygate.errors import Place
    from complygate.policy.policies import Entry, PolicyFile
    from complygate.policy.sets import PolicySet


def unreachable(written: PolicyFile, chosen: PolicySet) -> Iterator[tuple[Place, str, str]]:
    """Yield place, message and hint for each entry that decides nothing."""
    try:
        rules = [{rule.id for rule in selected(written, one, chosen, Mistakes())} for one in written.entries]
    except PolicyError:  # too many mistakes, which resolving the policy reports
        return
    for number, entry in enumerate(written.entries):
        place = written.file.place(entry.pointer)
        if entry.paths and (written.exclude and covers(written.exclude, entry.paths)):
            where = written.file.place(f"{entry.pointer}/scope/paths")
            yield where, "scope.paths: every such path is excluded by the policy", "leave the entry out"
        elif entry.paths and not _meets_scope(entry.paths, written.scope_paths):
            where = written.file.place(f"{entry.pointer}/scope/paths")
            yield where, "scope.paths: no such path is in the policy's own scope", "leave the entry out"
        elif _says_nothing(number, written.entries, rules):
            later = [
                one
                for at, one in enumerate(written.entries)
                if at != number and rules[at] & rules[number] and one.criteria is None
            ]
            lines = sorted({written.file.place(one.pointer).line for one in later})
            hint = f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))} decide"
            yield place, "decides nothing: all that it says is said again for each of its rules", hint


def _meets_scope(paths: tuple[str, ...], scope: tuple[str, ...]) -> bool:
    return any(_may_meet(glob, inner) for glob in scope for inner in paths)


def _may_meet(first: str, second: str) -> bool:
    """Tell whether two globs can match one path; "no" only where both start with names that differ."""
    for one, other in zip(first.split("/"), second.split("/"), strict=False):
        if not set(one + other).isdisjoint("*?["):
            return True
        if one != other:
            return False
    return True


def _says_nothing(number: int, entries: tuple[Entry, ...], rules: list[set[str]]) -> bool:
    """Tell whether later entries for all repositories set all that this one sets, for each of its rules."""
    keys = _keys(entries[number])
    others = [(at, one) for at, one in enumerate(entries) if at != number and one.criteria is None]
    for rule in rules[number]:
        if not any(rule in rules[at] for at, _ in others):
            return False  # it is what selects the rule
        first = not any(rule in rules[at] for at in range(number))
        if first and entries[number].paths is not None:
            return False  # it is where the rule starts to look
        later = [one for at, one in others if at > number and rule in rules[at]]
        if not keys <= {key for one in later for key in _sets(one)}:
            return False
    return bool(rules[number])


def _keys(entry: Entry) -> set[str]:
    """Return what `entry` sets."""
    found = {f"params.{name}" for name in entry.params} | {f"waivable.{name}" for name in entry.waivable}
    for name in ("severity", "enforcement"):
        if getattr(entry, name) is not None:
            found.add(name)
    if entry.owner:
        found.add("owner")
    if entry.paths is not None and entry.enforcement is None:
        found.add("paths")
    return found


def _sets(entry: Entry) -> set[str]:
    """Return what `entry` sets for every path."""
    keys = _keys(entry)
    return keys - {"enforcement"} if entry.paths is not None else keys


def past(written: PolicyFile, today: dt.date) -> Iterator[tuple[Place, str, str]]:
    """Yield place, message and hint for each date of a policy, outside its entries, that is past."""
    if written.baseline and written.baseline.until < today:
        until = written.baseline.until.isoformat()
        place = written.file.place("/baseline/until")
        yield place, f"baseline.until: {until} is past: no baseline counts", "leave `baseline` out"
    if written.enforcement is None:
        return
    begun = [(day, level) for day, level in written.enforcement.steps if day <= today]
    for day, level in begun[:-1]:
        place = written.file.place(f"/enforcement/{level}", key=True)
        yield place, f"enforcement: {level} from {day.isoformat()} is past", "leave it out"


def unused_default(written: PolicyFile) -> Iterator[tuple[Place, str, str]]:
    """Yield place, message and hint where every entry gives a level of its own for all paths."""
    if written.enforcement is not None and all(one.enforcement is not None for one in written.entries):
        place = written.file.place("/enforcement", key=True)
        yield place, "enforcement: every entry gives its own", "leave it out"
