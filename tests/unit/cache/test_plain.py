"""What is kept comes back as it was: every field of every value."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.cache.plain import of_answer, of_problem, to_answer, to_problem
from complygate.cache.scans import of_results, to_results
from complygate.model.finding import Disposition, Excuse, Finding, Region
from complygate.model.policy import Level
from complygate.model.problem import Problem, ProblemKind
from complygate.model.remark import Answer, Remark, Skip
from complygate.model.report import Coverage, LeftOut, Notice, Results
from complygate.model.rule import Severity
from complygate.model.tree import Span

text = st.text(max_size=8)
number = st.integers(0, 99)
spans = st.builds(Span, number, number, number, number)
optional_spans = st.none() | spans
days = st.dates()
names = st.dictionaries(text, text, max_size=2)
counts = st.dictionaries(text, number, max_size=2)
skips = st.none() | st.builds(Skip, text, text, text, number)
problems = st.builds(Problem, st.sampled_from(ProblemKind), text, text, optional_spans, text, text, number)
notices = st.builds(Notice, text, text, number, text)
excuses = st.none() | st.builds(Excuse, text, text, text, number, st.none() | days, text)
regions = st.builds(Region, text, spans, text, optional_spans, text, text)
findings = st.builds(
    Finding, text, text, st.sampled_from(Severity), st.sampled_from(Level), regions, text, text, text, text,
    st.sampled_from(Disposition), excuses, st.none() | st.tuples(days, st.sampled_from(Level)), text, skips,
    names,
)  # fmt: skip
coverages = st.builds(
    Coverage, number, counts, counts, counts,
    st.lists(st.builds(LeftOut, text, text), max_size=2).map(tuple), st.lists(text, max_size=2).map(tuple),
)  # fmt: skip
results = st.builds(
    Results, st.lists(findings, max_size=3).map(tuple), st.lists(problems, max_size=2).map(tuple), coverages,
    st.lists(notices, max_size=2).map(tuple),
)  # fmt: skip
keys = st.lists(st.lists(text, max_size=2).map(tuple), max_size=2).map(tuple)
severities = st.none() | st.sampled_from(Severity)
remarks = st.builds(
    Remark, text, text, optional_spans, keys, text, text, text, severities, skips, names, st.booleans()
)
answers = st.builds(
    Answer, st.lists(remarks, max_size=3), st.lists(problems, max_size=2),
    st.lists(notices, max_size=2).map(tuple), counts,
)  # fmt: skip


def through_json(plain: Any) -> Any:
    return json.loads(json.dumps(plain))


@given(results)
def test_a_scans_results_come_back(given_: Results) -> None:
    assert to_results(through_json(of_results(given_))) == given_


@given(answers)
def test_a_tools_answer_comes_back(given_: Answer) -> None:
    assert to_answer(through_json(of_answer(given_))) == given_


SPAN = Span(1, 2, 3, 4)
SKIP = Skip("how", "why", "a", 1)
FULL = [
    Problem(ProblemKind.PARSE_ERROR, "m", "p", SPAN, "r", "h", 2),
    Remark("r", "p", SPAN, (("a", "0"),), "res", "d", "c", Severity.HIGH, SKIP, {"a": "b"}, held=True),
    Finding(
        "r", "m", Severity.LOW, Level.WARN, Region("p", SPAN, "s", SPAN, "c", "h"), "/a", "res", "k", "f",
        Disposition.WAIVED, Excuse("how", "why", "a", 1, dt.date(2026, 1, 1), "ann"),
        (dt.date(2027, 1, 1), Level.ENFORCE), "c", SKIP, {"a": "b"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("value", FULL, ids=lambda value: type(value).__name__)
def test_no_field_is_forgotten(value: Any) -> None:
    for field in dataclasses.fields(value):
        assert getattr(value, field.name) not in [None, "", (), {}, field.default], field.name
    if isinstance(value, Problem):
        assert to_problem(through_json(of_problem(value))) == value
    elif isinstance(value, Remark):
        assert list(to_answer(through_json(of_answer(Answer([value])))).remarks) == [value]
    else:
        whole = Results((value,), (), Coverage(0, {}, {}, {}, (), ()), ())
        assert to_results(through_json(of_results(whole))).findings == (value,)


def test_what_crashed_or_took_too_long_is_not_for_another_scan() -> None:
    coverage = Coverage(0, {}, {}, {}, (), ())
    for kind in ProblemKind:
        lasting = Results((), (Problem(kind, "m"),), coverage, ()).lasting
        assert lasting is (kind is not ProblemKind.ENGINE_ERROR)
