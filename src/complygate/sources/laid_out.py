"""A set's files, laid out in the cache under a name that says what they are, and put right at every use."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from complygate.model.policy import Origin


def lay_out(cache: Path, origin: Origin, subdir: str, files: dict[str, bytes]) -> Path:
    """Return the folder that holds exactly `files`.

    What an earlier run left is compared byte by byte, and replaced where it differs.

    Args:
        cache: the folder for what is fetched.
        origin: where the files come from.
        subdir: their folder there, which relative sources start from.
        files: contents by path.
    """
    name = hashlib.sha256(f"{origin.source}\0{origin.commit}\0{subdir}\0{origin.digest}".encode()).hexdigest()
    target = cache.resolve() / f"set-{name[:40]}"
    if _holds(target, files):
        return target
    partial = Path(tempfile.mkdtemp(dir=cache, prefix=".set-"))
    for path, data in files.items():
        file = partial / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        file.chmod(0o400)
    if target.exists() or target.is_symlink():  # out of the way first: renaming is one step, removing is not
        target.rename(Path(tempfile.mkdtemp(dir=cache, prefix=".old-")) / "old")
    try:
        partial.rename(target)
    except OSError:  # another scan was faster
        if not _holds(target, files):
            raise
        shutil.rmtree(partial, ignore_errors=True)
    for old in cache.glob(".old-*"):
        shutil.rmtree(old, ignore_errors=True)
    return target


def _holds(folder: Path, files: dict[str, bytes]) -> bool:
    if folder.is_symlink() or not folder.is_dir():
        return False
    seen = set()
    for current, below, names in os.walk(folder):
        for name in (*names, *below):
            path = Path(current, name)
            if path.is_symlink():
                return False
            if name in names:
                shown = path.relative_to(folder).as_posix()
                if shown not in files or path.read_bytes() != files[shown]:
                    return False
                seen.add(shown)
    return seen == files.keys()
