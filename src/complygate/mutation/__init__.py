"""Whether a rule's examples notice when the rule is changed.

A rule's examples show what it says of them. They prove nothing about a part of its check that no example
needs: it may be wrong, or in the way. So each rule is changed in one thing at a time, and every such mutant
is run over the examples: one for which all of them still hold survives, and tells which example is missing.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complygate import api
from complygate.discover import list_tree
from complygate.discover.walk import Root
from complygate.errors import PolicyError
from complygate.model.policy import Policy
from complygate.mutation.rules import Changed, changed_rules
from complygate.prove import alone, compile_all, differences, examples_of, expected_of, lay_out
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from complygate.errors import Place
    from complygate.model.rule import Example, Rule

_TOGETHER = 64
"""Mutants that are run over an example at once: the files are read once for all of them."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no example of its rule notices.

    Attributes:
        rule: the rule's id.
        name: what was changed.
        place: where in the rule file.
        reason: why no example can notice, as the rule says; "" where it does not.
    """

    rule: str
    name: str
    place: Place | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a rule's mutants.

    Attributes:
        rule: the rule's id.
        tried: how many there were.
        survivors: those that no example notices.
        needless: names that the rule calls equivalent and that are no survivors.
    """

    rule: str
    tried: int
    survivors: tuple[Survivor, ...]
    needless: tuple[str, ...]


def mutate_all(rules: Sequence[Rule], jobs: int = 1) -> Iterator[Run]:
    """Run every mutant of `rules` over the examples of its rule, and yield what became of them, in order.

    Args:
        rules: rules whose examples hold.
        jobs: how many processes work side by side.
    """
    plain = [_plain(rule) for rule in rules]
    if jobs == 1:
        found: Iterable[tuple[int, list[Changed]]] = map(_survivors, plain)
        yield from (_run(*pair) for pair in zip(rules, found, strict=True))
        return
    context = multiprocessing.get_context("spawn")  # the engines have threads, which a fork would lose
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        for rule, one in zip(rules, pool.map(_survivors, plain), strict=True):
            yield _run(rule, one)


def _plain(rule: Rule) -> Rule:
    """Return `rule` as it can be handed to another process: with its examples, without its file."""
    return replace(
        rule,
        passing=tuple(rule.passing),
        failing=tuple(rule.failing),
        places=None,
        differs=None,
        equivalent=None,
    )


def _run(rule: Rule, found: tuple[int, list[Changed]]) -> Run:
    tried, alive = found
    reasons = dict(rule.equivalent or {})
    survivors = [Survivor(rule.id, one.name, one.place(rule), reasons.pop(one.name, "")) for one in alive]
    return Run(rule.id, tried, tuple(survivors), tuple(reasons))


def _survivors(rule: Rule) -> tuple[int, list[Changed]]:
    """Return how many mutants of `rule` there are, and those that none of its examples notices."""
    alive = {one.name: one for one in changed_rules(rule)}
    plain = {name: side for name, one in alive.items() if (side := _side(one, None)) is not None}
    tried = len(plain)
    alive = {name: alive[name] for name in plain}
    with tempfile.TemporaryDirectory(prefix="complygate-") as folder:
        for number, (_, example) in enumerate(examples_of(rule)):
            root = Path(folder).resolve() / str(number)
            if example.params:
                own = {name: _side(one, example.params) for name, one in alive.items()}
                sides = {name: side for name, side in own.items() if side is not None}
            else:
                sides = {name: plain[name] for name in alive}
            for name in _noticing(example, rule, sides, root):
                del alive[name]
    return tried, [replace(one, rule=rule, around=None) for one in alive.values()]


def _noticing(example: Example, rule: Rule, sides: Mapping[str, api.Side], root: Path) -> Iterator[str]:
    """Yield the names of the mutants of `rule` for which an example of it does not hold."""
    request = lay_out(example, rule, root)
    tree, expected = list_tree(Root(root)), expected_of(example, rule)
    for batch in _batches(sides):
        results = api.judge_sides(tree, [sides[name] for name in batch], request)
        for name, result in zip(batch, results, strict=True):
            if any(differences(result.findings, result.problems, expected)):
                yield name


def _batches(sides: Mapping[str, api.Side]) -> Iterator[list[str]]:
    """Yield names of mutants that may be judged together: what one rule reads is there for all of them."""
    by_reads: dict[tuple[str, ...], list[str]] = {}
    for name, side in sides.items():
        by_reads.setdefault(side.rules[0].effective.rule.reads, []).append(name)
    for names in by_reads.values():
        yield from (names[start : start + _TOGETHER] for start in range(0, len(names), _TOGETHER))


def _side(changed: Changed, params: Mapping[str, Any] | None) -> api.Side | None:
    """Return a mutant, ready to judge a tree; None where it does not compile: then it is noticed at once."""
    effective = alone(changed.rule, params)
    policy = Policy("examples", "Examples", "examples", "", {changed.rule.id: effective})
    try:
        (compiled,) = compile_all([changed.rule], params)
    except PolicyError:
        return None
    if changed.around is not None and compiled.check is not None:
        compiled = replace(compiled, check=changed.around(compiled.check))
    return api.Side(policy, (replace(compiled, effective=effective),))
