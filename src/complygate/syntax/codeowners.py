"""CODEOWNERS of GitHub, GitLab and Bitbucket: text to plain data with places.

Formats: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
and https://docs.gitlab.com/user/project/codeowners/reference/. The data:

    rules     [{pattern, owners, section}] in the file's order: the last that matches decides
    sections  [{name, optional, approvals, owners}]: GitLab's, with the owners of rules that name none
    mistakes  [{text, reason}]: what a platform does not understand; GitHub skips the whole line
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.model.pointer import join
from complygate.model.tree import Span
from complygate.syntax._builder import TreeBuilder

if TYPE_CHECKING:
    from complygate.model.source import Source
    from complygate.model.tree import Tree

COMMENTS = ("#",)
_LINE = re.compile(r"[^\r\n]++")
_WORD = re.compile(r"(?:[^\s\\]|\\.)++\\?|\\")
_SECTION = re.compile(r"\s*(\^?)\[([^\]]++)\](?:\[(\d{1,9})\])?(?=\s|$)")
_OWNER = re.compile(r"@@?[\w.-]+(?:/[\w.-]+)*+|[^@\s]++@[^@\s]++")


def parse(source: Source) -> Tree:
    """Return the parsed `source`."""
    return parse_text(source.path, source.text)


def parse_text(path: str, text: str) -> Tree:
    """Return the parsed `text` of the file at `path`."""
    return _Builder(path, text).build()


class _Builder(TreeBuilder):
    """Puts the tree of one file together."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(path, text)
        self._rules: list[dict[str, Any]] = []
        self._sections: list[dict[str, Any]] = []
        self._mistakes: list[dict[str, str]] = []

    def build(self) -> Tree:
        for line in _LINE.finditer(self._text):
            start, end = line.span()
            comment = re.compile(r"(?:^|(?<=\s))#").search(line[0])
            if comment:
                end = start + comment.start()
            if section := _SECTION.match(self._text, start, end):
                self._section(section, end)
            elif self._text[start:end].strip():
                self._rule(start, end)
        data = {"rules": self._rules, "sections": self._sections, "mistakes": self._mistakes}
        return self._tree("codeowners", data, COMMENTS)

    def _section(self, match: re.Match[str], end: int) -> None:
        at = join("/sections", len(self._sections))
        owners = self._owners(match.end(), end, at)
        self._values[at] = self._span(match.start(), match.end())
        self._values[join(at, "name")] = self._span(*match.span(2))
        optional = bool(match[1])
        approvals = 0 if optional else int(match[3] or 1)
        self._sections.append(
            {"name": match[2], "optional": optional, "approvals": approvals, "owners": owners}
        )

    def _rule(self, start: int, end: int) -> None:
        words = _WORD.finditer(self._text, start, end)
        pattern = next(words)
        at = join("/rules", len(self._rules))
        if pattern[0].startswith("!") and not self._sections:
            self._mistake("no pattern can be negated with '!'", pattern)
        owners = self._owners(pattern.end(), end, at)
        last = pattern.end() + len(self._text[pattern.end() : end].rstrip())
        self._values[at] = self._span(pattern.start(), last)
        self._values[join(at, "pattern")] = self._span(*pattern.span())
        section = self._sections[-1] if self._sections else None
        self._rules.append(
            {
                "pattern": pattern[0],
                "owners": owners or (list(section["owners"]) if section else []),
                "section": section["name"] if section else None,
            }
        )

    def _mistake(self, reason: str, word: re.Match[str]) -> None:
        self._values[join("/mistakes", len(self._mistakes))] = self._span(*word.span())
        self._mistakes.append({"text": word[0][:80], "reason": reason})

    def _owners(self, start: int, end: int, at: str) -> list[str]:
        owners: list[str] = []
        for word in re.compile(r"\S++").finditer(self._text, start, end):
            span = self._span(*word.span())
            if _OWNER.fullmatch(word[0]):
                self._values[join(at, "owners", len(owners))] = span
                owners.append(word[0])
            else:
                self._mistake("it is neither @user, @org/team nor an e-mail address", word)
        if owners:
            first, last = (self._values[join(at, "owners", i)] for i in (0, len(owners) - 1))
            self._values[join(at, "owners")] = Span(first.line, first.column, last.end_line, last.end_column)
        return owners
