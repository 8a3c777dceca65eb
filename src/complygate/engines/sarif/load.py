"""Opening a file of results: within limits, and only if it is SARIF 2.1.0."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.syntax import json

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 64 << 20
"""A larger file is refused. GitHub takes 10 MB, compressed."""
VERSION = "2.1.0"
_GZIP = b"\x1f\x8b"


class LoadError(Exception):
    """The file cannot be judged; the message says why, in one sentence that names the file."""


def load(path: Path, shown: str) -> list[Any]:
    """Return the runs of the SARIF file at `path`.

    Args:
        path: the file on disk.
        shown: its name in messages.

    Raises:
        LoadError: it cannot be read, or is not SARIF 2.1.0.
    """
    text = _text(path, shown)
    try:
        (tree,) = json.parse_text(shown, text)
    except SyntaxProblem as problem:
        raise LoadError(f"{problem.place or shown}: is not JSON: {problem.message}") from None
    if tree.notes:
        note = tree.notes[0]
        # Two readers may take either of the two: then it says one thing to one and another to the other.
        raise LoadError(f"{shown}:{note.span.line}:{note.span.column}: {note.message}")
    data = tree.data
    if not isinstance(data, dict) or not isinstance(data.get("runs"), list):
        raise LoadError(f"{shown}: is not SARIF: it holds no list of runs")
    if data.get("version") != VERSION:
        raise LoadError(f"{shown}: is not SARIF {VERSION}: its version is {str(data.get('version'))[:40]!r}")
    if not data["runs"]:
        raise LoadError(f"{shown}: holds no run of any tool")
    runs: list[Any] = data["runs"]
    return runs


def _text(path: Path, shown: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as bytes, up to a limit
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise LoadError(f"{shown}: cannot be read: {getattr(error, 'strerror', error)}") from None
    if len(raw) > MAX_BYTES:
        raise LoadError(f"{shown}: is larger than {MAX_BYTES >> 20} MiB")
    if raw.startswith(_GZIP):
        raise LoadError(f"{shown}: is compressed; give it as it was before")
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise LoadError(f"{shown}: is not UTF-8 text") from None
