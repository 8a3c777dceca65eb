"""The lines of a Dockerfile: directives, comments, continuations and here-documents.

Gives each instruction as one stretch of text that still knows where in the file each character stands.
Follows BuildKit's parser (moby/buildkit, frontend/dockerfile/parser), whose behaviour is the format's
definition where the reference is silent.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.errors import SyntaxProblem
from complygate.syntax._dockerfile_words import JSON_LIST, split
from complygate.syntax.offsets import Stretch
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.syntax.offsets import Offsets

_DIRECTIVE = re.compile(r"[ \t]*#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(.+?)[ \t\r]*")
_KNOWN_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_COMMENT = re.compile(r"\s*#")
_HEREDOC = re.compile(r"(\d*)<<(-?)([^<]+)")
_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A here-document: its name, where its text begins and ends, and how it is read."""

    name: str
    start: int
    end: int
    expand: bool
    chomp: bool
    content: str


@dataclass(frozen=True, slots=True)
class Line:
    """One instruction.

    Attributes:
        stretch: its text, continuations joined, comments between them left out.
        keyword: the instruction in upper case.
        keyword_at: where the keyword begins in the stretch.
        start: where what follows the keyword begins in the stretch, without blanks around it.
        end: where that ends.
        heredocs: its here-documents.
        file_end: where the instruction ends in the file, here-documents included.
    """

    stretch: Stretch
    keyword: str
    keyword_at: int
    start: int
    end: int
    heredocs: tuple[Heredoc, ...]
    file_end: int

    @property
    def value(self) -> str:
        """What follows the keyword."""
        return self.stretch.text[self.start : self.end]

    def inner(self, start: int) -> Line:
        """Return the instruction that begins at `start` inside this one (`ONBUILD RUN ...`)."""
        line = _line(self.stretch, start, self.end)
        return replace(line, heredocs=self.heredocs, file_end=self.file_end)


@dataclass(frozen=True, slots=True)
class Directive:
    """A parser directive, `# name=value`, and where its value begins and ends."""

    name: str
    value: str
    start: int
    end: int


class Reader:
    """Reads the physical lines of one file.

    Attributes:
        directives: the parser directives at the top.
        escape: the character that continues a line.
    """

    def __init__(self, path: str, text: str, offsets: Offsets) -> None:
        self.escape = "\\"
        self._path = path
        self._text = text
        self._offsets = offsets
        self._at = 0
        self.directives = tuple(self._read_directives())

    def lines(self) -> Iterator[Line]:
        """Yield each instruction.

        Raises:
            SyntaxProblem: a here-document does not end.
        """
        while self._at < len(self._text):
            if stretch := self._logical():
                yield self._with_heredocs(_line(stretch, 0, len(stretch.text)))

    def _physical(self) -> tuple[int, int]:
        """Consume one line; return where it begins and where its text ends."""
        start = self._at
        end = self._text.find("\n", start)
        self._at = len(self._text) if end < 0 else end + 1
        end = len(self._text) if end < 0 else end
        return start, end - 1 if end > start and self._text[end - 1] == "\r" else end

    def _read_directives(self) -> Iterator[Directive]:
        seen: set[str] = set()
        while self._at < len(self._text):
            before = self._at
            start, end = self._physical()
            match = _DIRECTIVE.fullmatch(self._text, start, end)
            name = match[1].lower() if match else ""
            if not match or name not in _KNOWN_DIRECTIVES or name in seen:
                self._at = before
                return
            seen.add(name)
            if name == "escape" and match[2] in ("\\", "`"):
                self.escape = match[2]
            yield Directive(name, match[2], *match.span(2))

    def _logical(self) -> Stretch | None:
        """Consume one instruction without its here-documents; None for a blank line or a comment."""
        parts: list[str] = []
        starts: list[int] = []
        offsets: list[int] = []
        length = 0
        more = True
        while more and self._at < len(self._text):
            start, end = self._physical()
            if _COMMENT.match(self._text, start, end) or not self._text[start:end].strip():
                more = bool(parts)  # between continuations both are skipped; elsewhere they stand alone
                continue
            end, more = self._continued(start, end)
            parts.append(self._text[start:end])
            starts.append(length)
            offsets.append(start)
            length += end - start
        text = "".join(parts)
        return Stretch(text, tuple(starts), tuple(offsets)) if text.strip() else None

    def _continued(self, start: int, end: int) -> tuple[int, bool]:
        """Return where the line's text ends without a continuation mark, and whether there is one."""
        last = end
        while last > start and self._text[last - 1] in " \t":
            last -= 1
        if last == start or self._text[last - 1] != self.escape:
            return end, False
        doubled = last - 1 > start and self._text[last - 2] == self.escape
        return (end, False) if doubled else (last - 1, True)

    def _with_heredocs(self, line: Line) -> Line:
        inner = line
        if line.keyword == "ONBUILD" and line.end > line.start:
            inner = line.inner(line.start)
        text = line.stretch.text
        if inner.keyword not in _WITH_HEREDOCS or "<<" not in text:
            return line
        words = list(split(text, inner.start, inner.end, self.escape))
        behind = next((start for start, _ in words if not text.startswith("--", start)), inner.end)
        if JSON_LIST.fullmatch(text, behind, inner.end):
            return line
        found = []
        for start, end in words:
            match = _HEREDOC.fullmatch(text, start, end)
            if match and (name := _unquoted(match[3])):
                found.append(self._heredoc(line, name, chomp=bool(match[2]), expand=name == match[3]))
        return replace(line, heredocs=tuple(found), file_end=self._text_end()) if found else line

    def _text_end(self) -> int:
        """Return where the last consumed line ends, without its line end."""
        end = self._at
        while end and self._text[end - 1] in "\r\n":
            end -= 1
        return end

    def _heredoc(self, line: Line, name: str, *, chomp: bool, expand: bool) -> Heredoc:
        first = self._at
        while self._at < len(self._text):
            start, end = self._physical()
            last = self._text[start:end]
            if (last.lstrip("\t") if chomp else last) == name:
                content = self._text[first:start]
                if chomp:
                    content = re.sub(r"(?m)^\t+", "", content)
                return Heredoc(name, first, start, expand, chomp, content)
        raise SyntaxProblem(
            f"The here-document {name} does not end.",
            hint=f"Put {name} alone on a line after its text.",
            place=self._offsets.place(self._path, line.stretch.offset(line.keyword_at)),
        )


def _line(stretch: Stretch, start: int, end: int) -> Line:
    """Return the instruction in `stretch.text[start:end]`, which is not blank."""
    text = stretch.text
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    at, keyword_end = start, start
    while keyword_end < end and not text[keyword_end].isspace():
        keyword_end += 1
    start = keyword_end
    while start < end and text[start].isspace():
        start += 1
    return Line(stretch, text[at:keyword_end].upper(), at, start, end, (), stretch.range(at, end)[1])


def _unquoted(word: str) -> str:
    """Return the name that a here-document's word stands for, its quotes removed."""
    return re.sub(r"['\"\\]", "", word)
