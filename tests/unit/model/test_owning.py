"""Owners of many files at once: the same answers as file by file, and an end to what takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.model import owning
from complygate.model.owners import fits
from complygate.model.owning import Owning, Patterns
from complygate.syntax import codeowners

PATTERNS = [
    "*",
    "/",
    "/**",
    "*.js",
    "*.min.js",
    "/docs/",
    "docs",
    "docs/",
    "docs/*",
    "/a/b",
    "a/b/",
    "**/logs",
    "/a/*/c",
    "b",
]
PATHS = [
    "a",
    "b",
    "a/b",
    "a/b/c",
    "a/x/c",
    "docs/a",
    "docs/a/b.js",
    "x/docs/y",
    "x.js/y",
    "a.min.js",
    "x/logs",
    "x/logs/y",
]


@given(st.lists(st.sampled_from(PATTERNS), max_size=8), st.sampled_from(PATHS))
def test_the_patterns_that_fit_are_those_that_fit_one_by_one(patterns: list[str], path: str) -> None:
    assert Patterns(patterns).of(path) == [i for i, pattern in enumerate(patterns) if fits(pattern, path)]


@given(
    st.lists(st.sampled_from(PATTERNS), max_size=8), st.lists(st.sampled_from(PATHS), max_size=5, min_size=1)
)
def test_a_pattern_is_used_that_fits_a_file(patterns: list[str], paths: list[str]) -> None:
    assert Patterns(patterns).used(paths) == [
        any(fits(pattern, path) for path in paths) for pattern in patterns
    ]


def test_what_platforms_read_differently_is_left_open() -> None:
    assert Patterns(["[ab].js", "*.js"]).used(["a.js"]) == [None, True]
    data = codeowners.parse_text("CODEOWNERS", "* @a\n[ab].js @b\n").data
    assert Owning(data).of("c.js") is None


def test_the_search_for_files_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owning, "MAX_ATTEMPTS", 10)
    patterns = ["a/*/c", "x/*/z", "first", "*.js"]
    paths = ["first", *(f"f{i}" for i in range(9)), "a/b/c", "later.js"]
    assert Patterns(patterns).used(paths) == [None, None, True, None]


def test_asking_for_owners_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owning, "MAX_ATTEMPTS", 10)
    of = Owning(codeowners.parse_text("CODEOWNERS", "* @a\n*.js @b\na/*/c @c\n").data).of
    assert [of("x.js"), of("y.js"), of("z.js")] == [["@b"], ["@b"], None]


def test_the_last_rule_decides_in_each_section() -> None:
    text = "* @a\n/deploy/ @b\n/deploy/x\n[Docs]\n*.md @docs\n^[Nice]\n* @nice\n"
    of = Owning(codeowners.parse_text("CODEOWNERS", text).data).of
    assert [of("a"), of("deploy/y"), of("deploy/x"), of("deploy/x.md")] == [
        ["@a"],
        ["@b"],
        [],
        ["@b", "@docs"],
    ]
