"""An answer in CEL never hangs on a value that cannot be known."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from complygate.engines import cel
from complygate.errors import CheckError
from complygate.model import pointer as ptr
from complygate.model.document import Unknown
from complygate.model.outcome import Fault, Outcome, Subject, Undetermined, Violation

SURE = Unknown("made by apply")
DOUBTFUL = Unknown("has no default", present=False)

# Expressions

FIELDS = st.sampled_from(["a", "b", "l", "m"])
LITERALS = st.sampled_from(
    [
        f"dyn({text})"
        for text in ("1", "0", "'x'", "''", "true", "null", "[]", "[1]", "['x', 1]", "{}", "{'x': 1}")
    ]
)


def _values(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    roots = st.one_of(st.just("self"), st.sampled_from(names)) if names else st.just("self")
    paths = st.builds(lambda r, f: f"{r}.{f}", roots, FIELDS)
    return st.one_of(
        paths,
        paths,
        st.builds(lambda r, f, g: f"{r}.{f}.{g}", roots, FIELDS, FIELDS),
        st.builds(lambda r, f, i: f"{r}.{f}[{i}]", roots, FIELDS, st.sampled_from(["0", "1", "'a'", "'x'"])),
        st.builds(lambda r, f, d: f"{r}.?{f}.orValue({d})", roots, FIELDS, LITERALS),
        st.builds(lambda r, f, g, d: f"{r}.?{f}.?{g}.orValue({d})", roots, FIELDS, FIELDS, LITERALS),
        st.builds(
            lambda r, f, i: f"{r}[?'{f}'][?{i}].orValue(dyn(1))", roots, FIELDS, st.sampled_from(["0", "'x'"])
        ),
        st.builds(lambda r, f: f"dyn({r}.{f})", roots, FIELDS),
        roots,
    )


def _booleans(names: tuple[str, ...], depth: int) -> st.SearchStrategy[str]:
    value = _values(names)
    item = f"v{len(names)}"
    atoms = [
        st.builds(lambda a, b: f"dyn({a}) == dyn({b})", value, st.one_of(value, LITERALS)),
        st.builds(lambda a, b: f"dyn({a}) != dyn({b})", value, st.one_of(value, LITERALS)),
        st.builds(lambda a, b: f"dyn({a}) in dyn({b})", st.one_of(value, LITERALS), value),
        st.builds(lambda a, b: f"dyn({a}) in [{b}, 1]", value, value),
        st.builds(
            lambda v, f: f"has({v}.{f})", st.sampled_from(["self", "self.a", "self.m", *names]), FIELDS
        ),
        st.builds(lambda v, f: f"self.?{v}.?{f}.hasValue()", FIELDS, FIELDS),
        st.builds(lambda v: f"self.?{v}.hasValue()", FIELDS),
        st.builds(lambda v: f"self.?{v}.optMap(o, o == 1).orValue(false)", FIELDS),
        st.builds(lambda v: f"optional.of({v}).hasValue()", value),
        st.builds(lambda v: f"optional.ofNonZeroValue({v}).hasValue()", value),
        st.builds(lambda v: f"self.?{v} == optional.of(dyn(1))", FIELDS),
        st.builds(lambda v, n: f"size({v}) == {n}", value, st.integers(0, 3)),
        st.builds(lambda v, n: f"{v}.size() >= {n}", value, st.integers(0, 3)),
        st.builds(lambda v, n: f"{v} > {n}", value, st.integers(0, 1)),
        st.builds(lambda v: f"{v}.startsWith('x')", value),
        st.builds(lambda v: f"string({v}) == '1'", value),
        st.builds(lambda v: f"type({v}) == map", value),
        st.builds(lambda v: f"[{v}].size() == 1", value),
        st.builds(lambda v: f"{{'k': {v}}}.k == 1", value),
        st.builds(lambda v: f"{{'k': {v}}}.size() == 1", value),
        st.builds(lambda v, f: f"[?{v}.?{f}].size() == 0", st.just("self"), FIELDS),
        st.builds(lambda v: f"sets.contains({v}, [1])", value),
        st.builds(lambda v: f"({v} + [1]).size() == 2", value),
        st.builds(lambda v: f"{v}.map(e, e).size() == 2", value),
        st.builds(lambda v: f"{v}.map(e, [e, 1])[0][1] == 1", value),
        st.builds(lambda v: f"{v}.filter(e, e == 1).size() == 1", value),
        st.builds(lambda v: f"{v}.transformList(i, e, e) == [1, 'x']", value),
        st.builds(lambda v: f"{v}.exists_one(e, e == 1)", value),
        st.builds(lambda v: f"{v}.all(k, e, k != 'a' || e == 1)", value),
        st.builds(lambda v: f"{v}.reverse() == [1]", value),
        st.sampled_from(["true", "false"]),
    ]
    atom = st.one_of(*atoms)
    if depth == 0:
        return atom
    deeper = _booleans(names, depth - 1)
    inside = _booleans((*names, item), depth - 1)
    return st.one_of(
        atom,
        st.builds(lambda a, b: f"({a} || {b})", deeper, deeper),
        st.builds(lambda a, b: f"({a} && {b})", deeper, deeper),
        st.builds(lambda a: f"!({a})", deeper),
        st.builds(lambda c, a, b: f"({c} ? {a} : {b})", deeper, deeper, deeper),
        st.builds(lambda v, p, m: f"{v}.{m}({item}, {p})", value, inside, st.sampled_from(["exists", "all"])),
        st.builds(lambda v, p: f"cel.bind({item}, {v}, {p})", value, inside),
    )


EXPRESSIONS = _booleans((), 3)

# Data

SCALARS = st.sampled_from([None, 0, 1, "", "x", True, False, 1.0])
SMALL = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=2),
    st.dictionaries(st.sampled_from(["a", "b", "x"]), SCALARS, max_size=2),
)
OBJECTS = st.dictionaries(FIELDS, SMALL, max_size=2)
DATA = st.fixed_dictionaries(
    {
        "a": SCALARS,
        "l": st.one_of(st.lists(SCALARS, min_size=1, max_size=2), st.lists(OBJECTS, max_size=2)),
        "m": OBJECTS,
    },
    optional={"b": SMALL},
)

ABSENT = object()
POOL: list[Any] = [None, 0, 1, "", "x", True, False, [], [1], ["x", 1], {}, {"x": 1}, {"a": None, "x": [1]}]


def pointers(data: Any, at: str = "") -> list[str]:
    """Every address in `data`, the root's own excepted."""
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    found = []
    for name, value in members:
        place = ptr.join(at, name)
        found += [place, *pointers(value, place)]
    return found


