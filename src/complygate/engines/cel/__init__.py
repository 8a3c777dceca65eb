"""Rules in CEL, the Common Expression Language, evaluated by Google's C++ runtime.

`check: {cel: "expression"}`: true means that the node complies. See `docs/rules-cel-and-schema.md`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from complygate.engines._plain import NotPlainError, clean
from complygate.engines.cel.holes import Hole, punch, tokens, touched
from complygate.engines.cel.program import Program, program
from complygate.engines.cel.results import fault, hangs_on_mark, stopped, undetermined
from complygate.errors import CheckError
from complygate.model.outcome import Fault, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.model.document import Unknown
    from complygate.model.mutant import Mutant
    from complygate.model.outcome import Outcome, Subject

NAME = "cel"

_OF_ONE_TREE = frozenset({"self", "view", "document"})
"""The variables that `Subject.plain` speaks of."""
_COMPLIES: tuple[Outcome, ...] = ()
_VIOLATES: tuple[Outcome, ...] = (Violation(),)


class CelCheck:
    """A compiled expression with its parameters."""

    def __init__(self, compiled: Program, params: Mapping[str, Any]) -> None:
        """Take the program and the values of `params`.

        Raises:
            CheckError: the expression reads a parameter that is not there.
        """
        self._program = compiled
        self._params = dict(params)
        compiled.check_params(params)

    def evaluate(self, subject: Subject) -> Sequence[Outcome]:
        """Judge one node. Never raises."""
        try:
            holes = self._holes(subject)
            data = self._data(subject)
            if holes:
                return self._with_holes(data, holes)
            result = self._program.run.eval(data=data)
        except NotPlainError as error:
            return (Fault(str(error)),)
        except RuntimeError as error:
            return (stopped(str(error)),)
        answer = result.value()
        if isinstance(answer, bool):
            return _COMPLIES if answer else _VIOLATES
        return (fault(result),)

    def _data(self, subject: Subject) -> dict[str, Any]:
        uses = self._program.uses
        data: dict[str, Any] = {}
        for name, use in uses.items():
            if name == "params":
                data[name] = self._shown_params
                continue
            known = subject.plain and name in _OF_ONE_TREE
            data[name] = use.project(self._value(subject, name), _as_it_is if known else clean)
        return data

    @cached_property
    def _shown_params(self) -> Any:
        """The parameters as the expression sees them: the same for every node."""
        return self._program.uses["params"].project(self._params, clean)

    def _value(self, subject: Subject, name: str) -> Any:
        value = getattr(subject, "node" if name == "self" else name)
        return dict(value) if name == "repo" and type(value) is not dict else value

    def _holes(self, subject: Subject) -> dict[str, list[Hole]]:
        """Return the unknown values that the expression can look at, by variable."""
        if not (subject.unknowns or subject.outer_unknowns or subject.document_unknowns):
            return {}
        found: dict[str, list[Hole]] = {}
        for name, use in self._program.uses.items():
            if name != "params" and (holes := touched(_holes_of(subject, name), use)):
                found[name] = holes
        return found

    def _with_holes(self, data: dict[str, Any], holes: Mapping[str, list[Hole]]) -> Sequence[Outcome]:
        numbered = [(name, hole) for name, group in holes.items() for hole in group]
        listed = [hole for _, hole in numbered]
        run = self._program.with_marks
        if run is None:
            return (undetermined(listed[0]),)
        for name in holes:
            own = [(n, hole) for n, (of, hole) in enumerate(numbered) if of == name]
            data[name] = punch(data[name], own)
        try:
            result = run.eval(data=data)
        except RuntimeError:  # broken off: there is no answer, and on known values there might be one
            return (undetermined(listed[0]),)
        answer = result.value()
        if isinstance(answer, bool):
            return _COMPLIES if answer else _VIOLATES
        return (hangs_on_mark(result, listed),)


def _as_it_is(value: Any) -> Any:
    return value


def compile(check: Any, params: Mapping[str, Any]) -> CelCheck:  # noqa: A001 - the plug point's name
    """Return the check for the expression `check`.

    Raises:
        CheckError: it is not a string, not an expression, or does not give true or false.
    """
    if not isinstance(check, str):
        raise CheckError(
            f"a CEL check is an expression in a string, not {type(check).__name__}", pointer="/cel"
        )
    return CelCheck(program(str(check)), params)


def _holes_of(subject: Subject, name: str) -> Iterator[Hole]:
    unknowns = _unknowns_of(subject, name)
    inside = name == "self" or _root(subject, name) is subject.node
    for pointer, unknown in unknowns.items():
        yield Hole(tokens(pointer), pointer if inside else "", unknown)


def _unknowns_of(subject: Subject, name: str) -> Mapping[str, Unknown]:
    """Return the unknown values of one variable, by pointer relative to it."""
    root = _root(subject, name)
    if name == "self":
        return subject.unknowns
    if root is subject.view:
        return subject.outer_unknowns
    if root is subject.document:
        if subject.document_unknowns is not None:
            return subject.document_unknowns
        # Nobody says where they lie in the document: it may be anywhere.
        inside = (*subject.unknowns.values(), *subject.outer_unknowns.values())
        return {"": inside[0]} if inside else {}
    return {}


def _root(subject: Subject, name: str) -> Any:
    return getattr(subject, "node" if name == "self" else name)


def mutate(check: Any) -> Iterator[Mutant]:
    """Yield expressions that differ from `check` in one thing, for proving that a rule's examples notice."""
    from complygate.engines.cel.mutants import mutants as changed  # noqa: PLC0415 - no scan needs it

    return changed(str(check))
