"""How far a policy lets a lower layer loosen it, from what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.model.layer import Overridable
from complygate.model.policy import Level, Waivable
from complygate.model.problem import ProblemKind
from complygate.model.rule import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


def terms_of(written: Mapping[str, Any]) -> Overridable:
    """Return the terms that a checked `overridable` gives."""
    waivable = written.get("waivable")
    return Overridable(
        enforcement=Level(written["enforcement"]) if "enforcement" in written else None,
        severity=Severity(written["severity"]) if "severity" in written else None,
        params=tuple(sorted(written.get("params", ()))),
        paths=written.get("paths", False),
        waivable=None if waivable is None else waivable_of(waivable),
        undecided=tuple(ProblemKind(kind) for kind in sorted(written.get("undecided", ()))),
        exclude=tuple(written.get("exclude", ())),
    )


def waivable_of(written: Mapping[str, Any]) -> Waivable:
    """Return the terms for excusing findings that a checked `waivable` gives."""
    return Waivable(**{**written, "approvers": tuple(written.get("approvers", ()))})
