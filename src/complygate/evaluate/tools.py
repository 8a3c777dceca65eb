"""The run of the engines that judge a whole tree at once: what is asked of each tool, and what it answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import field
from typing import TYPE_CHECKING

from complygate.evaluate.message import message_of
from complygate.model import plugins
from complygate.model.problem import Problem, ProblemKind
from complygate.model.remark import TOOL_SECONDS, Task
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from complygate.evaluate.program import CompiledRule
    from complygate.model.remark import Answer, Remark
    from complygate.model.report import Notice
    from complygate.model.source import Files


@dataclass(frozen=True, slots=True)
class ToolsSettings:
    """How tools may run.

    Attributes:
        jobs: how many processes may run side by side.
        cache: a folder of the user's for results, or None to keep none.
        imports: the files of results that the user gave.
        prefix: what stands before a path when a policy's globs are asked.
        seconds: how long each tool may take altogether.
    """

    jobs: int = 1
    cache: Path | None = None
    imports: tuple[Path, ...] = ()
    prefix: str = ""
    seconds: float = TOOL_SECONDS


@dataclass(frozen=True, slots=True)
class Remarked:
    """What a tool said for one rule.

    Attributes:
        rule: the rule that asked.
        remark: what the tool said.
        message: the rule's message about it, filled.
    """

    rule: CompiledRule
    remark: Remark
    message: str


@dataclass(slots=True)
class ToolsAnswer:
    """What all tools said.

    Attributes:
        remarks: by the path that they are about.
        problems: what they could not decide, by the engine.
        notices: what a person should know.
        judged: how many things each rule judged.
    """

    remarks: dict[str, list[Remarked]] = field(default_factory=dict)
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    judged: Counter[str] = field(default_factory=Counter)


def ask_tools(rules: Iterable[CompiledRule], files: Files, settings: ToolsSettings) -> ToolsAnswer:
    """Run every engine that judges whole trees, once, for the rules of `rules` that are its own.

    Args:
        rules: compiled rules; those of other engines are passed over.
        files: the tree.
        settings: how the tools may run.
    """
    answer = ToolsAnswer()
    for name, asking in _asking(rules):
        task = Task(
            files,
            {i: rule.asked for i, rule in sorted(asking.items())},
            settings.jobs,
            settings.cache,
            settings.imports,
            settings.prefix,
            settings.seconds,
        )
        _take(answer, name, _run(name, task), asking, settings.prefix)
    return answer


def _asking(rules: Iterable[CompiledRule]) -> Iterator[tuple[str, dict[str, CompiledRule]]]:
    """Yield each engine with the rules that ask it, by id: two rules with one id in a turn each."""
    by_engine: dict[str, list[dict[str, CompiledRule]]] = defaultdict(list)
    for rule in rules:
        if rule.check is None:
            turns = by_engine[rule.effective.rule.engine]
            turn = next((turn for turn in turns if rule.id not in turn), None)
            if turn is None:
                turns.append(turn := {})
            turn[rule.id] = rule
    for name, turns in sorted(by_engine.items()):
        yield from ((name, turn) for turn in turns)


def _run(name: str, task: Task) -> Answer | Problem:
    engine = plugins.tree_engine(name)
    assert engine is not None, f"{name} does not judge whole trees"  # noqa: S101 - compile_rules has asked it
    try:
        return engine.run(task)
    except Exception as error:  # noqa: BLE001 - whatever a tool's bug raises, its rules are undecided
        return Problem(
            ProblemKind.ENGINE_ERROR,
            f"the engine {name} failed: {type(error).__name__}: {error}",
            hint="this is a bug in complygate: please report it",
        )


def _take(
    taken: ToolsAnswer, name: str, answer: Answer | Problem, asking: dict[str, CompiledRule], prefix: str
) -> None:
    problems = taken.problems.setdefault(name, [])
    if isinstance(answer, Problem):
        problems.append(answer)
        return
    for remark in answer.remarks:
        rule = asking[remark.rule]
        if rule.looks_at(prefix + remark.path):
            said = Remarked(rule, remark, _message(rule, remark))
            taken.remarks.setdefault(remark.path, []).append(said)
    problems.extend(answer.problems)
    taken.notices.extend(answer.notices)
    taken.judged.update(answer.judged)


def _message(rule: CompiledRule, remark: Remark) -> str:
    values = {
        "params": rule.effective.params,
        "detail": remark.detail,
        "check": remark.check,
        "resource": remark.resource or remark.path,
        "path": remark.path,
    }
    return message_of(rule.effective.rule, values)
