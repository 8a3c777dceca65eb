"""Rules, compiled: with their checks and their selections. `judge` files them by kind."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from complygate.errors import CheckError, ComplygateError
from complygate.evaluate.select import Selector
from complygate.model import plugins
from complygate.model.glob import any_matches
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from complygate.model.outcome import Outcome, Subject
    from complygate.model.plugins import Check
    from complygate.model.policy import EffectiveRule


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule, ready to run.

    Attributes:
        effective: the rule as the policy applies it.
        check: what its engine made of it, or None where the engine judges whole trees.
        selector: what its `select` says.
        everywhere: whether it looks at every path.
        asked: what an engine that judges whole trees made of it, else None.
    """

    effective: EffectiveRule
    check: Check | None
    selector: Selector
    everywhere: bool
    asked: Any = None

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.effective.rule.id

    def looks_at(self, path: str) -> bool:
        """Tell whether the policy lets the rule judge the file at `path`, from git's top level."""
        return self.everywhere or any_matches(self.effective.paths, path)


class CompileError(ComplygateError):
    """Rules whose check does not compile.

    Attributes:
        errors: each with its rule.
    """

    def __init__(self, errors: list[tuple[EffectiveRule, CheckError]]) -> None:
        first_rule, first_error = errors[0]
        super().__init__(f"{first_rule.rule.id}: {first_error.message}", hint=first_error.hint)
        self.errors = errors


class _Later:
    """A check that is compiled when it first meets a node: a tree has documents for few rules of many."""

    def __init__(self, effective: EffectiveRule) -> None:
        self._effective = effective

    @cached_property
    def _check(self) -> Check:
        try:
            return _compile(self._effective)
        except CheckError as error:
            raise CompileError([(self._effective, error)]) from None

    def evaluate(self, subject: Subject) -> Sequence[Outcome]:
        """Judge one node.

        Raises:
            CompileError: the check does not compile.
        """
        check = self._check
        self.evaluate = check.evaluate  # type: ignore[method-assign]  # from now on without this step
        return check.evaluate(subject)


def _compile(effective: EffectiveRule) -> Check:
    return plugins.engine(effective.rule.engine).compile(effective.rule.check, effective.params)


def _ready(effective: EffectiveRule, *, later: bool) -> CompiledRule:
    rule = effective.rule
    everywhere = effective.paths == ("**",)
    engine = plugins.tree_engine(rule.engine)
    if engine is not None:
        asked = engine.ask(rule.check, effective.params)
        return CompiledRule(effective, None, Selector(rule.select), everywhere, asked)
    check = _Later(effective) if later else _compile(effective)
    return CompiledRule(effective, check, Selector(rule.select), everywhere)


def compile_rules(
    rules: Iterable[EffectiveRule], *, trust_built_in: bool = False
) -> tuple[CompiledRule, ...]:
    """Compile every rule.

    Args:
        rules: the rules.
        trust_built_in: put off compiling rules that came with the program until they meet a node.

    Raises:
        CompileError: at least one does not compile; all that don't are named.
    """
    compiled: list[CompiledRule] = []
    errors: list[tuple[EffectiveRule, CheckError]] = []
    for effective in rules:
        try:
            compiled.append(_ready(effective, later=trust_built_in and effective.rule.built_in))
        except CheckError as error:
            errors.append((effective, error))
    if errors:
        raise CompileError(errors)
    return tuple(compiled)
