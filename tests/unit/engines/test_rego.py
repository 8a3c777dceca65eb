"""Rego: what rules say, where results point, what is refused, and what an unknown value does."""

from __future__ import annotations

from typing import Any

import pytest

from complygate.engines import rego
from complygate.errors import CheckError
from complygate.model.document import Unknown
from complygate.model.outcome import Fault, Outcome, Subject, Undetermined, Violation


def judge(check: Any, node: Any, params: dict[str, Any] | None = None, **given: Any) -> list[Outcome]:
    subject = Subject(node, node, node, {"files": ["a.tf"]}, **given)
    return list(rego.compile(check, params or {}).evaluate(subject))


def details(check: str, node: Any) -> list[str]:
    found = judge(check, node)
    assert all(isinstance(outcome, Violation) for outcome in found), found
    return [outcome.detail for outcome in found if isinstance(outcome, Violation)]


NODE = {
    "k": "image",
    "c": [{"n": "x", "i": "r/x:latest", "p": [80, 22]}, {"n": "y", "i": "r/y:1", "p": []}],
    "m": {"a": {"v": 1}, "b": {"v": 2}},
}

# What OPA says of these, over the node above. Many are what rego-cpp 1.5 by itself does not iterate over.
SAYS: dict[str, list[str]] = {
    'deny contains "x" if endswith(input.c[_].i, ":latest")': ["x"],
    'deny contains input.c[i].n if endswith(input.c[i].i, ":latest")': ["x"],
    'deny contains sprintf("%s", [input.c[i].n]) if input.c[i].p[_] == 22': ["x"],
    'deny contains $"{input.c[i].n}!" if input.c[i].i == "r/y:1"': ["y!"],
    'deny contains "x" if not endswith(input.c[_].i, ":nope")': ["x"],
    'deny contains "x" if not endswith(input.c[_].i, ":latest")': ["x"],  # there is one that does not
    'deny contains "x" if not endswith(input.zz, ":latest")': [],  # what is given is evaluated first
    'deny contains "x" if not input.zz == 1': ["x"],
    'deny contains "x" if not input.zz': ["x"],
    'deny contains "x" if 22 in input.c[_].p': ["x"],
    'deny contains "x" if not 23 in input.c[_].p': ["x"],
    'deny contains "x" if {y | y := upper(input.c[_].n)} == {"X", "Y"}': ["x"],
    'deny contains "x" if [upper(input.c[_].n) | true] == ["X", "Y"]': ["x"],
    'deny contains "x" if { every c in input.c { startswith(c.i, s[_]) } }\ns contains "r/"': ["x"],
    'deny contains "x" if { v := input.c[_].n; t[v] }\nt := {"y"}': ["x"],
    'deny contains "x" if t[input.c[_].n]\nt := {"y": 1}': ["x"],
    'deny contains "x" if [input.c[_].n][_] == "y"': ["x"],
    'deny contains "x" if { some i, j; input.c[i].p[j] == 22; j == 1 }': ["x"],
    'deny contains "x" if input.m[_].v + 1 == 3': ["x"],
    "deny contains k if { some k, v in input.m; v.v > 1 }": ["b"],
    'deny contains "x" if { a := {i | i := input.c[_].n}; b := {i | i := input.m[_].v}; a != b }': ["x"],
    'kind = input.k\nis_pod { kind = "Pod" }\ndeny["x"] { not is_pod }': ["x"],
    'kind = input.k\nis_image { kind = "image" }\ndeny["x"] { is_image }': ["x"],
    'f(t) = sprintf("%v=|,", [t])\ndeny[m] { m := f("--a") }': ["--a=|,"],
    'f(a, k) { e := [x | contains(a[i], k); x := a[i]]; v = {l | l := split(e[i], ":")[_]}; v["latest"] }\n'
    'deny["x"] { f([y | y := input.c[_].i], "latest") }': ["x"],
    'deny[m] { m := sprintf("%q %d %s", ["a", "b", ["c"]]) }': ['"a" b ["c"]'],
    'deny[m] { any([false, true]); all([true]); re_match("^i", input.k); m := cast_string("x") }': ["x"],
    "# METADATA\n# title: T\ndeny contains m if { r := rego.metadata.rule(); m := r.title }": ["T"],
    'deny[m] { m := "a" } { m := "b" }': ["a", "b"],
    'deny contains "x" if { print("hi"); trace("ho") }': ["x"],
    'deny contains "x" if { startswith(input.c[0], "a") }': [],  # undefined, as for OPA
    'violation[{"msg": m, "details": {}}] { m := "x" }\ndeny_more = "y" { true }': ["x", "y"],
    'deny contains m if m := replace(input.k, "", "")': ["image"],
    'deny contains m if m := replace(input.k, "im", "")': ["age"],
    'deny contains m if m := sprintf("%v %v", [input.k, input.zz])': [],
    'deny contains "x" if {\n  input.k\n  (1 + 1) == 2\n  [a, 2] = [1, 2]\n  a == 1\n}': ["x"],
    'g(c, p) := [x | x := c[p].v]\ndeny contains sprintf("%v", [g(input.m, p)]) if { some p in ["b"] }': [
        "[2]"
    ],
    "deny if input.k": [""],
    "deny := false": [],
}


