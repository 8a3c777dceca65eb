"""JSON: data, places, and texts made to do harm."""

from __future__ import annotations

import json as stdlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.errors import SyntaxProblem
from complygate.model.pointer import MISSING, resolve
from complygate.model.source import Files, Source
from complygate.model.tree import Span, Tree
from complygate.syntax import json


def one(text: str) -> Tree:
    (tree,) = json.parse_text("a.json", text)
    return tree


def error(text: str) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        one(text)
    return caught.value


def test_places() -> None:
    tree = one('{\n  "a": [1, "x\\n"],\r\n  "b/c": {"é\\u00e9": null}\n}')
    assert tree.data == {"a": [1, "x\n"], "b/c": {"éé": None}}
    assert dict(tree.values) == {
        "": Span(1, 1, 4, 2),
        "/a": Span(2, 8, 2, 18),
        "/a/0": Span(2, 9, 2, 10),
        "/a/1": Span(2, 12, 2, 17),
        "/b~1c": Span(3, 10, 3, 27),
        "/b~1c/éé": Span(3, 22, 3, 26),
    }
    assert dict(tree.keys) == {
        "/a": Span(2, 3, 2, 6),
        "/b~1c": Span(3, 3, 3, 8),
        "/b~1c/éé": Span(3, 11, 3, 20),
    }


@pytest.mark.parametrize(
    "text", ["[1,]", "[1,,2]", "[,]", "{,}", "[1] // x", "/* x */ [1]", "['a']", "{a: 1}"]
)
def test_what_some_tools_read_as_well_is_another_language(text: str) -> None:
    error(text)


def test_a_duplicate_key_is_noted_and_the_last_one_counts() -> None:
    tree = one('{"a": {"b": 1,\n "c": [], "\\u0062": 2}, "b": 0}')
    assert tree.data == {"a": {"b": 2, "c": []}, "b": 0}
    (note,) = tree.notes
    assert (note.pointer, note.span) == ("/a/b", Span(2, 11, 2, 19))
    assert "line 1" in note.message
    assert tree.values["/a/b"] == Span(2, 21, 2, 22)


def test_a_thousand_defects_are_not_a_thousand_notes() -> None:
    assert len(one("{" + ",".join(['"a": 1'] * 1000) + "}").notes) == 100


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("{\n  'a': 1}", 2, 3),
        ('{"a": 01}', 1, 8),
        ('{"a": 1,\n}', 2, 1),
        ("[NaN]", 1, 2),
        ("[-Infinity]", 1, 2),
        ("[1] [2]", 1, 5),
        ('"a\nb"', 1, 3),
        ('"\ud800"', 1, 2),
        ('["\\ud800"]', 1, 3),
        ("\0", 1, 1),
    ],
)
def test_malformed_text_says_where(text: str, line: int, column: int) -> None:
    place = error(text).place
    assert place is not None
    assert (place.path, place.line) == ("a.json", line)
    assert abs(place.column - column) <= 1  # the standard library's own idea of "where" has varied by one


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert one('"\\ud83d\\ude00"').data == "😀"


def test_numbers_beyond_any_reader_are_strings() -> None:
    assert one("[1e999, -1e999, 1e3]").data == ["1e999", "-1e999", 1000.0]
    assert one("9" * 100_000).data == "9" * 100_000
    assert one("9" * 100).data == int("9" * 100)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"a":' * 100_000,
        '["' * 300_000,
        '"' + '\\"' * 300_000,
        ", " * 300_000,
        "[ " * 300_000,
    ],
    ids=["arrays", "objects", "quotes", "escapes", "commas", "spaces"],
)
def test_a_text_made_to_do_harm_is_refused(text: str) -> None:
    error(text)


def test_depth_is_bounded_where_documented() -> None:
    assert one("[" * json.MAX_DEPTH + "]" * json.MAX_DEPTH).values["/0" * (json.MAX_DEPTH - 1)]
    error("[" * (json.MAX_DEPTH + 1) + "]" * (json.MAX_DEPTH + 1))
    error('{"a":' * (json.MAX_DEPTH + 1) + "1" + "}" * (json.MAX_DEPTH + 1))


def test_a_source_is_read_once() -> None:
    source = Source("a.json", "[1]", Files(Path(), frozenset()))
    assert json.parse(source) is json.parse(source)
    broken = Source("a.json", "[1,]", Files(Path(), frozenset()))
    for _ in range(2):
        with pytest.raises(SyntaxProblem):
            json.parse(broken)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(_values, st.sampled_from([None, 2]), st.booleans())
def test_each_place_holds_its_value(data: Any, indent: int | None, escaped: bool) -> None:
    text = stdlib.dumps(data, indent=indent, ensure_ascii=escaped)
    tree = one(text)
    assert tree.data == data
    lines = text.split("\n")
    for pointer, span in tree.values.items():
        value = resolve(tree.data, pointer)
        assert value is not MISSING
        part = lines[span.line - 1 : span.end_line]
        part[-1] = part[-1][: span.end_column - 1]
        part[0] = part[0][span.column - 1 :]
        if "\r" not in text:
            assert stdlib.loads("\n".join(part)) == value


@given(st.text(st.sampled_from('{}[],:"\\/*u0d8e1.- \n\t\r'), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree = one(text)
    except SyntaxProblem:
        return
    assert all(resolve(tree.data, pointer) is not MISSING for pointer in tree.values)
