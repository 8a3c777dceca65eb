"""Which files of a tree Helm and Kustomize read when they render it: what the copy must hold, and no more."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STARTS = {
    "helm": r"(^|/)chart\.yaml$",
    "kustomize": r"(^|/)kustomization(\.ya?ml)?$",
}
"""What the frameworks start from, by the paths in lower case."""
_WORD = re.compile(r"[^\s\"'\[\]{},]+")
_REST = re.compile(r"(?:^|[:=-])[ \t]+[\"']?([^\"'\n]+?)[\"']?[ \t]*$", re.MULTILINE)
_NAMING = re.compile(rb"kind:\s*\w*(?:Generator|Transformer)|configMapGenerator|secretGenerator")
"""Files that name files themselves."""


def needed(name: str, paths: list[str], read: Callable[[str], bytes]) -> list[str]:
    """Return the files that the framework called `name` reads of a tree, in order.

    Helm reads what is below a chart's folder. Kustomize reads what a kustomization names.

    Args:
        name: `helm` or `kustomize`.
        paths: the tree's files, in order.
        read: gives a file's content.
    """
    start = re.compile(STARTS[name])
    starting = [path for path in paths if start.search(path.lower())]
    if name == "helm":
        folders = tuple({_below(posixpath.dirname(path)) for path in starting})
        return [path for path in paths if path.startswith(folders)]
    known = frozenset(paths)
    wanted: set[str] = set()
    for path in starting:
        _follow(path, posixpath.dirname(path), known, wanted, read)
    return [path for path in paths if path in wanted]


def _below(folder: str) -> str:
    return f"{folder}/" if folder else ""


def _follow(
    path: str, folder: str, known: frozenset[str], wanted: set[str], read: Callable[[str], bytes]
) -> None:
    """Add `path`, and the files of `known` that it names, which start from `folder`, to `wanted`."""
    wanted.add(path)
    for named in _named(read(path).decode("utf-8", "replace")):
        found = posixpath.normpath(posixpath.join(folder, named))
        if found in known and found not in wanted:
            wanted.add(found)
            if _NAMING.search(read(found)):
                _follow(found, folder, known, wanted, read)


def _named(text: str) -> Iterator[str]:
    """Yield whatever in a text may be the name of a file; most of it is none."""
    for word in (*_WORD.findall(text), *_REST.findall(text)):
        yield word
        if "=" in word:  # `key=file` of a generator
            yield word.partition("=")[2]
