"""The flow, from a policy and a tree to a report. Read `scan` from top to bottom: it is the architecture.

Prints nothing and reads no clock and no environment: the caller passes in what it wants to be used.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from complygate import __version__, excused, policy
from complygate.discover import Reader, find_root, list_tree
from complygate.discover.git import provenance
from complygate.errors import PolicyError, UndecidedError, UsageError
from complygate.evaluate import CompileError, Judge, Repository, ToolsSettings, ask_tools, compile_rules
from complygate.findings import Maker, Texts, without_duplicates
from complygate.gate.verdict import decide
from complygate.keep import kept
from complygate.model.finding import Finding
from complygate.model.policy import Effect
from complygate.model.problem import Problem, ProblemKind
from complygate.model.remark import TOOL_SECONDS
from complygate.model.report import Provenance, Report, Results, Scanned
from complygate.model.source import Files
from complygate.triage import MARK, Triage, ignores_in
from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from complygate.discover import Progress, Tree
    from complygate.discover.walk import Root
    from complygate.evaluate import CompiledRule, Judged, ToolsAnswer
    from complygate.findings.follow import Follow
    from complygate.model.document import Document
    from complygate.model.excuses import Excuses
    from complygate.model.policy import EffectiveRule, Policy
    from complygate.model.report import Notice
    from complygate.policy.cohort import Audience
    from complygate.sources.settings import Settings
    from complygate.triage import Ignore

IMPORTED = "sarif"
"""The engine that judges results of other tools."""
_COMMENTS = ("#", "//")


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
        state: whether the report says if the files are those of the commit, and how long its verdict is
            worth something, which only JSON shows.
        allow_empty: finding nothing to judge is no problem (a hook whose changed files concern no rule).
        jobs: how many processes tools such as Checkov may run side by side.
        tool_seconds: how long each of them may take altogether.
        cache: a folder of the user's for tools' results, or None to keep none.
        imports: SARIF files whose results the policy's rules judge.
        only_imports: nothing but those results is judged.
        settings: what holds for policies from git; None reads none.
        base: the commit that the tree is compared with, as the user names it; "" for none.
        repository: the repository's name, `org/name`; "" where only git knows it.
    """

    paths: tuple[Path, ...]
    policy: str
    cwd: Path
    day: dt.date
    as_of: bool = False
    line_hashes: bool = False
    state: bool = False
    allow_empty: bool = False
    jobs: int = 1
    tool_seconds: float = TOOL_SECONDS
    cache: Path | None = None
    imports: tuple[Path, ...] = ()
    only_imports: bool = False
    settings: Settings | None = None
    base: str = ""
    repository: str = ""


def scan(request: ScanRequest, progress: Progress | None = None) -> Report:
    """Scan a tree and return the report.

    Args:
        request: what to scan, by which policy.
        progress: is told, while files are read, how many are done and how many there are.

    Raises:
        UsageError: a path cannot be scanned.
        PolicyError: the policy is wrong; nothing was judged.
    """
    chosen, said = _load(request)
    root = find_root(request.paths, request.cwd)
    tree = list_tree(root, exclude=chosen.exclude, scope=chosen.scope_paths)
    day, paths = request.day.isoformat(), map(str, request.paths)
    excuses = excused.load(tree, chosen, request.day, request.base)
    excusing = excuses.digest if excuses else ""
    layered = chosen.layer.digest if chosen.layer else ""
    asked: tuple[str | bool, ...] = (day, request.line_hashes, request.allow_empty, excusing, layered, *paths)
    keeping = kept(tree, chosen, request.cache, request.imports, *asked)

    def judge() -> Results:
        return _results(tree, chosen, replace(request, cache=keeping.cache), excuses, progress=progress)

    results = keeping.results(judge)
    notices = (*said, *keeping.notices, *results.notices)
    return _report(tree, chosen, request, replace(results, notices=notices))


@dataclass(frozen=True, slots=True)
class Survey:
    """A report, and what led to it.

    Attributes:
        report: the report.
        root: where the scan started.
        excuses: what of the repository may excuse findings, or None.
        follow: what findings were called before their files were renamed, where a commit is compared with.
    """

    report: Report
    root: Root
    excuses: Excuses | None
    follow: Follow | None


