"""What is no error in a policy set and still worth a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.policy.files import Mistakes
from complygate.policy.resolve import resolve
from complygate.policy.rule_checks import at, check_kinds
from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from complygate.errors import Place
    from complygate.model.policy import Level
    from complygate.model.rule import Rule
    from complygate.policy.policies import Entry, PolicyFile
    from complygate.policy.sets import PolicySet


@dataclass(frozen=True)
class Remark:
    """One thing worth a look.

    Attributes:
        place: where.
        message: what.
        hint: the next step, or "".
    """

    place: Place | None
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return place, message and hint on one line."""
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text} ({self.hint})" if self.hint else text

    def to_data(self) -> dict[str, Any]:
        """Return the remark as plain data."""
        place = self.place
        return {
            "file": place.path if place else "",
            "line": place.line if place else 0,
            "column": place.column if place else 0,
            "message": self.message,
            "hint": self.hint,
        }


def lint(chosen: PolicySet, *, today: dt.date | None = None) -> tuple[Remark, ...]:
    """Return remarks on the set's own rules and policies, in order of place.

    Args:
        chosen: the set.
        today: the day by which a calendar is past; None leaves calendars alone.

    Raises:
        PolicyError: a policy of the set cannot be resolved.
    """
    from complygate.policy import lint_entries  # noqa: PLC0415 - nothing but this command needs them
    from complygate.policy.cohort import Everyone  # noqa: PLC0415

    selected = {i for name in chosen.policies for i in resolve(chosen, name, Everyone).rules}
    own = [rule for name, rule in chosen.rules.items() if name in chosen.own]
    remarks = [remark for rule in own for remark in _rule(rule, selected)]
    if today:
        remarks += [remark for written in chosen.policies.values() for remark in _past(written, today)]
    for written in chosen.policies.values():
        remarks += [Remark(*said) for said in lint_entries.unreachable(written, chosen)]
        remarks += [Remark(*said) for said in lint_entries.unused_default(written)]
        remarks += [Remark(*said) for said in lint_entries.past(written, today)] if today else []
    kinds = Mistakes()
    check_kinds(own, kinds)
    remarks += [Remark(error.place, error.message, error.hint) for error in kinds.found]
    return in_order(remarks)


def in_order(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """Return `remarks` in order of place."""
    return tuple(sorted(remarks, key=_order))


def _order(remark: Remark) -> tuple[str, int, int, str]:
    place = remark.place
    return (place.path, place.line, place.column, remark.message) if place else ("", 0, 0, remark.message)


def _rule(rule: Rule, selected: set[str]) -> Iterator[Remark]:
    if rule.id not in selected and not rule.deprecated:
        yield Remark(rule.place, f"{rule.id} is selected by no policy of the set")
    if rule.id in selected and rule.deprecated:
        message = f"{rule.id} is deprecated and still selected: {rule.deprecated}"
        yield Remark(at(rule, "/deprecated"), message)
    for word, examples in (("passing", rule.passing), ("failing", rule.failing)):
        if (
            not examples and rule.places is not None
        ):  # a rule without a file of its own has its tests elsewhere
            yield Remark(rule.place, f"{rule.id} has no {word} example", "nothing proves it")


def _past(written: PolicyFile, today: dt.date) -> Iterator[Remark]:
    """Remark on steps of a calendar that a later one has overtaken: they say nothing any more."""
    for entry in written.entries:
        for day, level in _overtaken(entry, today):
            place = written.file.place(f"{entry.pointer}/enforcement/{level}", key=True)
            yield Remark(place, f"enforcement: {level} from {day.isoformat()} is past", "leave it out")


def _overtaken(entry: Entry, today: dt.date) -> Iterator[tuple[dt.date, Level]]:
    steps = entry.enforcement.steps if entry.enforcement else ()
    begun = [(day, level) for day, level in steps if day <= today]
    yield from begun[:-1]
