from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from complygate.policy import ahead
from complygate.policy.files import File, Mistakes, read

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "rules" / "docker", tmp_path / "rules" / "docker")
    return tmp_path


def files(root: Path) -> list[File]:
    mistakes = Mistakes()
    names = sorted(
        path.relative_to(root / "rules").with_suffix("").as_posix() for path in root.rglob("*.yaml")
    )
    found = [
        read(root / "rules" / f"{n}.yaml", f"builtin/rules/{n}.yaml", n, "rule", mistakes) for n in names
    ]
    mistakes.stop()
    return [file for file in found if file is not None]


def test_what_was_read_ahead_is_what_the_files_say(root: Path) -> None:
    record = root / "record.json"
    written = files(root)
    ahead.write(root, written, record)
    found = ahead.rules(root, "builtin", record)
    assert found is not None
    assert [(f.name, f.shown) for f in found] == [(f.name, f.shown) for f in written]
    for one, other in zip(found, written, strict=True):
        assert list(one.data.items()) == [item for item in other.data.items() if item[0] != "examples"]
        assert one.tree.data == other.data
        assert one.text == other.text
        assert one.place("/examples") == other.place("/examples")


def test_without_a_record_the_files_are_read(root: Path) -> None:
    assert ahead.rules(root, "builtin", root / "record.json") is None


@pytest.mark.parametrize("change", ["edit", "add", "remove", "rename"])
def test_a_changed_rule_makes_the_record_worthless(root: Path, change: str) -> None:
    record = root / "record.json"
    ahead.write(root, files(root), record)
    rule = root / "rules" / "docker" / "add-remote.yaml"
    if change == "edit":
        rule.write_text(rule.read_text("utf-8").replace("severity: medium", "severity: low"), "utf-8")
    elif change == "add":
        shutil.copy(rule, rule.with_name("another.yaml"))
    elif change == "remove":
        rule.unlink()
    else:
        rule.rename(rule.with_name("add-from-afar.yaml"))
    assert ahead.rules(root, "builtin", record) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [('"severity":"medium"', '"severity":"low"'), ("]", ""), ("docker", "\udcff")],
)
def test_a_damaged_record_is_worthless(root: Path, old: str, new: str) -> None:
    record = root / "record.json"
    ahead.write(root, files(root), record)
    text = record.read_bytes().decode()
    assert old in text
    record.write_bytes(text.replace(old, new).encode(errors="surrogateescape"))
    assert ahead.rules(root, "builtin", record) is None


def test_a_record_of_another_version_is_worthless(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = root / "record.json"
    ahead.write(root, files(root), record)
    monkeypatch.setattr(ahead, "__version__", "0.0.0")
    assert ahead.rules(root, "builtin", record) is None
