"""CODEOWNERS, at the places where GitHub, GitLab and Bitbucket look for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model.document import Document
from complygate.syntax import codeowners

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "codeowners"
KINDS = ("codeowners/file",)
ORDER = 10
ENDINGS = frozenset({""})
EXAMPLE_PATHS = {"codeowners/*": "CODEOWNERS"}

_FOLDERS = frozenset({"", ".github", ".gitlab", ".bitbucket", "docs"})


def claims(source: Source) -> str | None:
    """Return the file's own path when a platform would read it as CODEOWNERS."""
    return source.path if source.name == "CODEOWNERS" and source.folder in _FOLDERS else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the file."""
    from complygate.model.owning import Patterns  # noqa: PLC0415 - only where there is one

    for source in sources:
        tree = codeowners.parse(source)
        used = Patterns([rule["pattern"] for rule in tree.data["rules"]]).used(source.files.paths)
        for rule, fits in zip(tree.data["rules"], used, strict=True):
            rule["used"] = fits
            rule["path"], rule["name"] = _plain(rule["pattern"])
        yield Document("codeowners/file", "", tree, tree.data)


def _plain(pattern: str) -> tuple[str | None, str | None]:
    """Return the path that a pattern means with all below it, or the name that it means in any folder.

    The path is "" for everything. Each is None where the pattern is of another sort.
    """
    bare = pattern.strip("/").removesuffix("/**").removesuffix("**").rstrip("/")
    if bare in ("", "*", "**/*"):
        return (None, None) if pattern == "/*" else ("", None)
    if not set(bare).isdisjoint("*?[]!\\"):
        return None, None
    return (bare, None) if "/" in pattern.rstrip("/") else (None, bare)
