from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.model.remote import public_url


@pytest.mark.parametrize(
    ("remote", "shown"),
    [
        ("https://github.com/o/r.git", "https://github.com/o/r.git"),
        ("https://user:token@github.com/o/r.git?a#b", "https://github.com/o/r.git"),
        ("https://token@example.com:8443/o/r", "https://example.com:8443/o/r"),
        ("http://[::1]:8080/o/r", "http://[::1]:8080/o/r"),
        ("git@github.com:o/r.git", "https://github.com/o/r.git"),
        ("github.com:/o/r.git", "https://github.com/o/r.git"),
        ("ssh://git@example.com:2222/o/r.git", "https://example.com/o/r.git"),
        ("git://example.com/r", "https://example.com/r"),
        ("/srv/git/r.git", ""),
        ("../r.git", ""),
        ("file:///srv/git/r.git", ""),
        ("C:\\git\\r", ""),
        ("C:/git/r", ""),
        ("https://[bad/o/r", ""),
        ("https://example.com:port/o/r", ""),
        ("https://example.com:99999/o/r", ""),
        ("http://", ""),
        ("::", ""),
        ("ext::sh -c id", ""),
        ("", ""),
    ],
)
def test_public_url(remote: str, shown: str) -> None:
    assert public_url(remote) == shown


@given(st.one_of(st.text(), st.from_regex(r"(https?|ssh)://[^/]*/.*"), st.from_regex(r"[a-z]*@?[a-z.]+:.*")))
def test_what_is_shown_stays_as_it_is_shown_again(remote: str) -> None:
    shown = public_url(remote)
    assert shown == "" or shown.startswith(("http://", "https://"))
    assert public_url(shown) == shown
