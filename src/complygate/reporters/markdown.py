"""For a job summary or a comment on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model.policy import Level
from complygate.model.report import Outcome
from complygate.reporters import _words
from complygate.reporters._links import line_url
from complygate.reporters._markdown import code, escape
from complygate.reporters._plain import cut, encodable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from complygate.model.finding import Finding
    from complygate.model.problem import Problem
    from complygate.model.report import Report

NAME = "markdown"
SUFFIX = ".md"
PROFILES: tuple[str, ...] = ()

MOST_BYTES = 900 * 1024
"""GitHub refuses a job summary above 1 MiB for each step; other steps' words need room as well."""
_SIGNS = {Outcome.PASS: "✅", Outcome.FAIL: "❌", Outcome.UNDECIDED: "⚠️"}
_EFFECTS = {Level.ENFORCE: "**blocks**", Level.WARN: "warns", Level.AUDIT: "recorded"}
_LONGEST_MESSAGE = 400
_TAIL_BYTES = 4096


class _Budget:
    """Writes whole rows while there is room."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._left = MOST_BYTES - _TAIL_BYTES

    def write(self, line: str) -> bool:
        text = encodable(line) + "\n"
        size = len(text.encode())
        if size > self._left:
            return False
        self._left -= size
        self._out.write(text)
        return True

    def rows(self, head: Iterable[str], rows: Iterable[str], count: int, foot: str = "") -> None:
        """Write a table or a list with as many whole rows as fit, and say how many did not."""
        if not count or not all(self.write(line) for line in head):
            return
        written = 0
        for row in rows:
            if not self.write(row):
                break
            written += 1
        self._left += _TAIL_BYTES // 8
        if written < count:
            self.write(
                f"\n{count - written} more are left out here; the JSON and SARIF reports have them all."
            )
        if foot:
            self.write(foot)
        self.write("")


def render(report: Report, out: TextIO, *, profile: str = "", color: bool = False) -> None:
    """Write `report` as GitHub-flavoured Markdown of at most `MOST_BYTES` bytes."""
    del profile, color
    page = _Budget(out)
    verdict = report.verdict
    page.write(f"## {_SIGNS[verdict.outcome]} complygate: {verdict.outcome}\n")
    page.write(f"{escape(_words.counts(report))}. {_policy(report)}\n")
    if verdict.outcome is Outcome.UNDECIDED:
        page.write(f"{escape(verdict.reason)}\n")
    found = _words.active(report, Level.ENFORCE, Level.WARN)
    page.rows(
        ("| severity | effect | where | finding | rule |", "|---|---|---|---|---|"),
        (_row(report, finding) for finding in found),
        len(found),
    )
    fixes = list(_fixes(report, found))
    page.rows(("### How to fix\n",), fixes, len(fixes))
    problems = sorted(report.problems, key=lambda problem: not _words.blocking(report, problem))
    page.rows(
        ("### Not decided\n", "| kind | effect | where | what |", "|---|---|---|---|"),
        (_problem(report, problem) for problem in problems),
        len(problems),
    )
    _folded(page, report)
    page.write(f"{_coverage(report)}")


def _policy(report: Report) -> str:
    day = f", as of {report.day}" if report.as_of else ""
    return f"Policy {code(_words.policy_name(report))}{day}."


def _row(report: Report, finding: Finding) -> str:
    region = finding.region
    text = escape(cut(finding.message, _LONGEST_MESSAGE))
    if finding.resource:
        text += f" in {code(finding.resource)}"
    if when := _words.calendar(finding, report.day):
        text += f" ({when})"
    effect = _EFFECTS.get(finding.level, str(finding.level))
    where = _where(report, region.path, region.span.line)
    return f"| {finding.severity} | {effect} | {where} | {text} | {code(finding.rule)} |"


def _where(report: Report, path: str, line: int) -> str:
    shown = code(_words.place(path, line))
    url = line_url(report.provenance, path, line) if path and line else ""
    return f'<a href="{url}">{shown}</a>' if url else shown


def _fixes(report: Report, found: Iterable[Finding]) -> Iterator[str]:
    """Each rule's remedy, folded. The words are the policy's own, so they stay Markdown."""
    for rule_id in dict.fromkeys(finding.rule for finding in found):
        effective = report.policy.rules.get(rule_id)
        if effective:
            rule = effective.rule
            yield (
                f"<details><summary>{code(rule.id)} {escape(rule.title)}</summary>\n\n"
                f"{rule.why.strip()}\n\n{rule.fix.strip()}\n\n</details>"
            )


def _problem(report: Report, problem: Problem) -> str:
    effect = "**blocks**" if _words.blocking(report, problem) else "shown"
    line = problem.span.line if problem.span else 0
    where = _where(report, problem.path, line) if problem.path else ""
    text = escape(cut(problem.message, _LONGEST_MESSAGE))
    if problem.count > 1:
        text += f" ({problem.count} times)"
    if problem.rule:
        text += f" ({code(problem.rule)})"
    if problem.hint:
        text += f" Next: {escape(problem.hint)}"
    return f"| {problem.kind} | {effect} | {where} | {text} |"


def _folded(page: _Budget, report: Report) -> None:
    """What a reader may want to open: excused and recorded findings, notices."""
    excused = _words.excused(report)
    page.rows(
        (f"<details><summary>{_words.plural(len(excused), 'excused finding')}</summary>\n",),
        (
            f"- {_where(report, f.region.path, f.region.span.line)} {code(f.rule)}: "
            f"{escape(_words.excuse_text(f))}"
            for f in excused
        ),
        len(excused),
        "\n</details>",
    )
    audited = _words.active(report, Level.AUDIT)
    page.rows(
        (f"<details><summary>{_words.plural(len(audited), 'finding')} recorded only (audit)</summary>\n",),
        (
            f"- {_where(report, f.region.path, f.region.span.line)} {code(f.rule)}: "
            f"{escape(cut(f.message, _LONGEST_MESSAGE))}"
            for f in audited
        ),
        len(audited),
        "\n</details>",
    )
    page.rows(
        (f"<details><summary>{_words.plural(len(report.notices), 'notice')}</summary>\n",),
        (
            f"- {_where(report, n.path, n.line) + ' ' if n.path else ''}{escape(n.message)}"
            for n in report.notices
        ),
        len(report.notices),
        "\n</details>",
    )


def _coverage(report: Report) -> str:
    coverage = report.coverage
    documents = sum(coverage.documents.values())
    text = (
        f"Looked at {_words.plural(coverage.files, 'file')}, {_words.plural(documents, 'document')}, with "
        f"{_words.plural(len(report.policy.rules), 'rule')}; "
        f"{_words.plural(len(coverage.left_out), 'path')} left out."
    )
    return f"<sub>{text} complygate {escape(report.version)}.</sub>"
