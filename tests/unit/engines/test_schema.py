"""Rules in JSON Schema on known values."""

from __future__ import annotations

import time
from typing import Any

import pytest

from complygate.engines import schema
from complygate.engines.schema.vocabulary import FORMATS
from complygate.errors import CheckError
from complygate.model.outcome import Fault, Outcome, Subject, Violation


def judge(check: Any, node: Any) -> tuple[Outcome, ...]:
    return tuple(schema.compile(check, {}).evaluate(Subject(node=node, view=node, document=node)))


def places(check: Any, node: Any) -> list[str]:
    found = judge(check, node)
    assert all(isinstance(outcome, Violation) for outcome in found)
    return [outcome.pointer for outcome in found if isinstance(outcome, Violation)]


@pytest.mark.parametrize(
    ("check", "node", "expected"),
    [
        ({"type": "object"}, {}, []),
        ({"properties": {"a": {"items": {"type": "string"}}}}, {"a": ["x", 1, 2]}, ["/a/1", "/a/2"]),
        ({"required": ["a", "b/c"]}, {}, ["/a", "/b~1c"]),
        ({"properties": {"a": True}, "additionalProperties": False}, {"a": 1, "z": 2, "b": 3}, ["/b", "/z"]),
        ({"allOf": [{"properties": {"a": True}}], "unevaluatedProperties": False}, {"a": 1, "b": 2}, ["/b"]),
        ({"properties": {"a": False}}, {"a": 1}, ["/a"]),
        ({"propertyNames": {"pattern": "^a"}}, {"a": 1, "b": 2, "c": 3}, ["/b", "/c"]),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, ["/b"]),
        ({"not": {"required": ["a"]}}, {"a": 1}, ["/a"]),
        ({"not": {"type": "object"}}, {"a": 1}, [""]),
        ({"prefixItems": [True], "items": False}, [1, 2], ["/1"]),
        ({"prefixItems": [True], "unevaluatedItems": False}, [1, 2], [""]),
        ({"contains": {"const": 1}}, [2], [""]),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1}, ["/b"]),
        ({"$ref": "#/$defs/s", "$defs": {"s": {"properties": {"a": {"type": "string"}}}}}, {"a": 1}, ["/a"]),
        ({"$ref": "#s", "$defs": {"s": {"$anchor": "s", "type": "string"}}}, 1, [""]),
        ({"properties": {"a": {"format": "ipv4"}}}, {"a": "x"}, ["/a"]),
        # One alternative after all: one violation, where they agree.
        ({"properties": {"a": {"anyOf": [{"const": 1}, {"const": 2}]}}}, {"a": 3}, ["/a"]),
        ({"anyOf": [{"required": ["a", "b"]}, {"required": ["a"]}]}, {}, [""]),
        ({"anyOf": [{"properties": {"x": {"const": n}}} for n in (1, 2)]}, {"x": 3}, ["/x"]),
        ({"oneOf": [{"type": "object"}, {"required": ["a"]}]}, {"a": 1}, [""]),
    ],
)
def test_each_error_is_a_violation_at_its_place(check: Any, node: Any, expected: list[str]) -> None:
    assert places(check, node) == expected


def test_several_errors_of_one_place_are_one_violation() -> None:
    (outcome,) = judge({"items": {"type": "string", "const": "x"}}, [1])
    assert isinstance(outcome, Violation)
    assert "; " in outcome.detail


@pytest.mark.parametrize(
    ("check", "node", "detail"),
    [
        ({"required": ["a"]}, {}, '"a" is missing'),
        ({"additionalProperties": False}, {"a": 1}, '"a" is not allowed here'),
        ({"enum": ["a", "b"]}, "c", '"c" is not one of "a" or "b"'),
        ({"anyOf": [{"const": 1}, {"required": ["a"]}]}, {}, "matches no alternative: 1 was expected or "),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, "as a name, "),
    ],
)
def test_the_detail_says_what_to_change(check: Any, node: Any, detail: str) -> None:
    (outcome,) = judge(check, node)
    assert isinstance(outcome, Violation)
    assert outcome.detail.startswith(detail)


def test_the_detail_does_not_repeat_the_whole_data() -> None:
    (outcome,) = judge({"maxItems": 1}, ["x" * 100] * 100)
    assert isinstance(outcome, Violation)
    assert len(outcome.detail) <= 240


