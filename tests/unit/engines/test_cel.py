"""Rules in CEL on known values."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.engines import cel
from complygate.engines.cel import ast, environment, wire
from complygate.engines.cel.program import program
from complygate.errors import CheckError
from complygate.model.outcome import Fault, Outcome, Subject, Violation


def judge(text: str, node: Any, params: dict[str, Any] | None = None, **given: Any) -> tuple[Outcome, ...]:
    subject = Subject(node=node, view=given.pop("view", node), document=given.pop("document", node), **given)
    return tuple(cel.compile(text, params or {}).evaluate(subject))


def fault(text: str, node: Any) -> str:
    (outcome,) = judge(text, node)
    assert isinstance(outcome, Fault)
    return outcome.message


PASS: tuple[Outcome, ...] = ()
FAIL: tuple[Outcome, ...] = (Violation(),)


def test_true_complies_and_false_is_one_violation_of_the_node() -> None:
    assert judge("self.a == 1", {"a": 1}) == PASS
    assert judge("self.a == 1", {"a": 2}) == FAIL


def test_the_five_variables() -> None:
    view, document = {"v": 1, "node": {"s": 1}}, {"d": 1}
    text = "self.s == 1 && view.v == 1 && document.d == 1 && params.p == [1] && repo.files[0] == 'a'"
    assert judge(text, {"s": 1}, {"p": [1]}, view=view, document=document, repo={"files": ["a"]}) == PASS


@pytest.mark.parametrize(
    "text",
    [
        "self.s.lowerAscii() == 'abc' && 'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'",
        "self.l.sort() == [1, 2, 3] && self.l.slice(0, 1) == [3] && self.l.distinct().size() == 3",
        "sets.contains(self.l, [1]) && !sets.intersects(self.l, [9])",
        "math.greatest(self.l) == 3 && math.abs(-1) == 1",
        "self.?zz.orValue(7) == 7 && self.?m.?x.hasValue() && self[?'zz'].optMap(v, v).orValue(1) == 1",
        "cel.bind(x, self.m.x, x == 'y')",
        "self.m.exists(key, value, key == 'x' && value == 'y')",
        "self.l.transformList(i, v, v * i) == [0, 1, 4]",
        "self.l.exists(i, v, i == 2 && v == 2) && self.l.map(v, v + 1)[0] == 4",
        "self.s.matches('^[A-Z]b') && self.s.size() == 3",
        "self.f > 1 && self.f < 2 && self.l[0] > 2.5",
    ],
)
def test_the_extensions_that_the_page_promises(text: str) -> None:
    assert judge(text, {"s": "AbC", "l": [3, 1, 2], "m": {"x": "y"}, "f": 1.5}) == PASS


def test_every_function_that_a_hint_may_name_exists() -> None:
    forms = ["self.{0}({1})", "{0}({1})"]
    arguments = ["", "self", "self.a", "self, self", "x, self", "x, self, self", "i, x, self"]
    for name in (*environment.METHODS, *environment.FUNCTIONS):
        assert any(_compiles(form.format(name, args)) for form in forms for args in arguments), name


def _compiles(text: str) -> bool:
    try:
        environment.authors().compile(text)
    except RuntimeError:
        return False
    return True


# Faults


def test_a_missing_key_is_named() -> None:
    assert '"runAsNonRoot"' in fault("self.securityContext.runAsNonRoot", {"securityContext": {}})


@pytest.mark.parametrize(
    ("text", "node", "words"),
    [
        ("self.a.b == 1", {"a": None}, "not a map"),
        ("self.l[5] == 1", {"l": [1]}, "index 5 of a list of 1"),
        ("self.a.startsWith('x')", {"a": 1}, "startsWith"),
        ("self.a", {"a": "true"}, "gives string, not true or false"),
        ("self.a", {"a": [1]}, "gives list, not true or false"),
        ("1 / self.a == 1", {"a": 0}, "divide by zero"),
        ("'a'.matches(self.a)", {"a": "["}, "regular expression"),
        ("self.?a.b.hasValue()", {"a": 1}, "not a map"),
    ],
)
def test_an_evaluation_that_fails_is_a_fault_in_plain_words(text: str, node: Any, words: str) -> None:
    message = fault(text, node)
    assert words in message
    assert len(message) <= 300


def test_a_failure_that_does_not_matter_is_none() -> None:
    assert judge("self.zz == 1 || self.a == 1", {"a": 1}) == PASS
    assert judge("self.zz == 1 && self.a == 2", {"a": 1}) == FAIL


# Mistakes

MISTAKES = [
    ("selff.a == 1", (1, 1), 'unknown name "selff"', 'did you mean "self"?'),
    ("self.a == 1 &&\n  documnt.b == 1", (2, 3), 'unknown name "documnt"', 'did you mean "document"?'),
    ("'héé' == selff.x", (1, 10), 'unknown name "selff"', 'did you mean "self"?'),
    ("foo.bar", (1, 1), 'unknown name "foo"', "an expression knows the names self, view"),
    ("self.a.startswith('x')", (1, 8), 'unknown function "startswith"', 'did you mean "startsWith"?'),
    ("[1, 2].exist(x, x == 1)", (1, 8), 'unknown function "exist"', 'did you mean "exists"?'),
    ("sizee(self) == 1", (1, 1), 'unknown function "sizee"', 'did you mean "size"?'),
    ("math.greatst(1, 2) == 1", (1, 6), 'unknown function "greatst"', 'did you mean "math.greatest"?'),
    ("startsWith(self.a, 'x')", (1, 1), "not called like this", "x.startsWith(...)"),
    ("self.a and self.b", (1, 8), "Syntax error", '"&&" for "and"'),
    ("not self.a", (1, 5), "Syntax error", '"!" for "not"'),
    ("self.a = 1", (1, 8), "Syntax error", '"=="'),
    ("self.a == True", (1, 11), 'unknown name "True"', '"true" for "True"'),
    ("self.a == None", (1, 11), 'unknown name "None"', '"null" for "None"'),
    ("self.a in ('x', 'y')", (1, 15), "Syntax error", "brackets"),
    ("has(self)", (1, 5), "has() argument must be a field selection", "has(self.field)"),
    ("1 == 1.0", (1, 3), "no matching overload", "double(x)"),
    ("size(self)", (1, 1), "gives int, not true or false", "true when the node complies"),
    ("params.registriez == []", (1, 1), 'no parameter "registriez"', 'did you mean "registries"?'),
    ("true &&\n self.a in params.zz", (2, 12), 'no parameter "zz"', "under the rule's `params`"),
    ("lists.range(self.n).size() == 1", (1, 1), "lists.range", "list.all(i, item, ...)"),
    ("{'a': 1}.transformMap(k, v, v) == {}", (0, 0), "transformList", ""),
    ("(" * 40 + "true" + ")" * 40, (0, 0), "nested too deep", ""),
    ("self.a == '\0'", (1, 12), "U+0000", ""),
    ("", (0, 0), "empty", ""),
    (" \n", (0, 0), "empty", ""),
]


@pytest.mark.parametrize(("text", "place", "words", "hint"), MISTAKES)
def test_a_mistake_is_refused_with_its_place_and_a_next_step(
    text: str, place: tuple[int, int], words: str, hint: str
) -> None:
    with pytest.raises(CheckError) as caught:
        cel.compile(text, {"registries": ["x"]})
    error = caught.value
    assert words in error.message
    assert hint in error.hint
    assert (error.line, error.column) == place
    assert error.pointer == "/cel"


@pytest.mark.parametrize(
    "text", ["has(params.x) && params.x == 1", "params.?x.orValue(1) == 1", "'x' in params && params.x == 1"]
)
def test_a_parameter_whose_presence_is_tested_may_be_missing(text: str) -> None:
    cel.compile(text, {})


# Data that the runtime would not take, or would read wrong


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("self.a == 'root'", {"a": "root\0x"}),
        ("self.a.startsWith('x')", {"a": "\ud800"}),
        ("self.a < 0", {"a": 2**64}),
        ("self.a > 0", {"a": -(10**400)}),
        ("'a' in self", {"a\0": 1}),
    ],
)
def test_odd_values_are_neither_refused_nor_misread(text: str, node: Any) -> None:
    assert judge(text, node) == FAIL


def test_large_integers_keep_their_order() -> None:
    assert (
        judge("self.a > 9223372036854775807 && self.b == 9223372036854775807", {"a": 2**64, "b": 2**63 - 1})
        == PASS
    )


def test_what_is_not_looked_at_does_no_harm() -> None:
    assert judge("self.a == 1", {"a": 1, "b": object(), "c": "\ud800"}) == PASS
    assert judge("has(self.b) && self.a == 1", {"a": 1, "b": {"c": object()}}) == PASS


def test_endless_nesting_is_a_fault() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = {"a": deep}
    assert "200 levels" in fault("self.a.a == 1", deep)


def test_iteration_is_bounded() -> None:
    large = list(range(100_000))
    started = time.perf_counter()
    for text in (
        "self.exists(x, self.exists(y, x == -1))",
        "self.all(x, self.all(y, self.exists(z, z == x)))",
        "self.exists(x, x == -1) || true",
    ):
        assert "9,999 steps" in fault(text, large)
    assert time.perf_counter() - started < 10


def test_the_bound_on_iteration_is_where_the_message_says() -> None:
    assert judge("self.all(x, x >= 0)", list(range(environment.MAX_ITERATIONS))) == PASS
    assert "steps" in fault("self.all(x, x >= 0)", list(range(environment.MAX_ITERATIONS + 1)))


def test_patterns_take_linear_time() -> None:
    assert judge("self.matches('^(a+)+$')", "a" * 100_000 + "!") == FAIL


# What an expression looks at


@pytest.mark.parametrize(
    ("text", "seen", "unseen"),
    [
        ("self.a.b == 1", ["a", "a/b", "a/b/c"], ["b", "a/c"]),
        ("self['a'].b == 1", ["a/b"], ["a/c"]),
        ("self.?a.?b.orValue(1) == 1", ["a/b/x"], ["a/c"]),
        ("has(self.a.b)", ["a/b", "a"], ["a/b/c", "a/c"]),
        ("self.a.all(x, x.b)", ["a/0/c"], ["b"]),
        ("self == 1", ["a/b/c"], []),
        ("self.a[self.b] == 1", ["a/x", "b/y"], ["c"]),
        ("cel.bind(x, self.a, x.b)", ["a/b", "a/c"], ["b"]),
    ],
)
def test_the_use_of_a_variable(text: str, seen: list[str], unseen: list[str]) -> None:
    use = program(text).uses["self"]
    for path in seen:
        assert use.touches(path.split("/")), path
    for path in unseen:
        assert not use.touches(path.split("/")), path


def test_a_variable_that_is_not_named_is_not_used() -> None:
    assert set(program("self.a == params.b").uses) == {"self", "params"}


@pytest.mark.parametrize("text", ["self.a == 1", "self.l.exists(i, x, x.?a[?0] == optional.of(1))"])
def test_the_tree_is_written_back_as_it_was_read(text: str) -> None:
    serialized = program(text).run.serialize()
    tree = ast.read(serialized)
    again = environment.authors().deserialize(ast.replace(serialized, tree))
    assert ast.read(again.serialize()) == tree


@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 2**64 - 1) | st.binary(max_size=300))))
def test_the_wire_format_is_read_as_written(fields: list[tuple[int, int | bytes]]) -> None:
    data = b"".join(wire.write(number, value) for number, value in fields)
    assert list(wire.read(data)) == fields


@given(st.binary(max_size=50))
def test_bytes_that_are_no_message_are_a_value_error(data: bytes) -> None:
    try:
        list(wire.read(data))
    except ValueError:
        return
