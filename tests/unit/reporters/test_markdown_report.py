from __future__ import annotations

import io
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reporters import reports

from complygate.model.report import Report
from complygate.reporters import markdown
from complygate.reporters._markdown import code, escape, fenced, first_paragraph, plain


def written(report: Report) -> str:
    out = io.StringIO()
    markdown.render(report, out)
    return out.getvalue()


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("| ")]


def test_the_worst_comes_first() -> None:
    found = [row for row in rows(written(reports.rich())) if "blocks**" in row or "warns" in row]
    assert [row.split(" ")[1] for row in found[:3]] == ["critical", "high", "medium"]


def test_lines_link_to_the_scanned_commit() -> None:
    url = "https://github.com/shop/storefront/blob/4b825dc642cb6eb9a060e54bf8d69288fbee4904/Dockerfile#L1"
    assert f'<a href="{url}">' in written(reports.rich())
    assert "<a href" not in written(replace(reports.rich(), provenance=reports.empty().provenance))


def test_hostile_content_breaks_no_row_and_brings_no_html() -> None:
    text = written(reports.hostile())
    findings = [row for row in rows(text) if re.match(r"\| (critical|high|medium) ", row)]
    assert len(findings) == len([f for f in reports.hostile().findings if f.excuse is None])
    for row in findings:
        assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert "<script" not in text
    assert "](javascript" not in text.replace("\\](javascript", "")


def test_nobody_is_mentioned_outside_code() -> None:
    without_code = re.sub(r"<code>.*?</code>|href=\"[^\"]*\"", "", written(reports.hostile()))
    assert not re.search(r"@\w", without_code)


def test_a_report_too_long_for_github_is_cut_by_whole_rows() -> None:
    text = written(reports.many(9000))
    assert len(text.encode()) <= markdown.MOST_BYTES
    assert len(text.encode()) > markdown.MOST_BYTES * 0.9
    left = int(re.search(r"(\d+) more are left out here", text)[1])  # type: ignore[index]
    found = [row for row in rows(text) if row.startswith(("| high", "| medium"))]
    assert len(found) + left == 9000
    assert all(row.endswith(" |") for row in found)
    assert text.rstrip().endswith("</sub>")


def test_undecided_is_told_with_the_reason() -> None:
    text = written(reports.undecided())
    assert text.startswith("## ⚠️ complygate: undecided\n")
    assert "| parse-error | **blocks** |" in text


@given(st.text())
def test_escaped_text_is_one_line_without_markup(text: str) -> None:
    for shown in (escape(text), code(text)):
        assert "\n" not in shown
        assert not re.search(r"(?<!\\)[|`]", shown.replace("\\\\", ""))
        assert not re.search(r"<(?!/?code>)", shown)


@given(st.text(alphabet="`~ab\n"))
def test_a_fence_cannot_be_closed_from_inside(text: str) -> None:
    first, *body, last = fenced(text).split("\n")
    assert first == last
    assert not any(line.strip().startswith(first) for line in body)


def test_prose_without_its_marks() -> None:
    assert plain("Set `a: b`, **not** [this](https://e.org).\n```yaml\nx: 1\n```") == (
        "Set a: b, not this (https://e.org).\n\nx: 1"
    )
    assert first_paragraph("\n\nOne\nline.\n\nTwo.") == "One line."
