"""A run of a tool, and its results, in the terms in which they are judged.

Every value may be missing or of the wrong type: the file comes from outside. The meaning of each property is
that of SARIF 2.1.0 (OASIS), sections 3.14 (run), 3.27 (result) and 3.49 (reporting descriptor).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from complygate.engines.sarif.values import at, items, line, mapping, number, text
from complygate.model.remark import Skip
from complygate.model.rule import Severity
from complygate.values import dataclass

_BY_LEVEL = {
    "error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.INFO,
}  # fmt: skip
_BY_SCORE = (
    (9.0, Severity.CRITICAL),
    (7.0, Severity.HIGH),
    (4.0, Severity.MEDIUM),
    (math.ulp(0.0), Severity.LOW),
)
"""GitHub's table for `security-severity`."""
_NO_VIOLATION = frozenset({"pass", "notApplicable", "informational"})
_HARMLESS_ELSEWHERE = frozenset({
    "addresses", "conversion", "graphs", "logicalLocations", "policies", "taxonomies", "threadFlowLocations",
    "translations", "webRequests", "webResponses",
})  # fmt: skip
"""Parts of a run that hold neither results nor what a result's place, rule or severity rests on."""
_MOST_FINGERPRINTS = 20
_LONGEST_MESSAGE = 4000


@dataclass(frozen=True, slots=True)
class Result:
    """One result.

    Attributes:
        tool: the tool's name.
        ids: what its rule is called: as written, and without the tool's name in front.
        message: one line.
        severity: by `security-severity`, else by level.
        location: the first location's `physicalLocation`, or {}.
        skip: the tool's suppression, or None.
        fingerprints: the tool's own names for it.
    """

    tool: str
    ids: tuple[str, ...]
    message: str
    severity: Severity
    location: Mapping[str, Any]
    skip: Skip | None
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    @property
    def check(self) -> str:
        """Tool and rule: `zizmor/unpinned-uses`."""
        return f"{'-'.join(self.tool.lower().split())}/{self.ids[-1]}"


