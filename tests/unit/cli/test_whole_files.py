"""Files are written whole, and what is no file stays what it is."""

from __future__ import annotations

import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from complygate.cli.files import write_whole
from complygate.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "made" / "report.json"
    write_whole(target, "first")
    write_whole(target, "second\n")
    assert target.read_bytes() == b"second\n"
    assert [one.name for one in target.parent.iterdir()] == ["report.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_gets_the_text_and_stays_a_pipe(tmp_path: Path, linked: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    target = tmp_path / "out" if linked else pipe
    if linked:
        target.symlink_to(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    write_whole(target, "report\n")
    reader.join(10)
    assert read == ["report\n"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert target.is_symlink() is linked


def test_a_folder_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        write_whole(tmp_path, "text")
    assert list(tmp_path.iterdir()) == []
