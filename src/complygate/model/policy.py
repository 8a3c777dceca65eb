"""A policy: which rules apply, and how; and what comes of applying it to a policy set's rules."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from complygate.model.glob import any_matches
from complygate.model.problem import ProblemKind
from complygate.model.rule import Rule, Severity
from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from complygate.errors import Place
    from complygate.model.baseline import BaselineTerms
    from complygate.model.cohort import Unclear
    from complygate.model.layer import Layer, Overridable
    from complygate.model.waiver import Waiver


class Level(StrEnum):
    """What an active finding of a rule does."""

    ENFORCE = "enforce"
    WARN = "warn"
    AUDIT = "audit"
    OFF = "off"


class Effect(StrEnum):
    """What a kind of problem does to the verdict."""

    FAIL = "fail"
    """The verdict is not green: undecided."""
    WARN = "warn"
    """It is shown, and the verdict stands."""


DEFAULT_UNDECIDED: Mapping[ProblemKind, Effect] = {
    ProblemKind.PARSE_ERROR: Effect.FAIL,
    ProblemKind.ENGINE_ERROR: Effect.FAIL,
    ProblemKind.NOTHING_SCANNED: Effect.FAIL,
    ProblemKind.NOT_IMPORTED: Effect.FAIL,
    ProblemKind.NOT_RENDERED: Effect.WARN,
    ProblemKind.UNKNOWN_VALUE: Effect.WARN,
    ProblemKind.LOOSENING: Effect.WARN,
    ProblemKind.UNKNOWN_COHORT: Effect.FAIL,
}


@dataclass(frozen=True, slots=True)
class Enforcement:
    """One level, or levels by the date from which each holds.

    Attributes:
        steps: (first day, level) in order of date; the first may have `date.min`, meaning always.
    """

    steps: tuple[tuple[dt.date, Level], ...]

    def on(self, day: dt.date) -> Level:
        """Return the level that holds on `day`; before the first step, `off`."""
        level = Level.OFF
        for start, step in self.steps:
            if start <= day:
                level = step
        return level

    def next_after(self, day: dt.date) -> tuple[dt.date, Level] | None:
        """Return the next step that starts after `day`, or None."""
        return next(((start, step) for start, step in self.steps if start > day), None)


@dataclass(frozen=True, slots=True)
class Waivable:
    """Whether, by whom and for how long findings of a rule may be excused.

    Attributes:
        inline: an ignore comment in the scanned file is honoured.
        approvers: who may grant a waiver, as globs; where there are none, no waiver of the policy set counts.
        max_days: the longest term in days, or None.
        require_reason: an ignore without a reason is not honoured.
        require_until: an ignore without an end date is not honoured.
        tool_skips: what a tool suppresses by itself (a `checkov:skip` comment, a suppression in SARIF) is
            excused.
        repository: waivers in the scanned repository count, granted by an owner of the waiver file.
        globs: the rule of a waiver may be a glob.
    """

    inline: bool = False
    approvers: tuple[str, ...] = ()
    max_days: int | None = None
    require_reason: bool = True
    require_until: bool = False
    tool_skips: bool = False
    repository: bool = False
    globs: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """A requirement of a framework.

    Attributes:
        id: framework and number, `nist-800-53/CM-7`.
        title: its name, in words that we may print.
        url: where to read it, or "".
        framework: the framework's id.
        framework_title: the framework's name.
        framework_version: its version, or "".
    """

    id: str
    title: str
    framework: str
    framework_title: str
    framework_version: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Somewhere:
    """A calendar that holds for some paths only.

    Attributes:
        paths: globs of the paths.
        enforcement: level, or levels by date, there.
    """

    paths: tuple[str, ...]
    enforcement: Enforcement


@dataclass(frozen=True, slots=True)
class EffectiveRule:
    """A rule as the policy applies it.

    Attributes:
        rule: the rule.
        enforcement: level, or levels by date.
        severity: the rule's own, or the policy's.
        severity_from_tool: a result's own severity counts, if it has one: neither rule nor policy gives one.
        params: the rule's defaults with the policy's on top.
        waivable: the terms for excusing a finding.
        paths: globs of paths that the rule looks at; ("**",) is all.
        decided_by: the policy entry that decided last, for `policy show`.
        owner: whom to ask about the rule, or "".
        somewhere: calendars for some paths; the last that fits a path counts there, else `enforcement`.
        overridable: how far a lower layer may loosen the rule; None for not at all.
    """

    rule: Rule
    enforcement: Enforcement
    severity: Severity
    params: Mapping[str, Any]
    waivable: Waivable
    paths: tuple[str, ...] = ("**",)
    decided_by: Place | None = None
    severity_from_tool: bool = False
    owner: str = ""
    somewhere: tuple[Somewhere, ...] = ()
    overridable: Overridable | None = None

    def enforcement_at(self, path: str) -> Enforcement:
        """Return the calendar that holds for the file at `path`, from git's top level."""
        for one in reversed(self.somewhere):
            if any_matches(one.paths, path):
                return one.enforcement
        return self.enforcement

    def calendars(self) -> tuple[Enforcement, ...]:
        """Return every calendar that holds for some path."""
        return (self.enforcement, *(one.enforcement for one in self.somewhere))

    def is_off(self, day: dt.date) -> bool:
        """Tell whether the rule is off on `day`, whatever the path."""
        return all(calendar.on(day) is Level.OFF for calendar in self.calendars())


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a policy set from git comes from.

    Attributes:
        source: how it was asked for, without credentials.
        url: the repository's URL without credentials.
        ref: the branch, tag or commit that was asked for, or "" for the default branch.
        commit: the commit's id.
        tag_object: the annotated tag's id, or "".
        digest: "sha256:…" over the paths and contents of the set's files.
        serial: the set's serial number, or 0.
        signer: who signed the tag or commit, if that was checked, or "".
    """

    source: str
    url: str
    ref: str
    commit: str
    tag_object: str = ""
    digest: str = ""
    serial: int = 0
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy resolved against a policy set: what a scan needs to know, and nothing it must look up.

    Attributes:
        name: the policy's name.
        title: its title.
        source: how it was asked for: `builtin:baseline`, a directory.
        digest: "sha256:…" over everything that can change a verdict: the rules as the policy applies them,
            and what it says of problems and paths.
        rules: effective rules by id, in order of id, without those that are off on every date.
        controls: every control that the set defines, by id.
        undecided: the effect of each kind of problem.
        exclude: globs of paths that are not scanned.
        scope_paths: globs of paths that the policy looks at.
        origin: where its set comes from, if that is git.
        extended: where the sets come from that it stands on, as far as that is git.
        waivers: the waivers of its set and of those that the set stands on.
        baseline: how far a baseline counts; None for not at all.
        unclear: scopes of which could not be told whether the scanned repository is meant; their entries do
            not apply.
        elsewhere: whom the policy is for, in words, where that is not the scanned repository; or "".
        overridable: how far a lower layer may loosen the policy as a whole; None for not at all.
        layer: what the scanned repository's own file did; None where there is none. `digest` is that of the
            policy without it.
    """

    name: str
    title: str
    source: str
    digest: str
    rules: Mapping[str, EffectiveRule]
    controls: Mapping[str, Control] = field(default_factory=dict)
    undecided: Mapping[ProblemKind, Effect] = field(default_factory=lambda: DEFAULT_UNDECIDED)
    exclude: tuple[str, ...] = ()
    scope_paths: tuple[str, ...] = ("**",)
    origin: Origin | None = None
    extended: tuple[Origin, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    baseline: BaselineTerms | None = None
    unclear: tuple[Unclear, ...] = ()
    elsewhere: str = ""
    overridable: Overridable | None = None
    layer: Layer | None = None
