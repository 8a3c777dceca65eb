"""The run: every rule over every node that it selects."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from complygate.evaluate.message import message_of
from complygate.model import pointer as ptr
from complygate.model.document import REPOSITORY, Document, Unknown, View
from complygate.model.glob import any_matches
from complygate.model.outcome import Fault, Outcome, Subject, Undetermined, Violation
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from complygate.evaluate.program import CompiledRule
    from complygate.evaluate.select import Node


@dataclass(frozen=True, slots=True)
class Judged:
    """What one rule said about one node, in the document's own address space.

    Attributes:
        rule: the rule.
        document: the document.
        pointer: the offending place, in the document's data.
        outcome: what the engine answered.
        message: the rule's message about it, filled; "" unless it is a violation.
    """

    rule: CompiledRule
    document: Document
    pointer: str
    outcome: Outcome
    message: str


class Judge:
    """Runs compiled rules over documents and counts what they judged.

    Rules of several policies may run side by side, two of them perhaps with one id.
    """

    def __init__(self, rules: Sequence[CompiledRule], prefix: str = "") -> None:
        """Take the rules; `prefix` stands before a document's path when a policy's globs are asked.

        Rules of engines that judge whole trees are counted with the others and run by `evaluate.tools`.
        """
        self._rules = [rule for rule in rules if rule.check is not None]
        self._prefix = prefix
        self._by_kind: dict[str, tuple[CompiledRule, ...]] = {}
        self._counts: Counter[int] = Counter()

    @property
    def reads(self) -> frozenset[str]:
        """The kinds, or globs of kinds, that rules on the repository read from `repo.documents`."""
        return frozenset(kind for rule in self._rules for kind in rule.effective.rule.reads)

    def counts(self, rules: Iterable[CompiledRule]) -> Counter[str]:
        """Return how many nodes each of `rules` judged, by id; 0 for a rule that met none."""
        return Counter({rule.id: self._counts[id(rule)] for rule in rules})

    def judged_repository(self, rules: Iterable[CompiledRule]) -> bool:
        """Tell whether one of `rules` judged the repository itself."""
        mine = {id(rule) for rule in rules}
        return any(self._counts[id(r)] for r in self._by_kind.get(REPOSITORY, ()) if id(r) in mine)

    def judge(self, document: Document, repo: Mapping[str, Any]) -> Iterator[Judged]:
        """Yield what every rule that applies to `document` or one of its views says."""
        shown = self._prefix + document.path
        for view in _faces(document):
            rules = [rule for rule in self._for(view.kind) if rule.looks_at(shown)]
            if rules:
                yield from self._judge(_Face(view, document, repo), rules)

    def _for(self, kind: str) -> tuple[CompiledRule, ...]:
        found = self._by_kind.get(kind)
        if found is None:
            found = tuple(r for r in self._rules if any_matches(r.effective.rule.applies_to, kind))
            self._by_kind[kind] = found
        return found

    def _judge(self, face: _Face, rules: Iterable[CompiledRule]) -> Iterator[Judged]:
        """Yield what `rules` say about one face of a document."""
        for rule in rules:
            if face.unknowns:
                yield from _hidden(rule, face)
            check, subjects = rule.check, face.subjects(rule)
            if check is None:  # a rule for a tool, which `__init__` keeps out
                continue
            self._counts[id(rule)] += len(subjects)
            for node, subject in subjects:
                # Almost always there is nothing to say: only then is anything made of it.
                for outcome in check.evaluate(subject):
                    if _counts(rule, outcome):
                        yield _judged(rule, face.document, face.view, node, outcome)


class _Face:
    """A document as one of its views, with what engines are shown of it.

    Many rules judge the same nodes: all containers, all steps. They are looked up, and made ready, once.
    """

    def __init__(self, view: View, document: Document, repo: Mapping[str, Any]) -> None:
        self.view = view
        self.document = document
        self.unknowns = _unknowns_of(view, document)
        self._repo = document.data if document.kind == REPOSITORY else repo
        self._plain = _is_plain(view, document)
        self._subjects: dict[str, list[tuple[Node, Subject]]] = {}

    def subjects(self, rule: CompiledRule) -> list[tuple[Node, Subject]]:
        """Return the nodes that `rule` judges, in the order of the document."""
        path = rule.effective.rule.select
        found = self._subjects.get(path)
        if found is None:
            found = [(node, self._subject(node)) for node in rule.selector.nodes(self.view.data)]
            self._subjects[path] = found
        return found

    def _subject(self, node: Node) -> Subject:
        view, document, unknowns = self.view, self.document, self.unknowns
        return Subject(
            node=node.value,
            view=view.data,
            document=document.data,
            repo=self._repo,
            unknowns=_below(node.pointer, unknowns) if unknowns else {},
            outer_unknowns=unknowns,
            document_unknowns=document.unknowns,
            plain=self._plain,
            kind=view.kind,
            name=view.name or document.name,
        )


def _hidden(rule: CompiledRule, face: _Face) -> Iterator[Judged]:
    """Yield the values that cannot be known and behind which there may be more for `rule` to judge."""
    for pointer in rule.selector.hidden(face.unknowns):
        outcome = Undetermined("", face.unknowns[pointer].reason)
        if _counts(rule, outcome):
            yield Judged(rule, face.document, face.view.to_document(pointer), outcome, "")


def _counts(rule: CompiledRule, outcome: Outcome) -> bool:
    """Tell whether `outcome` is one for `rule`: to some, a value that cannot be known complies."""
    return not (rule.effective.rule.unknown_complies and isinstance(outcome, Undetermined))


def _faces(document: Document) -> Iterator[View]:
    """Yield what a document is offered as: itself, and its views. A Pod, being its own view, comes once."""
    whole = View(document.kind, document.data)
    yield whole
    yield from (view for view in document.views if (view.kind, view.base) != (whole.kind, whole.base))


def _is_plain(view: View, document: Document) -> bool:
    """Tell whether both are the very data that their reader vouches for."""
    tree = document.tree
    return (
        tree.plain
        and ptr.resolve(tree.data, document.base) is document.data
        and (view.data is document.data or ptr.resolve(document.data, view.base) is view.data)
    )


def _judged(rule: CompiledRule, document: Document, view: View, node: Node, outcome: Outcome) -> Judged:
    at = node.pointer
    if isinstance(outcome, Fault):
        return Judged(rule, document, view.to_document(at), outcome, "")
    at += outcome.pointer
    if isinstance(outcome, Undetermined):
        return Judged(rule, document, view.to_document(at), outcome, "")
    if rule.effective.rule.at:
        at = node.pointer + at_pointer(rule.effective.rule.at)
    return Judged(
        rule, document, view.to_document(at), outcome, _message(rule, document, view, node, outcome, at)
    )


def _message(
    rule: CompiledRule, document: Document, view: View, node: Node, outcome: Violation, at: str
) -> str:
    if "{" not in rule.effective.rule.message:
        return rule.effective.rule.message
    values = {
        "self": node.value,
        "view": view.data,
        "document": document.data,
        "params": rule.effective.params,
        "value": ptr.resolve(view.data, at),
        "detail": outcome.detail,
        "key": (ptr.split(at) or [""])[-1],
        "resource": view.name or document.name or document.path,
        "path": document.path,
    }
    return message_of(rule.effective.rule, values)


def at_pointer(at: str) -> str:
    """Return a rule's `at` as a JSON pointer: `a.b` and `/a/b` mean the same."""
    return at if at.startswith("/") else ptr.build(at.split("."))


