"""Opening a file of the scanned tree: when first asked for its text, and within limits."""

from __future__ import annotations

import codecs
import os
from functools import cached_property

from complygate.model.source import Files, Source

MAX_BYTES = 32 * 1024 * 1024
"""A larger file is not read: no manifest is that large, and a gate must not run out of memory."""

_BINARY_SUFFIXES = frozenset(
    {
        ".7z", ".a", ".avif", ".bin", ".bmp", ".bz2", ".class", ".dll", ".dylib", ".eot", ".exe", ".gif",
        ".gz", ".ico", ".jar", ".jpeg", ".jpg", ".mo", ".mov", ".mp3", ".mp4", ".o", ".ogg", ".otf",
        ".parquet", ".pdf", ".png", ".pyc", ".so", ".sqlite", ".tar", ".tgz", ".tiff", ".ttf", ".wasm",
        ".wav", ".webm", ".webp", ".whl", ".woff", ".woff2", ".xlsx", ".xz", ".zip", ".zst",
    }
)  # fmt: skip
_SNIFF_BYTES = 8192


class DiskSource(Source):
    """A source whose text is read when first asked for.

    What cannot be read as text has the text "", and `unread` says why.
    """

    def __init__(self, path: str, files: Files) -> None:
        # The base class would set `text`; here it is computed on first use.
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "files", files)
        object.__setattr__(self, "memo", {})

    @cached_property
    def text(self) -> str:
        """The decoded text, or "" with a reason in `unread`."""
        text, reason = read_text(f"{self.files.root}/{self.path}")
        self.memo["unread"] = reason
        return text

    @property
    def unread(self) -> str:
        """Why the text could not be read: `binary`, `too-large`, `unreadable`, `not-utf-8`; else ""."""
        _ = self.text
        return str(self.memo.get("unread", ""))

    @property
    def opened(self) -> bool:
        """Whether anybody asked for the text yet."""
        return "unread" in self.memo

    @property
    def looks_binary(self) -> bool:
        """Whether the name alone says that this is no text."""
        return self.suffix in _BINARY_SUFFIXES


def read_text(path: str) -> tuple[str, str]:
    """Return the text of the file at `path` and "", or "" and why it could not be read."""
    try:
        # Unbuffered, and no Path: a scan opens each file of a tree, and most are small.
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                return "", "too-large"
            raw = file.readall()
    except (OSError, ValueError):  # a ValueError for a name that no file system takes
        return "", "unreadable"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in raw[:_SNIFF_BYTES]:
        return "", "binary"
    else:
        encoding = "utf-8-sig"
    try:
        return raw.decode(encoding), ""
    except UnicodeDecodeError:
        return "", "not-utf-8"
