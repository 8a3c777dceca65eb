"""Waiver files without the waivers that can go."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from complygate.excused import top_of
from complygate.policy.files import Mistakes, read
from complygate.policy.waiver_text import without
from complygate.policy.waivers import SCHEMA, build
from complygate.triage.terms import expired
from complygate.upkeep.standing import removable, standings
from complygate.upkeep.survey import path_in
from complygate.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from complygate.api import ScanRequest
    from complygate.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A file, and its new text."""

    file: Path
    text: str


def of_repository(request: ScanRequest) -> tuple[list[Rewrite], list[str]]:
    """Return the changes that take out what expired or excuses nothing, and what is to be said of them.

    Raises:
        ComplygateError: as `standing.standings` does, or a file cannot be changed safely.
    """
    survey, found = standings(request)
    going, certain = removable(survey, found)
    top = top_of(survey.root)
    why = {one.waiver: one.why for one in found}
    lines = [f"{w.place}: {w.rule}: {why[w]}" for w in going]
    if not certain:
        lines.append("not all could be decided: what only seems to excuse nothing stays")
    by_file: dict[str, list[Waiver]] = defaultdict(list)
    for waiver in going:
        by_file[waiver.place.path].append(waiver)
    return [_rewrite(path_in(top, path), path, waivers) for path, waivers in by_file.items()], lines


def of_set(folder: Path, day: dt.date) -> tuple[list[Rewrite], list[str]]:
    """Return the changes that take out of the policy set in `folder` what expired by `day`, and their words.

    Raises:
        PolicyError: a file is wrong.
        UsageError: a file cannot be changed safely.
    """
    changes, lines = [], []
    for file in sorted((folder / "waivers").glob("*.yaml")):
        mistakes, shown = Mistakes(), f"waivers/{file.name}"
        parsed = read(file, shown, file.stem, SCHEMA, mistakes)
        going = [w for w in build(parsed, mistakes) if expired(w, day)] if parsed else []
        mistakes.stop()
        if going:
            changes.append(_rewrite(path_in(folder, shown), shown, going))
            lines += [f"{w.place}: {w.rule}: {expired(w, day)}" for w in going]
    return changes, lines


def _rewrite(file: Path, shown: str, going: list[Waiver]) -> Rewrite:
    with file.open(encoding="utf-8", newline="") as opened:
        text = opened.read()
    return Rewrite(file, without(text, shown, {waiver.place.line for waiver in going}))
