"""A finding of a tool that a rule of ours has reported too is reported once, and never loosens the policy."""

from __future__ import annotations

import datetime as dt

import pytest

from complygate.findings.duplicates import without_duplicates
from complygate.model.finding import Finding, Region
from complygate.model.policy import EffectiveRule, Enforcement, Level, Waivable
from complygate.model.rule import Rule, Severity
from complygate.model.tree import Span


def effective(name: str, *aliases: str) -> EffectiveRule:
    rule = Rule(
        id=name, title="", severity=Severity.LOW, applies_to=(), engine="cel", check="true",
        message="m", why="", fix="", aliases=aliases,
    )  # fmt: skip
    return EffectiveRule(rule, Enforcement(((dt.date.min, Level.ENFORCE),)), Severity.LOW, {}, Waivable())


RULES = {
    "own/a": effective("own/a", "CKV_A_1", "unpinned-uses"),
    "own/b": effective("own/b"),
    "tool/t": effective("tool/t", "CKV_A_1"),
}


def finding(
    rule: str,
    check: str = "",
    *,
    line: int = 3,
    last: int = 0,
    path: str = "f",
    resource: str = "r",
    level: Level = Level.ENFORCE,
) -> Finding:
    return Finding(
        rule=rule,
        message="m",
        severity=Severity.LOW,
        level=level,
        region=Region(path, Span(line, 1, last or line, 9)),
        pointer="",
        resource=resource,
        kind="k",
        fingerprint=f"{rule}{check}{line}{path}{resource}",
        check=check,
    )


def left(*findings: Finding) -> list[str]:
    return [f.rule for f in without_duplicates(findings, RULES)]


@pytest.mark.parametrize("order", [1, -1])
def test_ours_stands_for_the_tool_s_whatever_comes_first(order: int) -> None:
    both = [finding("own/a"), finding("tool/t", "CKV_A_1", line=40)]
    assert left(*both[::order]) == ["own/a"]


@pytest.mark.parametrize(
    "other",
    [
        finding("tool/t", "CKV_A_2"),
        finding("tool/t", "CKV_A_1", resource="other"),
        finding("tool/t", "CKV_A_1", path="other"),
    ],
    ids=["check", "resource", "path"],
)
def test_what_is_about_something_else_remains(other: Finding) -> None:
    assert left(finding("own/a"), other) == ["own/a", "tool/t"]


def test_a_rule_without_the_alias_stands_for_nothing() -> None:
    assert left(finding("own/b"), finding("tool/t", "CKV_A_1")) == ["own/b", "tool/t"]


def test_two_findings_of_tools_do_not_stand_for_each_other() -> None:
    assert left(finding("tool/t", "CKV_A_1"), finding("tool/t", "CKV_A_1", line=9)) == ["tool/t", "tool/t"]


@pytest.mark.parametrize(
    ("ours", "theirs", "kept"),
    [
        (Level.ENFORCE, Level.ENFORCE, ["own/a"]),
        (Level.ENFORCE, Level.WARN, ["own/a"]),
        (Level.WARN, Level.ENFORCE, ["own/a", "tool/t"]),
        (Level.AUDIT, Level.WARN, ["own/a", "tool/t"]),
        (Level.AUDIT, Level.AUDIT, ["own/a"]),
    ],
)
def test_leaving_one_out_never_loosens_the_policy(ours: Level, theirs: Level, kept: list[str]) -> None:
    assert left(finding("own/a", level=ours), finding("tool/t", "CKV_A_1", level=theirs)) == kept


@pytest.mark.parametrize(
    ("line", "last", "kept"),
    [(3, 3, ["own/a"]), (2, 4, ["own/a"]), (4, 4, ["own/a", "tool/t"]), (1, 2, ["own/a", "tool/t"])],
)
def test_an_imported_result_is_the_same_only_where_the_lines_meet(
    line: int, last: int, kept: list[str]
) -> None:
    imported = finding("tool/t", "zizmor/unpinned-uses", line=line, last=last)
    assert left(finding("own/a"), imported) == kept