def put(data: Any, pointer: str, value: Any) -> Any:
    """`data` with `value` at `pointer`; `ABSENT` takes the member away. Deepest first, so none moves."""
    data = copy.deepcopy(data)
    holder, name = ptr.resolve(data, ptr.parent(pointer)), ptr.split(pointer)[-1]
    key: Any = int(name) if isinstance(holder, list) else name
    if value is ABSENT:
        del holder[key]
    else:
        holder[key] = value
    return data


def judge(text: str, data: Any, unknowns: dict[str, Unknown] | None = None) -> tuple[Outcome, ...]:
    subject = Subject(
        node=data,
        view=data,
        document=data,
        unknowns=unknowns or {},
        outer_unknowns=unknowns or {},
        document_unknowns=unknowns or {},
    )
    return tuple(cel.compile(text, {}).evaluate(subject))


def decided(text: str, data: Any, unknowns: dict[str, Unknown]) -> tuple[Outcome, ...] | None:
    """The answer where `unknowns` are not known; None if it is open."""
    for place in unknowns:
        data = put(data, place, None)
    try:
        answer = judge(text, data, unknowns)
    except CheckError:  # the compiler knows better than the grammar above
        reject()
    return None if any(isinstance(outcome, Undetermined | Fault) for outcome in answer) else answer


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=EXPRESSIONS, data=DATA)
def test_an_answer_holds_whatever_an_unknown_value_is(text: str, data: Any) -> None:
    for place in pointers(data):
        for unknown, pool in ((SURE, POOL), (DOUBTFUL, [*POOL, ABSENT])):
            answer = decided(text, data, {place: unknown})
            for value in pool if answer is not None else ():
                concrete = put(data, place, value)
                assert judge(text, concrete) == answer, (place, unknown, concrete)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=EXPRESSIONS, data=DATA, draw=st.data())
