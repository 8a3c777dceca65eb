from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.evaluate.message import render

VALUES: dict[str, Any] = {
    "self": {"name": "web", "ports": [{"n": 80}], "on": True, "map": {"a": 1}, "none": None},
    "params": {"hosts": ["a", "b"]},
    "value": "x\ny",
}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Container {self.name} runs", "Container web runs"),
        ("port {self.ports[0].n}", "port 80"),
        ("port {self.ports.0.n}", "port 80"),
        ("one of {params.hosts}", "one of a, b"),
        ("{value}", "x y"),
        ("{self.map}", '{"a": 1}'),
        ("{self.on}", "true"),
        ("{self.nope} {self.none} {nobody}", "(none) (none) (none)"),
        ("{self.__class__} {self.name.upper}", "(none) (none)"),
        ("{{literal}}", "{literal}"),
        ("no placeholders", "no placeholders"),
    ],
)
def test_render(message: str, expected: str) -> None:
    assert render(message, VALUES) == expected


@given(st.text())
def test_a_long_or_odd_value_gives_one_short_line(value: str) -> None:
    text = render("<{value}>", {"value": value})
    assert "\n" not in text
    assert len(text) <= 162
