"""Rules in JSON Schema 2020-12, evaluated by jsonschema-rs.

`check: {schema: {...}}`: each error is a violation at its own place. See `docs/rules-cel-and-schema.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.engines._plain import Cleaner, NotPlainError, clean
from complygate.engines.schema.errors import settle, violations
from complygate.engines.schema.unknown import grow, judge
from complygate.engines.schema.validators import Schema
from complygate.engines.schema.vocabulary import POINTER
from complygate.engines.schema.vocabulary import check as check_vocabulary
from complygate.errors import CheckError
from complygate.model.outcome import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.model.mutant import Mutant
    from complygate.model.outcome import Outcome, Subject

NAME = "schema"

_wide = Cleaner(narrow=False)


def _clean(value: Any) -> Any:
    """Return `value` cleaned, with its integers as they are."""
    return value if clean(value) is value else _wide(value)


class SchemaCheck:
    """A compiled schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Compile `schema`.

        Raises:
            CheckError: it is not a schema, or a part of it has no effect.
        """
        check_vocabulary(schema)
        try:
            _clean(schema)
        except NotPlainError as error:  # in what stands under `const` and the like
            raise CheckError(f"not a usable schema: {error}", pointer=POINTER) from None
        self._schema = Schema(schema)

    def evaluate(self, subject: Subject) -> Sequence[Outcome]:
        """Judge one node. Never raises."""
        try:
            return self._judge(subject.node if subject.plain else _clean(subject.node), subject)
        except (NotPlainError, ValueError, RecursionError) as error:
            return (Fault(" ".join(str(error).split())),)

    def _judge(self, node: Any, subject: Subject) -> tuple[Outcome, ...]:
        if subject.unknowns:
            return settle(judge(self._schema, node, grow(subject.unknowns)))
        whole = self._schema.whole
        return () if whole.is_valid(node) else settle(violations(whole.iter_errors(node)))


def compile(check: Any, params: Mapping[str, Any]) -> SchemaCheck:  # noqa: A001, ARG001 - the plug point's form
    """Return the check for the JSON Schema `check`. A schema has no use for parameters.

    Raises:
        CheckError: it is not a mapping, not a schema, or a part of it has no effect.
    """
    if not isinstance(check, dict):
        raise CheckError(f"a schema check is a mapping, not {type(check).__name__}", pointer=POINTER)
    if not check:
        raise CheckError("the schema is empty: nothing would ever violate it", pointer=POINTER)
    return SchemaCheck(check)


def mutate(check: Any) -> Iterator[Mutant]:
    """Yield schemas that differ from `check` in one thing, for proving that a rule's examples notice."""
    from complygate.engines.schema.mutants import mutants as changed  # noqa: PLC0415 - no scan needs it

    return changed(check)
