"""go.mod, and whether go.sum beside it has the hashes of what it requires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.formats import _lock as lock
from complygate.formats._problems import defects, unreadable
from complygate.model.document import Document
from complygate.syntax import gomod

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "go"
KINDS = ("go/mod",)
ORDER = 10
ENDINGS = frozenset({".mod", ".sum"})
EXAMPLE_PATHS = {"go/*": "go.mod"}

_WORDS = 3


def claims(source: Source) -> str | None:
    """Return the folder for a go.mod with a go.sum beside it, and for that; else the path of a go.mod."""
    if source.name not in ("go.mod", "go.sum"):
        return None
    group = lock.group(source, ("go.mod",), ("go.sum",))
    return group if source.name == "go.mod" or group != source.path else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the module, with `sum` (whether a go.sum stands beside it) and `unsummed` (what that lacks)."""
    sums = next((source for source in sources if source.name == "go.sum"), None)
    known = _known(sums.text) if sums else frozenset()
    for source in sources:
        if source.name != "go.mod":
            continue
        try:
            tree = gomod.parse(source)
        except SyntaxProblem as error:
            yield unreadable(source.path, error)
            continue
        yield from defects(tree)
        beside = f"{source.folder}/go.sum" if source.folder else "go.sum"
        fetched = [*_fetched(tree.data)]
        facts = {
            "sum": beside in source.files,
            "fetched": [path for path, _ in fetched],
            "unsummed": [
                {"path": path, "version": version}
                for path, version in fetched
                if (path, version) not in known
            ],
        }
        yield Document("go/mod", "", tree, tree.data | facts)


def _known(text: str) -> frozenset[tuple[str, str]]:
    """Return the modules that a go.sum has a hash of: `PATH VERSION[/go.mod] HASH` on each line."""
    lines = (line.split() for line in text.splitlines())
    return frozenset((words[0], words[1].removesuffix("/go.mod")) for words in lines if len(words) == _WORDS)


def _fetched(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield path and version of what is required, or takes its place, and is fetched at all."""
    replaced: dict[tuple[str, str | None], dict[str, Any]] = {}
    for one in data["replace"]:
        replaced.setdefault((one["path"], one["version"]), one["with"])
    for required in data["require"]:
        path, version = required["path"], required["version"]
        other = replaced.get((path, version)) or replaced.get((path, None))
        if other is not None:
            path, version = ("", "") if other["local"] else (other["path"], other["version"])
        if path and version:
            yield path, version
