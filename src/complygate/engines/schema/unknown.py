"""A schema over data with values that cannot be known: valid, invalid, or not to be decided.

The validator knows no unknown values, so it is asked only about what holds none. Around them this module
goes down schema and data together: what a keyword says is decided if it would be the same whatever the
unknown values were, and else undetermined. A violation of one part stands even when another part is
undetermined.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.engines.schema.errors import alternatives, missing, surplus, violations
from complygate.engines.schema.vocabulary import ANNOTATIONS
from complygate.model import pointer as ptr
from complygate.model.outcome import Outcome, Undetermined, Violation
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from complygate.engines.schema.validators import Schema
    from complygate.model.document import Unknown

_IN_PLACE = ("$dynamicRef", "$ref", "allOf", "anyOf", "dependentSchemas", "if", "oneOf")
"""Keywords whose schemas, when they hold, say of members that they are accounted for."""


@dataclass(slots=True)
class Branch:
    """The unknown values at and below one value.

    Attributes:
        unknown: what is known of the value itself, if it is one of them.
        members: those below, by member.
    """

    unknown: Unknown | None = None
    members: dict[str, Branch] = field(default_factory=dict)

    def first(self, at: str) -> Undetermined:
        """Return the outcome that names one of the unknown values; the branch is at `at`."""
        if self.unknown is not None:
            return Undetermined(at, self.unknown.reason)
        name, below = next(iter(sorted(self.members.items())))
        return below.first(ptr.join(at, name))

    def doubtful(self) -> dict[str, Branch]:
        """Return those of the direct members that may as well be absent."""
        return {n: b for n, b in self.members.items() if b.unknown is not None and not b.unknown.present}


_NOTHING = Branch()


def grow(unknowns: Mapping[str, Unknown]) -> Branch:
    """Return the tree of `unknowns`, given by pointer."""
    root = Branch()
    for pointer, unknown in unknowns.items():
        branch = root
        for token in ptr.split(pointer):
            branch = branch.members.setdefault(token, Branch())
        branch.unknown = unknown
    return root


def judge(schema: Schema, value: Any, branch: Branch) -> list[Outcome]:
    """Return what `schema` says of `value`, of which the values of `branch` cannot be known."""
    return _Judge(schema).judge(schema.root, value, branch, "")


def _verdict(outcomes: list[Outcome]) -> bool | None:
    """Return whether a schema with these outcomes holds; None when that cannot be decided."""
    if any(isinstance(outcome, Violation) for outcome in outcomes):
        return False
    return None if outcomes else True


class _Judge:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._following: set[tuple[int, str]] = set()

    def judge(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        if _says_nothing(schema):
            return []
        if branch.unknown is not None:
            return [surplus(at)] if schema is False and branch.unknown.present else [branch.first(at)]
        if not branch.members:
            return list(violations(self._schema.part(schema).iter_errors(value), at))
        if schema is False:
            return [surplus(at)]
        value = _filled(value, branch)
        if value is None:
            return [branch.first(at)]
        found = self._below(schema, value, branch, at)
        for keyword in schema:
            found += self._keyword(keyword, schema, value, branch, at)
        return found

    def _keyword(self, keyword: str, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        if keyword in ANNOTATIONS or keyword in _OF_MEMBERS or keyword in _OF_ITEMS:
            return []
        judge = _KEYWORDS.get(keyword)
        if judge is not None:
            return judge(self, schema, value, branch, at)
        if keyword in _OF_NAMES and branch.doubtful():
            return [branch.first(at)]
        return self._alone(keyword, schema, value, at)

    def _alone(self, keyword: str, schema: Any, value: Any, at: str) -> list[Outcome]:
        """Ask the validator about one keyword, which does not look at what is unknown."""
        return list(violations(self._schema.part(schema, keyword).iter_errors(value), at))

    # Members

    def _below(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        """Judge the members or items, by all keywords that speak of them together."""
        if isinstance(value, dict):
            rest = _rest(schema, "additionalProperties", "unevaluatedProperties", _IN_PLACE)
            parts = (
                {n: self._schemas_of(schema, n) or [rest] for n in value} if _OF_MEMBERS & set(schema) else {}
            )
            members = [(name, value[name], parts[name]) for name in parts]
        else:
            prefix = schema.get("prefixItems", [])
            rest = _rest(schema, "items", "unevaluatedItems", (*_IN_PLACE, "contains"))
            members = [(i, v, prefix[i : i + 1] or [rest]) for i, v in enumerate(value)]
        found: list[Outcome] = []
        for name, item, applied in members:
            if _UNFOLLOWED in applied:  # what is left over cannot be told, and all of it is undetermined
                return [*found, branch.first(at)]
            below = branch.members.get(str(name), _NOTHING)
            found += [o for part in applied for o in self.judge(part, item, below, ptr.join(at, name))]
        return found

    def _schemas_of(self, schema: Any, name: str) -> list[Any]:
        named = schema.get("properties", {})
        parts = [named[name]] if name in named else []
        for pattern, part in schema.get("patternProperties", {}).items():
            if self._schema.pattern(pattern).is_valid(name):
                parts.append(part)
        return parts

    def required(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        return self._demand(schema["required"], value, branch, at)

    def _demand(self, names: list[str], value: Any, branch: Branch, at: str) -> list[Outcome]:
        if not isinstance(value, dict):
            return []
        doubtful = branch.doubtful()
        found: list[Outcome] = [missing(at, name) for name in names if name not in value]
        return found + [doubtful[n].first(ptr.join(at, n)) for n in names if n in doubtful]

    def dependent_required(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        found: list[Outcome] = []
        for name, names in schema["dependentRequired"].items():
            found += self._if_there(name, value, branch, at, self._demand(names, value, branch, at))
        return found

    def dependent_schemas(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        found: list[Outcome] = []
        for name, part in schema["dependentSchemas"].items():
            if isinstance(value, dict) and name in value:
                found += self._if_there(name, value, branch, at, self.judge(part, value, branch, at))
        return found

    def _if_there(self, name: str, value: Any, branch: Branch, at: str, then: list[Outcome]) -> list[Outcome]:
        if not isinstance(value, dict) or name not in value or not then:
            return []
        doubt = branch.doubtful().get(name)
        return then if doubt is None else [doubt.first(ptr.join(at, name))]

    def contains(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        if not isinstance(value, list):
            return []
        verdicts = [
            _verdict(self.judge(schema["contains"], item, branch.members.get(str(i), _NOTHING), at))
            for i, item in enumerate(value)
        ]
        sure, possible = verdicts.count(True), len(verdicts) - verdicts.count(False)
        low, high = schema.get("minContains", 1), schema.get("maxContains", len(value))
        if possible < low or sure > high:
            return [Violation(at, "holds too few or too many items of the form that it should contain")]
        return [] if sure >= low and possible <= high else [branch.first(at)]

    # The same value again

    def all_of(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        return [o for part in schema["allOf"] for o in self.judge(part, value, branch, at)]

    def any_of(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        results = [self.judge(part, value, branch, at) for part in schema["anyOf"]]
        verdicts = [_verdict(result) for result in results]
        if True in verdicts:
            return []
        return [branch.first(at)] if None in verdicts else [_no_alternative(at, results)]

    def one_of(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        results = [self.judge(part, value, branch, at) for part in schema["oneOf"]]
        verdicts = [_verdict(result) for result in results]
        if verdicts.count(True) > 1:
            return [Violation(at, "matches more than one alternative where it may match one")]
        if None in verdicts:
            return [branch.first(at)]
        return [] if True in verdicts else [_no_alternative(at, results)]

    def negation(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        verdict = _verdict(self.judge(schema["not"], value, branch, at))
        if verdict is None:
            return [branch.first(at)]
        return [Violation(at, "is of a form that is not allowed")] if verdict else []

    def condition(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        verdict = _verdict(self.judge(schema["if"], value, branch, at))
        then = self.judge(schema.get("then", True), value, branch, at)
        otherwise = self.judge(schema.get("else", True), value, branch, at)
        if verdict is not None:
            return then if verdict else otherwise
        return [branch.first(at)] if then or otherwise else []

    def reference(self, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:
        # A schema that sets no base of its own has one scope, in which both kinds of reference are one.
        keyword = "$ref" if "$ref" in schema else "$dynamicRef"
        key = (id(schema), at)
        if key in self._following:  # a schema that only refers to itself demands nothing more
            return []
        self._following.add(key)
        try:
            target = self._schema.resolve(schema[keyword])
            return self.judge(target, value, branch, at)
        finally:
            self._following.discard(key)


def _rest(schema: Any, keyword: str, unevaluated: str, in_place: tuple[str, ...]) -> Any:
    """Return the schema of the members that no other keyword covers."""
    if keyword in schema or unevaluated not in schema:
        return schema.get(keyword, True)
    return _UNFOLLOWED if any(k in schema for k in in_place) else schema[unevaluated]


def _says_nothing(schema: Any) -> bool:
    return schema is True or (isinstance(schema, dict) and schema.keys() <= ANNOTATIONS)


def _filled(value: Any, branch: Branch) -> Any:
    """Return `value` with every unknown member in it; None where it cannot hold them as they are."""
    if isinstance(value, dict):
        return {**value, **{name: None for name in branch.members if name not in value}}
    if isinstance(value, list) and not branch.doubtful():
        # An element that may be missing moves those after it, so then the whole list is in doubt.
        return value if {str(i) for i in range(len(value))} >= branch.members.keys() else None
    return None


def _no_alternative(at: str, results: list[list[Outcome]]) -> Violation:
    return alternatives(at, [[o for o in result if isinstance(o, Violation)] for result in results])


_UNFOLLOWED: Any = object()
"""Stands for the schema of members of which it cannot be told whether they are accounted for."""

_OF_MEMBERS = frozenset({"additionalProperties", "patternProperties", "properties", "unevaluatedProperties"})
_OF_ITEMS = frozenset({"items", "prefixItems", "unevaluatedItems"})
_OF_NAMES = frozenset({"maxProperties", "minProperties", "propertyNames"})
"""Keywords that look at which members there are, not at what they hold."""


def _undecided(_: _Judge, schema: Any, value: Any, branch: Branch, at: str) -> list[Outcome]:  # noqa: ARG001 - as all
    return [branch.first(at)]


_KEYWORDS: dict[str, Callable[[_Judge, Any, Any, Branch, str], list[Outcome]]] = {
    "$dynamicRef": _Judge.reference,
    "$ref": _Judge.reference,
    "allOf": _Judge.all_of,
    "anyOf": _Judge.any_of,
    "const": _undecided,
    "contains": _Judge.contains,
    "dependentRequired": _Judge.dependent_required,
    "dependentSchemas": _Judge.dependent_schemas,
    "enum": _undecided,
    "if": _Judge.condition,
    "not": _Judge.negation,
    "oneOf": _Judge.one_of,
    "required": _Judge.required,
    "uniqueItems": _undecided,
}