def survey(request: ScanRequest) -> Survey:
    """Scan as `scan` does, but keep nothing, and return what led to the report as well."""
    chosen, said = _load(request)
    root = find_root(request.paths, request.cwd)
    tree = list_tree(root, exclude=chosen.exclude, scope=chosen.scope_paths)
    excuses = excused.load(tree, chosen, request.day, request.base)
    follow = excused.follow(excuses)
    results = _results(tree, chosen, request, excuses, follow)
    results = replace(results, notices=(*said, *results.notices))
    return Survey(_report(tree, chosen, request, results), root, excuses, follow)


def gate(request: ScanRequest) -> Report:
    """Judge the imported results by the policy's rules for them, and nothing else; return the report.

    Args:
        request: the results, the tree that they are about, and the policy.

    Raises:
        UsageError: a path cannot be scanned, or no rule of the policy is for imported results.
        PolicyError: the policy is wrong; nothing was judged.
    """
    loaded, said = _load(request)
    mine = {i: effective for i, effective in loaded.rules.items() if effective.rule.engine == IMPORTED}
    if not mine:
        raise UsageError(
            f"{request.policy}: no rule of this policy is for imported results",
            hint='write one with `check: {sarif: {tool: zizmor, rule: "*"}}`',
        )
    chosen = replace(loaded, rules=mine)
    tree = list_tree(find_root(request.paths, request.cwd), exclude=chosen.exclude, scope=chosen.scope_paths)
    asked = replace(request, only_imports=True, allow_empty=True)
    results = _results(tree, chosen, asked, excused.load(tree, chosen, request.day, request.base))
    return _report(tree, chosen, asked, replace(results, notices=(*said, *results.notices)))


def _load(request: ScanRequest) -> tuple[Policy, tuple[Notice, ...]]:
    """Return the policy, and what a person should know of how it came here."""

    def audience() -> Audience:
        return audience_of(find_root(request.paths, request.cwd), request.base, request.repository)

    tree = find_root(request.paths, request.cwd).folder
    if request.settings is None or request.policy.startswith("builtin:"):
        return policy.load(request.policy, base=request.cwd, audience=audience, tree=tree), ()
    from complygate.sources import loading  # noqa: PLC0415 - most scans open no source

    loaded = loading.load(
        request.policy, base=request.cwd, settings=request.settings, audience=audience, tree=tree
    )
    return loaded.policy, loaded.notices


def audience_of(root: Root, base: str, repository: str) -> Audience:
    """Return the repository at `root`, for a policy that asks which it is.

    Args:
        root: where it is.
        base: the commit that it is compared with, or "".
        repository: its name, or "" where only git knows it.
    """
    from complygate.discover.facts import read_facts  # noqa: PLC0415 - most policies are for all repositories
    from complygate.policy.cohort import Audience  # noqa: PLC0415

    return Audience(lambda from_base: read_facts(root, base, repository, from_base=from_base))


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
        on = (r for r in rules if not r.is_off(day))
        return compile_rules(on, trust_built_in=trust_built_in)
    except CompileError as errors:
        raise PolicyError.all_of([policy.place_of(r.rule, e) for r, e in errors.errors]) from None


