from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reporters import reports

from complygate.model.report import Provenance
from complygate.reporters._links import RULES_URL, line_url, path_uri, rule_url
from complygate.reporters._plain import cut, encodable, one_line, visible, width


@given(st.text(alphabet=st.characters()))
def test_what_is_shown_carries_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = visible(text)
    encodable(shown).encode("utf-8")
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain — ünïcode 漢字", "plain — ünïcode 漢字"),
        ("\x1b[31m", "␛[31m"),
        ("a\tb", "a    b"),
        ("a\nb", "a␊b"),
        ("\u202eabc", "<U+202E>abc"),
        ("\x9b1m", "<U+009B>1m"),
        ("no\u00a0break", "no break"),
        ("##[error]", "#\u200b#[error]"),
        ("##VSO[task]", "#\u200b#VSO[task]"),
        ("## heading", "## heading"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("\u200b", 0), ("😀", 2)]
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_cut() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"


def test_line_url_knows_github_and_gitlab_only() -> None:
    def url(remote: str) -> str:
        return line_url(Provenance(remote, "4b8"), "a b.yaml", 3)

    assert url("git@github.com:o/r.git") == "https://github.com/o/r/blob/4b8/a%20b.yaml#L3"
    assert (
        url("https://gitlab.example.com/g/s/r") == "https://gitlab.example.com/g/s/r/-/blob/4b8/a%20b.yaml#L3"
    )
    assert url("https://example.com/o/r") == ""
    assert line_url(Provenance("https://github.com/o/r"), "a", 1) == ""


def test_path_uri_keeps_the_bytes_of_a_name_that_is_no_utf8() -> None:
    assert unquote_to_bytes(path_uri("caf\udce9.yaml")) == b"caf\xe9.yaml"
    assert path_uri("a:b#c?.yaml") == "a%3Ab%23c%3F.yaml"
    assert path_uri("") == "."


def test_rule_url_is_the_first_web_reference() -> None:
    assert rule_url(reports.rule("a/b", references=("mailto:x", "https://e.org"))) == "https://e.org"
    assert rule_url(reports.rule("a/b", references=())) == RULES_URL
    assert rule_url(reports.rule("a/b", references=("https://[e",))) == "https://[e"


def test_rule_url_of_a_built_in_rule_is_its_page() -> None:
    built_in = reports.rule("a/b-c", references=("https://e.org",), built_in=True)
    assert rule_url(built_in) == RULES_URL.replace("rules.md", "rules/a/b-c.md")


def test_rule_url_of_a_tools_own_check_is_the_page_about_the_tool() -> None:
    check = replace(reports.rule("checkov/CKV_X_1", built_in=True), applies_to=(), engine="checkov")
    assert rule_url(check) == RULES_URL.replace("rules.md", "checkov.md")
