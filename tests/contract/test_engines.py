"""What every engine keeps, whichever it is. A new module of `complygate.engines` is tried by itself."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complygate.errors import CheckError
from complygate.model import plugins
from complygate.model.document import Unknown
from complygate.model.outcome import Fault, Outcome, Subject, Undetermined, Violation

PACKAGE = "complygate.engines"
ENGINES = [name for name in plugins.names(PACKAGE) if plugins.tree_engine(name) is None]
"""Those that judge node by node; `test_tree_engines.py` tries the others."""

# A check of each engine that objects to some nodes and not to others. An engine that is not named here is
# still given the garbage and must still have the form.
SAMPLES: dict[str, list[Any]] = {
    "cel": [
        "has(self.a) && self.a == 1",
        "self.all(x, self.exists(y, x == y))",
        "self.?a.?b.orValue('x').startsWith('x')",
        "view == document && size(repo.files) == 0",
    ],
    "rego": [
        'deny contains "x" if not input.a == 1',
        'deny contains {"msg": m, "path": [i]} if { some i, x in input; is_string(x); m := x }',
        'package p\ndeny[msg] { input.a.b; msg := sprintf("%v", [input]) }',
        'violation contains "y" if { data.complygate.repo.files == []; input == data.complygate.document }',
    ],
    "schema": [
        {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"const": 1}},
            "additionalProperties": False,
        },
        {"items": {"type": "string", "pattern": "^(a+)+$"}, "uniqueItems": True},
        {"anyOf": [{"required": ["b"]}, {"properties": {"a": {"enum": [1, None]}}, "required": ["a"]}]},
        {"$ref": "#/$defs/n", "$defs": {"n": {"additionalProperties": {"$ref": "#/$defs/n"}}}},
    ],
}

pytestmark = pytest.mark.parametrize("name", ENGINES)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def nested(depth: int, *, as_map: bool) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value} if as_map else [value]
    return value


HOSTILE: dict[str, Any] = {
    "deep map": nested(100_000, as_map=True),
    "deep list": nested(100_000, as_map=False),
    "deep enough": nested(150, as_map=True),
    "long list": list(range(100_000)),
    "long text": {"a": "a" * 1_000_000 + "!", "b": ["a" * 100_000 + "!"]},
    "huge integer": {"a": 10**400, "b": -(10**400), "c": 2**64},
    "not numbers": [math.nan, math.inf, -math.inf, -0.0],
    "surrogates": {"\ud800": "\udfff", "a": ["\ud83d"]},
    "NUL": {"a\0b": "c\0d", "a": "1\0"},
    "other keys": {1: 2, None: 3, (1, 2): 4},
    "dates": {"a": date(2026, 1, 1), "b": [date(2026, 1, 1)]},
    "bytes": {"a": b"complygate:unknown:!0"},
    "object": {"a": object()},
    "tuple": {"a": (1, (2, 3))},
    "null": None,
}


def subject(node: Any, **given: Any) -> Subject:
    return Subject(node=node, view=node, document=node, repo={"files": []}, **given)


def checks(name: str) -> list[plugins.Check]:
    return [plugins.engine(name).compile(sample, {}) for sample in SAMPLES.get(name, [])]


def check_outcomes(found: Any) -> tuple[Outcome, ...]:
    outcomes = tuple(found)
    for outcome in outcomes:
        assert isinstance(outcome, Violation | Undetermined | Fault)
        if isinstance(outcome, Fault):
            assert outcome.message
            assert "\n" not in outcome.message
        else:
            assert outcome.pointer == "" or outcome.pointer.startswith("/")
        if isinstance(outcome, Violation):
            assert "\n" not in outcome.detail
    return outcomes


def test_it_has_the_form_of_an_engine(name: str) -> None:
    engine = plugins.engine(name)
    assert name == engine.NAME
    assert callable(engine.compile)
    assert plugins.load(PACKAGE, name).__doc__


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(check=JSON)
def test_what_is_no_check_is_a_check_error(name: str, check: Any) -> None:
    engine = plugins.engine(name)
    error = None
    try:
        check_outcomes(engine.compile(check, {}).evaluate(subject({})))  # by luck it may be one
    except CheckError as caught:
        error = caught
    if error is not None:
        assert error.message
        assert "\n" not in error.message
        assert error.pointer == f"/{name}" or error.pointer.startswith(f"/{name}/")
        assert error.line >= 0
        assert error.column >= 0


def test_endless_garbage_is_a_check_error(name: str) -> None:
    maps, lists = nested(100_000, as_map=True), nested(100_000, as_map=False)
    for check in (
        maps,
        lists,
        {"const": lists},
        {"enum": [maps]},
        {"not": maps},
        "(" * 50_000,
        "1+" * 40_000 + "1",
    ):
        with pytest.raises(CheckError):
            plugins.engine(name).compile(check, {})


@pytest.mark.parametrize(
    "check",
    [
        None,
        True,
        0,
        1.5,
        "",
        [],
        {},
        [{}],
        "\0",
        "\ud800",
        {1: 2},
        {"": ""},
        {"\n": 1},
        date(2026, 1, 1),
        object(),
    ],
)
def test_plain_garbage_is_a_check_error(name: str, check: Any) -> None:
    with pytest.raises(CheckError):
        plugins.engine(name).compile(check, {})


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_data_is_answered(name: str, kind: str) -> None:
    for check in checks(name):
        check_outcomes(check.evaluate(subject(HOSTILE[kind])))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(node=JSON)
def test_the_same_node_gives_the_same_answer(name: str, node: Any) -> None:
    for sample in SAMPLES.get(name, []):
        compile_check = plugins.engine(name).compile
        first = check_outcomes(compile_check(sample, {}).evaluate(subject(node)))
        again = check_outcomes(compile_check(sample, {}).evaluate(subject(node)))
        assert first == again


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    node=JSON,
    pointers=st.lists(st.sampled_from(["", "/a", "/0", "/a/b", "/zz/0", "/9", "/a~1/~0"]), max_size=3),
)
def test_any_unknown_value_is_taken(name: str, node: Any, pointers: list[str]) -> None:
    unknowns = {pointer: Unknown("why", present=len(pointer) % 2 == 0) for pointer in pointers}
    for check in checks(name):
        check_outcomes(check.evaluate(subject(node, unknowns=unknowns, outer_unknowns=unknowns)))


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_data_with_unknown_values_is_answered(name: str, kind: str) -> None:
    unknowns = {
        "/a": Unknown("why"),
        "/" + "/".join("a" * 5000): Unknown("why"),
        "/99999": Unknown("w", present=False),
    }
    for check in checks(name):
        check_outcomes(check.evaluate(subject(HOSTILE[kind], unknowns=unknowns, outer_unknowns=unknowns)))


def test_a_wholly_unknown_node_is_undetermined(name: str) -> None:
    unknown = {"": Unknown("made by apply")}
    for check in checks(name)[:1]:
        found = check_outcomes(check.evaluate(subject(None, unknowns=unknown, outer_unknowns=unknown)))
        assert found == (Undetermined("", "made by apply"),)
