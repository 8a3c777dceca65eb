"""What a key stands for: the same for the same content, another for anything else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from complygate.cache import digests


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "a.tf").write_text("a")
    (tmp_path / "b.tf").write_text("b")
    return tmp_path


def test_order_and_what_was_not_asked_for_do_not_matter(tree: Path) -> None:
    before = digests.of_files(tree, ["a.tf", "b.tf"], {"checks": ["A", "B"]})
    (tree / "other").write_text("x")
    assert digests.of_files(tree, ["b.tf", "a.tf"], {"checks": ["A", "B"]}) == before


def test_content_names_borders_and_settings_matter(tree: Path) -> None:
    seen = {
        digests.of_files(tree, ["a.tf", "b.tf"]),
        digests.of_files(tree, ["a.tf"]),
        digests.of_files(tree, ["a.tf", "b.tf"], 1),
        digests.of_files(tree, ["a.tf", "b.tf"], "1"),
    }
    (tree / "a.tf").write_text("ab")
    (tree / "b.tf").write_text("")
    seen.add(digests.of_files(tree, ["a.tf", "b.tf"]))
    (tree / "a.tf").rename(tree / "c.tf")
    seen.add(digests.of_files(tree, ["c.tf", "b.tf"]))
    assert len(seen) == 6
    assert None not in seen


def test_what_cannot_be_read_or_is_too_much_has_no_key(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert digests.of_files(tree, ["a.tf", "gone.tf"]) is None
    assert digests.of_files(tree, ["a.tf", "\ud800.tf"]) is None
    monkeypatch.setattr(digests, "MAX_BYTES", 1)
    assert digests.of_files(tree, ["a.tf"]) is not None
    assert digests.of_files(tree, ["a.tf", "b.tf"]) is None


def test_the_programs_are_known_without_being_imported() -> None:
    program = (
        "import sys; from complygate.cache import digests as d; d.programs(); print('checkov' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_another_version_of_an_installed_package_makes_another_key(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = digests._installed()
    assert any(name.startswith("checkov-") for name in names)
    before = digests.of_files(tree, ["a.tf"])
    digests.programs.cache_clear()
    monkeypatch.setattr(digests, "_installed", lambda: names | {"networkx-99.dist-info"})
    try:
        assert digests.of_files(tree, ["a.tf"]) != before
    finally:
        digests.programs.cache_clear()


def test_content_that_was_read_before_counts_by_path_digest_and_settings() -> None:
    files = [("a", "1"), ("b", "2")]
    known = digests.of_content(files, ["A"])
    assert digests.of_content(files[::-1], ["A"]) == known
    others = [digests.of_content(files, ["B"]), digests.of_content([("a", "2"), ("b", "1")], ["A"])]
    assert known not in others
