"""For a person at a terminal: worst first, grouped by file, the verdict last."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from complygate.model.policy import Level
from complygate.model.report import Outcome
from complygate.reporters import _words
from complygate.reporters._markdown import first_paragraph
from complygate.reporters._page import Paint, source, wrapped
from complygate.reporters._plain import cut, encodable, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from complygate.model.finding import Finding
    from complygate.model.problem import Problem
    from complygate.model.report import Report

NAME = "text"
SUFFIX = ".txt"
PROFILES: tuple[str, ...] = ()

_STYLES = {Level.ENFORCE: ("error", "red"), Level.WARN: ("warning", "yellow")}
_OUTCOMES = {Outcome.PASS: "green", Outcome.FAIL: "red", Outcome.UNDECIDED: "yellow"}
_LONGEST_MESSAGE = 400
_MOST_EXCUSED = 50
_MOST_PROBLEMS = 10
_MOST_NOTICES = 20
_MOST_UNPARSED = 10
_MOST_RULES = 30
_MANY_FINDINGS = 20


def render(report: Report, out: TextIO, *, profile: str = "", color: bool = False) -> None:
    """Write `report` for a person. With `color`, the text carries ANSI colours."""
    del profile
    paint = Paint(color)
    sections = (
        _findings(report, paint),
        _by_rule(report, paint),
        _audited(report, paint),
        _excused(report, paint),
        _problems(report, paint),
        _notices(report, paint),
        _coverage(report, paint),
        [paint(_words.verdict_line(report), "bold", _OUTCOMES[report.verdict.outcome])],
    )
    text = "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines)
    out.write(encodable(text) + "\n")


def _findings(report: Report, paint: Paint) -> Iterator[str]:
    """The findings that block or warn. The file with the worst finding comes first."""
    found = _words.active(report, Level.ENFORCE, Level.WARN)
    files: dict[str, list[Finding]] = {}
    for finding in found:
        files.setdefault(finding.region.path, []).append(finding)
    for path, of_file in files.items():
        yield paint(f"{_words.place(path)}: {_tally(of_file)}", "bold")
        yield ""
        told: set[str] = set()
        for finding in of_file:
            yield from _finding(report, finding, paint, fix=finding.rule not in told)
            yield ""
            told.add(finding.rule)
    if found:
        yield paint(
            f"Why, the whole fix and examples of a rule: complygate explain {one_line(found[0].rule)}", "dim"
        )


def _tally(found: list[Finding]) -> str:
    stopping = sum(finding.level is Level.ENFORCE for finding in found)
    warning = len(found) - stopping
    parts = []
    if stopping:
        parts.append(f"{stopping} {'blocks' if stopping == 1 else 'block'}")
    if warning:
        parts.append(f"{warning} {'warns' if warning == 1 else 'warn'}")
    return ", ".join(parts)


def _finding(report: Report, finding: Finding, paint: Paint, *, fix: bool) -> Iterator[str]:
    word, style = _STYLES[finding.level]
    region = finding.region
    label = paint(f"{word}[{one_line(finding.rule)}]", "bold", style)
    message = cut(one_line(finding.message), _LONGEST_MESSAGE)
    yield f"{label} {finding.severity}: {paint(message, 'bold')}"
    where = _words.place(region.path, region.span.line, region.span.column)
    resource = f" in {one_line(finding.resource)}" if finding.resource else ""
    yield f"{paint('-->', 'blue')} {where}{resource}"
    yield from source(region, paint, style)
    effective = report.policy.rules.get(finding.rule)
    if fix and effective and (text := first_paragraph(effective.rule.fix)):
        yield from wrapped(text, "  = fix: ")
    if when := _words.calendar(finding, report.day):
        yield f"  = {when}"


def _by_rule(report: Report, paint: Paint) -> Iterator[str]:
    """What the findings come to, where they are too many to be taken in one by one."""
    found = _words.active(report, Level.ENFORCE, Level.WARN)
    if len(found) <= _MANY_FINDINGS:
        return
    groups: dict[tuple[str, Level], list[Finding]] = {}
    for finding in found:
        groups.setdefault((finding.rule, finding.level), []).append(finding)
    files = len({finding.region.path for finding in found})
    rules = len({finding.rule for finding in found})
    yield paint(
        f"By rule: {_words.plural(len(found), 'finding')} of {_words.plural(rules, 'rule')}"
        f" in {_words.plural(files, 'file')}",
        "bold",
    )
    ordered = sorted(groups.values(), key=lambda group: (*_words.worst_first(group[0])[:2], -len(group)))
    for group in ordered[:_MOST_RULES]:
        word, style = _STYLES[group[0].level]
        label = paint(f"{word}[{one_line(group[0].rule)}]", style)
        effective = report.policy.rules.get(group[0].rule)
        title = f": {one_line(effective.rule.title)}" if effective else ""
        yield f"  {len(group):>5} {label} {group[0].severity}{title}"
    if len(ordered) > _MOST_RULES:
        more = _words.plural(len(ordered) - _MOST_RULES, "rule")
        yield f"        … and {more} more (--format json names each)"


def _audited(report: Report, paint: Paint) -> Iterator[str]:
    """One line a rule: at `audit` a rule is on trial, and its findings are for the policy's owners."""
    found = sorted(_words.active(report, Level.AUDIT), key=lambda finding: finding.rule)
    if found:
        yield paint(f"Recorded only (audit): {_words.plural(len(found), 'finding')}", "bold")
    for rule, of_rule in groupby(found, key=lambda finding: finding.rule):
        group = list(of_rule)
        when = _words.calendar(group[0], report.day)
        later = f"; {when}" if when else ""
        yield f"  {one_line(rule)} {group[0].severity}: {_words.plural(len(group), 'finding')}{later}"


