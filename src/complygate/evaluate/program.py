"""Rules, compiled and filed by the kinds that they apply to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from complygate.errors import CheckError, ComplygateError
from complygate.evaluate.select import Selector
from complygate.model import plugins
from complygate.model.glob import any_matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from complygate.model.plugins import Check
    from complygate.model.policy import EffectiveRule


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule, ready to run.

    Attributes:
        effective: the rule as the policy applies it.
        check: what its engine made of it.
        selector: what its `select` says.
        everywhere: whether it looks at every path.
    """

    effective: EffectiveRule
    check: Check
    selector: Selector
    everywhere: bool

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


def compile_rules(rules: Iterable[EffectiveRule]) -> tuple[CompiledRule, ...]:
    """Compile every rule.

    Raises:
        CompileError: at least one does not compile; all that don't are named.
    """
    compiled: list[CompiledRule] = []
    errors: list[tuple[EffectiveRule, CheckError]] = []
    for effective in rules:
        rule = effective.rule
        try:
            check = plugins.engine(rule.engine).compile(rule.check, effective.params)
        except CheckError as error:
            errors.append((effective, error))
            continue
        everywhere = effective.paths == ("**",)
        compiled.append(CompiledRule(effective, check, Selector(rule.select), everywhere))
    if errors:
        raise CompileError(errors)
    return tuple(compiled)
