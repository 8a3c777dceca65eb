"""The search for secrets, without asking twenty detectors about each line that none of them can match."""

from __future__ import annotations

import functools
import importlib
import itertools
import re
from collections.abc import Iterator
from typing import Any

from complygate.engines.checkov.quicker._replace import MOST, everywhere, remembered

_NARROWING = frozenset(
    {"AzureStorageKeyDetector", "BasicAuthDetector", "IbmCloudIamDetector", "JwtTokenDetector"}
)
"""Detectors that drop some of what their patterns match, and add nothing."""


def quicken() -> None:
    """Replace what is asked of each line."""
    scan: Any = importlib.import_module("detect_secrets.core.scan")
    if hasattr(scan, "complygate_plugins"):
        return
    filetype: Any = importlib.import_module("detect_secrets.util.filetype")
    whole = filetype.determine_file_type
    everywhere("determine_file_type", whole, functools.lru_cache(maxsize=4096)(whole))
    _keywords(importlib.import_module("detect_secrets.plugins.keyword"))
    _values(importlib.import_module("checkov.secrets.plugins.detector_utils"))
    _allowed(importlib.import_module("detect_secrets.filters.allowlist"))
    _together(scan)


def _keywords(keyword: Any) -> None:
    """Look for a suspicious name before looking for what is assigned to it: every pattern holds one."""
    detector = keyword.KeywordDetector
    whole = detector.analyze_string
    name = re.compile("|".join(keyword.DENYLIST), re.IGNORECASE)
    holding = {
        id(group)
        for group in vars(keyword).values()
        if isinstance(group, dict)
        and group
        and all(isinstance(p, re.Pattern) and keyword.DENYLIST_REGEX in p.pattern for p in group)
    }

    def analyze_string(self: Any, string: str, denylist_regex_to_group: Any = None) -> Iterator[str]:
        if id(denylist_regex_to_group) in holding and not name.search(string):
            return
        yield from whole(self, string, denylist_regex_to_group)

    detector.analyze_string = analyze_string


def _values(utils: Any) -> None:
    """Search a line for a value once, and not at all where it lacks the sign that each pattern has."""
    whole = utils.extract_from_string
    signs = {
        id(group): sign
        for kind, sign in (("COLON", ":"), ("EQUAL", "="))
        for table in (utils.REGEX_VALUE_KEYWORD_BY_FILETYPE, utils.REGEX_VALUE_SECRET_BY_FILETYPE)
        for group in table.values()
        if all(any(p is q and kind in name for name, q in vars(utils).items()) for p in group)
    }
    once = remembered(whole, lambda pattern, string: (id(pattern), string) if id(pattern) in signs else None)

    def extract_from_string(pattern: Any, string: str) -> set[str]:
        sign = signs.get(id(pattern))
        return set() if sign is not None and sign not in string else set(once(pattern, string))

    everywhere("extract_from_string", whole, extract_from_string)


def _allowed(allowlist: Any) -> None:
    """Look for the one word that every comment that allows a secret has."""
    whole = allowlist.is_line_allowlisted

    def is_line_allowlisted(filename: str, line: str, context: Any) -> bool:
        if "pragma" not in line and "pragma" not in context.previous_line:
            return False
        allowed: bool = whole(filename, line, context)
        return allowed

    everywhere("is_line_allowlisted", whole, is_line_allowlisted)


class _Group:
    """Detectors that find nothing in a line that none of their patterns matches."""

    def __init__(self, plugins: list[Any]) -> None:
        self.plugins = plugins
        self._patterns = [pattern.search for plugin in plugins for pattern in plugin.denylist]
        self._clean: set[str] = set()

    def clean(self, line: str) -> bool:
        """Tell whether none of them can find anything in `line`."""
        if line in self._clean:
            return True
        if any(search(line) for search in self._patterns):
            return False
        if len(self._clean) >= MOST:
            self._clean.clear()
        self._clean.add(line)
        return True


def _together(scan: Any) -> None:
    """Ask such detectors as one; where one of their patterns matches, each is asked as before."""
    scan.complygate_plugins, whole = scan.get_plugins, scan._scan_line  # noqa: SLF001
    grouped: dict[int, tuple[Any, list[Any]]] = {}

    def get_plugins() -> list[Any]:
        plugins = scan.complygate_plugins()
        if id(plugins) not in grouped:
            grouped[id(plugins)] = plugins, _grouped(plugins)
        return grouped[id(plugins)][1]

    def _scan_line(plugin: Any, filename: str, line: str, *arguments: Any, **named: Any) -> Iterator[Any]:
        if not isinstance(plugin, _Group):
            yield from whole(plugin, filename, line, *arguments, **named)
        elif not plugin.clean(line):
            for each in plugin.plugins:
                yield from whole(each, filename, line, *arguments, **named)

    scan.get_plugins, scan._scan_line = get_plugins, _scan_line  # noqa: SLF001


def _grouped(plugins: list[Any]) -> list[Any]:
    """Return `plugins`, in their order, with neighbours that go together as one."""
    found: list[Any] = []
    for regular, neighbours in itertools.groupby(plugins, _is_regular):
        listed = list(neighbours)
        found.extend([_Group(listed)] if regular else listed)
    return found


def _is_regular(plugin: Any) -> bool:
    base: Any = importlib.import_module("detect_secrets.plugins.base")
    kind = type(plugin)
    return isinstance(plugin, base.RegexBasedDetector) and (
        kind.__name__ in _NARROWING
        or (
            kind.analyze_string is base.RegexBasedDetector.analyze_string
            and kind.analyze_line is base.BasePlugin.analyze_line
        )
    )
