"""Where a result stands: its location, held against the files that are really there."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from complygate.engines.sarif.values import at, items, line, mapping, number, text
from complygate.model.tree import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.engines.sarif.results import Run
    from complygate.model.source import Files

_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")
_MAX_BYTES = 32 << 20
_MOST_BASES = 10
_KEPT = 64
_OTHER_VERSION = "are the results of another version of it?"


class Place(NamedTuple):
    """A place in the tree.

    Attributes:
        path: the file, relative to the root; "" where there is no such file.
        span: the stretch, or None for the file as a whole.
        problem: what is wrong with the location, or "".
    """

    path: str
    span: Span | None
    problem: str = ""


class Places:
    """Finds places in one tree."""

    def __init__(self, files: Files, prefix: str = "") -> None:
        """Take the tree, and its path below the repository's top, ending in "/", or ""."""
        self._files = files
        self._prefix = prefix
        self._lines = lru_cache(maxsize=_KEPT)(self._read)
        self._starts = lru_cache(maxsize=_KEPT)(self._offsets)

    def of(self, location: Mapping[str, Any], run: Run) -> Place:
        """Return the place of a result's `physicalLocation`."""
        address, uri = _uri(location, run)
        if not uri:
            return Place("", None, "it names no file")
        path = self._path(address, uri)
        if path is None:
            return Place("", None, f"{line(uri, 200)} is no file of the scanned tree")
        region = mapping(location, "region")
        if not region:
            return Place(path, None)
        return self._placed(path, region, text(run.data, "columnKind"))

    def _path(self, address: str, uri: str) -> str | None:
        """Return the file's path in the tree, by the whole address or by the file's own part of it."""
        for candidate in (address, uri):
            path = _local(candidate)
            root = self._files.root.as_posix()
            if path.startswith(f"{root}/"):
                path = path[len(root) + 1 :]
            path = posixpath.normpath(path)
            for found in (path, path.removeprefix(self._prefix)):
                if found in self._files:
                    return found
        return None

    def _placed(self, path: str, region: Mapping[str, Any], kind: str) -> Place:
        lines = self._lines(path)
        first = number(region, "startLine")
        if first is None:
            return self._by_offset(path, region)
        last = number(region, "endLine")
        last = first if last is None else last
        if not 1 <= first <= last or last > len(lines):
            wrong = first if not 1 <= first <= len(lines) else last
            return Place(path, None, f"{path} has no line {wrong}: {_OTHER_VERSION}")
        column = number(region, "startColumn")
        if column is None:
            return Place(path, Span(first, 0, last, 0))
        end = number(region, "endColumn")
        utf16 = kind != "unicodeCodePoints"
        start = _code_points(lines[first - 1], column, utf16=utf16)
        stop = len(lines[last - 1]) + 1 if end is None else _code_points(lines[last - 1], end, utf16=utf16)
        if not start or not stop or (first == last and stop < start):
            return Place(
                path, Span(first, 0, last, 0), f"{path}:{first} has no such columns: {_OTHER_VERSION}"
            )
        return Place(path, Span(first, start, last, stop))

    def _by_offset(self, path: str, region: Mapping[str, Any]) -> Place:
        """Return the place of a `charOffset`. What gives nothing or only bytes is about the whole file."""
        offset = number(region, "charOffset")
        if offset is None:
            return Place(path, None)
        lines = self._lines(path)
        starts = self._starts(path)
        index = bisect_right(starts, offset) - 1
        if index < 0 or offset - starts[index] > len(lines[index]):
            return Place(path, None, f"{path} has no character {offset}: {_OTHER_VERSION}")
        return Place(path, Span(index + 1, offset - starts[index] + 1, index + 1, len(lines[index]) + 1))

    def _offsets(self, path: str) -> tuple[int, ...]:
        """Return at which character each line starts; a line's end counts as one, as the lines are read."""
        return tuple(accumulate((len(content) + 1 for content in self._lines(path)), initial=0))[:-1]

    def _read(self, path: str) -> tuple[str, ...]:
        try:
            with open(self._files.root / path, "rb") as file:  # noqa: PTH123 - as bytes, up to a limit
                content = file.read(_MAX_BYTES)
        except (OSError, ValueError):
            return ("",)
        whole = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        return tuple(whole.split("\n"))


def _uri(location: Mapping[str, Any], run: Run) -> tuple[str, str]:
    """Return the whole address of a location's file, with the bases that it stands on, and its own part."""
    artifact = mapping(location, "artifactLocation")
    if not text(artifact, "uri"):
        artifact = mapping(at(items(run.data, "artifacts"), number(artifact, "index")), "location")
    own = text(artifact, "uri")
    address, base = own, text(artifact, "uriBaseId")
    bases = mapping(run.data, "originalUriBaseIds")
    for _ in range(_MOST_BASES):
        if not base or _is_absolute(address):
            break
        known = mapping(bases, base)
        address = text(known, "uri").rstrip("/") + "/" + address if text(known, "uri") else address
        base = text(known, "uriBaseId")
    return address, own


def _is_absolute(uri: str) -> bool:
    return uri.startswith(("/", "file:")) or bool(_DRIVE.match(uri))


def _local(uri: str) -> str:
    """Return the path that a URI or a path means, with "/" between parts."""
    if uri.lower().startswith("file:"):
        try:
            uri = urlsplit(uri).path
        except ValueError:
            return uri
    return unquote(uri).replace("\\", "/")


def _code_points(content: str, column: int, *, utf16: bool) -> int:
    """Return a column, from 1, in code points; one behind the end of the line is its end; 0 beyond that.

    A line's end and one more character are allowed, since some tools count the line break in.
    """
    if utf16 and not content.isascii():
        units = 1
        for index, char in enumerate(content, start=1):
            if units >= column > 0:
                return index
            units += 2 if ord(char) > 0xFFFF else 1  # noqa: PLR2004 - beyond it UTF-16 takes two units
        column -= units - len(content) - 1 if column > 0 else 0
    return min(column, len(content) + 1) if 1 <= column <= len(content) + 3 else 0
