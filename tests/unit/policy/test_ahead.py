from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.policy.sets import RULE

from complygate.policy import ahead
from complygate.policy.files import File, Mistakes, read
from complygate.policy.rules import build

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "rules" / "docker", tmp_path / "rules" / "docker")
    for folder in ("controls", "policies"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "policyset.yaml", tmp_path)
    return tmp_path


def files(root: Path) -> dict[str, list[File]]:
    mistakes = Mistakes()
    found = {folder: [*read_all(root, folder, mistakes)] for folder in ahead.FOLDERS}
    manifest = read(root / "policyset.yaml", "builtin/policyset.yaml", "policyset", "policyset", mistakes)
    mistakes.stop()
    assert manifest is not None
    return {**found, ahead.MANIFEST: [manifest]}


def read_all(root: Path, folder: str, mistakes: Mistakes) -> Iterator[File]:
    for path in sorted((root / folder).rglob("*.yaml")):
        name = path.relative_to(root / folder).with_suffix("").as_posix()
        shown = f"builtin/{folder}/{name}.yaml"
        file = read(path, shown, name, ahead.FOLDERS[folder], mistakes)
        assert file is not None
        yield file


@pytest.mark.parametrize("group", [*ahead.FOLDERS, ahead.MANIFEST])
def test_what_was_read_ahead_is_what_the_files_say(root: Path, group: str) -> None:
    record = root / "record.json"
    ahead.write(root, files(root), record)
    known = ahead.known(root, "builtin", record)
    assert known is not None
    found, written = known[group], files(root)[group]
    assert [(f.name, f.shown) for f in found] == [(f.name, f.shown) for f in written]
    for one, other in zip(found, written, strict=True):
        assert list(one.data.items()) == [item for item in other.data.items() if item[0] not in ahead.LATER]
        assert one.tree.data == other.data
        assert one.text == other.text
        assert one.place("/title") == other.place("/title")


def test_without_a_record_the_files_are_read(root: Path) -> None:
    assert ahead.known(root, "builtin", root / "record.json") is None


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
    assert ahead.known(root, "builtin", record) is None


@pytest.mark.parametrize("name", ["controls/slsa.yaml", "policies/strict.yaml", "policyset.yaml"])
def test_another_changed_file_makes_the_record_worthless(root: Path, name: str) -> None:
    record = root / "record.json"
    ahead.write(root, files(root), record)
    file = root / name
    file.write_text(file.read_text("utf-8") + "# changed\n", "utf-8")
    assert ahead.known(root, "builtin", record) is None


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
    assert ahead.known(root, "builtin", record) is None


def test_a_record_of_another_version_is_worthless(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = root / "record.json"
    ahead.write(root, files(root), record)
    monkeypatch.setattr(ahead, "__version__", "0.0.0")
    assert ahead.known(root, "builtin", record) is None


def test_what_a_rule_says_of_other_tools_is_read_when_somebody_asks(root: Path) -> None:
    for name, more in (("own", "differs: {hadolint: It says less.}\n"), ("other", "")):
        (root / "rules" / "docker" / f"{name}.yaml").write_text(RULE + more, "utf-8")
    record = root / "record.json"
    ahead.write(root, files(root), record)
    assert "It says less" not in record.read_text("utf-8")
    known = ahead.known(root, "builtin", record)
    assert known is not None
    found = {file.name: build(file, Mistakes()) for file in known["rules"]}
    own, other = found["docker/own"], found["docker/other"]
    assert own is not None
    assert other is not None
    assert (own.differs, other.differs) == ({"hadolint": "It says less."}, {})
    assert own.differs != other.differs
