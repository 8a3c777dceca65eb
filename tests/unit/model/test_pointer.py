from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.model import pointer as ptr

tokens = st.lists(st.text(max_size=5), max_size=5)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(tokens)
def test_split_undoes_build(parts: list[str]) -> None:
    assert ptr.split(ptr.build(parts)) == parts


@given(json_values)
def test_every_value_is_found_under_its_own_pointer(data: Any) -> None:
    def walk(value: Any, pointer: str) -> None:
        assert ptr.resolve(data, pointer) is value
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, ptr.join(pointer, key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, ptr.join(pointer, index))

    walk(data, "")


@pytest.mark.parametrize("pointer", ["/x", "/a/2", "/a/-1", "/a/x", "/a/²", "/b/c/d"])
def test_a_pointer_that_leads_nowhere_is_missing(pointer: str) -> None:
    assert ptr.resolve({"a": [1, 2], "b": {"c": None}}, pointer) is ptr.MISSING


def test_null_is_a_value() -> None:
    assert ptr.resolve({"b": {"c": None}}, "/b/c") is None


def test_split_refuses_what_is_no_pointer() -> None:
    with pytest.raises(ValueError, match="not a JSON pointer"):
        ptr.split("a/b")


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [("", "/a", True), ("/a", "/a", True), ("/a", "/a/b", True), ("/a", "/ab", False)],
)
def test_contains(outer: str, inner: str, expected: bool) -> None:
    assert ptr.contains(outer, inner) is expected


def test_parent() -> None:
    assert ptr.parent("/a/b") == "/a"
    assert ptr.parent("/a") == ""
    assert ptr.parent("") == ""
