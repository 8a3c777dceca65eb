"""Entries that decide nothing, and dates that are past."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.unit.policy.sets import RULE, write

from complygate import policy

PROVEN = RULE + "examples: {pass: [a], fail: [b]}\n"
NOTHING = "decides nothing: all that it says is said again for each of its rules"


def remarks(folder: Path, rules: str, more: str = "", today: dt.date | None = None) -> list[str]:
    text = f"name: p\ntitle: P\n{more}rules:\n{rules}"
    files = {"rules/t/r.yaml": PROVEN, "rules/t/q.yaml": PROVEN, "policies/p.yaml": text}
    chosen = policy.load_set(".", base=write(folder, dict(files)))
    return [str(remark) for remark in policy.lint(chosen, today=today)]


@pytest.mark.parametrize(
    "rules",
    [
        '  - {select: {ids: ["t/*"]}, enforcement: warn}\n  - {select: {ids: ["t/*"]}, enforcement: audit}\n',
        (
            '  - {select: {ids: ["t/*"]}, enforcement: warn}\n'
            "  - {select: {ids: [t/q]}, enforcement: audit}\n"
            "  - {select: {ids: [t/r]}, enforcement: enforce}\n"
        ),
        '  - {select: {ids: ["t/*"]}}\n  - {select: {ids: ["t/*"]}, enforcement: audit}\n',
        (
            '  - {select: {ids: ["t/*"]}, severity: low, owner: a}\n'
            '  - {select: {ids: ["t/*"]}, severity: high, owner: b}\n'
        ),
    ],
)
def test_an_entry_that_later_ones_override_in_everything(tmp_path: Path, rules: str) -> None:
    (one,) = remarks(tmp_path, rules)
    assert one.startswith(f"policies/p.yaml:4:5: {NOTHING} (line")


@pytest.mark.parametrize(
    "rules",
    [
        '  - {select: {ids: ["t/*"]}, enforcement: warn}\n  - {select: {ids: [t/q]}, enforcement: audit}\n',
        (
            '  - {select: {ids: ["t/*"]}, enforcement: warn}\n'
            '  - {select: {ids: ["t/*"]}, enforcement: audit, scope: {paths: [a/**]}}\n'
        ),
        (
            '  - {select: {ids: ["t/*"]}, enforcement: warn}\n'
            '  - {select: {ids: ["t/*"]}, enforcement: audit, scope: {owners: ["@a/b"]}}\n'
        ),
        (
            '  - {select: {ids: ["t/*"]}, enforcement: warn, severity: low}\n'
            '  - {select: {ids: ["t/*"]}, enforcement: audit}\n'
        ),
    ],
)
def test_an_entry_that_decides_something(tmp_path: Path, rules: str) -> None:
    assert remarks(tmp_path, rules) == []


def test_a_rule_that_only_some_repositories_have_is_selected(tmp_path: Path) -> None:
    rules = '  - {select: {ids: [t/q]}}\n  - {select: {ids: [t/r]}, scope: {owners: ["@a/b"]}}\n'
    assert remarks(tmp_path, rules) == []


def test_paths_that_no_scan_looks_at(tmp_path: Path) -> None:
    rules = '  - {select: {ids: ["t/*"]}}\n  - {select: {ids: [t/r]}, scope: {paths: [lab/**]}}\n'
    assert remarks(tmp_path / "a", rules, "exclude: [lab/**]\n") == [
        "policies/p.yaml:6:43: scope.paths: every such path is excluded by the policy (leave the entry out)"
    ]
    assert remarks(tmp_path / "b", rules, "scope: {paths: [deploy/**]}\n") == [
        "policies/p.yaml:6:43: scope.paths: no such path is in the policy's own scope (leave the entry out)"
    ]
    assert remarks(tmp_path / "c", rules, "scope: {paths: [lab/x/**]}\n") == []


def test_dates_of_the_policy_as_a_whole(tmp_path: Path) -> None:
    rules = '  - {select: {ids: ["t/*"]}}\n'
    more = "enforcement: {warn: 2026-01-01, enforce: 2026-02-01}\nbaseline: {until: 2026-03-01}\n"
    assert remarks(tmp_path / "a", rules, more, dt.date(2026, 1, 15)) == []
    found = remarks(tmp_path / "b", rules, more, dt.date(2026, 4, 1))
    assert [one.split(": ", 1)[1] for one in found] == [
        "enforcement: warn from 2026-01-01 is past (leave it out)",
        "baseline.until: 2026-03-01 is past: no baseline counts (leave `baseline` out)",
    ]


def test_a_default_that_no_entry_uses(tmp_path: Path) -> None:
    rules = '  - {select: {ids: ["t/*"]}, enforcement: warn}\n'
    assert remarks(tmp_path, rules, "enforcement: audit\n") == [
        "policies/p.yaml:3:1: enforcement: every entry gives its own (leave it out)"
    ]
