"""The private copy of a tree that a framework's process sees, and nothing else."""

from __future__ import annotations

import codecs
import os
import posixpath
from typing import TYPE_CHECKING

from complygate.engines.checkov.frameworks import MAX_BYTES
from complygate.engines.checkov.skips import without

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def read(root: Path, path: str) -> bytes:
    """Return the content of a file of the tree; b"" where it cannot be read or is larger than a manifest."""
    try:
        with open(root / path, "rb") as file:  # noqa: PTH123 - as bytes, up to a limit
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        return b""
    return _utf_8(content) if len(content) <= MAX_BYTES else b""


def _utf_8(content: bytes) -> bytes:
    """Return a text as UTF-8 without a mark: YAML may be UTF-16, which few of checkov's parsers read."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace").encode("utf-8", "replace")
    return content.removeprefix(codecs.BOM_UTF8)


def write(root: Path, paths: Iterable[str], target: str) -> None:
    """Write `paths` of the tree at `root` below `target`, without checkov's own suppressions.

    Links become files, so that nothing leads out of the copy.

    Raises:
        OSError: the copy cannot be written.
    """
    made: set[str] = set()
    for path in paths:
        folder = posixpath.dirname(path)
        if folder not in made:
            os.makedirs(f"{target}/{folder}", exist_ok=True)  # noqa: PTH103
            made.add(folder)
        with open(f"{target}/{path}", "wb") as file:  # noqa: PTH123
            file.write(without(read(root, path)))
