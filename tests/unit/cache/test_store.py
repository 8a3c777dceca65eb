"""The folder for results: what is believed, what is not, and that it stays small."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.cache import store as store_module
from complygate.cache.store import Store, UnsafeError

KEY = "a" * 64
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / ".git").mkdir(parents=True)
    return folder


@pytest.fixture
def store(tmp_path: Path, tree: Path) -> Store:
    found = Store.open(tmp_path / "cache", "tool", tree)
    assert found is not None
    return found


def entry(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "cache/tool").glob("*.json")
    return path


def test_what_was_kept_is_found_again(store: Store, tmp_path: Path, tree: Path) -> None:
    store.put(KEY, {"findings": ["ä", None]})
    again = Store.open(tmp_path / "cache", "tool", tree)
    assert again is not None
    assert again.get(KEY) == {"findings": ["ä", None]}
    assert again.get("b" * 64) is None


@posix
def test_the_folder_and_its_entries_are_the_users_alone(store: Store, tmp_path: Path) -> None:
    old = os.umask(0o002)  # as where each user has a group of their own
    try:
        store.put(KEY, 1)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "cache/tool").stat().st_mode) == 0o700
    assert stat.S_IMODE(entry(tmp_path).stat().st_mode) == 0o600


@pytest.mark.parametrize("inside", ["tree/cache", "tree", "tree/sub/../cache"])
def test_no_folder_inside_the_repository_is_used(tmp_path: Path, tree: Path, inside: str) -> None:
    (tree / "sub").mkdir()
    with pytest.raises(UnsafeError, match="lies in the scanned repository"):
        Store.open(tmp_path / inside, "tool", tree)
    # Nor when only a part of the repository is scanned.
    with pytest.raises(UnsafeError, match="lies in the scanned repository"):
        Store.open(tmp_path / inside, "tool", tree / "sub")
    assert not (tree / "cache").exists()


@posix
def test_a_link_that_leads_into_the_tree_is_no_way_round(tmp_path: Path, tree: Path) -> None:
    (tree / "planted").mkdir()
    (tmp_path / "cache").symlink_to(tree / "planted")
    with pytest.raises(UnsafeError, match="lies in the scanned repository"):
        Store.open(tmp_path / "cache", "tool", tree)


@posix
@pytest.mark.parametrize("open_to_others", ["cache", "cache/tool"])
def test_a_folder_that_others_can_write_is_refused(
    store: Store, tmp_path: Path, tree: Path, open_to_others: str
) -> None:
    (tmp_path / open_to_others).chmod(0o770)
    with pytest.raises(UnsafeError, match="others than you can write"):
        Store.open(tmp_path / "cache", "tool", tree)


@posix
def test_a_folder_of_somebody_else_is_refused(
    store: Store, tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: (tmp_path / "cache").stat().st_uid + 1)
    with pytest.raises(UnsafeError, match="others than you can write"):
        Store.open(tmp_path / "cache", "tool", tree)


def test_where_no_folder_can_be_made_nothing_is_kept(tmp_path: Path, tree: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Store.open(tmp_path / "file/cache", "tool", tree) is None


@given(damage=st.one_of(st.binary(max_size=200), st.integers(0, 400)))
def test_a_damaged_entry_is_as_good_as_none(
    tmp_path_factory: pytest.TempPathFactory, damage: bytes | int
) -> None:
    folder = tmp_path_factory.mktemp("store")
    store = Store(folder)
    store.put(KEY, {"value": list(range(50))})
    path = folder / f"{KEY}.json"
    whole = path.read_bytes()
    spoiled = damage if isinstance(damage, bytes) else whole[: min(damage, len(whole) - 1)]
    path.write_bytes(spoiled)
    assert store.get(KEY) is None
    store.put(KEY, 2)
    assert store.get(KEY) == 2


def test_an_entry_is_not_believed_under_another_key(store: Store, tmp_path: Path) -> None:
    store.put(KEY, "clean")
    entry(tmp_path).rename(tmp_path / "cache/tool" / ("b" * 64 + ".json"))
    assert store.get("b" * 64) is None


def test_deep_nesting_is_as_good_as_none(store: Store, tmp_path: Path) -> None:
    body = json.dumps({"key": KEY, "value": 0}).replace("0}", "[" * 200_000 + "]" * 200_000 + "}").encode()
    (tmp_path / "cache/tool" / f"{KEY}.json").write_bytes(
        hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    )
    assert store.get(KEY) is None


@posix
def test_an_entry_that_is_a_link_or_that_others_can_write_is_not_read(store: Store, tmp_path: Path) -> None:
    store.put(KEY, "clean")
    path = entry(tmp_path)
    path.chmod(0o620)
    assert store.get(KEY) is None
    path.chmod(0o600)
    assert store.get(KEY) == "clean"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert store.get(KEY) is None
    path.unlink()
    os.mkfifo(path)  # must not wait for a writer either
    assert store.get(KEY) is None


def test_what_was_not_used_for_longest_is_removed_first(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache/tool"
    (folder / "notes.txt").write_text("the user's own")
    for number in range(8):
        store.put(f"{number:064}", "x" * 1000)
        os.utime(folder / f"{number:064}.json", (number, number))
    assert store.get(f"{0:064}") is not None  # so it counts as used just now
    monkeypatch.setattr(store_module, "MAX_TOTAL", 6000)
    store.put(KEY, "x" * 1000)
    left = {path.name.lstrip("0") for path in folder.glob("*.json")}
    assert left == {".json", "7.json", f"{KEY}.json"}
    assert (folder / "notes.txt").exists()


def test_what_is_too_large_is_not_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MAX_ENTRY", 1000)
    store.put(KEY, "x" * 1000)
    assert store.get(KEY) is None


def test_scans_at_the_same_time_do_not_disturb_each_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "MAX_TOTAL", 20_000)
    wrong: list[object] = []

    def work(seed: int) -> None:
        for turn in range(40):
            key = f"{(seed + turn) % 6:064}"
            found = store.get(key)
            if found is not None and found != key * 50:
                wrong.append(found)
            store.put(key, key * 50)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