class Run:
    """One run of one tool."""

    def __init__(self, data: Any) -> None:
        """Take what stands under `runs`."""
        self.data = data
        tool = mapping(data, "tool")
        self._driver = mapping(tool, "driver")
        self._extensions = items(tool, "extensions")
        self._by_id: dict[int, dict[str, dict[str, Any]]] = {}
        self._levels = dict(_overrides(data))
        self.tool = line(text(self._driver, "name"), 80)

    def failures(self) -> Iterator[str]:
        """Yield why the results are not all that the tool had to say."""
        data = self.data
        if not self.tool:
            yield "a run does not name its tool"
        if not isinstance(data, dict) or not isinstance(data.get("results"), list):
            yield "has no list of results: the tool did not get that far"
        if not _HARMLESS_ELSEWHERE.issuperset(mapping(data, "externalPropertyFileReferences")):
            yield "keeps parts of itself in other files, which are not read"
        for invocation in items(data, "invocations"):
            if isinstance(invocation, dict) and invocation.get("executionSuccessful") is False:
                yield "says that it did not run to its end"
            for kind in ("toolExecutionNotifications", "toolConfigurationNotifications"):
                for note in items(invocation, kind):
                    if text(note, "level") == "error":
                        said = line(text(mapping(note, "message"), "text"), 200)
                        yield f"reports an error of its own: {said}"

    def results(self) -> Iterator[Result]:
        """Yield the results that are violations."""
        for result in items(self.data, "results"):
            if isinstance(result, dict) and not _is_none(result):
                yield self._result(result)

    def damaged(self) -> int:
        """Return how many results are none that can be read."""
        return sum(not isinstance(result, dict) for result in items(self.data, "results"))

    def _result(self, result: dict[str, Any]) -> Result:
        component, rule = self._rule(result)
        name = text(result, "ruleId") or text(mapping(result, "rule"), "id") or text(rule, "id") or "unnamed"
        name = line(name, 200)
        prefixes = {f"{tool.lower()}/" for tool in (self.tool, line(text(component, "name"), 80)) if tool}
        short = next(
            (name[len(p) :] for p in prefixes if name.lower().startswith(p) and len(name) > len(p)), name
        )
        place = items(result, "locations")
        return Result(
            tool=self.tool,
            ids=(name,) if short == name else (name, short),
            message=_message(result, rule, component) or name,
            severity=_severity(result, rule, self._levels.get(name, "")),
            location=mapping(place[0], "physicalLocation") if place else {},
            skip=_skip(result),
            fingerprints=_fingerprints(result),
        )

    def _rule(self, result: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the component that has the result's rule, and the rule's descriptor; {} if there is none."""
        reference = mapping(result, "rule")
        component = at(self._extensions, number(mapping(reference, "toolComponent"), "index")) or self._driver
        rules = items(component, "rules")
        index = (
            number(result, "ruleIndex")
            if number(result, "ruleIndex") is not None
            else number(reference, "index")
        )
        found = at(rules, index)
        if not found:
            name = text(result, "ruleId") or text(reference, "id")
            found = self._named(component).get(name, {})
        return component, found

    def _named(self, component: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the rules of `component` by id; the first of two counts."""
        known = self._by_id.get(id(component))
        if known is None:
            rules = [rule for rule in items(component, "rules") if isinstance(rule, dict)]
            known = {text(rule, "id"): rule for rule in reversed(rules) if text(rule, "id")}
            self._by_id[id(component)] = known
        return known


def _is_none(result: dict[str, Any]) -> bool:
    """Tell whether a result is no violation: it passed, does not apply, or is gone."""
    return text(result, "kind") in _NO_VIOLATION or text(result, "baselineState") == "absent"


def _message(result: dict[str, Any], rule: dict[str, Any], component: dict[str, Any]) -> str:
    message = mapping(result, "message")
    written = text(message, "text")
    if not written:
        name = text(message, "id")
        strings = mapping(rule, "messageStrings").get(name) or mapping(component, "globalMessageStrings").get(
            name
        )
        written = text(strings, "text")
    written = written[:_LONGEST_MESSAGE]  # before arguments are filled in: a few could multiply to gigabytes
    for index, argument in enumerate(items(message, "arguments")[:20]):
        if isinstance(argument, str):
            written = written.replace(f"{{{index}}}", argument[:200])[:_LONGEST_MESSAGE]
    return line(written)


def _overrides(data: Any) -> Iterator[tuple[str, str]]:
    """Yield the levels that an invocation gave to rules, by their ids (3.20.5)."""
    for invocation in items(data, "invocations"):
        for override in items(invocation, "ruleConfigurationOverrides"):
            name = text(mapping(override, "descriptor"), "id")
            level = text(mapping(override, "configuration"), "level")
            if name and level:
                yield line(name, 200), level


def _severity(result: dict[str, Any], rule: dict[str, Any], override: str) -> Severity:
    for holder in (result, rule):
        score = _score(mapping(holder, "properties").get("security-severity"))
        if score is not None:
            return next((severity for least, severity in _BY_SCORE if score >= least), Severity.INFO)
    level = text(result, "level") or override or text(mapping(rule, "defaultConfiguration"), "level")
    return _BY_LEVEL.get(level, Severity.MEDIUM)


def _score(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        score = float(value)
    except (ValueError, OverflowError):
        return None
    return score if 0 <= score <= 10 else None  # noqa: PLR2004 - the scale's ends


def _skip(result: dict[str, Any]) -> Skip | None:
    """Return the result's suppression. It is none while one of several waits for review or was rejected."""
    suppressions = [item for item in items(result, "suppressions") if isinstance(item, dict)]
    if not suppressions or any(text(item, "status") in {"underReview", "rejected"} for item in suppressions):
        return None
    reason = next((text(item, "justification") for item in suppressions if text(item, "justification")), "")
    return Skip("suppression in SARIF", line(reason, 200))


def _fingerprints(result: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in ("fingerprints", "partialFingerprints"):
        for name, value in mapping(result, key).items():
            if isinstance(value, str) and value and len(found) < _MOST_FINGERPRINTS:
                found.setdefault(line(name, 100), line(value, 200))
    return dict(sorted(found.items()))