def _unknowns_of(view: View, document: Document) -> Mapping[str, Unknown]:
    """Return the document's unknown values by their address in `view`."""
    if not document.unknowns or (not view.base and view.mapping is None):
        return document.unknowns
    if view.mapping is None:
        return _below(view.base, document.unknowns)
    return _mapped(view, document.unknowns)


def _mapped(view: View, unknowns: Mapping[str, Unknown]) -> dict[str, Unknown]:
    """Find the unknown values of a view whose shape differs: its nulls, by where they come from."""
    found: dict[str, Unknown] = {}
    stack: list[tuple[str, Any]] = [("", view.data)]
    while stack:
        pointer, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((ptr.join(pointer, key), item) for key, item in value.items())
        elif isinstance(value, list):
            stack.extend((ptr.join(pointer, i), item) for i, item in enumerate(value))
        elif value is None and (unknown := unknowns.get(view.to_document(pointer))):
            found[pointer] = unknown
    return found


def _below(base: str, unknowns: Mapping[str, Unknown]) -> dict[str, Unknown]:
    """Return the unknown values at and below `base`, relative to it; one above it makes the whole unknown."""
    found: dict[str, Unknown] = {}
    for pointer, unknown in unknowns.items():
        if ptr.contains(base, pointer):
            found[pointer[len(base) :]] = unknown
        elif ptr.contains(pointer, base):
            found[""] = unknown
    return found
