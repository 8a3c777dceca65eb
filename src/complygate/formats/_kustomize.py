"""Which files a kustomization applies as patches: parts of objects, not objects."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.syntax import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.source import Source

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#kustomization"""


def patches(data: Any, folder: str) -> list[str]:
    """Return the patches of the kustomization `data` in `folder`: a file's path, or "" for one in place."""
    return list(_patches(data, folder)) if isinstance(data, dict) else []


def _patches(data: dict[str, Any], folder: str) -> Iterator[str]:
    for key in ("patches", "patchesStrategicMerge", "patchesJson6902"):
        found = data.get(key)
        for patch in found if isinstance(found, list) else ():
            path = patch.get("path") if isinstance(patch, dict) else patch
            named = isinstance(path, str) and "\n" not in path
            yield posixpath.normpath(posixpath.join(folder, str(path))) if named else ""


def is_patch(source: Source) -> bool:
    """Tell whether a kustomization in the folder of `source`, or above it, applies the file as a patch."""
    folder = source.folder
    while True:
        for name in NAMES:
            path = posixpath.join(folder, name)
            if path in source.files and source.path in patches(_data(source, path), folder):
                return True
        if not folder:
            return False
        folder = folder.rpartition("/")[0]


def _data(source: Source, path: str) -> Any:
    try:
        trees = yaml.parse_text(path, (source.files.root / path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, SyntaxProblem):
        return None  # the kustomization itself is reported for it
    return trees[0].data if trees else None
