"""From a pointer to the stretch of text that a person should look at."""

from __future__ import annotations

import pytest

from complygate.findings.locate import span_of
from complygate.findings.texts import split_lines
from complygate.model.document import Document
from complygate.syntax import yaml

TEXT = """\
spec:
  privileged: true
  "quoted": "x"
  run: |
    line 1
    line 2
  containers:
    - name: a
      image: b
    - c
  flow: {a: [1, 2]}
"""


def shown(pointer: str, text: str = TEXT, base: str = "") -> str:
    (tree,) = yaml.parse_text("f.yaml", text)
    lines = split_lines(text)
    span = span_of(Document("k", "", tree, tree.data, base), pointer, lines)
    assert span.line == span.end_line
    return f"{span.line}: {lines[span.line - 1][span.column - 1 : span.end_column - 1]}"


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/spec/privileged", "2: privileged: true"),
        ("/spec/quoted", '3: "quoted": "x"'),
        ("/spec/run", "4: run: |"),
        ("/spec/containers", "7: containers"),
        ("/spec/containers/0", "8: name: a"),
        ("/spec/containers/0/image", "9: image: b"),
        ("/spec/containers/1", "10: c"),
        ("/spec/flow/a/1", "11: 2"),
        ("/spec/flow/a", "11: a"),
        ("/spec/nowhere/at/all", "1: spec"),
        ("/spec/containers/0/securityContext", "8: name: a"),
        ("", "1: spec:"),
    ],
)
def test_span_of(pointer: str, expected: str) -> None:
    assert shown(pointer) == expected


def test_a_document_may_start_inside_its_tree() -> None:
    assert shown("/name", base="/spec/containers/0") == "8: name: a"


def test_a_value_behind_an_alias_is_shown_where_it_is_written() -> None:
    assert shown("/b/x", "a: &a\n  x: 1\nb: *a\n") == "2: x: 1"