def test_an_answer_holds_whatever_several_unknown_values_are(
    text: str, data: Any, draw: st.DataObject
) -> None:
    places = draw.draw(st.lists(st.sampled_from(pointers(data)), min_size=2, max_size=4, unique=True))
    # One unknown value inside another is not one.
    places = sorted(p for p in places if not any(q != p and ptr.contains(q, p) for q in places))
    unknowns = {place: draw.draw(st.sampled_from([SURE, DOUBTFUL])) for place in places}
    answer = decided(text, data, unknowns)
    for _ in range(10 if answer is not None else 0):
        concrete = data
        for place in reversed(places):  # the last first, so that taking one away moves none of the others
            pool = POOL if unknowns[place].present else [*POOL, ABSENT]
            concrete = put(concrete, place, draw.draw(st.sampled_from(pool)))
        assert judge(text, concrete) == answer, concrete


def test_the_property_would_notice() -> None:
    # Without its unknown values declared, this answer does hang on them.
    assert judge("self.a == 1", {"a": None}) != judge("self.a == 1", {"a": 1})


def test_an_unknown_value_is_not_a_pass_nor_a_violation() -> None:
    assert judge("self.a == 1", {"a": None}, {"/a": SURE}) == (Undetermined("/a", "made by apply"),)


DECIDED = [
    # Not looked at.
    ("self.b == 1", True),
    ("has(self.m) && self.b == 1", True),
    # Surely there, whatever it is.
    ("has(self.a)", True),
    ("!has(self.a)", False),
    ("self.?a.hasValue()", True),
    ("size(self) == 4", True),
    ("self.l.size() == 2", True),
    ("[self.a].size() == 1", True),
    ("type(self.m) == map", True),
    ("type(self.?m.orValue(null)) != map || self.m.?y.orValue(1) == 2", False),
    ("type(self.l) == map", False),
    ("self.m.all(k, k == 'x')", True),
    # Looked at, and it makes no difference.
    ("self.a == 1 || self.b == 1", True),
    ("self.b == 2 && self.a == 1", False),
    ("self.l.exists(x, x == 1)", True),
    ("self.l.all(x, x != 1)", False),
    ("1 in self.l", True),
    ("self.b == 1 ? true : self.a", True),
]


@pytest.mark.parametrize(("text", "complies"), DECIDED)
def test_what_an_unknown_value_cannot_change_is_decided(text: str, complies: bool) -> None:
    data = {"a": None, "b": 1, "l": [1, None], "m": {"x": None}}
    answer = judge(text, data, {"/a": SURE, "/l/1": SURE, "/m/x": SURE})
    assert answer == (() if complies else (Violation(),))


UNDECIDED = [
    ("self.a == null", "/a"),
    ("self.a.b == 1", "/a"),
    ("self.l.all(x, x == 1)", "/l/1"),
    ("2 in self.l", "/l/1"),
    ("self.l.filter(x, x == 1).size() == 1", "/l/1"),
    ("self == {}", "/a"),
    ("string(self.a) == ''", "/a"),
    ("type(self.a) == bytes", "/a"),
    ("size(self.a) == 1", "/a"),
    ("self.a", "/a"),
    ("self.?a.orValue(1) == 1", "/a"),
    ("!self.a", "/a"),
    ("self.a ? true : false", "/a"),
    ("self.m.all(k, v, v == 1)", "/m/x"),
]


