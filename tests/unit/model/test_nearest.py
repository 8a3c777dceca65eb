"""The nearest right words for a wrong one."""

from __future__ import annotations

import pytest

from complygate.model.nearest import closest, did_you_mean, nearest


def test_the_nearest_comes_first_and_order_and_repetition_do_not_count() -> None:
    words = ["privilege", "privileged", "host-path"]
    assert closest("privilegd", words, count=3) == ["privileged", "privilege"]
    assert closest("privilegd", [*reversed(words), *words], count=3) == ["privileged", "privilege"]
    assert closest("privilegd", words) == ["privileged"]


@pytest.mark.parametrize(
    ("word", "known", "short", "full"),
    [
        ("hihg", ["low", "high"], 'did you mean "high"?', 'did you mean "high"?'),
        ("zzz", ["b", "a"], "", "there are a, b"),
        ("zzz", ["a", "a"], "", "there is only a"),
        ("zzz", map(str, range(13)), "", ""),
        ("zzz", (), "", ""),
    ],
)
def test_hints(word: str, known: list[str], short: str, full: str) -> None:
    options = list(known)
    assert (did_you_mean(word, options), nearest(word, options)) == (short, full)
