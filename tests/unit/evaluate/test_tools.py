"""Engines that judge whole trees are run once, for their own rules, and what breaks is a problem."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from complygate.evaluate import ToolsSettings, ask_tools, compile_rules
from complygate.model import plugins
from complygate.model.policy import EffectiveRule, Enforcement, Level, Waivable
from complygate.model.problem import Problem, ProblemKind
from complygate.model.remark import Answer, Remark, Task
from complygate.model.report import Notice
from complygate.model.rule import Rule, Severity
from complygate.model.source import Files

FILES = Files(Path("/nowhere"), frozenset({"a.yaml", "sub/b.yaml"}))


def effective(name: str, message: str = "{detail}", *, engine: str = "sarif", **more: Any) -> EffectiveRule:
    check = {"tool": "t", "rule": name} if engine == "sarif" else "true"
    rule = Rule(
        id=name, title="", severity=Severity.LOW, applies_to=("go/mod",) if engine == "cel" else (),
        engine=engine, check=check, message=message, why="", fix="",
    )  # fmt: skip
    always = Enforcement(((dt.date.min, Level.ENFORCE),))
    return EffectiveRule(rule, always, Severity.LOW, {"limit": 3}, Waivable(), **more)


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Task]]:
    """Let the engine of imported results answer as told, and keep what it was asked."""

    def answering(answer: Answer | Exception) -> list[Task]:
        asked: list[Task] = []

        def run(task: Task) -> Answer:
            asked.append(task)
            if isinstance(answer, Exception):
                raise answer
            return answer

        real = plugins.tree_engine
        fake = SimpleNamespace(NAME="sarif", ask=lambda check, _params: check["rule"], run=run)
        monkeypatch.setattr(plugins, "tree_engine", lambda name: fake if name == "sarif" else real(name))
        return asked

    return answering


def test_it_runs_once_for_all_its_rules_and_not_for_others(tasks: Callable[..., list[Task]]) -> None:
    asked = tasks(Answer(judged={"a/x": 2}))
    rules = compile_rules([effective("a/y"), effective("a/x"), effective("a/c", engine="cel")])
    imports = (Path("z.sarif"),)
    answer = ask_tools(rules, FILES, ToolsSettings(4, None, imports, "top/"))
    (task,) = asked
    assert list(task.asked.items()) == [("a/x", "a/x"), ("a/y", "a/y")]
    assert (task.jobs, task.imports, task.prefix, task.files) == (4, imports, "top/", FILES)
    assert answer.judged == {"a/x": 2}


def test_without_rules_of_its_own_it_does_not_run(tasks: Callable[..., list[Task]]) -> None:
    asked = tasks(Answer())
    ask_tools(compile_rules([effective("a/c", engine="cel")]), FILES, ToolsSettings())
    assert asked == []


def test_messages_are_filled_with_what_the_tool_said(tasks: Callable[..., list[Task]]) -> None:
    tasks(
        Answer(
            [Remark("a/x", "a.yaml", detail="bad {path}", check="t/x"), Remark("a/x", "a.yaml", resource="r")]
        )
    )
    rules = compile_rules([effective("a/x", "{detail}|{check}|{resource}|{path}|{params.limit}")])
    said = ask_tools(rules, FILES, ToolsSettings()).remarks["a.yaml"]
    assert [one.message for one in said] == ["bad {path}|t/x|a.yaml|a.yaml|3", "||r|a.yaml|3"]


def test_the_paths_of_the_policy_count_from_the_top(tasks: Callable[..., list[Task]]) -> None:
    tasks(Answer([Remark("a/x", "a.yaml"), Remark("a/x", "sub/b.yaml")]))
    rules = compile_rules([effective("a/x", paths=("top/sub/**",))])
    answer = ask_tools(rules, FILES, ToolsSettings(prefix="top/"))
    assert list(answer.remarks) == ["sub/b.yaml"]


def test_problems_and_notices_pass_on(tasks: Callable[..., list[Task]]) -> None:
    problem, notice = Problem(ProblemKind.ENGINE_ERROR, "p"), Notice("n")
    tasks(Answer(problems=[problem], notices=[notice]))
    answer = ask_tools(compile_rules([effective("a/x")]), FILES, ToolsSettings())
    assert (list(*answer.problems.values()), answer.notices) == ([problem], [notice])


def test_a_bug_in_an_engine_is_a_problem_and_not_the_end(tasks: Callable[..., list[Task]]) -> None:
    tasks(ZeroDivisionError("oh"))
    ((problem,),) = ask_tools(compile_rules([effective("a/x")]), FILES, ToolsSettings()).problems.values()
    assert problem.kind is ProblemKind.ENGINE_ERROR
    assert "sarif" in problem.message
    assert "ZeroDivisionError: oh" in problem.message
