"""The table that the benchmarks print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, beside what, and the bound that we promise."""

    what: str
    ours: str
    theirs: str
    ratio: str
    bound: str
    holds: bool


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the table's lines."""
    yield "| CPU, or what the row says | ours | beside | ratio | bound | |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        mark = "holds" if row.holds else "BROKEN"
        yield f"| {row.what} | {row.ours} | {row.theirs} | {row.ratio} | {row.bound} | {mark} |"


def seconds(value: float) -> str:
    """Return `value` as the table shows it."""
    return f"{value:.3f} s"
