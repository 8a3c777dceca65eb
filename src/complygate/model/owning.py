"""Which rules of a CODEOWNERS fit which files, for all files of a tree at once.

Most patterns are plain names or endings, and are looked up; the others are matched one by one, up to a
number of attempts. What a pattern means is said in `model.owners`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from complygate.model.owners import UnclearError, fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MAX_ATTEMPTS = 2_000_000
"""How often patterns are tried before the rest is left open: a CODEOWNERS may be written to do harm."""

_META = frozenset("*?[]!\\")
_ALL = frozenset({"*", "**", "/", "/**", "**/*", "/**/*"})


class Patterns:
    """The patterns of one CODEOWNERS, ready to be asked about files."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Sort the patterns by how they are matched."""
        self._size = len(patterns)
        self._everything: list[int] = []
        self._paths: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        self._names: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        self._endings: list[tuple[int, str]] = []
        self._others: list[tuple[int, str]] = []
        self._unclear: set[int] = set()
        for index, pattern in enumerate(patterns):
            self._sort(index, pattern)

    def _sort(self, index: int, pattern: str) -> None:
        bare = pattern.strip("/")
        if pattern in _ALL:
            self._everything.append(index)
        elif _META.isdisjoint(pattern):
            anchored = "/" in pattern.rstrip("/")
            (self._paths if anchored else self._names)[bare].append((index, pattern.endswith("/")))
        elif pattern[0] == "*" and _META.isdisjoint(pattern[1:]) and "/" not in pattern:
            self._endings.append((index, pattern[1:]))
        else:
            try:
                fits(pattern, "a")
            except UnclearError:
                self._unclear.add(index)
            else:
                self._others.append((index, pattern))

    @property
    def clear(self) -> bool:
        """Whether every platform reads all patterns alike, as far as is known."""
        return not self._unclear

    @property
    def cost(self) -> int:
        """How many patterns are tried on each file."""
        return len(self._everything) + len(self._endings) + len(self._others)

    def of(self, path: str) -> list[int]:
        """Return the numbers of the patterns that fit the file at `path`, in order, without unclear ones."""
        parts = path.split("/")
        found = set(self._everything)
        found.update(self._named(parts))
        found.update(index for index, end in self._endings if any(part.endswith(end) for part in parts))
        found.update(index for index, pattern in self._others if fits(pattern, path))
        return sorted(found)

    def _named(self, parts: list[str]) -> Iterator[int]:
        last = len(parts)
        for count in range(1, last + 1):
            for index, folder in self._paths.get("/".join(parts[:count]), ()):
                if not folder or count < last:
                    yield index
            for index, folder in self._names.get(parts[count - 1], ()):
                if not folder or count < last:
                    yield index

    def used(self, paths: Iterable[str]) -> list[bool | None]:
        """Return of each pattern whether it fits a file in `paths`; None where that is not known."""
        found: list[bool | None] = [False] * self._size
        for index in self._everything:
            found[index] = True
        for index in self._unclear:
            found[index] = None
        open_ones = dict(self._others)
        endings = dict(self._endings)
        attempts = MAX_ATTEMPTS
        for path in paths:
            parts = path.split("/")
            for index in self._named(parts):
                found[index] = True
            for index in [index for index, end in endings.items() if any(p.endswith(end) for p in parts)]:
                found[index] = True
                del endings[index]
            attempts -= len(open_ones) + len(endings)
            if attempts < 0:
                break
            for index in [index for index, pattern in open_ones.items() if fits(pattern, path)]:
                found[index] = True
                del open_ones[index]
        if attempts < 0:
            return [answer or None for answer in found]
        return found


class Owning:
    """Who owns which file, by one CODEOWNERS."""

    def __init__(self, codeowners: Mapping[str, Any]) -> None:
        """Take the data of the file, as `syntax.codeowners` gives it."""
        self._rules = codeowners["rules"]
        self._optional = {section["name"] for section in codeowners["sections"] if section["optional"]}
        self._patterns = Patterns([rule["pattern"] for rule in self._rules])
        self._left = MAX_ATTEMPTS

    def of(self, path: str) -> list[str] | None:
        """Return who owns the file at `path`; None where that cannot be told.

        Owners that nobody waits for, those of GitLab's optional sections, are left out.
        """
        self._left -= self._patterns.cost
        if self._left < 0 or not self._patterns.clear:
            return None
        decided: dict[str | None, list[str]] = {}
        for index in self._patterns.of(path):
            self._left -= 1
            rule = self._rules[index]
            decided[rule["section"]] = rule["owners"]
        owners = (owner for name, found in decided.items() if name not in self._optional for owner in found)
        return sorted(set(owners))
