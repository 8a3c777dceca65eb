"""Evidence as text, Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from complygate.evidence.controls import State
from complygate.reporters._markdown import code, escape
from complygate.reporters._plain import encodable, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from complygate.evidence.controls import ControlEvidence, RepositoryEvidence, RuleEvidence

SCHEMA = "complygate/controls-v1"
DISCLAIMER = (
    "What the rules of these controls found: evidence, not a certificate. A control asks for more than files "
    "can show, and a rule that was not evaluated says nothing."
)
_WORDS = {
    State.VIOLATED: "violated",
    State.UNDECIDED: "undecided",
    State.EXCUSED: "excused",
    State.HELD: "held",
    State.NOT_EVALUATED: "not evaluated",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""


def render(name: str, evidence: Sequence[RepositoryEvidence]) -> str:
    """Return `evidence` in the format `name`, one of `FORMATS`; the same evidence gives the same text."""
    return encodable(FORMATS[name](evidence))


def _json(evidence: Sequence[RepositoryEvidence]) -> str:
    data = {"schema": SCHEMA, "note": DISCLAIMER, "reports": [_report(one) for one in evidence]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _report(one: RepositoryEvidence) -> dict[str, Any]:
    return {
        "report": one.report,
        "repository": one.repository,
        "commit": one.commit,
        "day": one.day,
        "policy": {"source": one.policy, "digest": one.digest},
        "outcome": one.outcome,
        "unread": one.unread,
        "controls": [_control(control) for control in one.controls],
    }


def _control(control: ControlEvidence) -> dict[str, Any]:
    return {
        "id": control.id,
        "title": control.title,
        "framework": control.framework,
        "url": control.url,
        "state": control.state,
        "rules": [
            {
                "id": rule.rule,
                "title": rule.title,
                "state": rule.state,
                "evaluated": rule.evaluated,
                "violations": rule.violations,
                "excused": rule.excused,
                "undecided": rule.undecided,
            }
            for rule in control.rules
        ],
    }


_HEAD = (
    "repository", "commit", "day", "policy", "digest", "control", "title", "framework", "rule", "state",
    "evaluated", "violations", "excused", "undecided",
)  # fmt: skip


def _csv(evidence: Sequence[RepositoryEvidence]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_HEAD)
    for one in evidence:
        said = (one.repository or one.report, one.commit, one.day, one.policy, one.digest)
        for control in one.controls:
            for rule in control.rules:
                words = (*said, control.id, control.title, control.framework, rule.rule, rule.state)
                numbers = (rule.evaluated, rule.violations, rule.excused, rule.undecided)
                rows.writerow([*map(_cell, words), *numbers])
    return out.getvalue()


def _cell(text: str) -> str:
    line = visible(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def _markdown(evidence: Sequence[RepositoryEvidence]) -> str:
    lines = ["# Controls", "", escape(DISCLAIMER), ""]
    for one in evidence:
        lines += [f"## {code(one.repository or one.report)}", "", escape(_about(one)), ""]
        for framework, controls in _by_framework(one):
            lines += [f"### {escape(framework)}", ""]
            lines += ["| control | | held | violated | excused | undecided | not evaluated |"]
            lines += ["|---|---|---|---|---|---|---|"]
            for control in controls:
                name = f"[{escape(control.id)}]({control.url})" if control.url else escape(control.id)
                cells = [name, escape(control.title), *(_named(control, state) for state in _COLUMNS)]
                lines.append(f"| {' | '.join(cells)} |")
            lines.append("")
    return "\n".join(lines)


_COLUMNS = (State.HELD, State.VIOLATED, State.EXCUSED, State.UNDECIDED, State.NOT_EVALUATED)


def _named(control: ControlEvidence, state: State) -> str:
    """Return the rules of `control` in `state`, with how many findings there are."""
    rules = [rule for rule in control.rules if rule.state is state]
    found = {State.VIOLATED: "violations", State.EXCUSED: "excused", State.UNDECIDED: "undecided"}.get(state)
    return "<br>".join(
        code(rule.rule) + (f" ({getattr(rule, found)})" if found is not None else "") for rule in rules
    )


def _text(evidence: Sequence[RepositoryEvidence]) -> str:
    lines: list[str] = []
    for one in evidence:
        lines += [visible(one.repository or one.report), f"  {visible(_about(one))}", ""]
        for framework, controls in _by_framework(one):
            lines.append(f"  {visible(framework)}")
            for control in controls:
                lines.append(f"    {visible(control.id)}  {visible(control.title)}")
                lines.append(f"      of {_counted(len(control.rules), 'rule')}: {_states(control)}")
                lines += [_violated(rule) for rule in control.rules if rule.state is State.VIOLATED]
            lines.append("")
    return "\n".join([*lines, DISCLAIMER, ""])


def _violated(rule: RuleEvidence) -> str:
    found = _counted(rule.violations, "finding")
    return f"      - {visible(rule.rule)}: {found}, {rule.excused} excused"


def _states(control: ControlEvidence) -> str:
    return ", ".join(f"{control.count(state)} {_WORDS[state]}" for state in State if control.count(state))


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _about(one: RepositoryEvidence) -> str:
    commit = f"commit {one.commit[:12]}, " if one.commit else ""
    unread = f"; {_counted(one.unread, 'problem')} beside the rules" if one.unread else ""
    return f"{commit}{one.day}, policy {one.policy} ({one.digest[:19]}): {one.outcome}{unread}"


def _by_framework(one: RepositoryEvidence) -> Iterator[tuple[str, list[ControlEvidence]]]:
    frameworks = dict.fromkeys(control.framework for control in one.controls)
    for framework in frameworks:
        yield framework, [control for control in one.controls if control.framework == framework]


FORMATS: dict[str, Callable[[Sequence[RepositoryEvidence]], str]] = {
    "text": _text,
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
}
"""The formats by name, the default first."""
