"""docs/waivers.md and docs/baseline.md are true: their examples are read, their numbers are the program's."""

from __future__ import annotations

import json
import re
from pathlib import Path

from complygate import policy
from complygate.discover import excuses, plain
from complygate.model.waiver import FOLDER
from complygate.policy import baselines, waivers
from complygate.policy.files import Mistakes
from complygate.triage.waivers import SOON

DOCS = Path(__file__).resolve().parents[1] / "docs"
WAIVERS, BASELINE = ((DOCS / f"{name}.md").read_text("utf-8") for name in ("waivers", "baseline"))


def block(page: str, language: str, number: int = 0) -> str:
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return found[number]


def test_the_waiver_that_is_shown_counts_under_the_policy_that_is_shown(tmp_path: Path) -> None:
    mistakes = Mistakes()
    (waiver,) = waivers.read(block(WAIVERS, "yaml"), f"{FOLDER}/ingress.yaml", mistakes)
    assert mistakes.found == []
    (tmp_path / "policies").mkdir()
    text = f"name: p\ntitle: P\n{block(WAIVERS, 'yaml', 1)}{block(BASELINE, 'yaml')}"
    (tmp_path / "policies/p.yaml").write_text(text)
    chosen = policy.load(".", base=tmp_path)
    terms = chosen.rules[waiver.rule].waivable
    assert terms.max_days is not None
    assert waiver.days <= terms.max_days
    assert waiver.approver in terms.approvers
    assert chosen.baseline is not None
    assert chosen.baseline.touched


def test_the_baseline_that_is_shown_is_one_and_is_written_so() -> None:
    shown = block(BASELINE, "json").replace("sha256:…", "sha256:" + "0" * 64)
    (entry,) = baselines.read(shown, "shown")
    assert baselines.text_of([entry]) == shown
    assert json.loads(shown)["schema"] == baselines.VERSION


def test_the_limits_are_those_of_the_program() -> None:
    text = " ".join(WAIVERS.split())
    assert f"at most {excuses.MAX_WAIVER_BYTES // 1024} KiB" in text
    assert f"At most {excuses.MAX_WAIVERS:,} waivers in {plain.MAX_FILES} files" in text
    assert f"{SOON} days or less" in text
