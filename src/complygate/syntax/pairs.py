"""Files of names and values, one pair a line: .env and .npmrc. Text to plain data with places.

`NAME=value`, with `export` before it or not, quotes around the value or not, and comments on lines of their
own. The data is `{name: value}`; of a name that comes twice the last counts, as with the tools that read
these files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complygate.model.pointer import join
from complygate.syntax._builder import TreeBuilder

if TYPE_CHECKING:
    from complygate.model.source import Source
    from complygate.model.tree import Tree

COMMENTS = ("#", ";")
_PAIR = re.compile(r"(?m)^[ \t]*+(?:export[ \t]++)?([^\s#;=][^\s=]*+)[ \t]*+=[ \t]*+([^\r\n]*+)")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"|'([^']*+)'")
_TRAILING = re.compile(r"\s+#.*")


def parse(source: Source, under: str) -> Tree:
    """Return the parsed `source`, its pairs under the key `under`. A line that is no pair is passed over."""
    return _Builder(source.path, source.text).build(under)


class _Builder(TreeBuilder):
    """Puts the tree of one file together."""

    def build(self, under: str) -> Tree:
        pairs: dict[str, str] = {}
        for match in _PAIR.finditer(self._text):
            at = join("", under, match[1])
            pairs[match[1]] = _plain(match[2].strip())
            self._keys[at] = self._span(*match.span(1))
            self._values[at] = self._span(match.start(1), match.start(2) + len(match[2].rstrip()))
        return self._tree("pairs", {under: pairs}, COMMENTS)


def _plain(value: str) -> str:
    """Return `value` without quotes, or without the comment that follows it."""
    quoted = _QUOTED.match(value)
    if quoted:
        return quoted[1] if quoted[1] is not None else quoted[2]
    return _TRAILING.sub("", value)
