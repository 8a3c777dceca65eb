"""Every rule that differs from a given one in one thing that decides what is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from complygate.errors import Place
from complygate.model import plugins
from complygate.model import pointer as ptr
from complygate.model.outcome import Outcome, Subject, Violation
from complygate.mutation.paths import changed_paths
from complygate.values import dataclass

if TYPE_CHECKING:
    from complygate.model.plugins import Check
    from complygate.model.rule import Rule


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed rule.

    Attributes:
        name: what was changed: `without self.a == 1`.
        rule: the changed rule; its `check` may not compile.
        pointer: where in the rule file it was changed.
        line: the line, from 1, in the text at the pointer; 0 where there is none.
        column: the column, from 1.
        around: what is made of the compiled check, for changes of what it answers as a whole.
    """

    name: str
    rule: Rule
    pointer: str
    line: int = 0
    column: int = 0
    around: Callable[[Check], Check] | None = None

    def place(self, original: Rule) -> Place | None:
        """Return where in the file of the `original` rule the change is."""
        if original.places is None:
            return original.place
        if self.line:
            return original.places.inside(self.pointer, self.line, self.column)
        return original.places.key(self.pointer)


def changed_rules(rule: Rule) -> Iterator[Changed]:
    """Yield every mutant of `rule`, each under a name of its own.

    Args:
        rule: a rule whose check compiles. Of one for a tool only what is reported where can be changed: the
            tool's check is not part of it.
    """
    names: dict[str, int] = {}
    for changed in _changed(rule):
        count = names[changed.name] = names.get(changed.name, 0) + 1
        yield changed if count == 1 else replace(changed, name=f"{changed.name} ({count})")


def _changed(rule: Rule) -> Iterator[Changed]:
    if plugins.tree_engine(rule.engine) is not None:
        return
    at = f"/check/{rule.engine}"
    for name, answer in _ANSWERS.items():
        yield Changed(name, rule, at, around=partial(_Around, answer=answer))
    for mutant in plugins.mutants(rule.engine, rule.check):
        changed = replace(rule, check=mutant.check)
        yield Changed(mutant.name, changed, f"/check{mutant.pointer}", mutant.line, mutant.column)
    for what, path in changed_paths(rule.select):
        yield Changed(what, replace(rule, select=path), "/select")
    for key in ("applies_to", "reads"):
        kinds = getattr(rule, key)
        for i, kind in enumerate(kinds):
            if len(kinds) > 1:
                rest = kinds[:i] + kinds[i + 1 :]
                yield Changed(f"{key} without {kind}", replace(rule, **{key: rest}), ptr.join(f"/{key}", i))
    if rule.at:
        yield Changed("without at", replace(rule, at=""), "/at")
    if rule.unknown_complies:
        yield Changed("without unknown", replace(rule, unknown_complies=False), "/unknown")


class _Around:
    """A check that answers something else than the one that it stands around."""

    def __init__(self, check: Check, answer: _Answer) -> None:
        self._check = check
        self._answer = answer

    def evaluate(self, subject: Subject) -> Sequence[Outcome]:
        """Judge one node."""
        return self._answer(self._check.evaluate(subject))


def _nothing(_: Sequence[Outcome]) -> Sequence[Outcome]:
    return ()


def _everything(_: Sequence[Outcome]) -> Sequence[Outcome]:
    return (Violation(),)


def _inverted(found: Sequence[Outcome]) -> Sequence[Outcome]:
    """Return a violation for what complies, and nothing for what violates; what is open stays open."""
    return () if any(isinstance(one, Violation) for one in found) else found or (Violation(),)


_Answer: TypeAlias = Callable[[Sequence[Outcome]], Sequence[Outcome]]
_ANSWERS: dict[str, _Answer] = {
    "reports nothing": _nothing,
    "reports everything": _everything,
    "inverted": _inverted,
}
