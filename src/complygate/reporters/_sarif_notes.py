"""What a scan could not decide, and what else a person should know, as SARIF notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sarif_om as om

from complygate.model.problem import ProblemKind
from complygate.reporters import _words
from complygate.reporters._links import PROJECT_URL
from complygate.reporters._plain import visible
from complygate.reporters._sarif_model import escape, pascal, sentence, text
from complygate.reporters._sarif_results import location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.model.problem import Problem
    from complygate.model.report import Notice, Report
    from complygate.reporters._sarif_model import Node

_HELP_URL = f"{PROJECT_URL}/blob/main/docs/output.md"
_NOTICE, _CUT = "scan-notice", "results-cut"
_WHAT = {
    str(ProblemKind.PARSE_ERROR): "A file of a kind that is judged cannot be read.",
    str(ProblemKind.ENGINE_ERROR): "A check crashed, ran out of time or could not run.",
    str(ProblemKind.NOTHING_SCANNED): "Nothing in the given paths could be judged.",
    str(ProblemKind.NOT_IMPORTED): "Rules ask for results of a tool, and none were given.",
    str(ProblemKind.NOT_RENDERED): "A template has to be rendered before it can be judged.",
    str(ProblemKind.UNKNOWN_VALUE): "A rule needs a value that the files do not tell.",
    str(ProblemKind.LOOSENING): "The scanned tree tries to loosen the policy, which was refused.",
    str(ProblemKind.UNKNOWN_COHORT): "Whether an entry of the policy is for this repository cannot be told.",
    _NOTICE: "Something to know that does not change the verdict.",
    _CUT: "There are more results than GitHub takes; the worst are in the file.",
}
_IDS = tuple(_WHAT)


def descriptors(report: Report, *, left_out: int) -> list[Node]:
    """Return `driver.notifications`: a descriptor for each id that `notifications` uses."""
    return [_descriptor(name) for name in _used(report, left_out)]


def notifications(report: Report, indices: Mapping[str, int], *, left_out: int) -> list[Node]:
    """Return `invocation.toolExecutionNotifications`.

    Args:
        report: the report.
        indices: places of the rules in `driver.rules`.
        left_out: how many results GitHub's limit left out.
    """
    places = {name: i for i, name in enumerate(_used(report, left_out))}
    found = [_problem(report, problem, places, indices) for problem in report.problems]
    found += [_notice(notice, places, indices) for notice in report.notices]
    if left_out:
        words = f"{_words.plural(left_out, 'result')} left out: the worst are in the file."
        found.append(_notification(_CUT, words, "warning", places))
    return found


def _used(report: Report, left_out: int) -> list[str]:
    used = {str(problem.kind) for problem in report.problems}
    if report.notices:
        used.add(_NOTICE)
    if left_out:
        used.add(_CUT)
    return [name for name in _IDS if name in used]


def _descriptor(name: str) -> Node:
    return om.ReportingDescriptor(
        id=name,
        name=pascal(name),
        short_description=text(sentence(_WHAT[name])),
        full_description=text(sentence(_WHAT[name])),
        help=text("The documentation of the output says what each notification means and what to do."),
        help_uri=_HELP_URL,
    )


def _problem(report: Report, problem: Problem, places: Mapping[str, int], indices: Mapping[str, int]) -> Node:
    words = sentence(visible(problem.message.replace("\n", " ")))
    if problem.count > 1:
        words += f" ({problem.count} times.)"
    if problem.hint:
        words += f" {sentence(visible(problem.hint))}"
    level = "error" if _words.blocking(report, problem) else "warning"
    made = _notification(str(problem.kind), words, level, places)
    made.associated_rule = _rule(problem.rule, indices)
    if problem.path:
        made.locations = [location(problem.path, problem.span)]
    return made


def _notice(notice: Notice, places: Mapping[str, int], indices: Mapping[str, int]) -> Node:
    made = _notification(_NOTICE, sentence(visible(notice.message)), "note", places)
    made.associated_rule = _rule(notice.rule, indices)
    if notice.path:
        place = location(notice.path)
        if notice.line:
            place.physical_location.region = om.Region(start_line=notice.line)
        made.locations = [place]
    return made


def _rule(rule: str, indices: Mapping[str, int]) -> Node | None:
    return om.ReportingDescriptorReference(id=rule, index=indices[rule]) if rule in indices else None


def _notification(name: str, words: str, level: str, places: Mapping[str, int]) -> Node:
    return om.Notification(
        message=om.Message(text=escape(words)),
        descriptor=om.ReportingDescriptorReference(id=name, index=places[name]),
        level=level,
    )