def _excused(report: Report, paint: Paint) -> Iterator[str]:
    found = _words.excused(report)
    if not found:
        return
    yield paint(f"Excused: {_words.plural(len(found), 'finding')}", "bold")
    lines = (
        f"  {_words.place(f.region.path, f.region.span.line, f.region.span.column)} "
        f"{one_line(f.rule)} {f.severity}: {_words.excuse_text(f)}"
        for f in found
    )
    yield from _capped(lines, len(found), _MOST_EXCUSED)


def _problems(report: Report, paint: Paint) -> Iterator[str]:
    """By kind, those that stop the verdict first; these are all named, of the others ten of each kind."""
    if report.problems:
        yield paint(f"Not decided: {_words.plural(len(report.problems), 'problem')}", "bold")
    ordered = sorted(report.problems, key=lambda p: (not _words.blocking(report, p), p.kind))
    for kind, of_kind in groupby(ordered, key=lambda problem: problem.kind):
        group = list(of_kind)
        stops = _words.blocking(report, group[0])
        style, effect = ("red", "blocks") if stops else ("yellow", "shown only")
        title = f"{kind}, {_words.PROBLEM_TITLES[kind]} ({effect}): {len(group)}"
        yield f"  {paint(title, style)}"
        most = len(group) if stops else _MOST_PROBLEMS
        told: set[str] = set()
        yield from _capped((_problem(problem, told) for problem in group), len(group), most)


def _problem(problem: Problem, told: set[str]) -> str:
    """One problem. Of next steps that differ only in names, the first one is shown."""
    place = _words.problem_place(problem)
    rule = f" [{one_line(problem.rule)}]" if problem.rule else ""
    step = one_line(problem.hint)
    kind = step.partition(": ")[0]
    hint = f"\n      Next: {step}" if step and kind not in told else ""
    told.add(kind)
    message = cut(one_line(problem.message), _LONGEST_MESSAGE)
    return f"    {place + ': ' if place else ''}{message}{rule}{hint}"


def _notices(report: Report, paint: Paint) -> Iterator[str]:
    if not report.notices:
        return
    yield paint(f"To know: {_words.plural(len(report.notices), 'notice')}", "bold")
    lines = (
        f"  {_words.place(n.path, n.line) + ': ' if n.path else ''}{one_line(n.message)}"
        f"{f' [{one_line(n.rule)}]' if n.rule else ''}"
        for n in report.notices
    )
    yield from _capped(lines, len(report.notices), _MOST_NOTICES)


def _coverage(report: Report, paint: Paint) -> Iterator[str]:
    coverage = report.coverage
    yield paint(f"Judged by: {_words.judged_by(report)}", "dim")
    formats = ", ".join(f"{count} {name}" for name, count in sorted(coverage.formats.items()))
    judged = sum(1 for count in coverage.rules.values() if count)
    nodes = sum(coverage.rules.values())
    yield paint(
        f"Scanned: {_words.plural(coverage.files, 'file')}{f' ({formats})' if formats else ''}; "
        f"{judged} of {_words.plural(len(report.policy.rules), 'rule')} had something to judge, "
        f"{_words.plural(nodes, 'time')} in all",
        "dim",
    )
    if coverage.left_out:
        reasons = Counter(item.reason for item in coverage.left_out)
        named = ", ".join(f"{count} {one_line(reason)}" for reason, count in sorted(reasons.items()))
        yield paint(f"Left out: {named} (--format json names each)", "dim")
    if coverage.unparsed:
        named = ", ".join(one_line(path) for path in coverage.unparsed[:_MOST_UNPARSED])
        more = len(coverage.unparsed) - _MOST_UNPARSED
        yield paint(
            f"Not evaluated, or not wholly: {named}{f' and {more} more' if more > 0 else ''}", "yellow"
        )


def _capped(lines: Iterable[str], count: int, most: int) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number >= most:
            yield f"    … and {count - most} more (--format json names each)"
            return
        yield line
