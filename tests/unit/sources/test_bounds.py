"""What is kept of sources does not grow without end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from complygate.sources import bounds

NOW = 1_800_000_000.0


def mirror(folder: Path, number: int, *, age: float, size: int = 10) -> Path:
    made = folder / f"{number:040x}.git"
    (made / "objects").mkdir(parents=True)
    (made / "objects/pack").write_bytes(b"x" * size)
    os.utime(made, (NOW - age, NOW - age))
    return made


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_TOTAL", 1000)
    made = [mirror(tmp_path, number, age=7200 - number, size=110) for number in range(10)]
    bounds.tidy(tmp_path, NOW)
    assert [path.exists() for path in made] == [False] * 4 + [True] * 6  # down to 3/4 of the bound
    assert sorted(tmp_path.iterdir()) == made[4:]


def test_so_many_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_ENTRIES", 8)
    for number in range(9):
        mirror(tmp_path, number, age=7200 - number)
    bounds.tidy(tmp_path, NOW)
    assert len(list(tmp_path.iterdir())) == 6


def test_what_another_scan_may_be_reading_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_ENTRIES", 2)
    made = [mirror(tmp_path, number, age=60) for number in range(5)]
    bounds.tidy(tmp_path, NOW)
    assert all(path.exists() for path in made)


def test_nothing_goes_that_is_not_ours_or_not_too_much(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / f"{1:040x}.git").symlink_to(tmp_path / "notes")
    made = mirror(tmp_path, 2, age=10**8)
    for name, age in ((".fetch-a", 2 * 86400), (".fetch-b", 60)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (NOW - age, NOW - age))
    bounds.tidy(tmp_path, NOW)
    assert made.exists()
    assert {path.name for path in tmp_path.iterdir()} == {made.name, "notes", f"{1:040x}.git", ".fetch-b"}
