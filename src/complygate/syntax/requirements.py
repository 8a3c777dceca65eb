"""pip's requirements files: text to plain data with places.

Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/. The data:

    requirements  [{name, specifier, pinned, hashes, url, editable, extras, marker, raw}]
    options       [{option, value}]: --index-url, --requirement, --constraint, --trusted-host, ...

`name` is normalised (PEP 503), or null where only a URL or path is given; `specifier` has its clauses sorted;
`pinned` tells whether exactly one version can be installed: one `==` or `===` without a wildcard, a
version-control URL at a full commit id, or a URL with a hash.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.model.pointer import join
from complygate.syntax._builder import TreeBuilder
from complygate.syntax.offsets import Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

    from complygate.model.source import Source
    from complygate.model.tree import Span, Tree

COMMENTS = ("#",)
_LONGEST = 4096
_MOST_BRACKETS = 50  # the parser of markers recurses
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_OPTION = re.compile(r"(--[a-z][a-z0-9-]*+|-[A-Za-z])(?:=|\s*+)(.*)", re.DOTALL)
_PER_LINE = re.compile(r"(?<!\S)--?[a-z]")
_HASH = re.compile(r"(?<!\S)--hash(?:=|\s++)(\S++)")
_LONG = {
    "-r": "--requirement",
    "-c": "--constraint",
    "-i": "--index-url",
    "-f": "--find-links",
    "-e": "--editable",
}
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]*:|\.\.?(?:\[|$)|\.{0,2}[/\\]|[A-Za-z]:\\)", re.IGNORECASE)
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:[0-9a-f]{24})?(?:#|$)")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)")
_ARCHIVE = re.compile(r"\S+\.(?:whl|zip|tar\.(?:gz|bz2|xz)|tgz)")
_URL_HASH = re.compile(r"[#&](?:sha256|sha384|sha512)=")


def parse(source: Source) -> Tree:
    """Return the parsed `source`. A line that pip would refuse is a note of the tree."""
    return parse_text(source.path, source.text)


def parse_text(path: str, text: str) -> Tree:
    """Return the parsed `text` of the file at `path`. A line that pip would refuse is a note of the tree."""
    return _Builder(path, text).build()


class _Builder(TreeBuilder):
    """Puts the tree of one file together."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(path, text)
        self._requirements: list[dict[str, Any]] = []
        self._options: list[dict[str, Any]] = []

    def build(self) -> Tree:
        for line in self._lines():
            text = _COMMENT.sub("", line.text).rstrip()
            start = len(text) - len(text.lstrip())
            if start == len(text):
                continue
            if text.startswith("-", start):
                self._option(line, start, text)
            else:
                self._requirement(line, start, text, editable=False)
        data = {"requirements": self._requirements, "options": self._options}
        return self._tree("requirements", data, COMMENTS)

    def _lines(self) -> Iterator[Stretch]:
        """Yield logical lines: a backslash at the end of a line that is no comment joins the next."""
        parts: list[str] = []
        starts: list[int] = []
        offsets: list[int] = []
        length = 0
        for match in re.finditer(r"[^\r\n]*+(?:\r\n|\r|\n|$)", self._text):
            line = match[0].rstrip("\r\n")
            comment = line.lstrip().startswith("#")
            more = line.endswith("\\") and not comment
            part = line[:-1] if more else "" if comment and parts else line
            parts.append(part)
            starts.append(length)
            offsets.append(match.start())
            length += len(part)
            if not more:
                yield Stretch("".join(parts), tuple(starts), tuple(offsets))
                parts, starts, offsets, length = [], [], [], 0
        if parts:
            yield Stretch("".join(parts), tuple(starts), tuple(offsets))

    def _in(self, line: Stretch, start: int, end: int) -> Span:
        return self._span(*line.range(start, end))

    def _option(self, line: Stretch, start: int, text: str) -> None:
        match = _OPTION.fullmatch(text, start)
        if match is None:
            self._note("This is neither a requirement nor an option.", self._in(line, start, len(text)))
            return
        option = _LONG.get(match[1], match[1])
        if option == "--editable":
            self._requirement(line, match.start(2), text, editable=True)
            return
        at = join("/options", len(self._options))
        self._options.append({"option": option, "value": match[2] or None})
        self._values[at] = self._in(line, start, len(text))
        if match[2]:
            self._values[join(at, "value")] = self._in(line, *match.span(2))

    def _requirement(self, line: Stretch, start: int, text: str, *, editable: bool) -> None:
        more = _PER_LINE.search(text, start)
        end = more.start() if more else len(text)
        raw = text[start:end].strip()
        entry = _entry(raw)
        if entry is None:
            self._note(f"pip refuses the requirement {raw[:80]!r}.", self._in(line, start, len(text)))
            return
        at = join("/requirements", len(self._requirements))
        self._values[at] = self._in(line, start, len(text))
        self._values[join(at, "raw")] = self._values[join(at, "url" if entry["url"] else "specifier")] = (
            self._in(line, start, start + len(raw))
        )
        for index, match in enumerate(_HASH.finditer(text, end)):
            entry["hashes"].append(match[1])
            self._values[join(at, "hashes", index)] = self._in(line, *match.span(1))
        entry["pinned"] = entry["pinned"] or bool(entry["url"] and entry["hashes"])
        self._requirements.append(entry | {"editable": editable, "raw": raw})


def _entry(raw: str) -> dict[str, Any] | None:
    """Return what a requirement says, or None when it is not one."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - only where needed

    if not raw or len(raw) > _LONGEST or raw.count("(") > _MOST_BRACKETS:
        return None
    if _URL.match(raw) or _ARCHIVE.fullmatch(raw):
        return _by_url(raw)
    try:
        requirement = Requirement(raw)
    except InvalidRequirement:
        return None
    marker = str(requirement.marker) if requirement.marker else None
    entry = _by_url(requirement.url) if requirement.url else _by_name(requirement)
    return entry | {
        "name": _normal(requirement.name),
        "extras": sorted(requirement.extras),
        "marker": marker,
    }


def _by_name(requirement: Requirement) -> dict[str, Any]:
    clauses = list(requirement.specifier)
    exact = (
        len(clauses) == 1 and clauses[0].operator in ("==", "===") and not clauses[0].version.endswith("*")
    )
    return {"specifier": str(requirement.specifier), "pinned": exact, "hashes": [], "url": None}


def _by_url(url: str) -> dict[str, Any]:
    url, _, marker = url.partition(" ;")
    egg = _EGG.search(url)
    return {
        "name": _normal(egg[1]) if egg else None,
        "specifier": "",
        "pinned": bool(_COMMIT.search(url) or _URL_HASH.search(url)),
        "hashes": [],
        "url": url,
        "extras": [],
        "marker": marker.strip() or None,
    }


def _normal(name: str) -> str:
    """Return `name` as PEP 503 normalises it."""
    return re.sub(r"[-_.]+", "-", name).lower()
