"""What keys are made of: the content of files, and the programs that have a hand in a result.

None of those programs is imported for it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complygate import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 256 * 1024 * 1024
"""How much is read for a key; a larger tree is judged anew each time, which takes little longer."""
_PACKAGE = Path(__file__).parents[1]
_TOOL = "checkov"


def of_files(root: Path, paths: Iterable[str], *settings: Any) -> str | None:
    """Return the digest of files with their paths, of the programs, and of `settings`.

    Args:
        root: the folder that `paths` start from.
        paths: the files.
        settings: what else decides a result; JSON must be able to say it.

    Returns:
        The digest, or None where a file cannot be read or there is too much.
    """
    found = hashlib.sha256(f"{programs()}\0{json.dumps(settings, sort_keys=True)}\0".encode())
    left = MAX_BYTES
    try:
        for path in sorted(paths):
            with (root / path).open("rb") as file:
                content = file.read(left + 1)
            left -= len(content)
            if left < 0:
                return None
            found.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            found.update(content)
    except (OSError, ValueError):  # ValueError: a name that the file system has and Unicode has not
        return None
    return found.hexdigest()


def of_content(files: Iterable[tuple[str, str]], *settings: Any) -> str:
    """Return the digest of files, each given with that of its content, of the programs, and of `settings`.

    Args:
        files: path and digest of each.
        settings: what else decides a result; JSON must be able to say it.
    """
    text = json.dumps([programs(), sorted(files), settings], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def programs() -> str:
    """Return a digest of Python, of complygate's own code, and of the packages installed beside Checkov."""
    found = hashlib.sha256(f"{__version__}\0{sys.version}\0{sys.platform}\0".encode())
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix != ".pyc" and path.is_file():
            content = path.read_bytes()
            found.update(f"{path.relative_to(_PACKAGE).as_posix()}\0{len(content)}\0".encode())
            found.update(content)
    for name in sorted(_installed()):
        found.update(f"{name}\0".encode())
    return found.hexdigest()


def _installed() -> set[str]:
    """Return the packages installed where Checkov is, with their versions, as their folders are called."""
    spec = importlib.util.find_spec(_TOOL)  # finds the package and does not import it
    places = {Path(place).parent for place in (spec.submodule_search_locations or ())} if spec else set()
    return {entry.name for place in places for entry in place.iterdir() if entry.suffix == ".dist-info"}
