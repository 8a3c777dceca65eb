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

_TOKEN = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[!?[^\]]+\]|[^*?\[]+|\[")


@lru_cache(maxsize=4096)
def compile_glob(pattern: str) -> re.Pattern[str]:
    """Return a regular expression that matches the whole of a name iff `pattern` does."""
    out: list[str] = []
    for token in _TOKEN.findall(pattern):
        if token == "**/":
            out.append("(?:[^/]+/)*")
        elif token == "/**":
            out.append("(?:/.*)?")
        elif token == "**":
            out.append(".*")
        elif token == "*":
            out.append("[^/]*")
        elif token == "?":
            out.append("[^/]")
        elif token[0] == "[" and len(token) > 1:
            body = token[1:-1].replace("\\", "\\\\")
            out.append(f"[^/{body[1:]}]" if body[0] == "!" else f"[{body}]")
        else:
            out.append(re.escape(token))
    return re.compile("".join(out), re.DOTALL)


def matches(pattern: str, name: str) -> bool:
    """Tell whether the whole of `name` is matched by `pattern`."""
    return compile_glob(pattern).fullmatch(name) is not None


def any_matches(patterns: Iterable[str], name: str) -> bool:
    """Tell whether at least one of `patterns` matches the whole of `name`."""
    return any(matches(pattern, name) for pattern in patterns)
