"""Waiver files changed as text: what is left says the same, and stands there as before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.errors import PolicyError, UsageError
from complygate.policy.files import Mistakes
from complygate.policy.waiver_text import added, without
from complygate.policy.waivers import read

WORDS = st.text(min_size=1).filter(lambda text: text.strip())
ENTRY: dict[str, Any] = {
    "rule": "a/b", "paths": ["x"], "reason": "r", "approver": "s",
    "created": "2026-01-01", "expires": "2026-02-01",
}  # fmt: skip
INLINE = "{rule: a, paths: [x], reason: r, approver: s, created: 2026-01-01, expires: 2026-02-01}"


def reasons(text: str) -> list[str]:
    mistakes = Mistakes()
    found = [waiver.reason for waiver in read(text, "w.yaml", mistakes)]
    mistakes.stop()
    return found


@given(WORDS, WORDS)
def test_any_words_are_read_back_or_refused(reason: str, approver: str) -> None:
    try:
        text = added("", "w.yaml", {**ENTRY, "reason": reason, "approver": approver}, "a remark")
    except UsageError:
        assert not (reason + approver).isprintable()  # what YAML cannot hold
        return
    assert reasons(text) == [reason.strip()]


COMMENTS = st.sampled_from(
    ["", "# top\n", "\n", "\n\n", "  # above\n", "  # one\n  # two\n", "    # deeper\n"]
)


@given(st.lists(st.tuples(COMMENTS, st.booleans()), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_what_is_left_stands_in_the_text_as_before(parts: list[tuple[str, bool]], end: str) -> None:
    text, begun, kept = "waivers:\n", set(), []
    for number, (comment, goes) in enumerate(parts):
        text = (
            added(text + comment, "w.yaml", {**ENTRY, "reason": f"r{number}"})
            if number
            else (added("", "w.yaml", {**ENTRY, "reason": "r0"}))
        )
        if goes:
            begun.add(text[: text.rindex("- rule")].count("\n") + 1)
        else:
            kept.append(f"r{number}")
    text = text.replace("\n", end)
    left = without(text, "w.yaml", begun)
    assert reasons(left) == kept
    rest = iter(text.split(end))
    lines = ["waivers:" if line == "waivers: []" else line for line in left.split(end)]
    assert all(line in rest for line in lines), "lines that were not there, or in another order"


@pytest.mark.parametrize("text", [f"waivers: [{INLINE}]\n", f"waivers:\n- &a {INLINE}\n- *a\n"])
def test_what_cannot_be_changed_safely_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"safely|lines of their own"):
        without(text, "w.yaml", {1, 2})


def test_a_broken_file_is_not_changed() -> None:
    with pytest.raises(PolicyError):
        added("waivers: {", "w.yaml", ENTRY)
