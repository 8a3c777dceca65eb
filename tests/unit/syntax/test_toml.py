"""TOML: data, places, and texts made to do harm."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.errors import SyntaxProblem
from complygate.model.pointer import MISSING, resolve
from complygate.model.source import Files, Source
from complygate.model.tree import Span, Tree
from complygate.syntax import toml


def one(text: str) -> Tree:
    (tree,) = toml.parse_text("a.toml", text)
    return tree


def error(text: str) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        one(text)
    return caught.value


TEXT = """\
# a comment with = and [brackets]
title = "x # no comment"
dotted.key."with.dot" = 1.5  # c
inline = { x = 1, y = [ 'a', "b" ] }

[project]
name = 'demo'
dependencies = [
  "one",  # first
  \"\"\"two
lines\"\"\",
]
date = 1979-05-27 07:32:00

[project.urls]
Home = "https://example.com"

[[package]]
name = "a"

[package.source]
kind = "git"

[[package]]
name = "b"

[tool.deep.er]
on = true
[tool]
x = 1
"""


def test_data_is_plain() -> None:
    data = one(TEXT).data
    assert data["project"]["date"] == "1979-05-27T07:32:00"
    assert data["package"] == [{"name": "a", "source": {"kind": "git"}}, {"name": "b"}]
    assert one("a = inf\nb = -nan\nc = 07:32:00\nd = 1e999\ne = 1979-05-27").data == {
        "a": "inf",
        "b": "-nan",
        "c": "07:32:00",
        "d": "1e999",
        "e": "1979-05-27",
    }


@pytest.mark.parametrize(
    ("pointer", "key", "value"),
    [
        ("/title", (2, 1, 2, 6), (2, 9, 2, 25)),
        ("/dotted", (3, 1, 3, 7), (3, 1, 3, 28)),
        ("/dotted/key/with.dot", (3, 12, 3, 22), (3, 25, 3, 28)),
        ("/inline", (4, 1, 4, 7), (4, 10, 4, 37)),
        ("/inline/y", (4, 19, 4, 20), (4, 23, 4, 35)),
        ("/inline/y/1", None, (4, 30, 4, 33)),
        ("/project", (6, 2, 6, 9), (6, 1, 13, 27)),
        ("/project/dependencies", (8, 1, 8, 13), (8, 16, 12, 2)),
        ("/project/dependencies/0", None, (9, 3, 9, 8)),
        ("/project/dependencies/1", None, (10, 3, 11, 9)),
        ("/project/date", (13, 1, 13, 5), (13, 8, 13, 27)),
        ("/project/urls/Home", (16, 1, 16, 5), (16, 8, 16, 29)),
        ("/package", (18, 3, 18, 10), (18, 1, 25, 11)),
        ("/package/0", None, (18, 1, 19, 11)),
        ("/package/0/source", (21, 10, 21, 16), (21, 1, 22, 13)),
        ("/package/1/name", (25, 1, 25, 5), (25, 8, 25, 11)),
        ("/tool/deep/er/on", (28, 1, 28, 3), (28, 6, 28, 10)),
        ("/tool", (29, 2, 29, 6), (29, 1, 30, 6)),
    ],
)
def test_places(pointer: str, key: tuple[int, ...] | None, value: tuple[int, ...]) -> None:
    tree = one(TEXT)
    assert tree.values[pointer] == Span(*value)
    assert tree.keys.get(pointer) == (Span(*key) if key else None)


def test_line_ends_and_byte_order_mark() -> None:
    tree = one("\ufeffa = 1\r\n[b]\r\nc = '''x\r\ny'''\r\n")
    assert tree.keys["/a"] == Span(1, 1, 1, 2)
    assert tree.values["/b/c"] == Span(3, 5, 4, 5)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a = \n", 1, 5),
        ("b = 1\r\n\r\nc = = 1", 3, 5),
        ("a = 1\na = 2\n", 2, 6),
        ('a = "open', 1, 10),
        ("[a]\n[a]\n", 2, 3),
        ("\0", 1, 1),
        ("a = '\ud800'", 1, 6),
    ],
)
def test_malformed_text_says_where(text: str, line: int, column: int) -> None:
    place = error(text).place
    assert place is not None
    assert (place.path, place.line) == ("a.toml", line)
    assert abs(place.column - column) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "{b=" * 100_000,
        "a." * 100_000 + "a = 1",
        '"a".' * 100_000 + "a = 1",
        "[" + "a." * 100_000 + "a]",
        "x = " + "9" * 5000,
        "[a]\n" * 2,
    ],
    ids=["arrays", "tables", "dots", "quoted dots", "header", "number", "twice"],
)
def test_a_text_made_to_do_harm_is_refused(text: str) -> None:
    error(text)


def test_a_long_word_costs_no_more_than_its_length() -> None:
    assert len(one('a = "' + "b-" * 500_000 + '"').data["a"]) == 1_000_000


def test_a_source_is_read_once_and_an_error_raised_each_time() -> None:
    good = Source("a.toml", "a = 1", Files(Path(), frozenset()))
    assert toml.parse(good) is toml.parse(good)
    bad = Source("a.toml", "a", Files(Path(), frozenset()))
    for _ in range(2):
        with pytest.raises(SyntaxProblem):
            toml.parse(bad)


_key = st.sampled_from(["a", "b-c", "1", '"q.u"', "'s'", '"\\u00e9"', "a.b", "b-c . '1'"])
_value = st.recursive(
    st.sampled_from(
        ["1", "1.5", "true", '"#"', "'[x]'", '"""m\n"q"""""', "'''a\n'b'''", "1979-05-27 07:32:00"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", # c\n ".join(items) + " ]")
        | st.lists(st.tuples(_key, inner.filter(lambda v: "\n" not in v)), max_size=2).map(
            lambda pairs: "{" + ", ".join(f"{key} = {value}" for key, value in pairs) + "}"
        )
    ),
    max_leaves=6,
)
_line = st.one_of(
    st.tuples(_key, _value).map(" = ".join),
    _key.map("[{}] # c".format),
    _key.map("[[ {} ]]".format),
    st.sampled_from(["", "# x = 1"]),
)


@given(st.lists(_line, max_size=8))
def test_every_value_has_its_place(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        tree = one(text)
    except SyntaxProblem:
        with pytest.raises(tomllib.TOMLDecodeError):
            tomllib.loads(text)
        return
    found = set(tree.values)
    assert all(resolve(tree.data, pointer) is not MISSING for pointer in found)
    assert found == set(_pointers(tree.data, ""))


def _pointers(data: object, pointer: str) -> list[str]:
    pairs = (
        [(key.replace("~", "~0").replace("/", "~1"), value) for key, value in data.items()]
        if isinstance(data, dict)
        else [(str(i), value) for i, value in enumerate(data)]
        if isinstance(data, list)
        else []
    )
    return [pointer, *(p for key, value in pairs for p in _pointers(value, f"{pointer}/{key}"))]


@given(st.text(st.sampled_from("ab.=[]{}\"'#, \n\r01-:T\\"), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree = one(text)
    except SyntaxProblem:
        return
    assert set(tree.values) == set(_pointers(tree.data, ""))
