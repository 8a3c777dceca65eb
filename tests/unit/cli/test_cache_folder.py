"""Where tools' results are kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from complygate.cli.cache import cache_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="paths are written as POSIX has them")
HOME = {"HOME": "/home/ann"}


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", HOME, "/home/ann/.cache/complygate"),
        ("linux", HOME | {"XDG_CACHE_HOME": "/fast"}, "/fast/complygate"),
        ("linux", HOME | {"XDG_CACHE_HOME": "relative"}, "/home/ann/.cache/complygate"),
        ("darwin", HOME | {"XDG_CACHE_HOME": "/fast"}, "/home/ann/Library/Caches/complygate"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/complygate"),
        ("linux", {}, None),
        ("darwin", {}, None),
        ("win32", HOME, None),
        ("linux", {"COMPLYGATE_CACHE_DIR": "/named"}, "/named"),
        ("linux", HOME | {"COMPLYGATE_CACHE_DIR": ""}, "/home/ann/.cache/complygate"),
    ],
)
def test_the_users_own_folder_is_the_default(
    platform: str, environment: dict[str, str], expected: str | None
) -> None:
    found = cache_folder(None, False, environment, platform)
    assert found == (Path(expected) if expected else None)


def test_an_option_outranks_the_variable_and_no_cache_outranks_both() -> None:
    environment = HOME | {"COMPLYGATE_CACHE_DIR": "/named"}
    assert cache_folder(Path("/given"), False, environment) == Path("/given")
    assert cache_folder(Path("/given"), True, environment) is None
