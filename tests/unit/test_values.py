"""The project's `dataclass` makes what the standard one makes."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate import values

OPTIONS = [
    {"frozen": True, "slots": True},
    {"frozen": True},
    {"slots": True},
    {},
    {"frozen": True, "slots": True, "eq": False},
]


def pair(**options: bool) -> tuple[Any, Any]:
    """Return the same class, made by the standard decorator and by ours."""

    def plain() -> type:
        class Thing:
            name: str
            count: int = 0
            seen: list[int] = dataclasses.field(default_factory=list, compare=False, repr=False)

        return Thing

    return dataclasses.dataclass(**options)(plain()), values.dataclass(**options)(plain())


ARGUMENTS = st.tuples(st.text(max_size=3), st.integers(-2, 2))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@given(one=ARGUMENTS, other=ARGUMENTS)
def test_equality_hash_and_words_are_those_of_the_standard_decorator(
    options: dict[str, bool], one: tuple[str, int], other: tuple[str, int]
) -> None:
    standard, ours = pair(**options)
    assert (ours(*one) == ours(*other)) is (standard(*one) == standard(*other))
    assert repr(ours(*one)) == repr(standard(*one))
    assert (ours.__hash__ is None) is (standard.__hash__ is None)
    if options.get("frozen") and options.get("eq", True):
        assert (hash(ours(*one)) == hash(ours(*other))) is (hash(standard(*one)) == hash(standard(*other)))
    assert ours(*one) != standard(*one)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_what_is_not_compared_does_not_count(options: dict[str, bool]) -> None:
    _, ours = pair(**options)
    assert (ours("a", 1, [1]) == ours("a", 1, [2])) is options.get("eq", True)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_the_standard_functions_know_its_classes(options: dict[str, bool]) -> None:
    standard, ours = pair(**options)
    value = ours("a", 1)
    assert dataclasses.asdict(dataclasses.replace(value, count=2)) == {"name": "a", "count": 2, "seen": []}
    assert [field.name for field in dataclasses.fields(ours)] == [
        f.name for f in dataclasses.fields(standard)
    ]
    assert ours.__match_args__ == standard.__match_args__
    assert hasattr(value, "__dict__") is not options.get("slots", False)
    assert copy.copy(value).name == "a"


@values.dataclass(frozen=True, slots=True)
class Nothing:
    """A value without fields."""


@values.dataclass(frozen=True, slots=True)
class One:
    """A value with methods of its own."""

    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


def test_a_class_without_fields_has_one_value() -> None:
    assert {Nothing(), Nothing()} == {Nothing()}
    assert repr(Nothing()) == "Nothing()"


def test_a_class_keeps_its_own_words_and_travels_between_processes() -> None:
    assert repr(One("a")) == "<a>"
    assert pickle.loads(pickle.dumps(One("a"))) == One("a")  # noqa: S301 - our own bytes
    assert One("a") != One("b")
    assert {One("a"): 1}[One("a")] == 1
