"""Evaluates root modules and gives the documents that they and the modules they call hold."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from complygate.formats import _scratch as scratch
from complygate.formats import _terraform_iam as iam
from complygate.formats import _terraform_kubernetes as kubernetes
from complygate.formats import _terraform_mirror as mirror
from complygate.formats._terraform_context import ANY, META, Context, chain
from complygate.formats._terraform_output import Output
from complygate.formats._terraform_run import Evaluator, EvaluatorError, Values
from complygate.formats._terraform_shape import is_decoded
from complygate.formats._terraform_tree import Folder, Forest, Placed, is_example, local_source
from complygate.formats._terraform_trust import Trust
from complygate.model.document import Document
from complygate.model.problem import Problem, ProblemKind
from complygate.model.tree import Tree
from complygate.syntax.hcl import COMMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from complygate.syntax import hcl_nodes as hcl

MAX_DOCUMENTS = 20_000
"""How many documents one root module may give."""

_RESOURCE_LABELS = 2
_NO_META: frozenset[str] = frozenset()
_TYPE = frozenset({"type"})
_CALL_META = frozenset({"count", "for_each", "depends_on", "providers"})
_EMPTY: tuple[Any, ...] = ([], {}, 0, "0", False)


class _TooManyError(Exception):
    pass


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
            current: _Job | None = None
            for path in [*roots, None]:
                following = None if path is None else stack.enter_context(_Job(self._forest, path, judged))
                values = _result(current, evaluator)
                if following is not None and not following.error:
                    evaluator.begin(following.folder / following.path, following.value_files)
                if current is not None:
                    yield from self._walk(current, values, judged)
                    current.__exit__(None, None, None)
                current = following

    def _walk(self, job: _Job, values: Values | str, judged: frozenset[str]) -> Iterator[Document | Problem]:
        if isinstance(values, str):
            yield self._failed(job.path, values)
            return
        walk = _Walk(self._forest, job.path, judged, job.trust, values)
        try:
            yield from (document for document in walk.module(job.context, "") if self._new(document))
        except _TooManyError:
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


class _Job:
    """A root module's copy, ready to be evaluated."""

    def __init__(self, forest: Forest, path: str, judged: frozenset[str]) -> None:
        # An example calls what is judged by itself; evaluating that again would give nothing new.
        cut = judged if is_example(path) else frozenset()
        self.path = path
        self.context = Context(forest, forest.folders[path], cut=cut)
        self.trust = Trust()
        self.value_files: list[str] = []
        self.error = ""
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def folder(self) -> Path:
        """The copy."""
        return Path(self._temporary.name if self._temporary else "")

    def __enter__(self) -> Self:
        try:
            self._temporary = tempfile.TemporaryDirectory(prefix="complygate-", dir=scratch.parent())
        except OSError as error:
            self.error = f"its copy cannot be written ({type(error).__name__})"
        else:
            self.write(nulls=True)
        return self

    def write(self, *, nulls: bool) -> None:
        """Write the copy, or write it anew; `nulls` says whether variables keep a default of null."""
        try:
            self.value_files = mirror.write(self.context, self.trust, self.folder, nulls=nulls)
        except (OSError, RecursionError) as error:
            self.error = f"its copy cannot be written ({type(error).__name__})"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None


def _result(job: _Job | None, evaluator: Evaluator) -> Values | str:
    """Return what a job evaluates to, or why it cannot be."""
    if job is None or job.error:
        return job.error if job else ""
    try:
        return evaluator.result()
    except EvaluatorError as error:
        return (_again(job, evaluator) if error.crashed else None) or str(error)


def _again(job: _Job, evaluator: Evaluator) -> Values | None:
    """Evaluate what crashed the evaluator once more, without what is known to crash it."""
    job.write(nulls=False)
    if job.error:
        return None
    evaluator.begin(job.folder / job.path, job.value_files)
    try:
        values = evaluator.result()
    except EvaluatorError:
        return None
    evaluator.forgive()
    return values


_STATIC_KINDS = frozenset(
    {"terraform/provider", "terraform/variable", "terraform/output", "terraform/settings"}
)


