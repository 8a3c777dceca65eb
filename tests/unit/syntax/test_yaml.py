"""YAML: values of the 1.2 core schema, places, and texts made to do harm."""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from complygate.errors import SyntaxProblem
from complygate.model.pointer import MISSING, resolve
from complygate.model.source import Files, Source
from complygate.model.tree import Span, Tree
from complygate.syntax import yaml


def one(text: str) -> Tree:
    (tree,) = yaml.parse_text("a.yaml", text)
    return tree


def text_at(text: str, span: Span) -> str:
    """Return what stands at `span`, cut out line by line as an editor would."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def value_text(text: str, pointer: str) -> str:
    return text_at(text, one(text).values[pointer])


def key_text(text: str, pointer: str) -> str:
    return text_at(text, one(text).keys[pointer])


def error(text: str) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        yaml.parse_text("a.yaml", text)
    return caught.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *((word, word) for word in ("on", "off", "yes", "no", "y", "N", "On", "nULL", "tRUE")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        ("0", 0), ("-0", 0), ("017", 17), ("0o17", 15), ("0x1F", 31), ("+12", 12), ("-12", -12),
        ("0b11", "0b11"), ("1_000", "1_000"), ("12:30:45", "12:30:45"), ("190:20:30.15", "190:20:30.15"),
        ("2001-12-14", "2001-12-14"), ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("1.5", 1.5), ("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("-1.5E-2", -0.015), ("1.2.3", "1.2.3"),
        (".inf", ".inf"), ("-.Inf", "-.Inf"), (".nan", ".nan"), ("1e999", "1e999"), ("9" * 500, "9" * 500),
        ("=", "="), (".", "."), ("+", "+"), ("0o8", "0o8"), ("-0x1", "-0x1"), ("a: b", {"a": "b"}),
        ('"on"', "on"), ("'1'", "1"), ('"\\u00e9"', "é"), ("|-\n  a\n  b", "a\nb"), (">-\n  a\n  b", "a b"),
    ],
)  # fmt: skip
def test_a_scalar_means_what_the_core_schema_says(written: str, value: Any) -> None:
    indented = "\n  " + written if written == "a: b" else written
    got = one(f"key: {indented}\n").data["key"]
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("key", ["on", "8080", "1.0", "true", "null", "~", "0x1F", "2001-12-14", "=", "no"])
def test_a_key_is_the_string_as_written(key: str) -> None:
    assert one(f"{key}: 1").data == {key: 1}
    assert key_text(f"{key}: 1", f"/{key.replace('~', '~0')}") == key


def test_an_empty_key_and_an_explicit_one() -> None:
    assert one("? a\n: 1\n? b\n").data == {"a": 1, "b": None}
    assert one("? \n: 1").data == {"": 1}


def test_every_document_is_a_tree_of_its_own() -> None:
    trees = yaml.parse_text("a.yaml", "# first\na: 1\n---\n---\n- b\n...\n---\n# nothing\n")
    assert [tree.data for tree in trees] == [{"a": 1}, None, ["b"], None]
    assert trees[2].values["/0"] == Span(5, 3, 5, 4)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "\ufeff"])
def test_a_text_without_documents(text: str) -> None:
    assert yaml.parse_text("a.yaml", text) == ()


def test_a_byte_order_mark_moves_nothing() -> None:
    assert one("\ufeffa: 1").keys["/a"] == Span(1, 1, 1, 2)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    tree = one(end.join(["a: 1", "b:", "  - x", "  - |", "    one", "    two", "c: 3", ""]))
    assert tree.data == {"a": 1, "b": ["x", "one\ntwo\n"], "c": 3}
    assert tree.values["/b/1"] == Span(4, 5, 6, 8)
    assert tree.keys["/c"] == Span(7, 1, 7, 2)


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
def test_line_ends_that_only_old_yaml_knows_count_no_line(separator: str) -> None:
    tree = one(f'a: "x{separator}y"\nb: 2\n')
    assert tree.keys["/b"] == Span(2, 1, 2, 2)


def test_columns_count_code_points() -> None:
    assert one("ключ: 🙂 # x\n").values["/ключ"] == Span(1, 7, 1, 8)


def test_places_of_scalars_are_exact() -> None:
    text = (
        "a: plain text  # comment\nb: 'single'\nc: \"double\"\nd: |\n  lines\n  here\n\n\ne: >-\n  folded\n"
    )
    assert value_text(text, "/a") == "plain text"
    assert value_text(text, "/b") == "'single'"
    assert value_text(text, "/c") == '"double"'
    assert value_text(text, "/d") == "|\n  lines\n  here"
    assert value_text(text, "/e") == ">-\n  folded"


def test_a_block_ends_with_its_last_child() -> None:
    text = "a:\n  b:\n    - 1\n    - c: 2\n      d: x\n\n\n# comment\ne: {f: 1, }\n"
    assert value_text(text, "/a") == "b:\n    - 1\n    - c: 2\n      d: x"
    assert value_text(text, "/a/b/1") == "c: 2\n      d: x"
    assert value_text(text, "/e") == "{f: 1, }"
    assert value_text(text, "") == text[: text.index("\n\n") + 0] + "\n\n\n# comment\ne: {f: 1, }"


def test_an_absent_value_has_no_width() -> None:
    assert one("a:\nb: 1\n").values["/a"] == Span(1, 3, 1, 3)


def test_an_item_has_no_key() -> None:
    assert set(one("a: [1, {b: 2}]").keys) == {"/a", "/a/1/b"}


def test_an_alias_is_placed_where_it_stands_and_its_inside_where_that_is_written() -> None:
    text = "base: &base {image: nginx, ports: [80]}\nweb: *base\nall: [*base]\nname: &n web\nagain: *n\n"
    tree = one(text)
    assert tree.data["web"] == tree.data["base"]
    assert value_text(text, "/web") == "*base"
    assert key_text(text, "/web") == "web"
    assert value_text(text, "/all/0") == "*base"
    assert value_text(text, "/web/image") == "nginx"
    assert tree.keys["/all/0/ports"] == tree.keys["/base/ports"]
    assert value_text(text, "/again") == "*n"


def test_an_anchor_may_be_given_again() -> None:
    assert one("a: &x 1\nb: *x\nc: &x 2\nd: *x").data == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_an_anchor_of_one_document_is_unknown_in_the_next() -> None:
    assert "*x" in error("a: &x 1\n---\nb: *x").message


def test_an_alias_may_be_a_key() -> None:
    assert one("a: &k web\n*k : 1").data == {"a": "web", "web": 1}
    assert one("&k web: 1\nb: *k").data == {"web": 1, "b": "web"}


def test_merge_keys() -> None:
    text = (
        "a: &a {x: 1, y: {z: 1}}\nb: &b {x: 2, w: 3}\n"
        "one:\n  <<: *a\n  x: 9\nmany:\n  <<: [*b, *a]\nplain:\n  <<: {v: 1}\ntwice:\n  <<: *a\n  <<: *b\n"
        "nested:\n  <<: &c\n    <<: *a\n    u: 1\n"
    )
    tree = one(text)
    assert tree.data["one"] == {"x": 9, "y": {"z": 1}}
    assert tree.data["many"] == {"x": 2, "w": 3, "y": {"z": 1}}
    assert tree.data["plain"] == {"v": 1}
    assert tree.data["twice"] == {"x": 1, "y": {"z": 1}, "w": 3}
    assert tree.data["nested"] == {"x": 1, "y": {"z": 1}, "u": 1}
    assert tree.notes == ()
    assert tree.values["/one/y/z"] == tree.values["/a/y/z"]
    assert tree.keys["/many/w"] == tree.keys["/b/w"]
    assert "/one/<<" not in tree.values


def test_a_quoted_merge_key_is_a_key() -> None:
    assert one('"<<": {a: 1}').data == {"<<": {"a": 1}}


def test_a_merge_of_something_else_is_noted_and_kept() -> None:
    tree = one("<<: text")
    assert tree.data == {"<<": "text"}
    assert tree.notes[0].span == Span(1, 1, 1, 3)


def test_a_duplicate_key_is_noted_and_the_last_one_counts() -> None:
    tree = one("a:\n  b: 1\n  c: 2\n  b: 3\n")
    assert tree.data == {"a": {"b": 3, "c": 2}}
    (note,) = tree.notes
    assert note.span == Span(4, 3, 4, 4)
    assert note.pointer == "/a/b"
    assert '"b"' in note.message
    assert "line 2" in note.message
    assert tree.values["/a/b"] == Span(4, 6, 4, 7)


def test_keys_are_compared_as_they_are_read() -> None:
    assert len(one("1: a\n'1': b").notes) == 1
    assert one("01: a\n1: b").notes == ()


def test_tags_are_kept_beside_the_value() -> None:
    text = (
        "r: !Ref Name\ng: !GetAtt a.b\ns: !Sub ['${x}', {x: 1}]\nv: !vault |\n  $ANSIBLE\n"
        "l:\n  - !reference [.job, script]\nn: !Ref 8080\nm: !Map {a: 1}\n"
    )
    tree = one(text)
    assert tree.data == {
        "r": "Name", "g": "a.b", "s": ["${x}", {"x": 1}], "v": "$ANSIBLE\n",
        "l": [[".job", "script"]], "n": "8080", "m": {"a": 1},
    }  # fmt: skip
    assert dict(tree.tags) == {
        "/r": "!Ref", "/g": "!GetAtt", "/s": "!Sub", "/v": "!vault", "/l/0": "!reference", "/n": "!Ref",
        "/m": "!Map",
    }  # fmt: skip


def test_tags_of_yaml_itself_say_how_to_read_the_value() -> None:
    tree = one(
        "a: !!str 8080\nb: !!int '8080'\nc: !!binary aGk=\nd: !!map {x: 1}\ne: !!float 1\nf: !!bool 'true'"
    )
    assert tree.data == {"a": "8080", "b": 8080, "c": "aGk=", "d": {"x": 1}, "e": 1, "f": True}
    assert dict(tree.tags) == {"/c": "!!binary"}


def test_an_alias_keeps_the_tag() -> None:
    assert one("a: &a !Ref X\nb: *a").tags["/b"] == "!Ref"


def test_a_key_that_is_a_map_is_its_text_with_a_note() -> None:
    text = "image: {{ image }}\nnext: 1\n"
    tree = one(text)
    assert tree.data == {"image": {"{ image }": None}, "next": 1}
    (note,) = tree.notes
    assert note.message == yaml.COMPLEX_KEY
    assert text_at(text, note.span) == "{ image }"
    assert note.pointer == "/image/{ image }"


def test_a_block_key() -> None:
    tree = one("? - a\n  - b\n: 1\nc: 2\n")
    assert tree.data == {"- a\n  - b": 1, "c": 2}


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("a:\n\tb: 1\n", 2, 1, "tab"),
        ("a: b: c\n", 1, 5, "key"),
        ("a: [1, 2\nb: 1\n", 2, 2, "bracket"),
        ("a:\n- 1\n  b: 2\n- 3\n c\n", 3, 4, "key"),
        ("a: 'open\n", 2, 1, "quote"),
        ("a: *nowhere\n", 1, 4, "nowhere"),
        ("a: &a [1, *a]\n", 1, 11, "inside"),
        ("a: &a {<<: *a}\n", 1, 12, "inside"),
        ("x\0y\n", 1, 2, "U+0000"),
        ("🙂: 1\nb: \x07\n", 2, 4, "U+0007"),
        ("a: \ud800\n", 1, 4, "surrogate"),
        ("a: @b\n", 1, 4, ""),
    ],
)
def test_malformed_text_says_what_and_where(text: str, line: int, column: int, word: str) -> None:
    problem = error(text)
    assert problem.place is not None
    assert (problem.place.path, problem.place.line, problem.place.column) == ("a.yaml", line, column)
    assert word in problem.message


def _laughs(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        "- " * 100_000,
        "{a: " * 100_000,
        "? " * 100_000,
        "{" * 100_000,
        _laughs(9),
        "a: &a {x: 1}\n" + "b: {<<: [" + "*a, " * 99 + "*a]}\n" + "c: {<<: [" + "*a, " * 500_000 + "*a]}\n",
        "[" + "1," * 1_200_000 + "1]",
        "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 300)),
    ],
    ids=["lists", "block lists", "maps", "explicit keys", "keys", "laughs", "merges", "long", "deep aliases"],
)  # fmt: skip
def test_a_text_made_to_do_harm_is_refused_soon(text: str) -> None:
    start = time.process_time()
    problem = error(text)
    assert "values" in problem.message or "nests deeper" in problem.message
    assert time.process_time() - start < 20


def test_a_number_of_a_million_digits_is_a_string_at_once() -> None:
    assert one("a: " + "9" * 1_000_000).data["a"] == "9" * 1_000_000


def test_a_thousand_defects_are_not_a_thousand_notes() -> None:
    assert len(one("a: 1\n" * 1000).notes) == 100


def test_depth_is_bounded_where_documented() -> None:
    assert one("[" * yaml.MAX_DEPTH + "]" * yaml.MAX_DEPTH).data
    error("[" * (yaml.MAX_DEPTH + 1) + "]" * (yaml.MAX_DEPTH + 1))


def test_a_source_is_read_once_and_an_error_raised_each_time() -> None:
    good = Source("a.yaml", "a: 1", Files(Path(), frozenset()))
    assert yaml.parse(good) is yaml.parse(good)
    bad = Source("a.yaml", "a: [", Files(Path(), frozenset()))
    for _ in range(2):
        with pytest.raises(SyntaxProblem):
            yaml.parse(bad)


def test_the_tables_travel_as_plain_dicts() -> None:
    tree = one("a: [1, !x 2]")
    again = pickle.loads(pickle.dumps(tree))  # noqa: S301 - our own
    assert again.values == dict(tree.values)
    assert again.tags == {"/a/1": "!x"}


@pytest.mark.parametrize("pointer", ["a", "/b", "/a/2", "/a/-", "/a/x", "/a/0/0", "/a/" + "9" * 5000, "/a/²"])
def test_a_pointer_that_leads_nowhere_has_no_place(pointer: str) -> None:
    tree = one("a: [1, 2]")
    assert pointer not in tree.values
    assert tree.keys.get(pointer) is None


_text = st.text(st.characters(exclude_categories=("Cs", "Cc")))
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=20,
)


@given(_json, st.booleans(), st.booleans())
def test_what_is_written_is_read_again(data: Any, flow: bool, wide: bool) -> None:
    text = pyyaml.dump(
        data, Dumper=pyyaml.SafeDumper, default_flow_style=flow, allow_unicode=True,
        width=1_000_000 if wide else 20,
    )  # fmt: skip
    tree = one(text)
    assert _same(tree.data, data)
    for pointer, span in tree.values.items():
        assert resolve(tree.data, pointer) is not MISSING
        assert (1, 1) <= span[:2] <= span[2:]


def _same(got: Any, data: Any) -> bool:
    """Tell whether both are alike, apart from numbers that JSON text and YAML 1.1 write differently."""
    if isinstance(data, dict):
        return (
            isinstance(got, dict) and list(got) == sorted(data) and all(_same(got[k], data[k]) for k in data)
        )
    if isinstance(data, list):
        return len(got) == len(data) and all(map(_same, got, data))
    return bool(got == data)


@given(st.text(st.sampled_from("ab:-?&*!|>'\"%@`{}[],#<~ \n\t\r\\01.é\u2028\x85"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        trees = yaml.parse_text("a.yaml", text)
    except SyntaxProblem:
        return
    for tree in trees:
        for pointer in (*tree.values, *tree.keys):
            assert resolve(tree.data, pointer) is not MISSING


@given(st.text(st.sampled_from("ab:-?{}[],# \n'\"|1.&*!"), max_size=40))
def test_it_refuses_what_libyaml_refuses_and_nothing_else(text: str) -> None:
    try:
        count = len(list(pyyaml.compose_all(text, Loader=pyyaml.CSafeLoader)))
    except pyyaml.YAMLError:
        with pytest.raises(SyntaxProblem):
            yaml.parse_text("a.yaml", text)
        return
    assert len(yaml.parse_text("a.yaml", text)) == count
