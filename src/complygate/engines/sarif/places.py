"""Where a result stands: its location, held against the files that are really there."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
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
            return Place(path, _by_offset(region, lines))
        last = number(region, "endLine") or first
        if not 1 <= first <= len(lines) or not first <= last:
            return Place(path, None, f"{path} has no line {first}: are the results of another version of it?")
        last = min(last, len(lines))
        column = number(region, "startColumn")
        if column is None or column < 1:
            return Place(path, Span(first, 0, last, 0))
        end = number(region, "endColumn") or len(lines[last - 1]) + 1
        utf16 = kind != "unicodeCodePoints"
        start = _code_points(lines[first - 1], column, utf16=utf16)
        stop = _code_points(lines[last - 1], end, utf16=utf16)
        return Place(path, Span(first, start, last, max(stop, start) if last == first else stop))

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


def _by_offset(region: Mapping[str, Any], lines: tuple[str, ...]) -> Span | None:
    """Return the line of a `charOffset`; None for what gives bytes only."""
    offset = number(region, "charOffset")
    if offset is None or offset < 0:
        return None
    for index, content in enumerate(lines, start=1):
        if offset <= len(content):
            return Span(index, offset + 1, index, len(content) + 1)
        offset -= len(content) + 1
    return None


def _code_points(content: str, column: int, *, utf16: bool) -> int:
    """Return a column, from 1, in code points; one behind the end of the line is its end."""
    if utf16 and not content.isascii():
        units = 1
        for index, char in enumerate(content, start=1):
            if units >= column:
                return index
            units += 2 if ord(char) > 0xFFFF else 1  # noqa: PLR2004 - beyond it UTF-16 takes two units
    return max(1, min(column, len(content) + 1))
