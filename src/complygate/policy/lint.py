"""What is no error in a policy set and still worth a look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from complygate.model import plugins
from complygate.model.document import REPOSITORY
from complygate.model.glob import matches
from complygate.policy.nearest import nearest
from complygate.policy.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.errors import Place
    from complygate.model.rule import Rule
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


def lint(chosen: PolicySet) -> tuple[Remark, ...]:
    """Return remarks on the set's own rules and policies, in order of place.

    Raises:
        PolicyError: a policy of the set cannot be resolved.
    """
    selected = {i for name in chosen.policies for i in resolve(chosen, name).rules}
    own = [rule for name, rule in chosen.rules.items() if name in chosen.own]
    remarks = [remark for rule in own for remark in _rule(rule, selected)]
    return tuple(sorted(remarks, key=str))


def _rule(rule: Rule, selected: set[str]) -> Iterator[Remark]:
    if rule.id not in selected:
        yield Remark(rule.place, f"{rule.id} is selected by no policy of the set")
    if not rule.passing or not rule.failing:
        yield Remark(rule.place, f"{rule.id} has no passing and failing example", "nothing proves it")
    if rule.deprecated and rule.id in selected:
        yield Remark(rule.place, f"{rule.id} is deprecated and still selected: {rule.deprecated}")
    known = [kind for form in plugins.formats() for kind in form.KINDS] + [REPOSITORY]
    for kind in (*rule.applies_to, *rule.reads):
        if not any(matches(kind, name) or matches(name, kind) for name in known):
            place = rule.places["/applies_to"] if rule.places else rule.place
            yield Remark(place, f"{rule.id}: no format gives the kind {kind}", nearest(kind, known))
