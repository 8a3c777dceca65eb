from __future__ import annotations

import io
import re

import pytest
from tests.unit.reporters import reports

from complygate.model.finding import Region
from complygate.model.report import Report
from complygate.model.tree import Span
from complygate.reporters import github

COMMAND = re.compile(r"::(error|warning|notice) ([^\n]*?)::([^\n]*)")


def written(report: Report) -> list[str]:
    out = io.StringIO()
    github.render(report, out)
    return out.getvalue().splitlines()


def unescaped(text: str) -> str:
    """Do what the runner does: `%25` last, so that `%250A` stays a percent sign."""
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def commands(report: Report) -> list[tuple[str, dict[str, str], str]]:
    found = []
    for line in written(report):
        if match := COMMAND.fullmatch(line):
            pairs = (item.split("=", 1) for item in match[2].split(","))
            found.append((match[1], {k: unescaped(v) for k, v in pairs}, unescaped(match[3])))
    return found


def test_what_blocks_is_an_error_and_what_warns_a_warning() -> None:
    kinds = [(kind, properties["title"]) for kind, properties, _ in commands(reports.rich())]
    assert kinds[:3] == [
        ("error", "kubernetes/no-privileged (critical)"),
        ("error", "kubernetes/run-as-non-root (high)"),
        ("warning", "docker/pinned-image (medium)"),
    ]
    assert kinds[-1] == ("notice", "complygate: docker/pinned-image")


def test_excused_and_recorded_findings_are_no_annotations() -> None:
    shown = "\n".join(written(reports.rich()))
    assert "k8s/agent.yaml" not in shown
    assert "no-host-network" not in shown


def test_the_place_is_exact() -> None:
    _, properties, message = commands(reports.rich())[0]
    assert properties == {
        "file": "k8s/web deployment.yaml",
        "line": "13",
        "endLine": "13",
        "col": "13",
        "endColumn": "29",
        "title": "kubernetes/no-privileged (critical)",
    }
    assert message.split("\n")[1].startswith("Fix: Set securityContext.runAsNonRoot: true")


def test_columns_are_left_out_where_the_runner_would_drop_them() -> None:
    region = Region("a.yaml", Span(2, 5, 4, 9))
    report = reports.report(
        reports.policy(reports.ROOT_RULE), [reports.finding(reports.ROOT_RULE, region, "m")]
    )
    (_, properties, _) = commands(report)[0]
    assert properties["endLine"] == "4"
    assert "col" not in properties


def test_no_more_than_github_shows_and_the_rest_is_counted() -> None:
    found = commands(reports.many(200))
    assert [kind for kind, _, _ in found] == ["error"] * 10 + ["warning"] * 10
    assert "complygate: not annotated, and in the full report: 10 errors, 170 warnings" in written(
        reports.many(200)
    )


def test_hostile_content_starts_no_command_of_its_own() -> None:
    lines = written(reports.hostile())
    assert sum(line.startswith("::") for line in lines) == len(commands(reports.hostile()))
    assert all(COMMAND.fullmatch(line) or line.startswith("complygate") for line in lines)
    assert not any(re.search(r"##(\[|vso\[)", line) for line in lines)


@pytest.mark.parametrize(
    ("text", "escaped"), [("50% a\r\nb", "50%25 a%0D%0Ab"), ("%0A", "%250A"), ("a::b,c", "a::b,c")]
)
def test_data_is_escaped_as_the_runner_unescapes_it(text: str, escaped: str) -> None:
    assert github._data(text) == escaped
    assert unescaped(escaped) == text