def _results(
    tree: Tree,
    chosen: Policy,
    request: ScanRequest,
    excuses: Excuses | None,
    follow: Follow | None = None,
    progress: Progress | None = None,
) -> Results:
    """Judge the files of `tree` by `chosen`, and without the repository's own file where that changed it."""
    rules = compile_policy(chosen.rules.values(), request.day, trust_built_in=True)
    side = Side(chosen, rules, excuses, follow)
    if chosen.layer is None or not chosen.layer.digest:
        return judge_sides(tree, [side], request, progress)[0]
    from complygate.triage.stricter import apart, stricter  # noqa: PLC0415 - few repositories have such a file

    floor = chosen.layer.floor
    if request.only_imports:
        named = {i: one for i, one in floor.rules.items() if one.rule.engine == IMPORTED}
        floor = replace(floor, rules=named)
    known = {id(rule.effective): rule for rule in rules}
    new = compile_policy(
        [one for one in floor.rules.values() if id(one) not in known], request.day, trust_built_in=True
    )
    kept_rules = (known[id(one)] for one in floor.rules.values() if id(one) in known)
    below = Side(floor, (*kept_rules, *new), excuses)
    if apart(floor, chosen):
        inner = list_tree(tree.root, exclude=floor.exclude, scope=floor.scope_paths)
        (first,) = judge_sides(inner, [below], request)
        (second,) = judge_sides(tree, [side], request, progress)
    else:
        first, second = judge_sides(tree, [below, side], request, progress)
    return stricter(first, second)


def judge_tree(
    tree: Tree,
    rules: Sequence[CompiledRule],
    chosen: Policy,
    request: ScanRequest,
    progress: Progress | None = None,
) -> Report:
    """Run compiled `rules` over the files of `tree` and return the report."""
    excuses = excused.load(tree, chosen, request.day, request.base)
    (results,) = judge_sides(tree, [Side(chosen, tuple(rules), excuses)], request, progress)
    return _report(tree, chosen, request, results)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the policies that a tree is judged by at once.

    Attributes:
        chosen: the policy.
        rules: its rules, compiled; what two sides judge alike is one and the same object in both.
        excuses: what of the repository may excuse findings under it (`excused.load`), or None.
        follow: what takes notes of findings for that; None has one made if it is needed.
        day: the day that it judges as on, where that is not the request's.
    """

    chosen: Policy
    rules: tuple[CompiledRule, ...]
    excuses: Excuses | None = None
    follow: Follow | None = None
    day: dt.date | None = None


def judge_sides(
    tree: Tree, sides: Sequence[Side], request: ScanRequest, progress: Progress | None = None
) -> list[Results]:
    """Read the files of `tree` once, judge them by every side, and return what each side finds."""
    rules = list({id(rule): rule for side in sides for rule in side.rules}.values())
    root = tree.root
    tools = ask_tools(
        rules,
        Files(root.folder, frozenset(tree.paths)),
        ToolsSettings(request.jobs, request.cache, request.imports, root.prefix, request.tool_seconds),
    )
    if request.only_imports:  # then files are read only to find the places that results name
        tree = replace(tree, paths=[path for path in tree.paths if path in tools.remarks])
    reader, judge = Reader(tree, watch=MARK, progress=progress), Judge(rules, root.prefix)
    texts = Texts(reader.text, hashed=request.line_hashes)
    desks = [_Desk(side, tree, texts, side.day or request.day) for side in sides]
    remarked: dict[str, list[Document]] = {path: [] for path in tools.remarks}
    for item in _stream(tree, reader, judge, remarked):
        for desk in desks:
            desk.take(item)
    for desk in desks:
        desk.take_tools(tools, remarked)
    ignores = list(_ignores(tree, reader, texts, tools))
    asked = [replace(request, day=side.day or request.day) for side in sides]
    return [
        _settled(desk, ignores, tree, reader, judge, tools, one)
        for desk, one in zip(desks, asked, strict=True)
    ]


def _settled(
    desk: _Desk,
    ignores: Iterable[Ignore],
    tree: Tree,
    reader: Reader,
    judge: Judge,
    tools: ToolsAnswer,
    request: ScanRequest,
) -> Results:
    """Return what became of all that a policy's rules said."""
    chosen, rules = desk.side.chosen, desk.side.rules
    found = without_duplicates((item for item in desk.made if isinstance(item, Finding)), chosen.rules)
    if request.only_imports:
        ignores = (ignore for ignore in ignores if _concerns(ignore, chosen, tools))
    triage = Triage(chosen.rules, ignores, request.day)
    findings = sorted((triage.decide(item) for item in found), key=lambda f: f.order)
    problems = [*_unmeant(chosen), *(item for item in desk.made if isinstance(item, Problem))]
    if not (problems or request.allow_empty) and not _judged_anything(tree, reader, judge, rules, tools):
        problems.append(_nothing(request))
    counts = judge.counts(rules)
    counts.update(tools.judged)
    notices = (*_shown(tools.notices, tree.root.prefix), *triage.notices())
    results = Results(tuple(findings), tuple(problems), reader.coverage(counts), notices)
    if desk.side.excuses is not None:
        results = excused.settle(results, desk.given(desk.side.excuses, request))
    return replace(results, problems=tuple(sorted(results.problems, key=_problem_order)))


