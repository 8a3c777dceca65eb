"""Gemfile.lock of Ruby's Bundler. The Gemfile itself is a program, and not read.

Its form: https://bundler.io/guides/gemfile_lock.html. Sections in capitals (`GEM`, `GIT`, `PATH`), in them
`remote:` and, under `specs:`, `    name (version)`; since Bundler 2.6 `CHECKSUMS` with a hash for each gem.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complygate.errors import Place, SyntaxProblem
from complygate.formats import _lock as lock
from complygate.formats._lock import Package
from complygate.formats._problems import unreadable
from complygate.model.document import Document
from complygate.model.tree import Span, Tree
from complygate.syntax.offsets import Offsets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "ruby"
KINDS = ("ruby/lock",)
ORDER = 10
ENDINGS = frozenset({".lock"})
EXAMPLE_PATHS = {"ruby/*": "Gemfile.lock"}

_LINE = re.compile(
    r"(?m)^(?:([A-Z][A-Z ]++)\r?$|  remote: (\S++)|    (\S++) \(([^)\n]*+)\)[ \t]*+\r?$"
    r"|  (\S++) \([^)\n]*+\) (sha256=\S++))"
)
_CONFLICT = re.compile(r"(?m)^(?:<{7}|>{7}|={7})(?:[ \t]|\r?$)")
_FETCHED = frozenset({"GEM", "GIT", "PLUGIN SOURCE"})


def claims(source: Source) -> str | None:
    """Return the file's own path when it is Bundler's lock file."""
    return source.path if source.name in ("Gemfile.lock", "gems.locked") else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the lock file in the shape that all of them share."""
    for source in sources:
        try:
            yield _read(source.path, source.text)
        except SyntaxProblem as error:
            yield unreadable(source.path, error)


def _read(path: str, text: str) -> Document:
    conflict = _CONFLICT.search(text)
    if conflict is not None:
        place = Offsets(text).place(path, conflict.start())
        raise SyntaxProblem("A merge conflict is not resolved.", place=place)
    section, remote = "", None
    offsets = Offsets(text)
    found: list[Package] = []
    values: dict[str, Span] = {"": offsets.span(0, 0)}
    hashes: dict[str, str] = {}
    for match in _LINE.finditer(text):
        if match[1]:
            section, remote = match[1].rstrip(), None
        elif match[2]:
            remote = match[2]
        elif match[3] and section in _FETCHED | {"PATH"}:
            at = f"/{len(found)}"
            values[at] = offsets.span(match.start(3), match.start() + len(match[0].rstrip()))
            found.append(
                Package(match[3], match[4], remote, None, section in _FETCHED, at, {}, section == "GIT")
            )
        elif match[5] and section == "CHECKSUMS":
            hashes[match[5]] = match[6]
    if not found and not section:
        raise SyntaxProblem("Gemfile.lock has no sections.", place=Place(path, 1, 1))
    hashable = "CHECKSUMS" in text
    packages = [gem._replace(integrity=hashes.get(gem.name), hashable=hashable) for gem in found]
    tree = Tree(path, "Gemfile.lock", None, values, comments=())
    return lock.document("ruby/lock", "bundler", None, packages, tree)
