"""Which resources differ from the commit that is compared with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.model.excuses import Excuses
from complygate.model.finding import Finding, Region
from complygate.model.policy import Level
from complygate.model.rule import Severity
from complygate.model.tree import Span
from complygate.triage.touched import touched


def is_touched(before: str | None, now: list[str], extent: tuple[int, int] | None) -> bool:
    finding = Finding(
        "r", "m", Severity.LOW, Level.WARN, Region("f", Span(1, 1, 1, 1)), "", "x", "k", "sha256:0"
    )
    excuses = Excuses(text_before=lambda _: before)
    extents = {"sha256:0": extent} if extent else {}
    return touched(excuses, extents, lambda _: now)(finding)


A, B = ["a: 1", "b:", "  c: 2"], ["kind: X", "d: 3"]


@pytest.mark.parametrize(
    ("before", "now", "extent", "answer"),
    [
        (None, A, (1, 3), True),
        ("\n".join(A), A, (1, 3), False),
        ("\r\n".join(A), A, (1, 3), False),
        ("\n".join([*B, "---", *A]), [*A, "---", *B], (1, 3), False),
        ("\n".join([*A, "---", *B]), [*A[:2], "---", *B], (1, 2), True),  # off its end
        ("\n".join([*A, "---", *B]), [*A[1:], "---", *B], (1, 2), True),  # off its head
        ("\n".join(A), [*A, "d: 4"], (1, 4), True),
        ("\n".join(A), A, None, False),
        ("\n".join([*A, ""]), A, None, True),
        ("", [], (1, 0), True),
        ("x {\n}\ny {\n}", ["x {", "}", "z {", "}"], (1, 2), False),  # a bracket closes it
    ],
)
def test_a_resource_is_its_lines(
    before: str | None, now: list[str], extent: tuple[int, int] | None, answer: bool
) -> None:
    assert is_touched(before, now, extent) is answer


LINE = st.sampled_from(["a: 1", "b: 2", "  c: 3", "d: 4", ""])
DOCUMENT = st.lists(LINE, min_size=1, max_size=5).filter(lambda lines: lines[0] != "" and lines[-1] != "")


@given(st.lists(DOCUMENT, min_size=1, max_size=4), st.data())
def test_whatever_becomes_of_the_others_one_that_stays_is_the_same(
    documents: list[list[str]], data: st.DataObject
) -> None:
    before = "\n---\n".join("\n".join(lines) for lines in documents)
    kept = data.draw(st.sampled_from(documents))
    others = data.draw(st.lists(DOCUMENT, max_size=3))
    place = data.draw(st.integers(0, len(others)))
    now: list[str] = []
    extent = (0, 0)
    for number, lines in enumerate([*others[:place], kept, *others[place:]]):
        now += ["---"] if number else []
        if number == place:
            extent = (len(now) + 1, len(now) + len(lines))
        now += lines
    assert not is_touched(before, now, extent)


@given(st.lists(DOCUMENT, min_size=1, max_size=4), DOCUMENT)
def test_one_that_was_not_there_is_touched(documents: list[list[str]], new: list[str]) -> None:
    before = "\n---\n".join("\n".join(lines) for lines in documents)
    if new not in documents:
        now = [line for lines in documents for line in [*lines, "---"]] + new
        assert is_touched(before, now, (len(now) - len(new) + 1, len(now)))
