"""An answer of JSON Schema never hangs on a value that cannot be known."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from complygate.engines import schema
from complygate.errors import CheckError
from complygate.model import pointer as ptr
from complygate.model.document import Unknown
from complygate.model.outcome import Outcome, Subject, Undetermined, Violation

SURE = Unknown("made by apply")
DOUBTFUL = Unknown("has no default", present=False)
ABSENT = object()

NAMES = st.sampled_from(["a", "b", "x"])
SCALARS = st.sampled_from([None, 0, 1, "", "x", True])
SMALL = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
DATA = st.dictionaries(NAMES, SMALL, min_size=1, max_size=3) | st.lists(SMALL, min_size=1, max_size=3)
POOL: list[Any] = [None, 0, 1, "", "x", True, [], [1], ["x", 1], {}, {"a": 1}, {"x": "x", "b": [1]}]

LEAVES = st.sampled_from(
    [
        True,
        False,
        {},
        {"type": "string"},
        {"type": ["object", "array"]},
        {"const": 1},
        {"enum": ["x", 1, None]},
        {"minProperties": 2},
        {"maxProperties": 2},
        {"required": ["a"]},
        {"required": ["b", "x"]},
        {"minItems": 2},
        {"maxItems": 1},
        {"uniqueItems": True},
        {"minimum": 1},
        {"pattern": "x"},
        {"propertyNames": {"enum": ["a", "b"]}},
        {"dependentRequired": {"a": ["b"], "x": ["a"]}},
        {"$ref": "#/$defs/d"},
        {"const": {"a": 1}},
    ]
)


def _combine(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=2)
    named = st.dictionaries(NAMES, inner, min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "properties": named,
            "patternProperties": st.dictionaries(
                st.sampled_from(["^[ab]", "x"]), inner, min_size=1, max_size=1
            ),
            "additionalProperties": inner,
            "items": inner,
            "prefixItems": some,
            "allOf": some,
            "anyOf": some,
            "oneOf": some,
            "not": inner,
            "if": inner,
            "dependentSchemas": named,
            "contains": inner,
            "unevaluatedProperties": inner,
            "unevaluatedItems": inner,
        },
    ) | st.fixed_dictionaries({"if": inner, "then": inner, "else": inner})


SCHEMAS = st.recursive(LEAVES, _combine, max_leaves=6).filter(lambda s: isinstance(s, dict))
DEFINED = st.recursive(LEAVES, _combine, max_leaves=3)


def pointers(data: Any, at: str = "") -> list[str]:
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    found = []
    for name, value in members:
        place = ptr.join(at, name)
        found += [place, *pointers(value, place)]
    return found


def put(data: Any, pointer: str, value: Any) -> Any:
    data = copy.deepcopy(data)
    holder, name = ptr.resolve(data, ptr.parent(pointer)), ptr.split(pointer)[-1]
    key: Any = int(name) if isinstance(holder, list) else name
    if value is ABSENT:
        del holder[key]
    else:
        holder[key] = value
    return data


def judge(check: Any, node: Any, unknowns: dict[str, Unknown] | None = None) -> tuple[Outcome, ...]:
    subject = Subject(node=node, view=node, document=node, unknowns=unknowns or {})
    return tuple(schema.compile(check, {}).evaluate(subject))


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(check=SCHEMAS, defined=DEFINED, data=DATA)
def test_an_answer_holds_whatever_an_unknown_value_is(check: Any, defined: Any, data: Any) -> None:
    check = {**check, "$defs": {"d": defined}}
    for place in pointers(data):
        for unknown, pool in ((SURE, POOL), (DOUBTFUL, [*POOL, ABSENT])):
            try:
                answer = judge(check, put(data, place, None), {place: unknown})
            except CheckError:
                reject()
            violates = any(isinstance(outcome, Violation) for outcome in answer)
            if not violates and answer:
                continue
            for value in pool:
                concrete = put(data, place, value)
                assert bool(judge(check, concrete)) == violates, (place, unknown, concrete)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(check=SCHEMAS, defined=DEFINED, data=DATA)
def test_without_unknown_values_both_ways_of_judging_agree(check: Any, defined: Any, data: Any) -> None:
    check = {**check, "$defs": {"d": defined}}
    try:
        expected = judge(check, data)
        # An unknown value beside the data sends it through the three-valued way, part by part.
        found = judge(
            {"properties": {"data": check}, **_lift(check)}, {"data": data, "zz": None}, {"/zz": SURE}
        )
    except CheckError:
        reject()
    assert bool(found) == bool(expected)


def _lift(check: Any) -> dict[str, Any]:
    return {"$defs": check["$defs"]}


DATUM = {"a": None, "b": 1, "l": [1, None]}

DECIDED: list[tuple[Any, list[str]]] = [
    ({"properties": {"b": {"const": 1}}}, []),
    ({"properties": {"b": {"const": 2}}}, ["/b"]),
    ({"required": ["a"]}, []),
    ({"properties": {"a": False}}, ["/a"]),
    ({"properties": {"l": True}, "additionalProperties": False}, ["/a", "/b"]),
    ({"anyOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 1}}}]}, []),
    ({"not": {"properties": {"a": {"const": 1}, "b": {"const": 2}}}}, []),
    ({"if": {"properties": {"b": {"const": 1}}}, "then": {"required": ["c"]}}, ["/c"]),
    ({"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]}}, []),
    ({"properties": {"l": {"contains": {"const": 1}}}}, []),
    ({"properties": {"l": {"minItems": 3}}}, ["/l"]),
    ({"minProperties": 3}, []),
    ({"properties": {"a": {"title": "anything"}}}, []),
    ({"type": "array"}, [""]),
]


@pytest.mark.parametrize(("check", "expected"), DECIDED)
def test_what_an_unknown_value_cannot_change_is_decided(check: Any, expected: list[str]) -> None:
    found = judge(check, DATUM, {"/a": SURE, "/l/1": SURE})
    assert [o.pointer for o in found if isinstance(o, Violation)] == expected
    assert not any(isinstance(o, Undetermined) for o in found)


UNDECIDED: list[tuple[Any, str]] = [
    ({"properties": {"a": {"type": "string"}}}, "/a"),
    ({"properties": {"a": {"type": "null"}}}, "/a"),
    ({"additionalProperties": {"type": ["integer", "array"]}}, "/a"),
    ({"patternProperties": {"^a": {"const": 1}}}, "/a"),
    ({"properties": {"l": {"items": {"const": 1}}}}, "/l/1"),
    ({"properties": {"l": {"uniqueItems": True}}}, "/l/1"),
    ({"properties": {"l": {"contains": {"const": 7}}}}, "/l/1"),
    ({"const": {}}, "/a"),
    ({"dependentSchemas": {"b": {"properties": {"a": {"const": 1}}}}}, "/a"),
    ({"oneOf": [{"properties": {"a": {"const": 1}}}, {"required": ["zz"]}]}, "/a"),
    ({"not": {"properties": {"a": {"const": 1}}}}, "/a"),
    ({"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["c"]}}, "/a"),
    ({"$ref": "#/$defs/x", "$defs": {"x": {"properties": {"a": {"const": 1}}}}}, "/a"),
    ({"allOf": [{"properties": {"a": True}}], "unevaluatedProperties": False}, "/a"),
]


@pytest.mark.parametrize(("check", "pointer"), UNDECIDED)
def test_what_an_unknown_value_decides_is_undetermined_and_names_it(check: Any, pointer: str) -> None:
    assert judge(check, DATUM, {"/a": SURE, "/l/1": SURE}) == (Undetermined(pointer, "made by apply"),)


def test_known_violations_are_reported_beside_what_is_open() -> None:
    check = {"properties": {"a": {"type": "string"}, "b": {"const": 2}}}
    first, second = judge(check, DATUM, {"/a": SURE})
    assert isinstance(first, Violation)
    assert first.pointer == "/b"
    assert second == Undetermined("/a", "made by apply")


@pytest.mark.parametrize(
    "check",
    [
        {"required": ["a"]},
        {"minProperties": 3},
        {"dependentRequired": {"a": ["zz"]}},
        {"properties": {"a": False}},
    ],
)
def test_a_value_that_may_be_absent_leaves_its_presence_open(check: Any) -> None:
    assert judge(check, DATUM, {"/a": DOUBTFUL}) == (Undetermined("/a", "has no default"),)
