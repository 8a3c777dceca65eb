"""The run: each framework that the tree concerns and the policy asks for, side by side, out of process."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from complygate.engines.checkov import copies
from complygate.engines.checkov.answer import Problems, Skips, remarks
from complygate.engines.checkov.attempts import attempts
from complygate.engines.checkov.cache import Cache
from complygate.engines.checkov.catalogue import known
from complygate.engines.checkov.forks import Forks
from complygate.engines.checkov.frameworks import BORROWED, FRAMEWORKS, concerned
from complygate.engines.checkov.isolate import SECONDS, Limits, judge
from complygate.engines.checkov.oversize import oversized
from complygate.engines.checkov.process import Batch, Result, available
from complygate.model.problem import Problem, ProblemKind
from complygate.model.remark import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.model.remark import Remark, Task


def run(task: Task) -> Answer:
    """Judge the tree by the checks that are asked for. Never raises: what goes wrong is a problem."""
    paths = sorted(task.files.paths)
    rules = _rules(task.asked)
    batches, problems = plan(task, rules)
    cache = Cache(task.cache, task.files.root)
    with Forks() as forks:

        def runner(batch: Batch) -> Result:
            return cache.result(batch, lambda: forks.run(batch, task.files.root))

        parts = judge(batches, runner, Limits(max(1, task.jobs), task.seconds))
    parts.sort(key=lambda part: (part[0].framework, part[0].paths))
    skips = Skips(task.files.root)
    found: dict[tuple[object, ...], Remark] = {}  # a module that is called twice is judged twice
    for batch, result in parts:
        for remark in remarks(batch, result, rules, skips):
            found.setdefault((*_order(remark), remark.span, remark.keys), remark)
        problems.extend(Problems(batch, result, rules))
    return Answer(
        remarks=sorted(found.values(), key=_order),
        problems=problems,
        notices=list(attempts(paths)),
        judged=_judged(parts, rules),
    )


def plan(task: Task, rules: Mapping[str, Sequence[str]]) -> tuple[list[Batch], list[Problem]]:
    """Return what each framework has to do, the largest first, and what cannot be done.

    Args:
        task: the tree, and how to run.
        rules: the ids of the rules that ask for a check, by the check's id.
    """
    checks: dict[str, list[str]] = defaultdict(list)
    for check in rules:
        own = known()[check].frameworks
        for framework in (
            *own,
            *(name for name, other in BORROWED.items() if other in own and name not in own),
        ):
            checks[framework].append(check)
    paths, root = sorted(task.files.paths), task.files.root
    names = frozenset(checks) & FRAMEWORKS.keys()
    files = concerned(paths, names, lambda path: copies.read(root, path))
    batches: list[Batch] = []
    problems = list(oversized(root, paths, names))
    for name, concerned_paths in sorted(files.items()):
        if available(name):
            batches.append(Batch(name, tuple(sorted(checks[name])), tuple(concerned_paths), SECONDS))
        else:
            problems.append(_missing(name))
    batches.sort(key=lambda batch: (-len(batch.paths), batch.framework))
    return batches, problems


def _rules(asked: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the ids of the rules that ask for each check."""
    found: dict[str, list[str]] = defaultdict(list)
    for rule, checks in asked.items():
        for check in checks:
            found[check].append(rule)
    return found


def _missing(framework: str) -> Problem:
    binaries = FRAMEWORKS[framework].binaries
    return Problem(
        ProblemKind.NOT_RENDERED,
        f"Checkov's {framework} checks need {' or '.join(binaries)}, which is not there",
        hint=f"install {binaries[0]}, or scan what it renders",
    )


def _judged(parts: Sequence[tuple[Batch, Result]], rules: Mapping[str, Sequence[str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for check, count in _counts(parts):
        for rule in rules.get(check, ()):
            counts[rule] += count
    return counts


def _counts(parts: Sequence[tuple[Batch, Result]]) -> Iterator[tuple[str, int]]:
    for _, result in parts:
        yield from result.judged.items()


def _order(remark: Remark) -> tuple[str, int, str, str, str]:
    return (remark.path, remark.span.line if remark.span else 0, remark.check, remark.rule, remark.resource)