MISTAKES = [
    ({"propertis": {}}, "/schema/propertis", "not a keyword", 'did you mean "properties"?'),
    (
        {"properties": {"a": {"requird": ["b"]}}},
        "/schema/properties/a/requird",
        "not a keyword",
        '"required"',
    ),
    ({"properties": {"a/b": {"x": 1}}}, "/schema/properties/a~1b/x", "not a keyword", ""),
    ({"allOf": [{}, {"definitions": {}}]}, "/schema/allOf/1/definitions", "not a keyword", "$defs"),
    ({"nullable": True}, "/schema/nullable", "not a keyword", "null"),
    ({"contentEncoding": "base64"}, "/schema/contentEncoding", "not a keyword", "checks nothing"),
    ({"then": {}}, "/schema/then", 'no effect without "if"', ""),
    ({"minContains": 2}, "/schema/minContains", 'no effect without "contains"', ""),
    ({"type": "strng"}, "/schema/type", '"strng" is not a type', '"string"'),
    ({"type": ["string", "nul"]}, "/schema/type", '"nul" is not a type', '"null"'),
    ({"format": "ip4"}, "/schema/format", '"ip4" is not a format', "ipv4"),
    ({"$ref": "https://example.com/s.json"}, "/schema/$ref", "stays inside", "#/$defs"),
    ({"items": {"$ref": "file:///etc/passwd"}}, "/schema/items/$ref", "stays inside", "#/$defs"),
    ({"$ref": "other.json"}, "/schema/$ref", "stays inside", "#/$defs"),
    ({"$ref": "#/$defs/nme", "$defs": {"name": {}}}, "/schema/$ref", "nothing stands at", '"#/$defs/name"'),
    ({"$id": "https://example.com/"}, "/schema/$id", "not used here", ""),
    ({"$schema": "http://json-schema.org/draft-07/schema#"}, "/schema/$schema", "2020-12", "2020-12"),
    ({"properties": [1]}, "/schema/properties", "takes a map of schemas", ""),
    ({"items": [{}]}, "/schema/items", "a schema is a mapping", ""),
    ({"anyOf": {}}, "/schema/anyOf", "takes a list of schemas", ""),
    ({"anyOf": []}, "/schema/anyOf", "less than 1 item", ""),
    ({"minLength": "3"}, "/schema/minLength", "integer", ""),
    ({"pattern": "a(?=b)"}, "/schema/pattern", "not a usable pattern", "linear time"),
    ({"pattern": "["}, "/schema/pattern", "not a usable pattern", ""),
    ({1: {}}, "/schema/1", "a keyword is a string", ""),
    ({}, "/schema", "empty", ""),
    ("x", "/schema", "a mapping", ""),
    (True, "/schema", "a mapping", ""),
]


@pytest.mark.parametrize(("check", "pointer", "words", "hint"), MISTAKES)
def test_a_mistake_is_refused_with_its_place_and_a_next_step(
    check: Any, pointer: str, words: str, hint: str
) -> None:
    with pytest.raises(CheckError) as caught:
        schema.compile(check, {})
    assert caught.value.pointer == pointer
    assert words in caught.value.message
    assert hint in caught.value.hint


def test_a_word_under_properties_or_const_is_no_keyword() -> None:
    schema.compile({"properties": {"propertis": {}}, "const": {"tpye": 1}, "$defs": {"x-y": {}}}, {})


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_that_is_taken_is_known_to_the_validator(name: str) -> None:
    schema.compile({"format": name}, {})


def test_patterns_take_linear_time() -> None:
    started = time.perf_counter()
    assert places({"pattern": "^(a+)+$"}, "a" * 200_000 + "!") == [""]
    assert time.perf_counter() - started < 5


def test_endless_nesting_is_a_fault_even_for_a_schema_that_follows_it() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = {"a": deep}
    follows = {"$ref": "#/$defs/n", "$defs": {"n": {"additionalProperties": {"$ref": "#/$defs/n"}}}}
    (outcome,) = judge(follows, deep)
    assert isinstance(outcome, Fault)
    assert "200 levels" in outcome.message


def test_a_schema_that_refers_to_itself_ends() -> None:
    assert judge({"$ref": "#"}, 1) == ()


def test_large_integers_are_exact() -> None:
    assert places({"const": 2**64 - 1}, 2**64 - 2) == [""]
    assert places({"const": 2**64 - 1}, 2**64 - 1) == []
