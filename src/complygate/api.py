"""The flow, from a policy and a tree to a report. Read `scan` from top to bottom: it is the architecture.

Prints nothing and reads no clock and no environment: the caller passes in what it wants to be used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from complygate import __version__, policy
from complygate.discover import Reader, find_root, list_tree
from complygate.discover.git import provenance
from complygate.discover.sources import read_text
from complygate.errors import PolicyError
from complygate.evaluate import CompileError, Judge, Repository, compile_rules
from complygate.findings import Maker, Texts
from complygate.gate.verdict import decide
from complygate.model.finding import Finding
from complygate.model.policy import Level
from complygate.model.problem import Problem, ProblemKind
from complygate.model.report import Report
from complygate.triage import MARK, Triage, ignores_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from complygate.discover import Progress, Tree
    from complygate.evaluate import CompiledRule, Judged
    from complygate.model.policy import EffectiveRule, Policy
    from complygate.triage import Ignore


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What to scan, by which policy.

    Attributes:
        paths: files and folders; none means `cwd`.
        policy: the policy's source: `builtin:NAME`, a directory, a policy file.
        cwd: what relative paths start from.
        day: the date for calendars and expiries.
        as_of: whether `day` is a preview asked for by the user.
        line_hashes: whether regions carry GitHub's hash of their line, which only SARIF shows.
        allow_empty: finding nothing to judge is no problem (a hook whose changed files concern no rule).
    """

    paths: tuple[Path, ...]
    policy: str
    cwd: Path
    day: dt.date
    as_of: bool = False
    line_hashes: bool = False
    allow_empty: bool = False


def scan(request: ScanRequest, progress: Progress | None = None) -> Report:
    """Scan a tree and return the report.

    Args:
        request: what to scan, by which policy.
        progress: is told, while files are read, how many are done and how many there are.

    Raises:
        UsageError: a path cannot be scanned.
        PolicyError: the policy is wrong; nothing was judged.
    """
    chosen = policy.load(request.policy, base=request.cwd)
    rules = compile_policy(chosen.rules.values(), request.day, trust_built_in=True)
    root = find_root(request.paths, request.cwd)
    tree = list_tree(root, exclude=chosen.exclude, scope=chosen.scope_paths)
    return judge_tree(tree, rules, chosen, request, progress)


def compile_policy(
    rules: Iterable[EffectiveRule], day: dt.date, *, trust_built_in: bool = False
) -> tuple[CompiledRule, ...]:
    """Compile the rules that are not off on `day`.

    Args:
        rules: the rules.
        day: the date.
        trust_built_in: put off compiling rules that came with the program until they meet a node.

    Raises:
        PolicyError: a rule's check does not compile; the error names its file, line and column.
    """
    try:
        on = (r for r in rules if r.enforcement.on(day) is not Level.OFF)
        return compile_rules(on, trust_built_in=trust_built_in)
    except CompileError as errors:
        raise PolicyError.all_of([policy.place_of(r.rule, e) for r, e in errors.errors]) from None


def judge_tree(
    tree: Tree,
    rules: Sequence[CompiledRule],
    chosen: Policy,
    request: ScanRequest,
    progress: Progress | None = None,
) -> Report:
    """Run compiled `rules` over the files of `tree` and return the report."""
    root = tree.root
    texts = Texts(lambda path: read_text(root.folder / path)[0], hashed=request.line_hashes)
    reader, judge = Reader(tree, watch=MARK, progress=progress), Judge(rules, root.prefix)
    maker = Maker(texts, request.day, root.prefix)

    made = [
        item for item in _stream(tree, reader, judge, maker) if item is not None and _selected(tree, item)
    ]
    triage = Triage(chosen.rules, _ignores(tree, reader, texts), request.day)
    findings = sorted(
        (triage.decide(item) for item in made if isinstance(item, Finding)), key=lambda f: f.order
    )
    problems = [item for item in made if isinstance(item, Problem)]
    if not (problems or request.allow_empty) and not _judged_anything(tree, reader, judge):
        problems.append(_nothing(request))
    return Report(
        version=__version__,
        policy=chosen,
        day=request.day,
        as_of=request.as_of,
        findings=tuple(findings),
        problems=tuple(sorted(problems, key=_problem_order)),
        coverage=reader.coverage(judge.counts),
        verdict=decide(findings, problems, chosen),
        provenance=provenance(root.folder),
        notices=triage.notices(),
    )


def _stream(tree: Tree, reader: Reader, judge: Judge, maker: Maker) -> Iterator[Finding | Problem | None]:
    """Yield findings and problems while the documents go by; the repository comes last, when all are seen."""
    repository = Repository(tree.paths, reader.context(), judge.reads)
    facts = repository.facts()
    for item in reader:
        if isinstance(item, Problem):
            yield maker.place(item)
            continue
        repository.add(item)
        for judged in judge.judge(item, facts):
            yield _make(maker, judged)
    if tree.paths:
        for judged in judge.judge(repository.document(), facts):
            yield _make(maker, repository.rehome(judged))


def _make(maker: Maker, judged: Judged) -> Finding | Problem | None:
    return maker.make(judged.rule.effective, judged.document, judged.pointer, judged.outcome, judged.message)


def _ignores(tree: Tree, reader: Reader, texts: Texts) -> Iterator[Ignore]:
    for path, comments in sorted(reader.watched.items()):
        yield from ignores_in(tree.root.prefix + path, texts.lines(path), comments)


def _selected(tree: Tree, item: Finding | Problem) -> bool:
    path = item.path if isinstance(item, Problem) else item.region.path
    return not path or tree.root.selects(path.removeprefix(tree.root.prefix))


def _judged_anything(tree: Tree, reader: Reader, judge: Judge) -> bool:
    """Tell whether some document in the selected paths was read, or the repository itself was judged."""
    whole = not tree.root.selected and judge.judged_repository
    return whole or any(tree.root.selects(path) for path in reader.with_documents)


def _nothing(request: ScanRequest) -> Problem:
    where = ", ".join(str(path) for path in request.paths) or "the current folder"
    return Problem(
        ProblemKind.NOTHING_SCANNED,
        f"nothing in {where} could be judged: no file of a kind that complygate knows",
        hint="check the path, the policy's `exclude` and `scope`, and `--format json` for what was left out",
    )


def _problem_order(problem: Problem) -> tuple[str, int, int, str, str, str]:
    line, column = (problem.span.line, problem.span.column) if problem.span else (0, 0)
    return (problem.path, line, column, problem.kind, problem.rule, problem.message)
