"""Goes through an evaluated root module and those that it calls: a document for each instance of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.formats import _terraform_iam as iam
from complygate.formats import _terraform_kubernetes as kubernetes
from complygate.formats import _terraform_mirror as mirror
from complygate.formats._terraform_context import ANY, META, Context, chain
from complygate.formats._terraform_output import Output
from complygate.formats._terraform_run import Values
from complygate.formats._terraform_shape import is_decoded
from complygate.formats._terraform_tree import Folder, Forest, Placed, is_example
from complygate.formats._terraform_trust import Trust
from complygate.model.document import Document
from complygate.model.tree import Tree
from complygate.syntax.hcl import COMMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.syntax import hcl_nodes as hcl

MAX_DOCUMENTS = 20_000
"""How many documents one root module may give."""

_RESOURCE_LABELS = 2
_NO_META: frozenset[str] = frozenset()
_TYPE = frozenset({"type"})
_CALL_META = frozenset({"count", "for_each", "depends_on", "providers"})
_EMPTY: tuple[Any, ...] = ([], {}, 0, "0", False)


class TooManyError(Exception):
    """The root module gives more than `MAX_DOCUMENTS`."""


class Walk:
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
            raise TooManyError
        block = placed.block
        output = Output(block, given, self._trust.around(block, context), self._trust, skip)
        self._add_policies(output, block, context, address)
        if block.type == "variable":
            _declared(output, block)
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


def _declared(output: Output, block: hcl.Block) -> None:
    """Put in what a variable is called, and its type as text: neither is a value that could be evaluated."""
    output.data["name"] = block.labels[0]
    output.values["/name"] = output.keys["/name"] = block.head
    if "type" in block.attributes:
        type_ = block.attributes["type"]
        output.data["type"] = type_.text.strip('"')
        output.values["/type"], output.keys["/type"] = type_.value, type_.key
