"""What a rule is changed into, and whether examples notice."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate import policy
from complygate.engines.cel.mutants import mutants as cel_mutants
from complygate.engines.cel.program import program
from complygate.engines.cel.text import text
from complygate.engines.schema.mutants import mutants as schema_mutants
from complygate.errors import CheckError
from complygate.model.rule import Example, Rule, Severity
from complygate.mutation import mutate_all
from complygate.mutation.paths import changed_paths
from complygate.mutation.rules import changed_rules

RULES = list(policy.load_set("builtin:", base=Path.cwd()).rules.values())


def compiles(expression: str) -> bool:
    try:
        program(expression)
    except CheckError:
        return False
    return True


def cel(expression: str) -> dict[str, str]:
    return {mutant.name: mutant.check for mutant in cel_mutants(expression)}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("self.a && self.b", {"without self.a": "self.b", "without self.b": "self.a"}),
        (
            "self.a || (self.b || self.c)",
            {
                "without self.a": "self.b || self.c",
                "without self.b": "self.a || self.c",
                "without self.c": "self.a || self.b",
            },
        ),
        ("!self.a", {"self.a for !self.a": "self.a"}),
        ("self.a == 1", {"self.a != 1 for self.a == 1": "self.a != 1"}),
        (
            "self.a < 1",
            {"self.a >= 1 for self.a < 1": "self.a >= 1", "self.a <= 1 for self.a < 1": "self.a <= 1"},
        ),
        ("has(self.a)", {"!has(self.a) for has(self.a)": "!has(self.a)"}),
        (
            "self.a in ['x']",
            {'!(self.a in ["x"]) for self.a in ["x"]': '!(self.a in ["x"])'},
        ),
        (
            "self.a ? self.b : self.c",
            {
                "self.b for self.a ? self.b : self.c": "self.b",
                "self.c for self.a ? self.b : self.c": "self.c",
            },
        ),
        (
            "self.l.all(x, x.a)",
            {"self.l.exists(x, x.a) for self.l.all(x, x.a)": "self.l.exists(x, x.a)"},
        ),
        (
            "self.?a.orValue(true)",
            {"false for true": "self.?a.orValue(false)"},
        ),
        ("size(self.l.filter(x, x.a)) > self.n", {
            "without filter x.a": "size(self.l) > self.n",
            "size(self.l.filter(x, x.a)) <= self.n for size(self.l.filter(x, x.a)) > self.n":
                "size(self.l.filter(x, x.a)) <= self.n",
            "size(self.l.filter(x, x.a)) >= self.n for size(self.l.filter(x, x.a)) > self.n":
                "size(self.l.filter(x, x.a)) >= self.n",
        }),
        ("cel.bind(v, self.a, v && self.b)", {
            "without v": "cel.bind(v, self.a, self.b)",
            "without self.b": "cel.bind(v, self.a, v)",
        }),
        ("self.?a.optMap(v, v || self.b).orValue(self.c)", {
            "without v": "self.?a.optMap(v, self.b).orValue(self.c)",
            "without self.b": "self.?a.optMap(v, v).orValue(self.c)",
        }),
    ],
)  # fmt: skip
def test_expressions_with_one_thing_changed(expression: str, expected: dict[str, str]) -> None:
    assert cel(expression) == expected


def test_a_mutant_of_an_expression_says_where() -> None:
    found = {mutant.name: (mutant.line, mutant.column) for mutant in cel_mutants("self.a == 1\n  && !self.b")}
    assert found["without self.a == 1"] == (1, 1)
    assert found["without !self.b"] == (2, 6)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.engine == "cel"], ids=lambda rule: rule.id)
def test_an_expression_of_a_rule_is_written_as_text_that_means_the_same(rule: Rule) -> None:
    written = text(program(rule.check).tree)
    assert text(program(written).tree) == written
    assert all(mutant.check != written for mutant in cel_mutants(rule.check))


def test_nearly_every_mutant_of_a_rule_is_an_expression_too() -> None:
    """A branch that is left alone may be of a type that does not fit: such a mutant proves nothing."""
    made = [mutant.check for rule in RULES if rule.engine == "cel" for mutant in cel_mutants(rule.check)]
    broken = [check for check in made if not compiles(check)]
    assert len(made) > 1000
    assert len(broken) < len(made) / 100


_LEAVES = st.sampled_from([
    "self.a", "true", "-1", "1.5", "null", "'it\\'s'", "self.?b.orValue(2)", "[1, self.c]", "{'k': self.d}",
    "self['x y']",
])  # fmt: skip


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(lambda p: f"({p[0]}) == ({p[1]})"),
        two.map(lambda p: f"dyn({p[0]}) && dyn({p[1]})"),
        two.map(lambda p: f"(dyn({p[0]}) || dyn({p[1]})) && !dyn({p[0]})"),
        two.map(lambda p: f"dyn({p[0]}) - dyn({p[1]}) - dyn({p[0]})"),
        two.map(lambda p: f"dyn({p[0]}) ? dyn({p[1]}) : dyn({p[0]})"),
        two.map(lambda p: f"self.l.all(x, x == dyn({p[0]})) || self.l.exists(i, x, x == dyn({p[1]}))"),
        two.map(lambda p: f"self.l.map(x, x != dyn({p[0]}), dyn({p[1]})).exists_one(y, y == 1)"),
        two.map(lambda p: f"cel.bind(v, dyn({p[0]}), v == dyn({p[1]}))"),
        inner.map(lambda e: f"self.l.filter(x, x != dyn({e})).sortBy(x, x.n).size() > 1"),
        inner.map(lambda e: f"self.?m[?'k'].optMap(v, dyn({e}) == v).orValue(false)"),
    )


@given(st.recursive(_LEAVES, _grown, max_leaves=6))
def test_any_expression_is_written_as_text_that_means_the_same(expression: str) -> None:
    try:
        compiled = program(f"dyn({expression}) == 1")
    except CheckError:  # deeper than the runtime takes: nothing to write
        return
    written = text(compiled.tree)
    assert text(program(written).tree) == written


def test_schemas_with_one_thing_changed() -> None:
    schema = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"enum": [1, 2]}, "b": {"anyOf": [{"const": 1}, {"const": 2}]}},
        "if": {"required": ["c"]},
        "then": {"minProperties": 3},
    }
    found = {mutant.name: mutant.check for mutant in schema_mutants(schema)}
    assert set(found) == {
        "without /type",
        "without /required",
        "without /required/a",
        "without /required/b",
        "without /properties/a",
        "without /properties/a/enum",
        "without /properties/b",
        "without /properties/b/anyOf",
        "without /properties/b/anyOf/0",
        "without /properties/b/anyOf/0/const",
        "without /properties/b/anyOf/1",
        "without /properties/b/anyOf/1/const",
        "without /if",
        "without /if/required",
        "without /then",
        "without /then/minProperties",
    }
    assert found["without /required/a"] == {**schema, "required": ["b"]}
    assert "then" not in found["without /if"]
    assert found["without /properties/b/anyOf/0"]["properties"]["b"] == {"anyOf": [{"const": 2}]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.a[*]", set()),
        ("$['a','b'][*]", {"$['b'][*]", "$['a'][*]"}),
        ("$.a[?@.x]", {"$['a'][*]"}),
        ("$..[?@.x && !@.y]", {"$..[*]", "$..[?@['x']]", "$..[?!@['y']]", "$..[?(@['x'] && @['y'])]"}),
        ("$[?@.k == 'v']", {"$[*]", "$[?@['k'] != 'v']"}),
    ],
)
def test_selections_with_one_thing_changed(path: str, expected: set[str]) -> None:
    assert {changed for _, changed in changed_paths(path)} == expected


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"


def rule(check: str, passing: list[str], failing: list[str], **more: object) -> Rule:
    fields: dict[str, object] = {
        "id": "t/r", "title": "T", "severity": Severity.LOW, "applies_to": ("kubernetes/Pod",),
        "engine": "cel", "check": check, "message": "m", "why": "w", "fix": "f", "select": "$.spec",
        "passing": tuple(Example(POD + one) for one in passing),
        "failing": tuple(Example(POD.replace("spec:", "spec: # expect") + one) for one in failing),
    }  # fmt: skip
    return Rule(**(fields | more))  # type: ignore[arg-type]


def survivors(one: Rule) -> set[str]:
    (run,) = mutate_all([one])
    assert run.tried >= 3
    return {survivor.name for survivor in run.survivors}


def test_a_part_that_no_example_needs_is_named() -> None:
    check = "self.?a.orValue(0) == 1 || self.?b.orValue(0) == 1"
    one = rule(check, ["  a: 1"], ["  c: 1"])
    assert "without self.?b.orValue(0) == 1" in survivors(one)
    assert "without self.?a.orValue(0) == 1" not in survivors(one)
    both = rule(check, ["  a: 1", "  b: 1"], ["  c: 1"])
    assert survivors(both) == set()


def test_a_rule_whose_examples_hold_anyway_keeps_all_its_mutants() -> None:
    one = rule("self.a == 1", [], [])
    (run,) = mutate_all([one])
    assert len(run.survivors) == run.tried


def test_a_reason_counts_for_a_survivor_and_is_needless_for_others() -> None:
    check = "self.?a.orValue(0) == 1 || self.?b.orValue(0) == 1"
    reasons = {"without self.?b.orValue(0) == 1": "said", "without self.z": "nothing like it"}
    one = rule(check, ["  a: 1"], ["  c: 1"], equivalent=reasons)
    (run,) = mutate_all([one])
    assert {s.reason for s in run.survivors if s.name == "without self.?b.orValue(0) == 1"} == {"said"}
    assert run.needless == ("without self.z",)


def test_two_mutants_never_have_one_name() -> None:
    for one in RULES:
        names = [changed.name for changed in changed_rules(one)]
        assert len(set(names)) == len(names)


def test_several_processes_find_the_same() -> None:
    some = [one for one in RULES if one.id.startswith("compose/")]
    assert list(mutate_all(some, jobs=2)) == list(mutate_all(some))
