from __future__ import annotations

import io

import pytest

from complygate.cli.progress import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_quick_scan_shows_nothing(clock: Clock) -> None:
    out = Terminal()
    line = ProgressLine(out, clock)
    clock.now = 0.9
    line(5, 10)
    line.close()
    assert out.getvalue() == ""


def test_a_long_scan_shows_how_far_it_is_and_cleans_up(clock: Clock) -> None:
    out = Terminal()
    line = ProgressLine(out, clock)
    clock.now = 1.5
    line(5, 10)
    line(6, 10)  # too soon after the last
    clock.now = 1.7
    line(7, 10)
    line.close()
    assert [part for part in out.getvalue().split("\r\x1b[K") if part] == [
        "scanning: 5 of 10 files",
        "scanning: 7 of 10 files",
    ]


def test_a_log_file_gets_nothing(clock: Clock) -> None:
    out = io.StringIO()
    line = ProgressLine(out, clock)
    clock.now = 9.0
    line(5, 10)
    line.close()
    assert out.getvalue() == ""
