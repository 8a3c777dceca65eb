from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from complygate.evaluate import CompileError, Judge, compile_rules
from complygate.model.document import Document
from complygate.model.policy import EffectiveRule, Enforcement, Level, Waivable
from complygate.model.rule import Rule, Severity
from complygate.model.tree import Span, Tree


def _rule(name: str, check: str, *, built_in: bool, kind: str = "go/mod") -> EffectiveRule:
    rule = Rule(
        id=name, title="", severity=Severity.LOW, applies_to=(kind,), engine="cel", check=check,
        message="m", why="", fix="", built_in=built_in,
    )  # fmt: skip
    always = Enforcement(((dt.date.min, Level.ENFORCE),))
    return EffectiveRule(rule, always, Severity.LOW, {}, Waivable())


def _document(data: Any) -> Document:
    return Document("go/mod", "", Tree("go.mod", "go", data, {"": Span(1, 1, 1, 1)}), data)


def test_a_rule_that_came_with_the_program_is_compiled_when_it_meets_a_node() -> None:
    rules = compile_rules(
        [
            _rule("a/met", "self.x == 1", built_in=True),
            _rule("a/broken", "]", built_in=True, kind="npm/lock"),
        ],
        trust_built_in=True,
    )
    judged = list(Judge(rules).judge(_document({"x": 2}), {}))
    assert [j.rule.id for j in judged] == ["a/met"]


def test_a_check_that_is_wrong_never_passes() -> None:
    rules = compile_rules([_rule("a/broken", "]", built_in=True)], trust_built_in=True)
    with pytest.raises(CompileError, match="a/broken"):
        list(Judge(rules).judge(_document({}), {}))


def test_a_set_s_own_rule_is_compiled_even_if_it_meets_nothing() -> None:
    with pytest.raises(CompileError, match="a/own"):
        compile_rules([_rule("a/own", "]", built_in=False)], trust_built_in=True)


def test_without_trust_every_rule_is_compiled() -> None:
    with pytest.raises(CompileError, match="a/broken"):
        compile_rules([_rule("a/broken", "]", built_in=True)])
