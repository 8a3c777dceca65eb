"""A rule's own Rego, compiled: its `deny` and `violation` rules, asked for each node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.engines._plain import NotPlainError, clean
from complygate.engines.rego import looked
from complygate.engines.rego.dialect import SELF
from complygate.engines.rego.narrow import narrow
from complygate.engines.rego.places import line_of, pointer_of
from complygate.engines.rego.program import EvaluationError, Program
from complygate.engines.rego.results import Result, ShapeError, results
from complygate.engines.rego.sure import variants
from complygate.model import pointer as ptr
from complygate.model.outcome import Fault, Outcome, Undetermined, Violation
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.model.document import Unknown
    from complygate.model.outcome import Subject


_CLOSELY = 20
"""For how many results of one evaluation the place is looked for by trial."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a program is given for one subject.

    Attributes:
        input: the input, cleaned.
        node: the part of it that results point into.
        unknowns: values that cannot be known, by pointer relative to `input`.
        base: pointer of `node` in `input`.
    """

    input: Any
    node: Any
    unknowns: Mapping[str, Unknown]
    base: str = ""


class RegoCheck:
    """Rules of a program that object to nodes."""

    def __init__(
        self, program: Program, entries: Sequence[str], literals: Sequence[Any], *, beyond: bool
    ) -> None:
        """Take a compiled program.

        Args:
            program: the program.
            entries: the rules whose results are violations.
            literals: scalars that its modules name: what an unknown value is most likely compared with.
            beyond: whether it looks beyond the node, at `data.complygate`.
        """
        self._program = program
        self._entries = entries
        self._literals = literals
        self._beyond = beyond

    def evaluate(self, subject: Subject) -> Sequence[Outcome]:
        """Judge one node. Never raises."""
        try:
            given = self._given(subject)
        except NotPlainError as error:
            return (Fault(str(error)),)
        found: dict[Outcome, None] = {}
        for entry in self._entries:
            found.update(dict.fromkeys(judge(self._program, entry, given, self._literals)))
        return tuple(found)

    def _given(self, subject: Subject) -> Given:
        node = clean(subject.node)
        if not self._beyond:
            return Given(node, node, subject.unknowns)
        whole = {
            SELF: node,
            "view": clean(subject.view),
            "document": clean(subject.document),
            "repo": clean(dict(subject.repo)),
        }
        unknowns = {
            **_under("/view", subject.outer_unknowns),
            **_under("/document", _of_document(subject)),
            **_under(f"/{SELF}", subject.unknowns),
        }
        return Given(whole, node, unknowns, f"/{SELF}")


def _under(base: str, unknowns: Mapping[str, Unknown]) -> dict[str, Unknown]:
    return {base + pointer: unknown for pointer, unknown in unknowns.items()}


def _of_document(subject: Subject) -> Mapping[str, Unknown]:
    if subject.document_unknowns is not None:
        return subject.document_unknowns
    # Nobody says where they lie in the document: it may be anywhere.
    inside = (*subject.unknowns.values(), *subject.outer_unknowns.values())
    return {"": inside[0]} if inside else {}


def judge(program: Program, entry: str, given: Given, literals: Sequence[Any]) -> Iterator[Outcome]:
    """Yield what the rule at `entry` says about what is given. Never raises."""
    try:
        touched = touched_by(program, entry, given.unknowns)
        if not touched:
            found = list(results(program.value(entry, given.input)))
            yield from _violations(found, given, program, entry)
            return
        first = touched[0]
        at = first[len(given.base) :] if ptr.contains(given.base, first) else ""
        yield Undetermined(at, given.unknowns[first].reason)
        found = _sure(program, entry, given.input, touched, literals)
        yield from _violations(found, given, program, entry)
    except (EvaluationError, ShapeError) as error:
        yield Fault(str(error))


def touched_by(program: Program, entry: str, unknowns: Mapping[str, Unknown]) -> list[str]:
    """Return the pointers of the unknown values that can have a part in what the rule at `entry` says."""
    if not unknowns:
        return []
    reads = program.reads(entry)
    return [pointer for pointer in unknowns if reads.touch(ptr.split(pointer))]


def _sure(
    program: Program, entry: str, data: Any, touched: Sequence[str], literals: Sequence[Any]
) -> list[Result]:
    """Return the results that stand whatever the unknown values are taken for."""
    reads = program.reads(entry)
    if any(reads.inside(ptr.split(pointer)) for pointer in touched):
        return []  # it looks inside of what is unknown: no trial tells all that may be there
    standing = list(results(program.value(entry, data)))
    for trial in variants(data, touched, literals):
        if not standing:
            break
        again = list(results(program.value(entry, trial)))
        standing = [result for result in standing if result in again]
    return standing


def _violations(found: Sequence[Result], given: Given, program: Program, entry: str) -> Iterator[Violation]:
    for number, result in enumerate(found):
        pointer, line = pointer_of(result, given.node), line_of(result)
        if not (pointer or line):
            at = _looked_at(result, given, program, entry, closely=number < _CLOSELY)
            pointer = at[len(given.base) :] if ptr.contains(given.base, at) else ""
        yield Violation(pointer, result.message, line)


def _looked_at(result: Result, given: Given, program: Program, entry: str, *, closely: bool) -> str:
    """Return the address in the input of what a result that names no place is most likely about."""

    def stands(data: Any) -> bool:
        return result in results(program.value(entry, data))

    at, iterates = looked.pointer_of(program.reads(entry), given.input, result.message)
    if not (closely and iterates):
        return at
    try:
        return narrow(given.input, at, stands)
    except (EvaluationError, ShapeError):
        return at
