"""Workflow commands: annotations on the lines of a pull request, made by printing to the job's log.

GitHub shows 10 errors, 10 warnings and 10 notices of a step and drops the rest without a word, so the
worst ten of each are printed, and the last lines say how many more there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model.policy import Level
from complygate.reporters import _words
from complygate.reporters._markdown import first_paragraph
from complygate.reporters._plain import cut, encodable, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from complygate.model.finding import Finding
    from complygate.model.problem import Problem
    from complygate.model.report import Notice, Report
    from complygate.model.tree import Span

NAME = "github"
SUFFIX = ".log"
PROFILES: tuple[str, ...] = ()

MOST = 10
"""Annotations of each kind that GitHub shows for a step."""
_LONGEST = 1000


def render(report: Report, out: TextIO, *, profile: str = "", color: bool = False) -> None:
    """Write the worst of `report` as workflow commands, then the verdict as a line of the log."""
    del profile, color
    problems = sorted(report.problems, key=lambda problem: not _words.blocking(report, problem))
    stopping = [problem for problem in problems if _words.blocking(report, problem)]
    others = problems[len(stopping) :]
    errors = [_problem("error", p) for p in stopping]
    errors += [_finding("error", report, f) for f in _words.active(report, Level.ENFORCE)]
    warnings = [_finding("warning", report, f) for f in _words.active(report, Level.WARN)]
    warnings += [_problem("warning", p) for p in others]
    notices = [_notice(n) for n in report.notices]
    lines: list[str] = []
    for found in (errors, warnings, notices):
        lines.extend(found[:MOST])
    lines.extend(_rest(errors, warnings, notices))
    lines.append(f"complygate {_words.verdict_line(report)}")
    out.write(encodable("\n".join(lines)) + "\n")


def _rest(errors: Sequence[str], warnings: Sequence[str], notices: Sequence[str]) -> list[str]:
    named = (("error", errors), ("warning", warnings), ("notice", notices))
    more = [_words.plural(len(found) - MOST, noun) for noun, found in named if len(found) > MOST]
    return [f"complygate: not annotated, and in the full report: {', '.join(more)}"] if more else []


def _finding(command: str, report: Report, finding: Finding) -> str:
    effective = report.policy.rules.get(finding.rule)
    parts = [one_line(finding.message)]
    if finding.resource:
        parts[0] += f" (in {one_line(finding.resource)})"
    if effective and (fix := first_paragraph(effective.rule.fix)):
        parts.append(f"Fix: {fix}")
    if when := _words.calendar(finding, report.day):
        parts.append(when)
    title = f"{finding.rule} ({finding.severity})"
    return _command(command, finding.region.path, finding.region.span, title, parts)


def _problem(command: str, problem: Problem) -> str:
    parts = [one_line(problem.message)]
    if problem.hint:
        parts.append(one_line(problem.hint))
    rule = f" in {problem.rule}" if problem.rule else ""
    return _command(command, problem.path, problem.span, f"Not decided: {problem.kind}{rule}", parts)


def _notice(notice: Notice) -> str:
    rule = f": {notice.rule}" if notice.rule else ""
    return _command("notice", notice.path, notice.line, f"complygate{rule}", [one_line(notice.message)])


def _command(name: str, path: str, where: Span | int | None, title: str, parts: Sequence[str]) -> str:
    properties = {}
    if path:
        properties["file"] = visible(path)
        properties |= _region(where)
    properties["title"] = one_line(title)
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_data(cut(chr(10).join(parts), _LONGEST))}"


def _region(where: Span | int | None) -> dict[str, str]:
    if not where:
        return {}
    if isinstance(where, int):
        return {"line": str(where)}
    region = {"line": str(where.line), "endLine": str(where.end_line)}
    if where.line == where.end_line:
        # The runner drops columns of an annotation that spans lines.
        region |= {"col": str(where.column), "endColumn": str(where.end_column)}
    return region


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
