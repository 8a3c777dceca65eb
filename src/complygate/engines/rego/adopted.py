"""An adopted rule, asked for each document as Conftest would ask it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from complygate.engines._plain import NotPlainError, clean
from complygate.engines.rego.check import Given, judge, touched_by
from complygate.engines.rego.conftest import Adopted, programs
from complygate.engines.rego.inputs import input_of, unknowns_of
from complygate.engines.rego.program import EvaluationError
from complygate.errors import CheckError
from complygate.model.outcome import Fault, Outcome, Undetermined, Violation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complygate.model.outcome import Subject


class AdoptedCheck:
    """One rule definition of an adopted folder."""

    def __init__(self, check: Mapping[str, Any]) -> None:
        """Take what `describe` wrote.

        Raises:
            CheckError: no such folder was adopted.
        """
        found = programs.get(str(check.get("modules")))
        if found is None:
            raise CheckError("no policy folder of this digest was read", pointer="/rego")
        self._adopted: Adopted = found
        self._entry = str(check["rule"])
        self._exception = str(check["exception"])
        self._name = str(check["name"])
        self._title = str(check["title"])

    def evaluate(self, subject: Subject) -> Sequence[Outcome]:
        """Judge one document. Never raises. Views are parts of what is judged as a whole."""
        if subject.view is not subject.document:
            return ()
        try:
            shaped = input_of(subject)
            data = clean(shaped.data)
            given = Given(data, data, unknowns_of(shaped, subject.unknowns))
            found = dict.fromkeys(judge(self._adopted.program, self._entry, given, self._adopted.literals))
            if found:
                found = self._excepted(given, found)
        except (NotPlainError, EvaluationError) as error:
            return (Fault(str(error)),)
        return tuple(self._placed(outcome, shaped.to_node) for outcome in found)

    def _placed(self, outcome: Outcome, to_node: Any) -> Outcome:
        if isinstance(outcome, Violation):
            return replace(outcome, pointer=to_node(outcome.pointer), detail=outcome.detail or self._title)
        if isinstance(outcome, Undetermined):
            return replace(outcome, pointer=to_node(outcome.pointer))
        return outcome

    def _excepted(self, given: Given, found: dict[Outcome, None]) -> dict[Outcome, None]:
        """Return what becomes of `found` when the folder's exceptions are heard: violations stay, excused."""
        program = self._adopted.program
        if not program.has(self._exception):
            return found
        touched = touched_by(program, self._exception, given.unknowns)
        if touched:
            first = touched[0]
            return {Undetermined(first, given.unknowns[first].reason): None}
        rules = program.value(self._exception, given.input)
        lists = rules if isinstance(rules, list) else []
        excepted = any(self._name in names for names in lists if isinstance(names, list))
        if not excepted:
            return found
        excuse = f"exception in {self._adopted.exceptions.get(self._exception, 'the policy')}"
        return {replace(o, excuse=excuse): None for o in found if isinstance(o, Violation)}
