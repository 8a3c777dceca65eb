"""`uv.lock`, from which the GitHub Action installs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
LOCK: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_the_lock_is_of_this_project_as_it_is() -> None:
    """`uv lock` brings it up to date after a change to the dependencies."""
    own = next(package for package in LOCK["package"] if package["name"] == "complygate")
    locked = {(one["name"], one.get("specifier", "")) for one in own["metadata"]["requires-dist"]}
    extras = [one for group in PROJECT["optional-dependencies"].values() for one in group]
    # Markers have a key of their own.
    plain = [one.partition(";")[0].strip() for one in (*PROJECT["dependencies"], *extras)]
    declared = {(_name(one), one[len(_name(one)) :].strip().replace(" ", "")) for one in plain}
    assert {name for name, _ in locked} == {name for name, _ in declared}
    for (_, one), (_, other) in zip(sorted(locked), sorted(declared), strict=True):
        assert set(one.split(",")) == set(other.split(","))


def test_every_package_comes_from_the_public_registry_with_a_hash() -> None:
    for package in LOCK["package"]:
        if package["name"] == "complygate":
            continue
        assert package["source"] == {"registry": "https://pypi.org/simple"}
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files
        for file in files:
            assert urlsplit(file["url"]).hostname == "files.pythonhosted.org"
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"])


def test_nothing_that_a_scan_needs_has_to_be_built() -> None:
    """The action installs with `--no-build`: building would run code that the lock does not pin."""
    packages = {package["name"]: package for package in LOCK["package"]}
    own = packages["complygate"]
    needed, queue = set[str](), [one["name"] for one in own["dependencies"]]
    while queue:
        name = queue.pop()
        if name not in needed:
            needed.add(name)
            queue += [one["name"] for one in packages[name].get("dependencies", [])]
    assert not [name for name in sorted(needed) if not packages[name].get("wheels")]
