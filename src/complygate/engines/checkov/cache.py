"""Results of frameworks' runs, by the content of all that they rest on.

Only what another run over the same files must give again is kept: no run that failed or took too long, and
none in which a check crashed. Such a fault may be the machine's, and is worth another try.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from complygate.cache import digests
from complygate.cache.store import Store, UnsafeError
from complygate.engines.checkov import copies
from complygate.engines.checkov.answer import OUTSIDE
from complygate.engines.checkov.frameworks import FRAMEWORKS
from complygate.engines.checkov.process import Result
from complygate.model.problem import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from complygate.engines.checkov.process import Batch


class Cache:
    """The user's folder for the results of one tree; does nothing where there is none."""

    def __init__(self, folder: Path | None, root: Path) -> None:
        """Take the folder, or None, and the tree. An unsafe folder is as none; `keep` is who says so."""
        self._root = root
        self._store: Store | None = None
        if folder is not None:
            try:
                self._store = Store.open(folder, "checkov", root)
            except UnsafeError:
                return

    def result(self, batch: Batch, run: Callable[[], Result]) -> Result:
        """Return what `batch` gave before, else what `run` gives, which is kept if it lasts."""
        key = self._key(batch) if self._store is not None else None
        if self._store is None or key is None:
            return run()
        found = self._store.get(key)
        if found is not None:
            return Result(**found)
        result = run()
        # Files that were saved while they were judged may have been seen in either state.
        if _lasts(result) and self._key(batch) == key:
            self._store.put(key, {field.name: getattr(result, field.name) for field in fields(result)})
        return result

    def _key(self, batch: Batch) -> str:
        files = [(path, hashlib.sha256(copies.read(self._root, path)).hexdigest()) for path in batch.paths]
        return digests.of_content(files, batch.framework, batch.checks, program(batch.framework))


def _lasts(result: Result) -> bool:
    """Tell whether another run would say the same. That a thing is not in the tree is no fault of a run."""
    return not result.failure and all(
        fault["text"].startswith(OUTSIDE) or fault.get("kind") == ProblemKind.NOT_RENDERED
        for fault in result.faults
    )


def program(framework: str) -> str:
    """Return what identifies the programs of the machine that `framework` may run; "" where it runs none."""
    return " ".join(map(_identity, FRAMEWORKS[framework].binaries))


def _identity(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        return f"no {name}"
    about = Path(path).stat()
    return f"{os.path.realpath(path)} {about.st_size} {about.st_mtime_ns}"


def programs() -> str:
    """Return what changes when a program that a framework needs comes, goes or is replaced."""
    return "\n".join(program(name) for name in FRAMEWORKS)
