"""What the YAML reader vouches for: data that the engines' native libraries take as it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.engines._plain import NotPlainError, clean
from complygate.errors import SyntaxProblem
from complygate.syntax.yaml import parse_text

VOUCHED = ["a: 1", "- x\n- y: [1, 2.5, true, null]", "a: é\U0001f600", f"a: {2**63 - 1}\nb: {-(2**63)}", "~"]
NOT_VOUCHED = [
    'a: "\\0"', "a: 'c:\\x'", f"a: {2**63}", f"- {-(2**63) - 1}", "a: 0xFFFFFFFFFFFFFFFF1", "a: !!int 3",
]  # fmt: skip


@pytest.mark.parametrize("text", VOUCHED)
def test_it_vouches_for_what_needs_no_cleaning(text: str) -> None:
    assert all(tree.plain for tree in parse_text("a.yaml", text))


@pytest.mark.parametrize("text", NOT_VOUCHED)
def test_it_does_not_vouch_for_escapes_wide_integers_and_tagged_ones(text: str) -> None:
    assert not any(tree.plain for tree in parse_text("a.yaml", text))


def test_it_does_not_vouch_for_what_it_does_not_read() -> None:
    deep = "[" * 300 + "]" * 300
    with pytest.raises(SyntaxProblem):
        parse_text("a.yaml", deep)


@given(st.text(st.characters(codec="utf-8"), max_size=40) | st.from_regex(r"[a: \[\]{}&*\\\"0-9x\n-]{0,60}"))
def test_what_it_vouches_for_is_clean(text: str) -> None:
    try:
        trees = parse_text("a.yaml", text)
    except SyntaxProblem:
        return
    for tree in trees:
        if tree.plain:
            assert _cleaned(tree.data) is tree.data


def _cleaned(data: Any) -> Any:
    try:
        return clean(data)
    except NotPlainError:
        return None
