"""A rule's violation at a place, and what became of it."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from complygate.model.policy import Level
from complygate.model.rule import Severity
from complygate.model.tree import Span
from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from complygate.model.remark import Skip


class Disposition(StrEnum):
    """What became of a finding."""

    ACTIVE = "active"
    WAIVED = "waived"
    BASELINED = "baselined"


@dataclass(frozen=True, slots=True)
class Region:
    """A place, and what stands there.

    Attributes:
        path: the file, relative to the scanned root.
        span: the offending stretch, tight: the key with its scalar, or a block's head line.
        snippet: the text of that stretch.
        context: the span of the lines around it, properly larger than `span`, or None.
        context_snippet: the text of those lines.
        line_hash: what GitHub code scanning calls the line's `primaryLocationLineHash`, from
            `syntax.linehash`; "" where the file's text is not at hand, and where nobody wants it.
    """

    path: str
    span: Span
    snippet: str = ""
    context: Span | None = None
    context_snippet: str = ""
    line_hash: str = ""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a finding is not active.

    Attributes:
        how: `inline`, a tool's own way (`checkov:skip`), later `waiver` or `baseline`.
        reason: the reason given.
        until: the last day on which it holds, or None.
        path: the file that the excuse is written in.
        line: its line.
        approver: who granted it, or "".
    """

    how: str
    reason: str
    path: str
    line: int
    until: dt.date | None = None
    approver: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation.

    Attributes:
        rule: the rule's id.
        message: what is wrong here, naming the thing.
        severity: the effective severity.
        level: the enforcement level that holds on the day of the scan.
        region: where.
        pointer: the offending value's address in its document.
        resource: the document's name: `Deployment/shop/web`; "" for a file that is one unit.
        kind: the document's kind.
        fingerprint: "sha256:…" over rule, path, resource and place by identity, with no line number.
        disposition: active, waived or baselined.
        excuse: why it is not active, or None.
        next_level: the next step of the enforcement calendar: (first day, level), or None.
        check: the id by which the tool that found it knows what it looked for: `CKV_AWS_20`; or "".
        skip: the tool's own suppression, whatever becomes of it, or None.
        tool_fingerprints: names that the tool gave to the result.
    """

    rule: str
    message: str
    severity: Severity
    level: Level
    region: Region
    pointer: str
    resource: str
    kind: str
    fingerprint: str
    disposition: Disposition = Disposition.ACTIVE
    excuse: Excuse | None = None
    next_level: tuple[dt.date, Level] | None = None
    check: str = ""
    skip: Skip | None = None
    tool_fingerprints: Mapping[str, str] = field(default_factory=dict)

    @property
    def check_names(self) -> frozenset[str]:
        """The tool's id of the check, with and without the tool's name: `zizmor/artipacked`, `artipacked`."""
        return frozenset(filter(None, (self.check, self.check.partition("/")[2])))

    @property
    def blocks(self) -> bool:
        """Whether this finding alone makes the verdict `fail`."""
        return self.disposition is Disposition.ACTIVE and self.level is Level.ENFORCE

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """The key by which findings are listed: place, then rule, then fingerprint."""
        span = self.region.span
        return (self.region.path, span.line, span.column, self.rule, self.fingerprint)
