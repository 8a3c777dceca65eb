"""What one report says of each control that its rules name."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from complygate.model.glob import any_matches
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from complygate.attest.report import ReportFile


class State(StrEnum):
    """What a scan found out about a rule in a repository, the weightiest first."""

    VIOLATED = "violated"
    """There is at least one finding that nothing excuses, at whatever level."""
    UNDECIDED = "undecided"
    """Nothing violates it, and at least one place could not be judged."""
    EXCUSED = "excused"
    """All its findings are waived or in the baseline."""
    HELD = "held"
    """Something was judged, and nothing was found."""
    NOT_EVALUATED = "not-evaluated"
    """The repository holds nothing that the rule judges."""


@dataclass(frozen=True, slots=True)
class RuleEvidence:
    """What one rule found.

    Attributes:
        rule: its id.
        title: its title.
        evaluated: how many places it judged.
        violations: findings that nothing excuses.
        excused: findings that are waived or in the baseline.
        undecided: places that it could not judge.
    """

    rule: str
    title: str
    evaluated: int
    violations: int
    excused: int
    undecided: int

    @property
    def state(self) -> State:
        """What that comes to."""
        if self.violations:
            return State.VIOLATED
        if self.undecided:
            return State.UNDECIDED
        if self.excused:
            return State.EXCUSED
        return State.HELD if self.evaluated else State.NOT_EVALUATED


@dataclass(frozen=True, slots=True)
class ControlEvidence:
    """What the rules of one control found.

    Attributes:
        id: framework and number, `nist-800-53/CM-7`.
        title: its name.
        framework: the framework's name and version, for a person.
        url: where to read it, or "".
        rules: one entry for each rule that names it, in order of id.
    """

    id: str
    title: str
    framework: str
    url: str
    rules: tuple[RuleEvidence, ...]

    def count(self, state: State) -> int:
        """Return how many of its rules are in `state`."""
        return sum(1 for rule in self.rules if rule.state is state)

    @property
    def state(self) -> State:
        """The weightiest state of its rules."""
        return min((rule.state for rule in self.rules), key=list(State).index)


@dataclass(frozen=True, slots=True)
class RepositoryEvidence:
    """What one report says.

    Attributes:
        report: the file's name.
        repository: the repository's URL, or "".
        commit: the scanned commit, or "".
        day: the day of the scan.
        policy: the policy's source.
        digest: the policy's digest.
        outcome: the verdict: `pass`, `fail` or `undecided`.
        unread: problems that concern no single rule, such as files that could not be parsed: of what they
            hold, nothing is said.
        controls: in order of id.
    """

    report: str
    repository: str
    commit: str
    day: str
    policy: str
    digest: str
    outcome: str
    unread: int
    controls: tuple[ControlEvidence, ...]


def evidence_of(report: ReportFile, only: Iterable[str] = ()) -> RepositoryEvidence:
    """Return what `report` says of controls.

    Args:
        report: a JSON report that was read and checked.
        only: globs of controls (`soc2/*`); none means all.
    """
    data = report.data
    globs = tuple(only)
    rules = _rules(data)
    naming: dict[str, list[RuleEvidence]] = {}
    for rule in (*data["rules"], *data["not_evaluated"]):
        for control in rule["controls"]:
            naming.setdefault(control, []).append(rules[rule["id"]])
    known = {control["id"]: control for control in data["controls"]}
    return RepositoryEvidence(
        report=report.name,
        repository=data["provenance"]["repository"],
        commit=report.commit,
        day=data["day"],
        policy=data["policy"]["source"],
        digest=data["policy"]["digest"],
        outcome=report.outcome,
        unread=sum(problem["count"] for problem in data["problems"] if not problem["rule"]),
        controls=tuple(
            _control(known[control], found)
            for control, found in sorted(naming.items())
            if control in known and (not globs or any_matches(globs, control))
        ),
    )


def _rules(data: Mapping[str, Any]) -> dict[str, RuleEvidence]:
    violations, excused, undecided = Counter[str](), Counter[str](), Counter[str]()
    for finding in data["findings"]:
        (violations if finding["disposition"] == "active" else excused)[finding["rule"]] += 1
    for problem in data["problems"]:
        undecided[problem["rule"]] += problem["count"]
    evaluated = data["coverage"]["rules"]
    return {
        rule["id"]: RuleEvidence(
            rule=rule["id"],
            title=rule["title"],
            evaluated=evaluated.get(rule["id"], 0),
            violations=violations[rule["id"]],
            excused=excused[rule["id"]],
            undecided=undecided[rule["id"]],
        )
        for rule in (*data["rules"], *data["not_evaluated"])
    }


def _control(control: Mapping[str, str], rules: Iterable[RuleEvidence]) -> ControlEvidence:
    return ControlEvidence(
        id=control["id"],
        title=control["title"],
        framework=f"{control['framework_title']} {control['framework_version']}".strip(),
        url=control["url"],
        rules=tuple(sorted(rules, key=lambda rule: rule.rule)),
    )
