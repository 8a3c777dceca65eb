"""Which results a rule asks for: the globs under its `check: {sarif: …}`."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from complygate.errors import CheckError
from complygate.model.nearest import nearest

_KEYS = ("tool", "rule")
_LONGEST = 200


class Asked(NamedTuple):
    """What one rule asks for.

    Attributes:
        tools: globs of the tool's name, in lower case.
        rules: globs of the tool's rule ids.
    """

    tools: tuple[str, ...]
    rules: tuple[str, ...]

    def wants_tool(self, name: str) -> bool:
        """Tell whether results of the tool called `name` are asked for; case does not count."""
        return any(fnmatchcase(name.lower(), glob) for glob in self.tools)

    def wants(self, name: str, ids: tuple[str, ...]) -> int:
        """Return how exactly a result is asked for, or 0 if it is not.

        Args:
            name: the tool's name.
            ids: what the result's rule is called, in any of its forms.
        """
        if not self.wants_tool(name):
            return 0
        return max((_exactness(glob) for glob in self.rules for i in ids if fnmatchcase(i, glob)), default=0)


def _exactness(glob: str) -> int:
    """Rank a glob that matches: one without a wildcard before all others, then by what it spells out."""
    wild = sum(glob.count(char) for char in "*?[")
    return 1 + len(glob) - wild + (_LONGEST if not wild else 0)


def asked(check: Any) -> Asked:
    """Return what a rule's `check: {sarif: …}` asks for.

    Raises:
        CheckError: it is not a map of `tool` and `rule`, each a glob or a list of globs.
    """
    if not isinstance(check, dict):
        raise CheckError("must be a map", pointer="/sarif", hint='sarif: {tool: zizmor, rule: "unpinned-*"}')
    for key in check:
        if key not in _KEYS:
            hint = nearest(key, _KEYS) if isinstance(key, str) else ""
            raise CheckError("knows only `tool` and `rule`", pointer="/sarif", hint=hint)
    tools = _globs(check, "tool")
    return Asked(tuple(glob.lower() for glob in tools), _globs(check, "rule"))


def _globs(check: dict[Any, Any], key: str) -> tuple[str, ...]:
    value = check.get(key)
    found = value if isinstance(value, list) else [value]
    pointer = f"/sarif/{key}" if key in check else "/sarif"
    if not found:
        raise CheckError(f"{key} must not be empty", pointer=pointer)
    for glob in found:
        if not isinstance(glob, str) or not glob.strip() or len(glob) >= _LONGEST or not glob.isprintable():
            raise CheckError(f"{key} must be a glob, or a list of globs", pointer=pointer)
    return tuple(found)
