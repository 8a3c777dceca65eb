"""Addresses of git sources: what is written is what is read, and what is hostile is none."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.errors import UsageError
from complygate.sources.address import parse

NAME = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,8}[a-z0-9]", fullmatch=True).filter(
    lambda text: ".." not in text and not text.endswith(".lock")
)
HOST = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z]{2,4})?", fullmatch=True)
SECRET = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """Draw a source, and what its parts are."""
    scheme = draw(st.sampled_from(["https", "ssh", "file"]))
    port = f":{draw(st.integers(1, 65535))}" if scheme != "file" and draw(st.booleans()) else ""
    host = draw(HOST) + port if scheme != "file" else ""
    path = "/" + "/".join(draw(st.lists(NAME, min_size=1, max_size=4)))
    ref = draw(st.just("") | st.lists(NAME, min_size=1, max_size=3).map("/".join))
    subdir = draw(st.just("") | st.lists(NAME, min_size=1, max_size=3).map("/".join))
    text = f"git+{scheme}://{host}{path}{f'@{ref}' if ref else ''}{f'#{subdir}' if subdir else ''}"
    return text, {"scheme": scheme, "public": f"{scheme}://{host}{path}", "ref": ref, "subdir": subdir}


@given(written())
def test_what_is_written_is_what_is_read(drawn: tuple[str, dict[str, str]]) -> None:
    text, parts = drawn
    address = parse(text)
    assert {name: getattr(address, name) for name in parts} == parts
    assert str(address) == text
    assert parse(str(address)) == address


@given(written(), SECRET, SECRET)
def test_credentials_reach_git_and_are_in_nothing_that_is_shown(
    drawn: tuple[str, dict[str, str]], user: str, password: str
) -> None:
    text, parts = drawn
    if parts["scheme"] != "https":
        return
    secret = f"{quote(user, safe='')}:{quote(password, safe='')}"
    given_ = text.replace("://", f"://{secret}@", 1)
    if user.startswith("-"):
        with pytest.raises(UsageError) as refused:
            parse(given_)
        assert secret not in str(refused.value)
        return
    address = parse(given_)
    assert address.credentials == f"{user}:{password}"
    assert str(address) == text
    for shown in (str(address), repr(address), address.url, address.public):
        assert secret not in shown
        assert "@" not in shown.removesuffix(f"@{parts['ref']}").split("://")[1].split("/")[0]


@given(st.text(st.sampled_from("abz0-_./@#:~^{}%\\ \t\n+?=&é☃\x00\x7f'\"$`|;[]"), max_size=40))
def test_whatever_is_given_git_gets_no_option_and_no_program(body: str) -> None:
    for start in ("git+https://", "git+ssh://", "git+file:///", "git+", ""):
        try:
            address = parse(start + body)
        except UsageError as error:
            assert error.message  # noqa: PT017 - which of the two it is, is what is tested
            continue
        assert re.match(r"(https|ssh|file)://", address.url)
        assert not address.ref.startswith("-")
        assert not re.search(r"\.\.|[\s~^:?*\[\\\x00-\x20\x7f]|@\{", address.ref)
        assert not {"", ".", ".."} & set(address.subdir.split("/") if address.subdir else ())
        assert address.url.isprintable()
        assert not re.search(r"\s", address.url)
        assert not re.match(r"ssh://-", address.url)


@given(written(), st.lists(st.sampled_from(["..", ".", "a", "b/c", "-x", ""]), max_size=5).map("/".join))
def test_a_relative_source_stays_in_the_repository(drawn: tuple[str, dict[str, str]], relative: str) -> None:
    address = parse(drawn[0])
    try:
        found = address.beside(relative)
    except UsageError:
        return
    assert (found.url, found.ref) == (address.url, address.ref)
    assert not {".", ".."} & set(found.subdir.split("/"))
    assert not found.subdir.startswith("/")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("git+https://user:secret@/x", "host is wrong"),
        ("git+https://user:secret@h ost/x", "is not a git source"),
        ("git+https://user:secret@host:99999999/x", "URL is broken"),
        ("git+https://user:secret@host", "URL is broken"),
        ("git+https://user:secret@host/x@", "ref after @ is empty"),
        ("git+http://user:secret@host/x", "only https, ssh, file are allowed"),
        ("git+ssh://user:secret@host/x", "not allowed"),
        ("git+https://user:secret@host/x?y=secret", "not allowed"),
    ],
)
def test_a_mistake_shows_no_password(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        parse(text)
    assert "secret" not in f"{error.value} {error.value.hint}"