class _Desk:
    """Where one side's findings and problems are made and gathered."""

    def __init__(self, side: Side, tree: Tree, texts: Texts, day: dt.date) -> None:
        self.side = side
        self.made: list[Finding | Problem] = []
        self._tree, self._texts = tree, texts
        self._follow = side.follow or excused.follow(side.excuses)
        self._maker = Maker(texts, day, tree.root.prefix, self._follow)
        self._mine = {id(rule) for rule in side.rules}
        self._engines = sorted({rule.effective.rule.engine for rule in side.rules})

    def take(self, item: Judged | Problem) -> None:
        """Take a problem, or what a rule said if the rule is this side's."""
        if isinstance(item, Problem):
            self._keep(self._maker.place(item))
        elif id(item.rule) in self._mine:
            effective = self.side.chosen.rules[item.rule.id]
            self._keep(self._maker.make(effective, item.document, item.pointer, item.outcome, item.message))

    def take_tools(self, tools: ToolsAnswer, documents: Mapping[str, Sequence[Document]]) -> None:
        """Take what tools said, as far as this side asked; `documents` are those of each path."""
        rules = self.side.chosen.rules
        for problem in (one for engine in self._engines for one in tools.problems.get(engine, ())):
            if not problem.rule or problem.rule in rules:
                self.take(problem)
        for path, remarks in sorted(tools.remarks.items()):
            for said in remarks:
                if id(said.rule) in self._mine:
                    effective = rules[said.rule.id]
                    self._keep(self._maker.from_tool(effective, said.remark, said.message, documents[path]))

    def given(self, excuses: Excuses, request: ScanRequest) -> excused.Given:
        """Return what is known when excuses meet this side's findings."""
        root, prefix = self._tree.root, self._tree.root.prefix
        whole = not (prefix or root.selected or request.only_imports)
        return excused.Given(
            chosen=self.side.chosen,
            excuses=excuses,
            day=request.day,
            follow=self._follow,
            lines_of=lambda path: self._texts.lines(path.removeprefix(prefix)),
            whole=whole,
        )

    def _keep(self, item: Finding | Problem | None) -> None:
        if item is not None and _selected(self._tree, item):
            self.made.append(item)


def _report(tree: Tree, chosen: Policy, request: ScanRequest, results: Results) -> Report:
    if chosen.layer is not None or chosen.undecided.get(ProblemKind.LOOSENING) is Effect.FAIL:
        from complygate.triage.loosening import with_loosenings  # noqa: PLC0415 - few scans have any

        results = with_loosenings(results, chosen, tree.root.prefix)
        results = replace(results, problems=tuple(sorted(results.problems, key=_problem_order)))
    return Report(
        version=__version__,
        policy=chosen,
        day=request.day,
        as_of=request.as_of,
        findings=results.findings,
        problems=results.problems,
        coverage=results.coverage,
        verdict=decide(results.findings, results.problems, chosen),
        provenance=_provenance(tree, request),
        notices=results.notices,
        scanned=Scanned(tree.root.prefix.rstrip("/"), tree.root.selected, request.only_imports),
        ends_on=_ends_on(results, chosen, request),
    )


def _ends_on(results: Results, chosen: Policy, request: ScanRequest) -> dt.date | None:
    if not request.state:
        return None
    from complygate.gate.turns import ends_on  # noqa: PLC0415 - few reports say it

    return ends_on(results.findings, chosen, request.day)


