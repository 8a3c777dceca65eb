"""Proving rules: a rule's own examples, run through the real flow.

Each example becomes a small tree on disk that is scanned by a policy of this one rule. Every line marked
`# expect` must be reported, and nothing else.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complygate import api
from complygate.discover import list_tree
from complygate.discover.walk import Root
from complygate.errors import PolicyError
from complygate.evaluate.message import ABSENT
from complygate.model import plugins
from complygate.model.document import REPOSITORY
from complygate.model.glob import matches
from complygate.model.policy import EffectiveRule, Enforcement, Level, Policy, Waivable
from complygate.model.problem import ProblemKind
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from complygate.errors import Place
    from complygate.evaluate import CompiledRule
    from complygate.model.finding import Finding
    from complygate.model.problem import Problem
    from complygate.model.report import Report
    from complygate.model.rule import Example, Rule

_MARK = re.compile(r"(?:#|//|;)\s*expect\b")
_ALONE = re.compile(r"^\s*(?:#|//|;)\s*expect\b[^\n]*$")
_ANY_DAY = dt.date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not prove what it should.

    Attributes:
        rule: the rule's id.
        example: which one: `pass 1`, `fail 2`.
        message: what was expected and what happened.
        place: where the example stands, or None.
    """

    rule: str
    example: str
    message: str
    place: Place | None = None


def compile_all(rules: Iterable[Rule], params: Mapping[str, Any] | None = None) -> tuple[CompiledRule, ...]:
    """Compile `rules`, each by itself: also those that no policy selects, or none yet.

    Args:
        rules: the rules.
        params: values of parameters in place of their own.

    Raises:
        PolicyError: checks do not compile; every mistake is in it, with its place.
    """
    return api.compile_policy([alone(rule, params) for rule in rules], _ANY_DAY)


def alone(rule: Rule, params: Mapping[str, Any] | None = None) -> EffectiveRule:
    """Return `rule` as without a policy: with its own severity and parameters, or `params`, enforced."""
    return EffectiveRule(
        rule=rule,
        enforcement=Enforcement(((dt.date.min, Level.ENFORCE),)),
        severity=rule.severity,
        params={**(rule.params or {}), **(params or {})},
        waivable=Waivable(),
    )


def prove(rule: Rule) -> Iterator[Failure]:
    """Run every example of `rule`, and yield those that fail.

    Raises:
        PolicyError: the rule's check does not compile.
    """
    plain = _Judge(rule)
    with tempfile.TemporaryDirectory(prefix="complygate-") as folder:
        for number, (name, example) in enumerate(examples_of(rule), start=1):
            # Resolved: on macOS the temporary directory is itself a link.
            root = Path(folder).resolve() / str(number)
            for message in _try(example, plain, root, failing=name.startswith("fail")):
                yield Failure(rule.id, name, message, example.place or rule.place)


def prove_all(rules: Iterable[Rule]) -> Iterator[Failure]:
    """Run every example of `rules`; a rule that does not compile fails as a whole."""
    for rule in rules:
        try:
            yield from prove(rule)
        except PolicyError as error:
            yield Failure(rule.id, "check", error.message, error.place)


def unresolved(rules: Iterable[Rule]) -> Iterator[tuple[Place | None, str, str]]:
    """Yield place, message and hint for placeholders that name nothing in any of a rule's failing examples.

    Raises:
        PolicyError: a rule's check does not compile.
    """
    for rule in rules:
        if "{" in rule.message and rule.failing:
            messages = list(_messages(rule))
            if messages and all(ABSENT in message for message in messages):
                place = rule.places["/message"] if rule.places else rule.place
                text = f'message: a placeholder finds nothing in any failing example: "{messages[0]}"'
                yield place, text, "name a field that is there"


def _messages(rule: Rule) -> Iterator[str]:
    """Yield the messages of the findings in a rule's failing examples."""
    plain = _Judge(rule)
    with tempfile.TemporaryDirectory(prefix="complygate-") as folder:
        for number, example in enumerate(rule.failing):
            root = Path(folder).resolve() / str(number)
            yield from (finding.message for finding in plain.of(example).report(example, root).findings)


def examples_of(rule: Rule) -> Iterator[tuple[str, Example]]:
    """Yield a rule's examples, each with its name: `pass 1`."""
    for word, examples in (("pass", rule.passing), ("fail", rule.failing)):
        for number, example in enumerate(examples, start=1):
            yield f"{word} {number}", example


