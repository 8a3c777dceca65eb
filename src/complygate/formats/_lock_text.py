"""The line by line lock files: yarn.lock of both kinds, and pnpm-lock.yaml.

All three are written by a program, one entry after another, two blanks for each level. They may have tens of
megabytes, and only a few fields of each entry matter, so they are read line by line and not as YAML (which
yarn.lock version 1 is not).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from complygate.errors import Place, SyntaxProblem
from complygate.formats._lock import Package, is_git
from complygate.model.tree import Span, Tree
from complygate.syntax.offsets import Offsets

_LINE = re.compile(r"(?m)^( *+)([^\s#][^\r\n]*+)")
_CONFLICT = re.compile(r"(?m)^(?:<{7}|>{7}|={7})(?:[ \t]|\r?$)")
_FIELD = re.compile(r"(?:\"([^\"]*+)\"|'([^']*+)'|([^\s:\"']++)):?(?:\s++(.*))?", re.DOTALL)
_FLOW = re.compile(r"(integrity|tarball|repo|directory|type):\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s,{}]++))")
_QUOTED = re.compile(r"\"([^\"]*+)\"|'([^']*+)'")
_YARN_1 = re.compile(r"#\s*yarn lockfile v(\d+)")
_YARN_KEY = re.compile(r"(@?[^@]++)@(.*)", re.DOTALL)
_PNPM_VERSION = re.compile(r"(?m)^lockfileVersion:\s*+['\"]?([\d.]+)")
_PNPM_5 = re.compile(r"/?(@[^/]++/[^/]++|[^/]++)/([^(_]++)")
_PNPM_KEY = re.compile(r"/?(@?[^@]++)@([^(]++)")
_ALIASED = re.compile(r"(@?[^@]+)@.*")
_SHA1 = re.compile(r"#[0-9a-f]{40}$")
_POINTER = re.compile(r"/(\d{1,9})(?:/(\w+))?")
_LEVEL = 2


class Entry(NamedTuple):
    """An entry of a lock file: its key, where that stands, and its fields as (text, start, end)."""

    key: str
    start: int
    end: int
    fields: dict[str, tuple[str, int, int]]

    def get(self, name: str) -> str | None:
        """Return the text of a field, or None."""
        return self.fields[name][0] if name in self.fields else None


class Places(Mapping[str, Span]):
    """Where entry 3 and its version stand: `/3`, `/3/version`; "" is the start of the file."""

    def __init__(self, text: str) -> None:
        """Start an empty table over `text`."""
        self.entries: list[Entry] = []
        self._text = text
        self._offsets: Offsets | None = None

    def __getitem__(self, pointer: str) -> Span:
        """Return a place, or raise KeyError."""
        if not pointer:
            return Span(1, 1, 1, 1)
        match = _POINTER.fullmatch(pointer)
        if match is None or int(match[1]) >= len(self.entries):
            raise KeyError(pointer)
        entry = self.entries[int(match[1])]
        start, end = entry[1:3] if match[2] is None else entry.fields[match[2]][1:]
        self._offsets = self._offsets or Offsets(self._text)
        return self._offsets.span(start, end)

    def __iter__(self) -> Iterator[str]:
        """Yield every pointer."""
        yield ""
        for index, entry in enumerate(self.entries):
            yield f"/{index}"
            yield from (f"/{index}/{name}" for name in entry.fields)

    def __len__(self) -> int:
        """Return how many places there are."""
        return 1 + sum(1 + len(entry.fields) for entry in self.entries)


class LockText(NamedTuple):
    """What such a file holds: the version of its format, its packages, and a tree of their places."""

    version: str | None
    packages: list[Package]
    tree: Tree


def read_yarn(path: str, text: str) -> LockText:
    """Return what a yarn.lock holds.

    Raises:
        SyntaxProblem: it is not one.
    """
    found = _YARN_1.search(text, 0, 1000)
    version = found[1] if found else None
    places = _read(path, text, 0, 0)
    packages = []
    for index, entry in enumerate(places.entries):
        if entry.key == "__metadata":
            version = entry.get("version")
        else:
            packages.append(_yarn_package(entry, f"/{index}"))
    if version is None:
        raise SyntaxProblem("yarn.lock says nothing of its version.", place=Place(path, 1, 1))
    return LockText(version, packages, Tree(path, "yarn.lock", None, places, comments=("#",)))


def read_pnpm(path: str, text: str) -> LockText:
    """Return what a pnpm-lock.yaml holds.

    Raises:
        SyntaxProblem: it is not one.
    """
    version = _PNPM_VERSION.search(text)
    if version is None:
        raise SyntaxProblem("pnpm-lock.yaml says nothing of its lockfileVersion.", place=Place(path, 1, 1))
    section = re.search(r"(?m)^packages:[ \t]*\r?$", text)
    places = _read(path, text, 2, section.end() if section else len(text))
    key = _PNPM_5 if version[1].startswith("5") else _PNPM_KEY
    packages = [_pnpm_package(entry, key.match(entry.key), f"/{i}") for i, entry in enumerate(places.entries)]
    return LockText(version[1], packages, Tree(path, "yaml", None, places, comments=("#",)))


def _read(path: str, text: str, indent: int, start: int) -> Places:
    """Return the entries that stand `indent` blanks deep, up to the first line that is less deep."""
    conflict = _CONFLICT.search(text)
    if conflict is not None:
        place = Offsets(text).place(path, conflict.start())
        raise SyntaxProblem("A merge conflict is not resolved.", place=place)
    places = Places(text)
    fields: dict[str, tuple[str, int, int]] = {}
    for match in _LINE.finditer(text, start):
        depth = len(match[1])
        if depth < indent:
            break
        if depth == indent:
            key, ends = match[2].rstrip(), match.start(2) + len(match[2].rstrip())
            if not key.endswith(":"):
                place = Offsets(text).place(path, match.start(2))
                raise SyntaxProblem("The line is no entry of a lock file.", place=place)
            fields = {}
            places.entries.append(Entry(_plain(key[:-1]), match.start(2), ends, fields))
        elif places.entries:
            _field(match, depth - indent, fields)
    return places


def _field(match: re.Match[str], depth: int, fields: dict[str, tuple[str, int, int]]) -> None:
    """Enter a line below an entry."""
    start, line = match.start(2), match[2]
    for part in _FLOW.finditer(line) if "integrity:" in line or "tarball:" in line or depth > _LEVEL else ():
        name, value = part[1], part[2] or part[3] or part[4]
        fields.setdefault(name, (value, start + part.start(), start + part.end()))
    if depth == _LEVEL and (field := _FIELD.fullmatch(line)):
        value = (field[4] or "").rstrip()
        fields.setdefault(
            field[1] or field[2] or field[3], (_plain(value), start, start + len(line.rstrip()))
        )


def _plain(text: str) -> str:
    """Return `text` without the quotes around it."""
    match = _QUOTED.fullmatch(text)
    return text if match is None else match[1] if match[1] is not None else match[2]


def _fields(entry: Entry, **names: str) -> dict[str, str]:
    """Return where the parts of a package stand, as pointers below its entry."""
    return {part: f"/{name}" for part, name in names.items() if name in entry.fields}


def _yarn_package(entry: Entry, at: str) -> Package:
    """Return the package of an entry such as `"a@^1", "a@^1.2":`."""
    match = _YARN_KEY.match(_plain(entry.key.split(", ")[0].strip('"')))
    name, wanted = (match[1], match[2]) if match else (entry.key, "")
    if wanted.startswith("npm:") and ("@" in wanted[5:] or "resolution" not in entry.fields):
        name = _ALIASED.sub(r"\1", wanted[4:])  # it is called otherwise than it is
    resolved = entry.get("resolved") or entry.get("resolution")
    if "resolution" in entry.fields:  # yarn 2 and later: a locator and not a URL
        located = _YARN_KEY.match(resolved or "")
        wanted = located[2] if located else wanted
        resolved = wanted if "://" in wanted or wanted.startswith("git@") else None
    local = wanted.startswith(("workspace:", "link:", "portal:", "file:"))
    git = is_git(resolved) or is_git(wanted) or "#commit=" in wanted
    fields = _fields(entry, version="version", resolved="resolved", integrity="integrity")
    fields |= _fields(entry, resolved="resolution", integrity="checksum")
    sha1 = _SHA1.search(entry.get("resolved") or "")  # where yarn kept the hash before it had a field for it
    integrity = entry.get("integrity") or entry.get("checksum") or (sha1 and sha1[0])
    # Yarn fetches what is for another platform nowhere but there, and knows no checksum of it.
    hashable = "conditions" not in entry.fields
    return Package(name, entry.get("version"), resolved, integrity, not local, at, fields, git, hashable)


def _pnpm_package(entry: Entry, match: re.Match[str] | None, at: str) -> Package:
    """Return the package of an entry such as `'@a/b@1.0.0':`."""
    name, version = (match[1], match[2]) if match else (entry.get("name") or entry.key, entry.get("version"))
    resolved = entry.get("tarball") or entry.get("repo")
    git = entry.get("type") == "git" or "codeload.github.com" in (resolved or "")
    fields = _fields(entry, version="version", integrity="integrity", resolved="tarball")
    return Package(
        name, version, resolved, entry.get("integrity"), "directory" not in entry.fields, at, fields, git
    )