class _Walk:
    """Goes through the modules of one root."""

    def __init__(
        self, forest: Forest, root: str, roots: frozenset[str], trust: Trust, values: Values
    ) -> None:
        self._forest = forest
        self._root = root
        self._roots = roots
        self._trust = trust
        self._values = values
        self._count = 0
        self.visited: set[str] = set()

    def module(self, context: Context, address: str) -> Iterator[Document]:
        """Yield the documents of one module instance and of those that it calls."""
        self.visited.add(context.folder.path)
        order: dict[tuple[str, str], int] = {}
        for index, placed in enumerate(context.folder.blocks):
            yield from self._block(context, address, placed, index, order)
        for index, placed in enumerate(context.folder.blocks):
            if placed.block.type != "module" or not placed.block.labels:
                continue
            child = context.child(placed.block.labels[0])
            if child is not None and self._belongs(child.folder):
                base = _join(address, f"module.{placed.block.labels[0]}")
                for suffix in self._instances(context, address, placed, index, base):
                    yield from self.module(child, base + suffix)

    def _belongs(self, folder: Folder) -> bool:
        """Tell whether a module that this root calls is judged as part of it."""
        return folder.path not in self._roots and (is_example(folder.path) or not is_example(self._root))

    def _block(
        self, context: Context, address: str, placed: Placed, index: int, order: dict[tuple[str, str], int]
    ) -> Iterator[Document]:
        block = placed.block
        if block.type in ("resource", "data") and len(block.labels) == _RESOURCE_LABELS:
            prefix = "data." if block.type == "data" else ""
            name, kind = prefix + ".".join(block.labels), f"terraform/{prefix}{block.labels[0]}"
            yield from self._all(context, address, placed, index, kind, name, META)
        elif block.type == "module" and block.labels:
            name = f"module.{block.labels[0]}"
            yield from self._all(context, address, placed, index, "terraform/module", name, _CALL_META)
        elif block.type in ("provider", "variable", "output") and block.labels:
            name = f"{block.type}.{block.labels[0]}"
            yield self._single(context, address, placed, order, f"terraform/{block.type}", name)
        elif block.type == "terraform":
            yield self._single(context, address, placed, order, "terraform/settings", "terraform")

    def _all(
        self,
        context: Context,
        address: str,
        placed: Placed,
        index: int,
        kind: str,
        name: str,
        skip: frozenset[str],
    ) -> Iterator[Document]:
        """Yield one document for each instance of a block."""
        base = _join(address, name)
        for suffix, given in self._instances(context, address, placed, index, base).items():
            yield self._document(context, address, placed, given, kind, base + suffix, skip)

    def _instances(
        self, context: Context, address: str, placed: Placed, index: int, base: str
    ) -> dict[str, dict[str, Any]]:
        """Return the values of a block's instances; where their number cannot be known, one for all."""
        found = self._values.instances(base)
        if found:
            return dict(sorted(found.items(), key=lambda item: (len(item[0]), item[0])))
        if self._trust.number(placed.block, context) is None:
            number = self._values.local(address, mirror.number_key(index))
            counted = "count" in placed.block.attributes or "for_each" in placed.block.attributes
            if counted and number in _EMPTY and number is not None:
                return {}
        return {"": {}}

    def _single(
        self,
        context: Context,
        address: str,
        placed: Placed,
        order: dict[tuple[str, str], int],
        kind: str,
        name: str,
    ) -> Document:
        path, file = _join(address, name), mirror.file_name(placed.path)
        number = order.get((path, file), 0)
        order[path, file] = number + 1
        given = self._values.nth(path, file, number)
        skip = _TYPE if placed.block.type == "variable" else _NO_META
        return self._document(context, address, placed, given, kind, name, skip)

    def _document(
        self,
        context: Context,
        address: str,
        placed: Placed,
        given: dict[str, Any],
        kind: str,
        name: str,
        skip: frozenset[str],
    ) -> Document:
        self._count += 1
        if self._count > MAX_DOCUMENTS:
            raise _TooManyError
        block = placed.block
        output = Output(block, given, self._trust.around(block, context), self._trust, skip)
        self._add_policies(output, block, context, address)
        if block.type == "variable" and "type" in block.attributes:
            type_ = block.attributes["type"]
            output.data["type"] = type_.text.strip('"')
            output.values["/type"], output.keys["/type"] = type_.value, type_.key
        if block.type == "provider" and isinstance(output.data.get("alias"), str):
            name = f"{name}.{output.data['alias']}"
        data, unknowns = output.settle()
        comments = () if placed.path.endswith(".json") else COMMENTS
        syntax = "json" if placed.path.endswith(".json") else "hcl"
        tree = Tree(placed.path, syntax, data, output.values, output.keys, comments)
        views = kubernetes.views(block.labels[0], data) if block.type == "resource" else ()
        return Document(kind, name, tree, data, views=views, unknowns=unknowns)

    def _add_policies(self, output: Output, block: hcl.Block, context: Context, address: str) -> None:
        """Put policies in that `aws_iam_policy_document` of the same module makes."""
        for name, attribute in block.attributes.items():
            link = chain(attribute.expression) if is_decoded(name) and name in output.data else None
            match link:
                case ("data", (iam.DATA_TYPE, label, "json")):
                    suffix = ""
                case ("data", (iam.DATA_TYPE, label, int(key), "json")):
                    suffix = f"[{key}]"
                case ("data", (iam.DATA_TYPE, label, str(key), "json")) if key != ANY:
                    suffix = f'["{key}"]'
                case _:
                    continue
            placed = context.folder.resources.get(("data", iam.DATA_TYPE, str(label)))
            given = self._values.instances(_join(address, f"data.{iam.DATA_TYPE}.{label}")).get(suffix)
            if placed is not None and given is not None:
                where = self._trust.around(placed.block, context)
                made = Output(placed.block, given, where, self._trust, META)
                output.data[name] = iam.policy(made.data)


def _join(address: str, name: str) -> str:
    return f"{address}.{name}" if address else name
