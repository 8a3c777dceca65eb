"""What a tool says of lines becomes the exact place in our documents."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.findings.remarks import BARE, Placed, place
from complygate.model.document import Document
from complygate.model.remark import Remark
from complygate.model.tree import Span
from complygate.syntax import yaml

TEXT = """\
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: app
      image: app:latest
      securityContext:
        privileged: true
---
kind: Pod
metadata:
  name: side
spec:
  hostNetwork: true
"""
LINES = TEXT.split("\n")


def documents() -> list[Document]:
    trees = yaml.parse_text("f.yaml", TEXT)
    return [Document("kubernetes/Pod", f"Pod/{t.data['metadata']['name']}", t, t.data) for t in trees]


def placed(
    span: Span | None = None,
    *keys: Sequence[str],
    resource: str = "",
    path: str = "f.yaml",
    lines: Sequence[str] = LINES,
    known: bool = True,
) -> Placed:
    remark = Remark("r", path, span, tuple(map(tuple, keys)), resource)
    return place(remark, documents() if known else [], lines)


PRIVILEGED = ("spec", "containers", "0", "securityContext", "privileged")


def test_the_value_that_the_tool_looked_at_is_shown() -> None:
    found = placed(Span(1, 0, 9, 0), PRIVILEGED, resource="Pod/web")
    assert found.pointer == "/spec/containers/0/securityContext/privileged"
    assert (found.span.line, found.span.column) == (9, 9)
    assert found.identity == ""


def test_the_number_of_the_only_item_may_be_left_out_or_be_too_much() -> None:
    without = [key for key in PRIVILEGED if key != "0"]
    more = [*PRIVILEGED, "0"]
    assert placed(Span(1, 0, 9, 0), without).pointer == placed(Span(1, 0, 9, 0), more).pointer


def test_what_is_absent_is_shown_by_the_block_that_should_hold_it() -> None:
    found = placed(Span(1, 0, 9, 0), ("spec", "containers", "0", "resources", "limits"))
    assert found.pointer == "/spec/containers/0"
    assert found.span.line == 6


def test_a_name_decides_between_documents_and_lines_where_there_is_none() -> None:
    assert placed(None, ("spec", "hostNetwork"), resource="Pod/side").span.line == 15
    assert placed(Span(15, 0, 15, 0)).document.name == "Pod/side"


def test_a_key_outside_the_tool_s_lines_is_not_believed() -> None:
    assert placed(Span(5, 0, 7, 0), PRIVILEGED, resource="Pod/web").span.line in {5, 6, 7}


def test_a_tool_that_knows_columns_is_shown_as_it_says_and_still_gets_a_pointer() -> None:
    found = placed(Span(7, 14, 7, 24))
    assert found.span == Span(7, 14, 7, 24)
    assert found.pointer == "/spec/containers/0/image"


def test_a_file_that_no_format_knows_is_parsed_for_its_place() -> None:
    found = placed(Span(15, 3, 15, 20), known=False)
    assert found.document.kind == "yaml"
    assert found.pointer == "/spec/hostNetwork"


@pytest.mark.parametrize("text", ["a: [", "\x00", ""])
def test_a_file_that_cannot_be_parsed_has_lines(text: str) -> None:
    found = placed(Span(1, 0, 1, 0), known=False, lines=[text])
    assert found.document.kind == BARE
    assert found.span.line == 1


def test_of_a_file_without_units_the_line_s_text_tells_remarks_apart() -> None:
    lines = ["x = 1", "  eval(y)", "eval(z)"]
    first, second = (placed(Span(n, 0, n, 0), path="a.py", lines=lines, known=False) for n in (2, 3))
    assert first.identity == "eval(y)"
    assert second.identity == "eval(z)"
    moved = placed(Span(3, 0, 3, 0), path="a.py", lines=["", *lines], known=False)
    assert moved.identity == first.identity
    assert first.span == Span(2, 3, 2, 10)


def test_about_the_whole_file() -> None:
    assert placed(None, path="a.py", lines=["x"], known=False).span.line == 1
    assert placed(None, path="a.py", lines=[], known=False).span.line == 1


NUMBERS = st.integers(-3, 40)
KEYS = st.lists(st.sampled_from(["spec", "containers", "0", "7", "image", "", "name", "~/"]), max_size=5)


@given(
    st.none() | st.builds(Span, NUMBERS, NUMBERS, NUMBERS, NUMBERS), st.lists(KEYS, max_size=3), st.booleans()
)
def test_whatever_a_tool_says_there_is_a_place(span: Span | None, keys: list[list[str]], known: bool) -> None:
    given_columns = span is not None and span.column > 0
    found = placed(span, *keys, known=known)
    if not given_columns:
        assert 1 <= found.span.line <= len(LINES)
        assert 1 <= found.span.column <= len(LINES[found.span.line - 1]) + 1
    assert found.pointer == "" or found.pointer.startswith("/")
