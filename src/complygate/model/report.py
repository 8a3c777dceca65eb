"""The report: what every reporter renders, and what an upload carries."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from complygate.model.finding import Finding
from complygate.model.policy import Policy
from complygate.model.problem import Problem, ProblemKind
from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping


class Outcome(StrEnum):
    """The gate's answer."""

    PASS = "pass"  # noqa: S105 - the word is a verdict, not a password
    FAIL = "fail"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and the counts behind it.

    Attributes:
        outcome: pass, fail or undecided. A failure outranks undecided.
        exit_code: what the process returns for it (before `--soft-fail`).
        reason: one line for a person.
        blocking: active findings at `enforce`.
        warning: active findings at `warn`.
        audited: active findings at `audit`.
        waived: excused findings.
        baselined: findings known before.
        problems: problems, each counted once.
        blocking_problems: those whose kind makes the verdict undecided.
    """

    outcome: Outcome
    exit_code: int
    reason: str
    blocking: int
    warning: int
    audited: int
    waived: int
    baselined: int
    problems: int
    blocking_problems: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that was not scanned.

    Attributes:
        path: relative to the scanned root; a folder ends in "/".
        reason: `ignored`, `excluded`, `out-of-scope`, `vendored`, `version-control`, `link`, `missing`,
            `repository-of-its-own`, `binary`, `not-utf-8`, `too-large`, `unreadable`, `not-recognised`.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at, and what was not.

    Attributes:
        files: files that gave at least one document.
        documents: documents by kind.
        formats: files by the format that claimed them.
        rules: evaluations by rule id: how many nodes each rule judged.
        left_out: what was not scanned, and why, in order of path.
        unparsed: files that a format claimed and could not read.
    """

    files: int
    documents: Mapping[str, int]
    formats: Mapping[str, int]
    rules: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    unparsed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the scanned tree comes from, when git knows.

    Attributes:
        repository: the remote's URL without credentials, or "".
        commit: the object id of HEAD, or "".
        branch: the branch's name, or "".
        tree: the object id of the commit's tree, or "".
        changes: paths that were not as the commit has them, or that git does not track and that were judged;
            None where nobody looked.
        base: the object id of the commit that the tree was compared with, or "".
    """

    repository: str = ""
    commit: str = ""
    branch: str = ""
    tree: str = ""
    changes: tuple[str, ...] | None = None
    base: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """Which part of the repository the report is about.

    Attributes:
        folder: the scanned folder below git's top level, or "" for all.
        paths: paths below it that the report is limited to; none is all.
        imports_only: whether only results of other tools were judged.
    """

    folder: str = ""
    paths: tuple[str, ...] = ()
    imports_only: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person should know and no verdict hangs on, such as an ignore that is not honoured.

    Attributes:
        message: one sentence.
        path: the file concerned, or "".
        line: its line, or 0.
        rule: the rule concerned, or "".
    """

    message: str
    path: str = ""
    line: int = 0
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What files and policy alone decide.

    Attributes:
        findings: in the order of the report.
        problems: in the order of the report.
        coverage: what was looked at.
        notices: what a person should know.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    coverage: Coverage
    notices: tuple[Notice, ...]

    @property
    def lasting(self) -> bool:
        """Whether another run over the same files must give the same: nothing crashed or took too long."""
        return all(problem.kind is not ProblemKind.ENGINE_ERROR for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a scan found out.

    Attributes:
        version: complygate's version.
        policy: the policy that judged.
        day: the date that calendars and expiries were read against.
        as_of: whether `day` was asked for with `--as-of` instead of read from the clock.
        findings: all of them, whatever their disposition, in `Finding.order`.
        problems: in order of path and line.
        coverage: what was looked at.
        verdict: the gate's answer.
        provenance: the scanned commit.
        notices: what else a person should know: ignores that are expired, unused or not allowed.
        scanned: which part of the repository it is about.
        ends_on: the first day on which the same tree may block where it does not now; None where there is
            none, or nobody asked.
    """

    version: str
    policy: Policy
    day: dt.date
    as_of: bool
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    coverage: Coverage
    verdict: Verdict
    provenance: Provenance = Provenance()
    notices: tuple[Notice, ...] = ()
    scanned: Scanned = Scanned()
    ends_on: dt.date | None = None
