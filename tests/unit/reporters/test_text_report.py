from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from tests.unit.reporters import reports

from complygate.model.finding import Region
from complygate.model.policy import Level
from complygate.model.problem import Problem, ProblemKind
from complygate.model.report import Report
from complygate.model.tree import Span
from complygate.reporters import text
from complygate.reporters._plain import width


def written(report: Report, *, color: bool = False) -> str:
    out = io.StringIO()
    text.render(report, out, color=color)
    return out.getvalue()


def one(line: str, column: int, end_column: int, *, end_line: int = 1, context: bool = True) -> str:
    """Render one finding on the only line of a file; return the source lines that are shown."""
    span = Span(1, column, end_line, end_column)
    snippet = line[column - 1 : end_column - 1 if end_line == 1 else None]
    around = Span(1, 1, max(1, end_line), len(line) + 1)
    region = Region("a.yaml", span, snippet, around if context else None, line if context else "")
    finding = reports.finding(reports.ROOT_RULE, region, "m")
    shown = list(written(reports.report(reports.policy(reports.ROOT_RULE), [finding])).split("\n"))
    return "\n".join(part.partition("| ")[2] for part in shown if "| " in part)


def test_the_verdict_is_the_last_line() -> None:
    last = written(reports.rich()).splitlines()[-1]
    assert last == (
        "fail: 2 findings block (1 critical, 1 high), 2 warn, 1 recorded, 2 waived,"
        " 2 will block from 2027-02-01 (72 days left)"
        " · policy baseline@sha256:ab12cd34ef56 · 4 files, 4 documents, 4 rules"
    )
    assert written(reports.empty()).splitlines()[-1].startswith("pass: no finding blocks · policy baseline@")
    assert written(reports.undecided()).splitlines()[-1].startswith("undecided: could not be decided: ")


def test_a_preview_of_another_day_says_so() -> None:
    assert "as of 2026-11-21" in written(reports.undecided())
    assert "as of" not in written(reports.rich())


def test_the_file_with_the_worst_comes_first_and_in_it_the_worst() -> None:
    shown = written(reports.rich())
    marks = [
        "error[kubernetes/no-privileged]",
        "error[kubernetes/run-as-non-root]",
        "k8s/web deployment.yaml:11",
    ]
    places = [shown.index(mark) for mark in (*marks, "Dockerfile: 1 warns")]
    assert places == sorted(places)


def test_the_calendar_is_told_with_the_days_left() -> None:
    assert "= warns now, blocks from 2027-02-01 (72 days left)" in written(reports.rich())


def test_excused_findings_are_listed_and_not_shown_as_errors() -> None:
    shown = written(reports.rich())
    assert "k8s/old.yaml:12:11 kubernetes/run-as-non-root high: waived inline until 2027-01-31" in shown
    assert "--> k8s/old.yaml" not in shown


def test_marks_stand_under_the_offending_columns() -> None:
    assert one("ports: [80, 443]", 9, 11) == "ports: [80, 443]\n        ^^"


@pytest.mark.parametrize("context", [True, False])
def test_a_place_of_no_width_is_marked(context: bool) -> None:
    assert one("name: web", 1, 1, context=context).endswith("^") is context


@pytest.mark.parametrize("before", ["\t", "漢字: ", "e\u0301 ", "\x1b[31m", "\u202e", "##[error] "])
def test_marks_stay_aligned_after_characters_of_odd_width(before: str) -> None:
    source, marks = one(f"{before}bad", len(before) + 1, len(before) + 4).split("\n")
    assert width(source[: source.index("bad")]) == marks.index("^")
    assert marks.count("^") == 3


def test_a_place_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    assert one("spec: {", 1, 2, end_line=3) == "spec: {\n^^^^^^^"


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "x" * 5000 + "BAD" + "y" * 5000
    source, marks = one(line, 5001, 5004).split("\n")
    assert len(source) < 120
    assert source[marks.index("^") : marks.rindex("^") + 1] == "BAD"


def test_colour_only_when_asked_for() -> None:
    plain, coloured = written(reports.rich()), written(reports.rich(), color=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert "\x1b[1;31mfail" in coloured


def test_every_problem_that_blocks_is_named_and_the_others_are_capped() -> None:
    broken = [Problem(ProblemKind.PARSE_ERROR, "broken", path=f"b{n}.yaml") for n in range(30)]
    unknown = [Problem(ProblemKind.UNKNOWN_VALUE, "unknown", path=f"u{n}.tf") for n in range(30)]
    shown = written(reports.report(reports.policy(reports.ROOT_RULE), [], broken + unknown))
    assert all(f"b{n}.yaml: broken" in shown for n in range(30))
    assert shown.count(": unknown") == 10
    assert "and 20 more" in shown


def test_audited_findings_are_counted_by_rule() -> None:
    found = [replace(finding, level=Level.AUDIT, next_level=None) for finding in reports.findings()[:2]]
    shown = written(reports.report(reports.rich().policy, found))
    assert "Recorded only (audit): 2 findings" in shown
    assert "  kubernetes/no-privileged critical: 1 finding" in shown
    assert "-->" not in shown


def test_a_fix_is_told_once_for_a_rule_in_a_file() -> None:
    found = [
        reports.finding(reports.ROOT_RULE, reports.region(reports.DEPLOYMENT, path, line, 3, 5), "m")
        for path in ("a.yaml", "b.yaml")
        for line in (4, 5, 6)
    ]
    shown = written(reports.report(reports.policy(reports.ROOT_RULE), found))
    assert shown.count("= fix: Set securityContext.runAsNonRoot: true") == 2


def test_what_was_left_out_is_counted_by_reason() -> None:
    assert "Left out: 1 binary, 1 ignored" in written(reports.rich())
    assert "Not evaluated, or not wholly: k8s/broken.yaml" in written(reports.undecided())


def test_many_findings_are_summed_up_by_rule() -> None:
    one_place = Region("k8s/web.yaml", Span(1, 1, 1, 2))
    found = [
        reports.finding(reports.ROOT_RULE, replace(one_place, path=f"k8s/{number // 2}.yaml"), "m")
        for number in range(21)
    ]
    policy = reports.policy(reports.ROOT_RULE)
    shown = written(reports.report(policy, found)).splitlines()
    head = shown.index("By rule: 21 findings of 1 rule in 11 files")
    rule = reports.ROOT_RULE.rule
    label = shown[head + 1].split()[1].partition("[")[0]
    assert label in {"error", "warning"}
    assert shown[head + 1].strip() == f"21 {label}[{rule.id}] {reports.ROOT_RULE.severity}: {rule.title}"
    assert "By rule" not in written(reports.report(policy, found[:20]))


def test_next_steps_that_differ_only_in_names_are_shown_once() -> None:
    problems = [
        Problem(
            ProblemKind.NOT_RENDERED, f"{n} templates.", f"{n}/Chart.yaml", hint=f"Render: helm {n}", count=n
        )
        for n in (2, 3)
    ]
    base = reports.report(reports.policy(reports.ROOT_RULE), [])
    shown = written(replace(base, problems=tuple(problems)))
    assert "2/Chart.yaml: 2 templates.\n      Next: Render: helm 2\n" in shown
    assert "3/Chart.yaml: 3 templates.\n" in shown
    assert "helm 3" not in shown
    assert "times)" not in shown
