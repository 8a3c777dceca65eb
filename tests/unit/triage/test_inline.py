from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.triage.inline import Ignore, ignores_in


def found(text: str, *comments: str) -> list[Ignore]:
    return list(ignores_in("f", text.split("\n"), comments or ("#",)))


def test_a_trailing_comment_covers_its_line() -> None:
    (ignore,) = found("a: 1\nb: 2  # complygate: ignore[x/y] legacy, see ADR 7\n")
    assert ignore == Ignore("f", 2, 2, ("x/y",), "legacy, see ADR 7")


def test_a_comment_of_its_own_covers_the_next_line_of_code() -> None:
    (ignore,) = found("# complygate: ignore[x/y, z] until=2027-01-31 why\n# more\n\nb: 2\nc: 3")
    assert (ignore.covers, ignore.rules, ignore.until, ignore.reason) == (
        4,
        ("x/y", "z"),
        dt.date(2027, 1, 31),
        "why",
    )


def test_a_comment_at_the_end_of_the_file_covers_nothing_else() -> None:
    (ignore,) = found("a: 1\n# complygate: ignore[x] why")
    assert ignore.covers == 2


@pytest.mark.parametrize(
    ("text", "comments"),
    [("a: 1 // complygate: ignore[x] y", ("#", "//")), ("a //complygate:ignore[x] y", ("//",))],
)
def test_each_syntax_has_its_own_comments(text: str, comments: tuple[str, ...]) -> None:
    assert [i.rules for i in found(text, *comments)] == [("x",)]


@pytest.mark.parametrize(
    "text", ["a: 'complygate: ignore[x] y'", "// complygate: ignore[x] y", "# complygate: ignore x"]
)
def test_what_is_no_comment_is_no_ignore(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("comment", "mistake"),
    [
        ("ignore[] why", "it names no rule"),
        ("ignore[x] until=soon why", "until=soon is not a date (YYYY-MM-DD)"),
        ("ignore[x] until=2027-02-30 why", "until=2027-02-30 is not a date (YYYY-MM-DD)"),
    ],
)
def test_a_mistake_is_kept(comment: str, mistake: str) -> None:
    (ignore,) = found(f"a # complygate: {comment}")
    assert ignore.mistake == mistake


@given(st.text(alphabet="#/ complygate:ignore[x],until=2-\n", max_size=80))
def test_no_text_raises(text: str) -> None:
    found(f"# complygate: {text}", "#", "//")
