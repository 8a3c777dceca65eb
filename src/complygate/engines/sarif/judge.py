"""The run: imported results meet the rules that ask for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import field
from typing import TYPE_CHECKING

from complygate.engines.sarif.load import LoadError, load
from complygate.engines.sarif.places import Places
from complygate.engines.sarif.results import Result, Run
from complygate.engines.sarif.values import line
from complygate.model.problem import Problem, ProblemKind
from complygate.model.remark import Answer, Remark
from complygate.model.report import Notice
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from complygate.engines.sarif.asked import Asked
    from complygate.model.remark import Task

_MOST_RESULTS = 200_000
_MOST_PROBLEMS = 100
_NAMED = 5
_AGAIN = "run the tool on this version of the tree, and import what it writes"


def run(task: Task) -> Answer:
    """Judge the imported files by what is asked. Never raises: what goes wrong is a problem."""
    judging = _Judging(task.asked, Places(task.files, task.prefix))
    for path in task.imports:
        judging.file(path)
    judging.missing()
    return Answer(judging.remarks, judging.problems, list(judging.notices()), judging.judged)


@dataclass
class _Judging:
    """What is found out while files are read."""

    asked: Mapping[str, Asked]
    places: Places
    remarks: list[Remark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    judged: Counter[str] = field(default_factory=Counter)
    tools: set[str] = field(default_factory=set)
    unasked: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seen: int = 0
    unsaid: int = 0
    chosen: dict[tuple[str, tuple[str, ...]], str | None] = field(default_factory=dict)

    def file(self, path: Path) -> None:
        """Judge one file."""
        shown = path.name
        try:
            runs = [Run(data) for data in load(path, shown)]
        except LoadError as error:
            self._problem(str(error), hint="give a file that a tool wrote as SARIF 2.1.0")
            return
        for one in runs:
            self.tools.add(one.tool)
            for failure in dict.fromkeys(one.failures()):
                self._problem(f"{shown}: {one.tool or 'a tool'} {failure}", hint="see why the tool failed")
            if damaged := one.damaged():
                self._problem(f"{shown}: {damaged} results of {one.tool} are not maps", hint=_AGAIN)
            for result in one.results():
                self._result(result, one, shown)

    def _result(self, result: Result, one: Run, shown: str) -> None:
        self.seen += 1
        if self.seen > _MOST_RESULTS:
            if self.seen == _MOST_RESULTS + 1:
                self._problem(f"{shown}: more than {_MOST_RESULTS:,} results are not judged", hint=_AGAIN)
            return
        rule = self._rule(result)
        if rule is None:
            self.unasked[result.tool][result.ids[-1]] += 1
            return
        self.judged[rule] += 1
        place = self.places.of(result.location, one)
        if place.problem:
            text = f"{shown}: {result.tool} reports {result.ids[-1]} ({result.message}), but {place.problem}"
            self._problem(line(text), rule, hint=_AGAIN)
        if place.path:
            self.remarks.append(
                Remark(
                    rule=rule,
                    path=place.path,
                    span=place.span,
                    detail=result.message,
                    check=result.check,
                    severity=result.severity,
                    skip=result.skip,
                    fingerprints=result.fingerprints,
                )
            )

    def _rule(self, result: Result) -> str | None:
        """Return the rule that asks for a result most exactly: a result is reported once."""
        key = (result.tool, result.ids)
        if key not in self.chosen:
            self.chosen[key] = self._most_exact(result)
        return self.chosen[key]

    def _most_exact(self, result: Result) -> str | None:
        ranked = [(asked.wants(result.tool, result.ids), rule) for rule, asked in self.asked.items()]
        best = max(ranked, key=lambda item: item[0], default=(0, ""))
        return best[1] if best[0] else None

    def missing(self) -> None:
        """Note the tools that rules ask for and none of whose runs was imported."""
        if self.unsaid:
            text = f"{self.unsaid} more things in the imported files could not be judged"
            self.problems.append(Problem(ProblemKind.ENGINE_ERROR, text, hint=_AGAIN))
        waiting: dict[str, list[str]] = defaultdict(list)
        for rule, asked in self.asked.items():
            if not any(asked.wants_tool(tool) for tool in self.tools):
                waiting[", ".join(asked.tools)].append(rule)
        for tools, rules in sorted(waiting.items()):
            more = f" and {len(rules) - 1} more" if len(rules) > 1 else ""
            self.problems.append(
                Problem(
                    ProblemKind.NOT_IMPORTED,
                    f"no results of {tools} were imported, which {rules[0]}{more} asks for",
                    rule=rules[0] if len(rules) == 1 else "",
                    hint="run the tool with SARIF output, and give the file with --import FILE",
                    count=len(rules),
                )
            )

    def notices(self) -> Iterator[Notice]:
        """Yield how many results of each tool no rule asked for."""
        for tool, ids in sorted(self.unasked.items()):
            named = ", ".join(sorted(ids)[:_NAMED]) + (", …" if len(ids) > _NAMED else "")
            yield Notice(f"no rule of the policy asks for {ids.total()} results of {tool}: {named}")

    def _problem(self, message: str, rule: str = "", hint: str = "") -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(ProblemKind.ENGINE_ERROR, message, rule=rule, hint=hint))
        else:
            self.unsaid += 1
