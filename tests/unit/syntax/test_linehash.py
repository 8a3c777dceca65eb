"""The expected hashes are those of github/codeql-action's own test (`src/fingerprints.test.ts`)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.syntax.linehash import primary_location_line_hashes

GREETINGS = [
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    "c129715d7a2bc9a3:1",
]


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETINGS),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETINGS),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETINGS),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETINGS),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *(f"a7f2ff13bc495cf2:{n}" for n in range(1, 7)),
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ],
        ),
    ],
)
def test_known_hashes(text: str, hashes: list[str]) -> None:
    assert primary_location_line_hashes(text) == hashes


def test_a_blank_between_cr_and_lf_makes_two_line_ends() -> None:
    assert len(primary_location_line_hashes("a\r \nb")) == 3
    assert len(primary_location_line_hashes("a\r\nb")) == 2


def test_a_byte_order_mark_counts() -> None:
    marked, plain = primary_location_line_hashes("\ufeffa: 1\nb"), primary_location_line_hashes("a: 1\nb")
    assert marked[0] != plain[0]
    assert marked[1] == plain[1]


def test_an_astral_character_counts_as_two_units() -> None:
    # U+1F600 is the surrogate pair D83D DE00.
    assert primary_location_line_hashes("\U0001f600") == primary_location_line_hashes("\ud83d\ude00")


@given(st.text(alphabet=st.sampled_from("ab \t\r\né\U0001f600\ud800")))
def test_one_hash_for_each_line_and_no_hash_twice(text: str) -> None:
    hashes = primary_location_line_hashes(text)
    assert len(hashes) == len(re.split(r"\r\n|\r|\n", text))
    assert len(set(hashes)) == len(hashes)


@given(st.text(alphabet="ab\n"), st.text(alphabet=" \t"))
def test_a_hash_survives_lines_put_in_front(text: str, blanks: str) -> None:
    body = "unlike any other:\n" + text
    before = [h.partition(":")[0] for h in primary_location_line_hashes(body)]
    after = [h.partition(":")[0] for h in primary_location_line_hashes("new\n" + blanks + body)]
    assert after[1:] == before
