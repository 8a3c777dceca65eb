"""Globs over "/"-separated names: paths of files, ids of rules, kinds of documents.

`*` and `?` stay within one part, `**` spans parts, `[abc]` is a set: as in .gitignore and in GitHub's and
GitLab's own path filters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PIECE = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[!?[^\]]+\]|[^*?\[/]+|/|\[")
_SIGNS = re.compile(r"[\\\[&|~]")
"""What would mean something else in a set of a regular expression, now or (Python warns of it) later."""
_STARS = re.compile(r"\*+")
_MOST_STARS = 2
_REPEATED = re.compile(r"(?:\*\*/){2,}")


@lru_cache(maxsize=4096)
def compile_glob(pattern: str) -> re.Pattern[str]:
    """Return a regular expression that matches the whole of a name iff `pattern` does."""
    out: list[str] = []
    # `**/**/` means `**/`, and costs a power of the name's length more with each repetition.
    for piece in _PIECE.findall(_REPEATED.sub("**/", pattern)):
        if piece == "**/":
            out.append("(?:[^/]+/)*")
        elif piece == "/**":
            out.append("(?:/.*)?")
        elif piece == "**":
            out.append(".*")
        elif piece == "*":
            out.append("[^/]*")
        elif piece == "?":
            out.append("[^/]")
        elif piece[0] == "[" and len(piece) > 1:
            body = _SIGNS.sub(r"\\\g<0>", piece[1:-1]).replace("--", "-\\-")
            out.append(f"[^/{body[1:]}]" if body[0] == "!" else f"[{body}]")
        else:
            out.append(re.escape(piece))
    try:
        return re.compile("".join(out), re.DOTALL)
    except re.error:  # a set such as [z-a]: then the pattern means itself
        return re.compile(re.escape(pattern), re.DOTALL)


def matches(pattern: str, name: str) -> bool:
    """Tell whether the whole of `name` is matched by `pattern`."""
    if "*" not in pattern and "?" not in pattern and "[" not in pattern:
        return name == pattern  # most patterns of a policy are names: none of them has to be compiled
    return compile_glob(pattern).fullmatch(name) is not None


def any_matches(patterns: Iterable[str], name: str) -> bool:
    """Tell whether at least one of `patterns` matches the whole of `name`."""
    return any(matches(pattern, name) for pattern in patterns)


def is_quick(pattern: str) -> bool:
    """Tell whether matching costs no more than the square of a path's length.

    It costs a power of it, with the number of wildcards: a pattern of a dozen, which somebody wrote to do
    harm, would hold up a scan for ever.
    """
    parts = pattern.split("/")
    each = (len(_STARS.findall(part)) for part in parts if part != "**")
    return parts.count("**") <= _MOST_STARS and all(count <= _MOST_STARS for count in each)