@pytest.mark.parametrize(("check", "said"), SAYS.items(), ids=range(len(SAYS)))
def test_a_rule_says_what_opa_would_say(check: str, said: list[str]) -> None:
    assert details(check, NODE) == said


PLACES: list[tuple[str, str]] = [
    ('{"msg": "m", "path": ["c", 1, "i"]}', "/c/1/i"),
    ('{"msg": "m", "path": "/c/1/i"}', "/c/1/i"),
    ('{"msg": "m", "path": "c[1].i"}', "/c/1/i"),
    ('{"msg": "m", "path": "$.c[1][\'i\']"}', "/c/1/i"),
    ('{"msg": "m", "path": "input.c[1].i"}', "/c/1/i"),
    ('{"msg": "m", "path": "c[1].absent"}', "/c/1/absent"),
    ('{"msg": "m", "path": "no.where.at.all"}', ""),
    ('{"msg": "m", "path": 7}', ""),
    ('{"msg": "m", "path": ["c", {"a": 1}]}', ""),
    ('{"msg": "m", "details": {"path": ["k"]}}', "/k"),
    ('{"msg": "m", "image": "r/y:1"}', "/c/1/i"),
    ('{"msg": "m", "metadata": {"container": "y"}}', "/c/1/n"),
    ('{"msg": "m", "id": "r/y:1"}', ""),
]


@pytest.mark.parametrize(("result", "pointer"), PLACES)
def test_a_result_points_where_it_says(result: str, pointer: str) -> None:
    [found] = judge(f"deny contains {result} if input", NODE)
    assert isinstance(found, Violation)
    assert found.pointer == pointer


@pytest.mark.parametrize(
    ("check", "pointer"),
    [
        ('deny contains "m" if { input.k == "image"; not input.m.z.v }', ""),
        ('deny contains "m" if input.m.b.v == 2', "/m/b/v"),
        ('deny contains "m" if not input.m.b.w', "/m/b/w"),
        ('deny contains c.n if { some c in input.c; c.i == "r/y:1" }', "/c/1"),
        ('deny contains "none is pinned" if endswith(input.c[_].i, ":latest")', "/c/0/i"),
    ],
)
def test_a_result_without_a_place_points_at_what_is_looked_at(check: str, pointer: str) -> None:
    found = judge(check, NODE)
    assert [outcome.pointer for outcome in found if isinstance(outcome, Violation)] == [pointer]


def test_a_line_is_handed_on() -> None:
    [found] = judge('deny contains {"msg": "m", "_loc": {"file": "f", "line": 7}} if input', NODE)
    assert found == Violation("", "m", 7)


def test_more_than_the_node_may_be_looked_at() -> None:
    check = """\
deny contains "x" if {
  data.complygate.repo.files[0] == "a.tf"
  data.complygate.document.k == "image"
  data.complygate.view.m.a.v == data.params.one
  input.k
}
"""
    assert judge(check, NODE, {"one": 1}) == [Violation("", "x")]
    doubt = {"/m/a/v": Unknown("why")}
    found = judge(check, NODE, {"one": 1}, unknowns=doubt, outer_unknowns=doubt, document_unknowns=doubt)
    assert found[0] == Undetermined("", "why")
    other = {"/m/b/v": Unknown("why")}
    assert judge(check, NODE, {"one": 1}, outer_unknowns=other, document_unknowns=other) == [
        Violation("", "x")
    ]


WRONG: list[tuple[Any, str, int, int, str]] = [
    ("deny contains x if {\n  x := [1\n}", "/rego", 3, 1, "closes nothing"),
    ('deny contains "x', "/rego", 1, 15, "not closed"),
    ("deny contains x if { x := 1 + }", "/rego", 1, 29, "operator"),
    ("package\ndeny if input", "/rego", 1, 1, "a name must follow"),
    ("deny contains x if x := http.send({})", "/rego", 1, 25, "http.send asks the network"),
    ('# é "\ndeny contains x if {\n  "é"; x := y\n}', "/rego", 3, 8, "bound by nothing"),
    ("allow := 1", "/rego", 1, 1, "nothing would ever be reported"),
    ({"text": "deny if input", "file": {}}, "/rego", 0, 0, "either a file or a text"),
    ({"file": "a.rego"}, "/rego/file", 0, 0, "no file that could be read"),
    ({"txet": "deny"}, "/rego", 0, 0, "no such key"),
    ({"text": "deny if input", "libraries": "a"}, "/rego/libraries", 0, 0, "a list of files"),
    ({"text": 7}, "/rego/text", 0, 0, "a string, not int"),
    ("deny if " + "(" * 100 + "1" + ")" * 100, "/rego", 1, 69, "nested deeper"),
]