@pytest.mark.parametrize(("text", "pointer"), UNDECIDED)
def test_what_an_unknown_value_decides_is_undetermined_and_names_it(text: str, pointer: str) -> None:
    data = {"a": None, "b": 1, "l": [1, None], "m": {"x": None}}
    answer = judge(text, data, {"/a": SURE, "/l/1": SURE, "/m/x": SURE})
    assert answer == (Undetermined(pointer, "made by apply"),)


@pytest.mark.parametrize(
    "text",
    [
        "has(self.a)",
        "self.?a.hasValue()",
        "size(self) == 1",
        "self.exists(k, k == 'a')",
        "[self.a].size() == 1",
    ],
)
def test_a_value_that_may_be_absent_leaves_its_presence_open(text: str) -> None:
    assert judge(text, {"a": None}, {"/a": DOUBTFUL}) == (Undetermined("/a", "has no default"),)


def test_an_element_that_may_be_absent_leaves_the_list_open() -> None:
    assert judge("self.l.size() == 2", {"l": [1, None]}, {"/l/1": DOUBTFUL}) == (
        Undetermined("/l/1", "has no default"),
    )


def test_a_fault_on_known_values_stays_a_fault() -> None:
    (outcome,) = judge("self.zz == 1 && self.a == 1", {"a": None}, {"/a": SURE})
    assert isinstance(outcome, Fault)
    assert '"zz"' in outcome.message


def test_the_data_is_left_as_it_was() -> None:
    data = {"a": None, "l": [{"x": None}, 2]}
    before = copy.deepcopy(data)
    judge("self.a == 1 || self.l[0].x == 1", data, {"/a": SURE, "/l/0/x": DOUBTFUL})
    assert data == before


def outer(**given: Any) -> Subject:
    view = {"spec": {"node": {"a": 1}, "other": None}}
    document = {"top": None, "view": view}
    return Subject(node=view["spec"]["node"], view=view, document=document, **given)


def test_an_unknown_value_of_the_view_counts_where_the_view_is_read() -> None:
    subject = outer(outer_unknowns={"/spec/other": SURE}, document_unknowns={})
    assert cel.compile("view.spec.other == 1", {}).evaluate(subject) == (Undetermined("", "made by apply"),)
    assert cel.compile("self.a == 1", {}).evaluate(subject) == ()


def test_an_unknown_value_of_the_document_counts_where_the_document_is_read() -> None:
    subject = outer(document_unknowns={"/top": SURE})
    assert cel.compile("document.top == null", {}).evaluate(subject) == (Undetermined("", "made by apply"),)
    assert cel.compile("document.view.spec.node.a == 1", {}).evaluate(subject) == ()


def test_without_word_about_the_document_it_is_taken_for_unknown_as_the_view_is() -> None:
    subject = outer(outer_unknowns={"/spec/other": SURE})
    assert cel.compile("document.top == null", {}).evaluate(subject) == (Undetermined("", "made by apply"),)


def test_the_repository_document_as_repo_has_its_unknown_values() -> None:
    data = {"documents": {"k": [{"data": {"a": None}}]}}
    subject = Subject(
        node=data, view=data, document=data, repo=data, outer_unknowns={"/documents/k/0/data/a": SURE}
    )
    answer = cel.compile("repo.documents['k'].all(d, d.data.a == null)", {}).evaluate(subject)
    assert answer == (Undetermined("/documents/k/0/data/a", "made by apply"),)


def test_a_long_expression_is_decided_too() -> None:
    text = " && ".join(
        f"self.spec.template.spec.?securityContext.?c{i}.orValue({i}) == {i}" for i in range(30)
    )
    data = {"spec": {"template": {"spec": {"securityContext": {"c3": None}}}}}
    hole = "/spec/template/spec/securityContext/c3"
    assert judge(text, data, {hole: SURE}) == (Undetermined(hole, "made by apply"),)
    assert judge(f"{text} || true", data, {hole: SURE}) == ()
