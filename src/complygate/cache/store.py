"""A folder of the user's in which results are kept, and the care that a gate must take with one.

Whoever can write an entry can turn the gate green. So the folder is used only where nobody but the user can
write, and never inside the scanned tree, which a pull request writes. An entry is believed only if it is
whole and says itself what it answers. What cannot be read or written costs time, never a verdict.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any, Self

MAX_ENTRY = 64 * 1024 * 1024
"""Bytes that an entry may have; larger results are worked out anew."""
MAX_TOTAL = 256 * 1024 * 1024
"""Bytes that a folder may hold before the entries that were not used for longest are removed."""
_KEPT_SHARE = 0.75
_ENTRY, _PARTIAL = ".json", ".partial"
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class UnsafeError(Exception):
    """The folder must not be used; the message says why, and what to do."""


class Store:
    """Results by key, one file each. Safe for scans that run at the same time."""

    def __init__(self, folder: Path) -> None:
        """Use `folder` as it is; `open` is what looks at it first."""
        self._folder = folder

    @classmethod
    def open(cls, folder: Path, name: str, tree: Path) -> Self | None:
        """Return the store `name` below `folder`, or None where none can be made.

        Args:
            folder: the user's folder for results; made if it is not there.
            name: whose results they are.
            tree: the scanned tree.

        Raises:
            UnsafeError: others than the user could write what is read from it.
        """
        place = private_folder(folder, name, _top(tree))
        return cls(place) if place is not None else None

    def get(self, key: str) -> Any | None:
        """Return what was kept under `key`, or None. A damaged entry is as good as none."""
        path = self._folder / f"{key}{_ENTRY}"
        try:
            text = _read(path)
            digest, _, body = text.partition(b"\n")
            if hashlib.sha256(body).hexdigest().encode() != digest:
                return None
            entry = json.loads(body)
            if entry["key"] != key:
                return None
            value = entry["value"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # what was used last is removed last
        return value

    def put(self, key: str, value: Any) -> None:
        """Keep `value`, which JSON can say, under `key`; whatever stood there is replaced at once."""
        body = json.dumps({"key": key, "value": value}, ensure_ascii=True, separators=(",", ":")).encode()
        if len(body) > MAX_ENTRY:
            return
        with contextlib.suppress(OSError):
            self._write(key, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            self._prune()

    def _write(self, key: str, text: bytes) -> None:
        handle, partial = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=_PARTIAL)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text)
            Path(partial).replace(self._folder / f"{key}{_ENTRY}")
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise

    def _prune(self) -> None:
        """Remove the entries that were not used for longest, when there is more than the folder may hold."""
        held = listed(self._folder)
        total = sum(size for _, _, size in held)
        if total <= MAX_TOTAL:
            return
        for _, path, size in held:
            if total <= MAX_TOTAL * _KEPT_SHARE:
                break
            path.unlink(missing_ok=True)
            total -= size


def listed(folder: Path) -> list[tuple[float, Path, int]]:
    """Return the entries in a store's folder, what was not used for longest first: when, where, how large.

    Raises:
        OSError: the folder cannot be read.
    """
    held = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((_ENTRY, _PARTIAL)) and not entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):
                    about = entry.stat(follow_symlinks=False)
                    held.append((about.st_mtime, Path(entry.path), about.st_size))
    return sorted(held)


def private_folder(folder: Path, name: str, top: Path | None) -> Path | None:
    """Return the folder `name` below `folder`, made if it is not there; None where it cannot be made.

    Args:
        folder: the user's folder for results.
        name: what of them.
        top: the top of the scanned repository, or None.

    Raises:
        UnsafeError: others than the user could write what is read from it.
    """
    place = folder.absolute().resolve() / name
    if top is not None and place.is_relative_to(top):
        raise UnsafeError(
            f"the cache folder {folder} lies in the scanned repository, which could bring results of its"
            " own, so it is not used: name another with --cache-dir, or give --no-cache"
        )
    try:
        for made in (place.parent, place):
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_owner(made)
    except OSError:
        return None
    return place


def _top(tree: Path) -> Path:
    """Return the top of the repository that `tree` is part of, or `tree` itself."""
    here = tree.resolve()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def _check_owner(folder: Path) -> None:
    about = folder.lstat()
    if not _only_ours(about):
        raise UnsafeError(
            f"others than you can write in the cache folder {folder}, so what stands there is not believed:"
            " make it your own with mode 0700, name another with --cache-dir, or give --no-cache"
        )


def _only_ours(about: os.stat_result) -> bool:
    """Tell whether only the user can write. Windows has no such bits; its profile folders are private."""
    if os.name == "nt":
        return True
    return about.st_uid == os.geteuid() and not about.st_mode & _OTHERS_WRITE


def _read(path: Path) -> bytes:
    with open(os.open(path, _OPEN), "rb") as file:  # noqa: PTH123 - a link must not be followed
        about = os.fstat(file.fileno())
        if not (stat.S_ISREG(about.st_mode) and _only_ours(about) and about.st_size <= MAX_ENTRY):
            return b""
        return file.read(MAX_ENTRY)