@pytest.mark.parametrize(("check", "pointer", "line", "column", "said"), WRONG)
def test_a_mistake_has_its_place(check: Any, pointer: str, line: int, column: int, said: str) -> None:
    with pytest.raises(CheckError, match=said) as caught:
        rego.compile(check, {})
    assert (caught.value.pointer, caught.value.line, caught.value.column) == (pointer, line, column)


def test_a_mistake_in_a_library_names_its_file() -> None:
    library = {"name": "lib/a.rego", "text": "package lib.a\n\nx := opa.runtime()\n"}
    with pytest.raises(CheckError, match=r"opa\.runtime reads the environment") as caught:
        rego.compile({"text": "deny if data.lib.a.x", "libraries": [library]}, {})
    assert (caught.value.file, caught.value.line, caught.value.column) == ("lib/a.rego", 3, 6)


NOT_ONE = "deny contains c.n if { some c in input; c.a != 1 }"
UNKNOWN: list[tuple[str, Any, str, bool, list[str]]] = [
    # the rule, the node, the unknown value, whether it matters, the violations that stand all the same
    (NOT_ONE, [{"n": "x", "a": None}], "/0/a", True, []),
    (NOT_ONE, [{"n": "x", "a": None}, {"n": "y", "a": 2}], "/0/a", True, ["y"]),
    (NOT_ONE, [{"n": "x", "a": 2, "b": None}], "/0/b", False, ["x"]),
    (NOT_ONE, [{"n": None, "a": 2}], "/0/n", True, []),
    ('deny contains "x" if not input.a', {"a": None}, "/a", True, []),
    ('deny contains "x" if not input.a.b', {"a": None}, "/a", True, []),
    ('deny contains "x" if count(input.l) > 1', {"l": [None, 1]}, "/l/0", True, ["x"]),
    ('deny contains "x" if count(input.l) > 1', {"l": [{"a": None}, 1]}, "/l/0/a", False, ["x"]),
    ('deny contains "x" if { f(input.a) }\nf(x) if x.y', {"a": {"y": 1, "z": None}}, "/a/z", False, ["x"]),
    ('deny contains "x" if { walk(input, [_, v]); v == 7 }', {"a": None}, "/a", True, []),
    ('deny contains "x" if input.b == 1', {"a": None, "b": 1}, "/a", False, ["x"]),
    (
        'deny contains "x" if s[input.b]\ns := {v | v := input.l[_]}',
        {"b": 1, "l": [1, None]},
        "/l/1",
        True,
        ["x"],
    ),
    ('deny contains "x" if object.get(input, "a", 1) == 1', {"a": None}, "/a", True, []),
    ('deny contains "x" if is_string(input.a)', {"a": {"b": None}}, "/a/b", False, []),
    ('deny contains "x" if is_object(input.a)', {"a": {"b": None}}, "/a/b", False, ["x"]),
]


@pytest.mark.parametrize(("check", "node", "pointer", "matters", "stand"), UNKNOWN)
def test_an_unknown_value_that_matters_is_no_pass(
    check: str, node: Any, pointer: str, matters: bool, stand: list[str]
) -> None:
    found = judge(check, node, unknowns={pointer: Unknown("why")})
    doubts = [outcome for outcome in found if isinstance(outcome, Undetermined)]
    assert doubts == ([Undetermined(pointer, "why")] if matters else [])
    assert [outcome.detail for outcome in found if isinstance(outcome, Violation)] == stand


@pytest.mark.parametrize("number", [1e20, 1e-7, 2**70, -(2**63), 0.1, 12345678.123456789, 1e300])
def test_numbers_keep_their_value(number: float) -> None:
    check = 'deny contains "same" if input.n == data.params.n'
    assert details_with(check, {"n": number}, {"n": number}) == ["same"]
    assert details_with(check, {"n": number}, {"n": 3}) == []


def details_with(check: str, node: Any, params: dict[str, Any]) -> list[str]:
    return [outcome.detail for outcome in judge(check, node, params) if isinstance(outcome, Violation)]


def test_a_pattern_that_the_interpreter_cannot_read_is_no_pass() -> None:
    [found] = judge('deny contains "x" if regex.match(input.k, "a")', {"k": "(?i)a"})
    assert isinstance(found, Fault)
    assert "regexp" in found.message