def _provenance(tree: Tree, request: ScanRequest) -> Provenance:
    found = provenance(tree.root.folder)
    if request.base:
        found = replace(found, base=_base_commit(tree, request))
    if not (request.state and found.commit):
        return found
    from complygate.discover import state  # noqa: PLC0415 - few reports say it

    folder, prefix = tree.root.folder, tree.root.prefix
    changes = state.changes(folder, [prefix + path for path in tree.paths])
    return replace(found, tree=state.tree_of(folder), changes=changes)


def _base_commit(tree: Tree, request: ScanRequest) -> str:
    """Return the commit to compare with; "" where it is not here, which whoever needs it says."""
    from complygate.discover import base  # noqa: PLC0415 - only scans of pull requests need it

    try:
        return base.find(tree.root.folder, request.base).commit
    except UndecidedError:
        return ""


def _stream(
    tree: Tree, reader: Reader, judge: Judge, remarked: Mapping[str, list[Document]]
) -> Iterator[Judged | Problem]:
    """Yield what rules say while the documents go by; the repository comes last, when all are seen.

    What tools said about a file is placed in its documents, which `remarked` keeps: of those files only.
    """
    repository = Repository(tree.paths, reader.context(), judge.reads)
    facts = repository.facts()
    for item in reader:
        if isinstance(item, Problem):
            yield item
            continue
        repository.add(item)
        if item.path in remarked:
            remarked[item.path].append(item)
        yield from judge.judge(item, facts)
    if tree.paths:
        yield from map(repository.rehome, judge.judge(repository.document(), facts))


def _ignores(tree: Tree, reader: Reader, texts: Texts, tools: ToolsAnswer) -> Iterator[Ignore]:
    """Yield the ignores of the selected files; those of others have no findings here to excuse.

    A tool may know a language that no format reads. What starts a comment there is then a guess.
    """
    unread = {path: _COMMENTS for path in tools.remarks if path not in reader.with_documents}
    for path, comments in sorted({**unread, **reader.watched}.items()):
        if tree.root.selects(path):
            yield from ignores_in(tree.root.prefix + path, texts.lines(path), comments)


def _concerns(ignore: Ignore, chosen: Policy, tools: ToolsAnswer) -> bool:
    """Tell whether an ignore names a rule that judges here, or what a tool found."""
    names = {name for e in chosen.rules.values() for name in e.rule.names}
    for said in (one for remarks in tools.remarks.values() for one in remarks):
        names.update((said.remark.check, said.remark.check.partition("/")[2]))
    return not names.isdisjoint(ignore.rules)


def _selected(tree: Tree, item: Finding | Problem) -> bool:
    path = item.path if isinstance(item, Problem) else item.region.path
    return not path or tree.root.selects(path.removeprefix(tree.root.prefix))


def _shown(notices: Iterable[Notice], prefix: str) -> Iterator[Notice]:
    """Yield `notices` with their paths as reports name them."""
    for notice in notices:
        yield replace(notice, path=prefix + notice.path) if notice.path else notice


def _judged_anything(
    tree: Tree, reader: Reader, judge: Judge, rules: Sequence[CompiledRule], tools: ToolsAnswer
) -> bool:
    """Tell whether a document in the selected paths was read, or the repository or a tool judged it."""
    whole = not tree.root.selected and (judge.judged_repository(rules) or tools.judged.total() > 0)
    return whole or any(tree.root.selects(path) for path in reader.with_documents)


def _unmeant(chosen: Policy) -> Iterator[Problem]:
    """Yield what of the policy may be, or is not, for the scanned repository."""
    for unclear in chosen.unclear:
        yield Problem(
            ProblemKind.UNKNOWN_COHORT,
            f"{unclear.place}: for {unclear.criteria}, and {unclear.reason}",
            hint="until then, what stands there does not apply",
        )
    if chosen.elsewhere and not any(unclear for unclear in chosen.unclear):
        yield Problem(
            ProblemKind.NOTHING_SCANNED,
            f"the policy {chosen.name} is for {chosen.elsewhere}, and this repository is not",
            hint="name another policy, or let this one say `undecided: {nothing-scanned: warn}`",
        )


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
