"""Our writer of indented JSON says what the library's does."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from complygate.reporters._json import indented


class Word(StrEnum):
    HIGH = "high"


_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.sampled_from(Word)
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(), inner, max_size=4),
    ),
    max_leaves=20,
)


@given(_VALUES)
def test_it_says_what_the_library_says(value: Any) -> None:
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=2)
