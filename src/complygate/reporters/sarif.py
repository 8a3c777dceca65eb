"""SARIF 2.1.0, in two profiles.

`full` holds everything: excused findings as suppressed results, what is only recorded, controls as
taxonomies. `github` is what code scanning can take without harm: it shows a suppressed
result as an open alert, so only active findings that block or warn are in it, the worst 5,000 of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from complygate.model.report import Report

NAME = "sarif"
SUFFIX = ".sarif"
PROFILES = ("full", "github")


def render(report: Report, out: TextIO, *, profile: str = "", color: bool = False) -> None:
    """Write `report` as SARIF.

    Args:
        report: the report.
        out: where to.
        profile: `full` (also "") or `github`.
        color: has no meaning here.
    """
    del color
    from complygate.reporters import _sarif_run  # noqa: PLC0415 - sarif_om costs 40 ms, only where it is used

    out.write(_sarif_run.text_of(report, full=profile != "github"))
