"""Whether a scope fits the scanned repository.

Repositories are told apart by facts that are read once, and only where a policy asks for them. What cannot be
known fits nothing, and is said: the entry may be the stricter one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from complygate.model.cohort import Criteria, Facts, Unclear
from complygate.model.glob import any_matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from complygate.errors import Place


class Audience:
    """The repository that a policy is resolved for.

    Attributes:
        unclear: the scopes that could not be decided, so far.
    """

    def __init__(self, read: Callable[[bool], Facts]) -> None:
        """Take what reads the facts; it is told whether they must come from the base commit."""
        self._read = read
        self._from_base = False
        self.unclear: list[Unclear] = []

    def ask_base(self) -> None:
        """Let the catalogue and CODEOWNERS be read from the base commit, and from nowhere else."""
        self._from_base = True

    @cached_property
    def facts(self) -> Facts:
        """The facts, read when first asked for."""
        return self._read(self._from_base)

    def includes(self, criteria: Criteria, place: Place) -> bool:
        """Tell whether the repository meets `criteria`, which stand at `place`."""
        answer = fits(criteria, self.facts)
        if isinstance(answer, str):
            self.unclear.append(Unclear(criteria, answer, place))
        return answer is True


class Everyone(Audience):
    """A repository that meets whatever is asked: for looking at all that a policy says."""

    def __init__(self) -> None:
        super().__init__(lambda _: Facts())

    def includes(self, criteria: Criteria, place: Place) -> bool:
        """Return True."""
        del criteria, place
        return True


def criteria_of(scope: Mapping[str, Any]) -> Criteria | None:
    """Return what a policy's `scope` asks of the repository; None where it asks nothing."""
    catalog = tuple(sorted((name, _words(value)) for name, value in scope.get("catalog", {}).items()))
    found = Criteria(catalog, tuple(scope.get("owners", ())), tuple(scope.get("repositories", ())))
    return found if found != Criteria() else None


def _words(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def fits(criteria: Criteria, facts: Facts) -> bool | str:
    """Tell whether a repository meets `criteria`; where that cannot be known, return the reason.

    What is known not to fit decides, whatever else is unknown.
    """
    answers = list(_answers(criteria, facts))
    if False in answers:
        return False
    return next((answer for answer in answers if isinstance(answer, str)), True)


def _answers(criteria: Criteria, facts: Facts) -> Iterable[bool | str]:
    if criteria.repositories:
        known = facts.name is not None
        yield any_matches(criteria.repositories, facts.name or "") if known else facts.reasons["name"]
    if criteria.owners:
        names = facts.owners
        yield (
            any(any_matches(map(str.lower, criteria.owners), name) for name in names)
            if names is not None
            else facts.reasons["owners"]
        )
    if criteria.catalog:
        entities = facts.entities
        yield (
            any(_describes(criteria, entity) for entity in entities)
            if entities is not None
            else facts.reasons["entities"]
        )


def _describes(criteria: Criteria, entity: Mapping[str, Any]) -> bool:
    """Tell whether one entity has every field, with a value that fits."""
    return all(
        any(any_matches(words, value) for value in values_of(entity, name))
        for name, words in criteria.catalog
    )


def values_of(entity: Mapping[str, Any], name: str) -> list[str]:
    """Return the values of the field `name` of a catalogue entity, as text; [] where it has none.

    A field is looked for in `spec`, in `metadata`, among labels and annotations, and at the top (`kind`); the
    first that has it counts. Of a list, each item is a value.
    """
    metadata = _map(entity.get("metadata"))
    labels, annotations = _map(metadata.get("labels")), _map(metadata.get("annotations"))
    for place in (_map(entity.get("spec")), metadata, labels, annotations, entity):
        if name in place:
            value = place[name]
            return [text for item in (value if isinstance(value, list) else [value]) for text in _text(item)]
    return []


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> list[str]:
    if isinstance(value, bool):
        return [str(value).lower()]
    return [str(value)] if isinstance(value, str | int | float) else []