def _try(example: Example, plain: _Judge, root: Path, *, failing: bool) -> Iterator[str]:
    rule = plain.rule
    wrong = list(_wrong_params(example, rule))
    if wrong:
        yield from wrong
        return
    report = plain.of(example).report(example, root)
    expected = expected_of(example, rule)
    if failing and not expected:
        yield "is an example of failing and marks no line with `# expect`"
    if not failing and expected:
        yield "is an example of passing and marks a line with `# expect`"
    yield from differences(report.findings, report.problems, expected)
    if not report.coverage.documents and rule.applies_to not in {(), (REPOSITORY,)}:
        yield "holds nothing that any rule could judge: is its `path` one that its format knows?"


def _wrong_params(example: Example, rule: Rule) -> Iterator[str]:
    """Yield what a policy would not be allowed to say of the rule's parameters either."""
    declared = rule.params or {}
    for name, value in (example.params or {}).items():
        if name not in declared:
            yield f'params: the rule has no parameter "{name}"'
        elif type(value) is not type(declared[name]):
            yield f"params: {name}: the rule's own value is of another type"


class _Judge:
    """A rule, ready to judge examples with one set of parameters."""

    def __init__(self, rule: Rule, params: Mapping[str, Any] | None = None) -> None:
        effective = alone(rule, params)
        self.rule = rule
        self._compiled = api.compile_policy([effective], _ANY_DAY)
        self._policy = Policy("examples", "Examples", "examples", "", {rule.id: effective})

    def of(self, example: Example) -> _Judge:
        """Return the judge for `example`: this one, unless it brings parameters of its own."""
        return _Judge(self.rule, example.params) if example.params else self

    def report(self, example: Example, root: Path) -> Report:
        """Write an example's files into the folder `root`, and judge them."""
        request = lay_out(example, self.rule, root)
        return api.judge_tree(list_tree(Root(root)), self._compiled, self._policy, request)


def lay_out(example: Example, rule: Rule, root: Path) -> api.ScanRequest:
    """Write the files of an example of `rule` into the folder `root`, and return the request to judge them.

    Args:
        example: the example.
        rule: the rule, which says of what kind the files are.
        root: an empty folder, or one that is not there yet.
    """
    files = _files(example, rule)
    for name, text in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    imports = tuple(root / name for name in sorted(files) if name.endswith(".sarif"))
    return api.ScanRequest((root,), "examples", root, _ANY_DAY, allow_empty=bool(imports), imports=imports)


def differences(
    findings: Iterable[Finding], problems: Iterable[Problem], expected: set[tuple[str, int]]
) -> Iterator[str]:
    """Yield in which ways what was found is not what an example wants.

    Args:
        findings: what was found.
        problems: what could not be decided.
        expected: paths and lines that must be reported (`expected_of`).
    """
    found = {(f.region.path, f.region.span.line): f.message for f in findings}
    for path, line in sorted(expected - found.keys()):
        yield f"{path}:{line} is expected and not reported"
    for path, line in sorted(found.keys() - expected):
        yield f"{path}:{line} is reported and not expected: {found[path, line]}"
    for problem in problems:
        if problem.kind is ProblemKind.NOT_RENDERED:
            continue
        line = problem.span.line if problem.span else 0
        yield f"{problem.path}:{line}: {problem.kind}: {problem.message}"


def _files(example: Example, rule: Rule) -> dict[str, str]:
    files = dict(example.files or {})
    if example.text or not files:
        files[example.path or default_path(rule)] = example.text
    return files


def default_path(rule: Rule) -> str:
    """Return the file name under which an example of `rule` is of the rule's first kind."""
    kind = rule.applies_to[0]
    for form in plugins.formats():
        for pattern, path in form.EXAMPLE_PATHS.items():
            if matches(pattern, kind) or matches(kind, pattern):
                return path
    return "README.md" if kind == REPOSITORY else "example.yaml"


def expected_of(example: Example, rule: Rule) -> set[tuple[str, int]]:
    """Return the paths and lines that an example of `rule` says must be reported."""
    return set(_expected(example, _files(example, rule)))


def _expected(example: Example, files: dict[str, str]) -> Iterator[tuple[str, int]]:
    for path, text in files.items():
        lines = text.split("\n")
        for number, line in enumerate(lines, start=1):
            if _ALONE.match(line):
                yield path, number + 1
            elif _MARK.search(line):
                yield path, number
    main = next((path for path, text in files.items() if text == example.text), "")
    for number in example.expect:
        yield main, number
