"""What is no error in a policy set and still worth a look."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.unit.policy.sets import POLICY, RULE, Files, write

from complygate import policy

PROVEN = RULE + "examples: {pass: [a], fail: [b]}\n"


def remarks(folder: Path, files: Files, today: dt.date | None = None) -> list[str]:
    chosen = policy.load_set(".", base=write(folder, {"rules/t/r.yaml": PROVEN, **files}))
    return [str(remark) for remark in policy.lint(chosen, today=today)]


def test_nothing_to_say(tmp_path: Path) -> None:
    assert remarks(tmp_path, {}) == []


def test_the_built_in_set_has_no_remarks() -> None:
    chosen = policy.load_set("builtin:", base=Path.cwd())
    assert [str(remark) for remark in policy.lint(chosen)] == []


def test_a_rule_that_no_policy_selects(tmp_path: Path) -> None:
    files: Files = {"rules/t/q.yaml": PROVEN}
    assert remarks(tmp_path, files) == ["rules/t/q.yaml:1:1: t/q is selected by no policy of the set"]


def test_a_rule_that_nothing_proves(tmp_path: Path) -> None:
    assert remarks(tmp_path / "a", {"rules/t/r.yaml": RULE}) == [
        "rules/t/r.yaml:1:1: t/r has no failing example (nothing proves it)",
        "rules/t/r.yaml:1:1: t/r has no passing example (nothing proves it)",
    ]
    files: Files = {"rules/t/r.yaml": RULE + "examples: {pass: [a]}\n"}
    assert remarks(tmp_path / "b", files) == [
        "rules/t/r.yaml:1:1: t/r has no failing example (nothing proves it)"
    ]


def test_a_deprecated_rule_is_left_out_of_policies(tmp_path: Path) -> None:
    old = PROVEN + "deprecated: Since 2.0, t/r says it better.\nreplaced_by: t/r\n"
    files: Files = {"rules/t/old.yaml": old}
    assert remarks(tmp_path / "a", files) == []
    files["policies/p.yaml"] = POLICY.replace("[t/r]", "[t/*]")
    assert remarks(tmp_path / "b", files) == [
        "rules/t/old.yaml:11:13: t/old is deprecated and still selected: Since 2.0, t/r says it better."
    ]


def test_steps_that_a_later_one_has_overtaken(tmp_path: Path) -> None:
    calendar = "{audit: 2026-10-01, warn: 2026-12-01, enforce: 2027-02-01}"
    files: Files = {"policies/p.yaml": POLICY.replace("enforcement: enforce", f"enforcement: {calendar}")}
    assert remarks(tmp_path, files) == []
    assert remarks(tmp_path, files, dt.date(2026, 11, 1)) == []
    audit = "policies/p.yaml:5:19: enforcement: audit from 2026-10-01 is past (leave it out)"
    warn = "policies/p.yaml:5:38: enforcement: warn from 2026-12-01 is past (leave it out)"
    assert remarks(tmp_path, files, dt.date(2026, 12, 1)) == [audit]
    assert remarks(tmp_path, files, dt.date(2027, 2, 1)) == [audit, warn]
