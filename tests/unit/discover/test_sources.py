from __future__ import annotations

from pathlib import Path

import pytest

from complygate.discover import sources
from complygate.discover.sources import DiskSource
from complygate.model.source import Files


def source(root: Path, name: str, content: bytes) -> DiskSource:
    (root / name).write_bytes(content)
    return DiskSource(name, Files(root, frozenset({name})))


@pytest.mark.parametrize(
    ("content", "text", "unread"),
    [
        (b"a: 1\n", "a: 1\n", ""),
        (b"\xef\xbb\xbfa: 1\r\n", "a: 1\r\n", ""),
        ("a: é\n".encode("utf-16"), "a: é\n", ""),
        (b"a: \xff\n", "", "not-utf-8"),
        (b"a\0b", "", "binary"),
        (b"", "", ""),
    ],
)
def test_text_and_why_there_is_none(tmp_path: Path, content: bytes, text: str, unread: str) -> None:
    found = source(tmp_path, "a.yaml", content)
    assert not found.opened
    assert (found.text, found.unread) == (text, unread)
    assert found.opened


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_BYTES", 3)
    assert source(tmp_path, "a.yaml", b"abcd").unread == "too-large"


def test_a_file_that_is_gone_is_unreadable(tmp_path: Path) -> None:
    assert DiskSource("gone.yaml", Files(tmp_path, frozenset())).unread == "unreadable"


def test_a_name_can_say_binary(tmp_path: Path) -> None:
    assert source(tmp_path, "logo.PNG", b"").looks_binary
    assert not source(tmp_path, "a.yaml", b"").looks_binary
