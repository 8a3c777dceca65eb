"""Evaluates root modules and gives the documents that they and the modules they call hold."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from complygate.formats._terraform_job import Job, result
from complygate.formats._terraform_run import Evaluator, Values
from complygate.formats._terraform_tree import Forest, local_source
from complygate.formats._terraform_walk import MAX_DOCUMENTS, TooManyError, Walk
from complygate.model.document import Document
from complygate.model.problem import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATIC_KINDS = frozenset(
    {"terraform/provider", "terraform/variable", "terraform/output", "terraform/settings"}
)


class Documents:
    """Gives the documents of a forest, each once."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        self._visited: set[str] = set()
        self._static: set[tuple[str, str]] = set()
        self._seen: dict[tuple[str, str, str], list[tuple[Any, Any]]] = {}

    def all(self) -> Iterator[Document | Problem]:
        """Yield every document, root by root, and a problem for what cannot be evaluated."""
        roots = self._forest.roots()
        judged = frozenset(roots)
        with Evaluator() as evaluator:
            yield from self._runs(roots, judged, evaluator)
            # A module that nobody calls with any instance (count is 0, or a circle) is judged as written.
            for path in sorted(self._forest.folders):
                if path not in self._visited and self._forest.folders[path].blocks:
                    yield from self._runs([path], judged, evaluator)
        yield from self._outside()

    def _runs(
        self, roots: list[str], judged: frozenset[str], evaluator: Evaluator
    ) -> Iterator[Document | Problem]:
        """Yield the documents of root modules; while one is looked through, the next is evaluated."""
        with ExitStack() as stack:
            current: Job | None = None
            for path in [*roots, None]:
                following = None if path is None else stack.enter_context(Job(self._forest, path, judged))
                values = result(current, evaluator)
                if following is not None and not following.error:
                    evaluator.begin(following.folder / following.path, following.value_files)
                if current is not None:
                    yield from self._walk(current, values, judged)
                    current.__exit__(None, None, None)
                current = following

    def _walk(self, job: Job, values: Values | str, judged: frozenset[str]) -> Iterator[Document | Problem]:
        if isinstance(values, str):
            yield self._failed(job.path, values)
            return
        walk = Walk(self._forest, job.path, judged, job.trust, values)
        try:
            yield from (document for document in walk.module(job.context, "") if self._new(document))
        except TooManyError:
            yield self._failed(job.path, f"it holds more than {MAX_DOCUMENTS} resources")
        except RecursionError:
            yield self._failed(job.path, "it is nested too deeply")
        self._visited |= walk.visited

    def _failed(self, path: str, reason: str) -> Problem:
        self._visited.add(path)
        first = self._forest.folders[path].blocks[0]
        message = f"The Terraform module in {path or 'the root folder'} cannot be evaluated: {reason}."
        hint = "Scan its plan (`terraform show -json PLAN`), and leave it out with the policy's `exclude`."
        return Problem(ProblemKind.ENGINE_ERROR, message, first.path, hint=hint)

    def _new(self, document: Document) -> bool:
        """Tell whether the document differs from those that other callers have given."""
        if document.kind in _STATIC_KINDS:
            place = (document.path, str(document.tree.values[""]))
            fresh = place not in self._static
            self._static.add(place)
            return fresh
        content = (document.data, document.unknowns)
        before = self._seen.setdefault((document.path, document.name, document.kind), [])
        if content in before:
            return False
        before.append(content)
        return True

    def _outside(self) -> Iterator[Problem]:
        """Yield one problem that sums up the module calls that lead out of the tree."""
        calls = [
            call
            for path in sorted(self._forest.folders)
            for call in self._forest.folders[path].calls.values()
            if self._forest.target(call) is None
        ]
        if calls:
            first = next((call for call in calls if local_source(call.block) is not None), calls[0])
            word = "module call leads" if len(calls) == 1 else "module calls lead"
            yield Problem(
                ProblemKind.NOT_RENDERED,
                f"{len(calls)} {word} to code outside the scanned tree; what is made there is not judged.",
                first.path,
                first.block.head,
                hint="Scan the plan (`terraform show -json PLAN`) to judge those resources as well.",
                count=len(calls),
            )
