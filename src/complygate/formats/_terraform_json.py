"""Terraform's JSON syntax: `.tf.json` and `.tfvars.json` as the same blocks that HCL gives.

https://developer.hashicorp.com/terraform/language/syntax/json
Without the providers' schemas nobody can tell a nested block from a map in it, so both stay as written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.model import pointer as ptr
from complygate.model.tree import Span, Tree
from complygate.syntax import hcl
from complygate.syntax import hcl_nodes as nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.source import Source

_LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "provider": 1,
    "terraform": 0,
    "locals": 0,
}
_NESTED = frozenset({"backend", "required_providers", "cloud", "lifecycle"})
_NOWHERE = Span(1, 1, 1, 1)
_VALUE_FILE = ".tfvars.json"


def parse(source: Source) -> hcl.HclFile:
    """Return what a JSON file of Terraform holds.

    Raises:
        SyntaxProblem: it is not JSON.
    """
    from complygate.syntax import json as json_syntax  # noqa: PLC0415 - only for these files

    tree = json_syntax.parse(source)[0]
    reader = _Reader(tree)
    if source.name.endswith(_VALUE_FILE):
        attributes = {a.name: a for a in reader.attributes(tree.data, "", literal=True)}
        return hcl.HclFile(source.path, attributes, (), ())
    blocks = tuple(reader.blocks())
    return hcl.HclFile(source.path, {}, blocks, tuple(reader.problems))


class _Reader:
    """Reads blocks off a JSON tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.problems: list[SyntaxProblem] = []

    def blocks(self) -> Iterator[nodes.Block]:
        """Yield the top-level blocks."""
        if not isinstance(self._tree.data, dict):
            return
        for type_, value in self._tree.data.items():
            if type_ in _LABELS:
                yield from self._labelled(type_, (), value, ptr.join("", type_))

    def _labelled(
        self, type_: str, labels: tuple[str, ...], value: Any, pointer: str
    ) -> Iterator[nodes.Block]:
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._labelled(type_, labels, item, ptr.join(pointer, index))
        elif isinstance(value, dict) and len(labels) < _LABELS[type_]:
            for label, item in value.items():
                yield from self._labelled(type_, (*labels, label), item, ptr.join(pointer, label))
        elif isinstance(value, dict):
            yield self._block(type_, labels, value, pointer)

    def _block(self, type_: str, labels: tuple[str, ...], value: dict[str, Any], pointer: str) -> nodes.Block:
        nested: list[nodes.Block] = []
        plain: dict[str, Any] = {}
        for key, item in value.items():
            if type_ == "terraform" and key in _NESTED and isinstance(item, dict):
                nested += self._nested(key, item, ptr.join(pointer, key))
            else:
                plain[key] = item
        attributes = {a.name: a for a in self.attributes(plain, pointer, literal=type_ == "variable")}
        span = self._tree.values.get(pointer, _NOWHERE)
        return nodes.Block(type_, labels, attributes, tuple(nested), span, self._tree.keys.get(pointer, span))

    def _nested(self, key: str, item: dict[str, Any], pointer: str) -> Iterator[nodes.Block]:
        if key == "backend":
            for label, body in item.items():
                if isinstance(body, dict):
                    yield self._block(key, (label,), body, ptr.join(pointer, label))
        else:
            yield self._block(key, (), item, pointer)

    def attributes(self, data: Any, pointer: str, *, literal: bool) -> Iterator[nodes.Attribute]:
        """Yield the attributes of an object; strings are templates unless `literal`."""
        if not isinstance(data, dict):
            return
        for name, value in data.items():
            here = ptr.join(pointer, name)
            span = self._tree.values.get(here, _NOWHERE)
            key = self._tree.keys.get(here, span)
            whole = Span(key.line, key.column, span.end_line, span.end_column)
            expression = self._expression(value, here, literal=literal)
            yield nodes.Attribute(name, expression, key, span, whole, value if isinstance(value, str) else "")

    def _expression(self, value: Any, pointer: str, *, literal: bool) -> nodes.Expression:
        span = self._tree.values.get(pointer, _NOWHERE)
        if isinstance(value, dict):
            return nodes.ObjectCons(
                tuple(
                    nodes.ObjectItem(
                        nodes.Literal(key, self._tree.keys.get(ptr.join(pointer, key), span)),
                        self._expression(item, ptr.join(pointer, key), literal=literal),
                        span,
                    )
                    for key, item in value.items()
                ),
                span,
            )
        if isinstance(value, list):
            items = (
                self._expression(item, ptr.join(pointer, i), literal=literal) for i, item in enumerate(value)
            )
            return nodes.TupleCons(tuple(items), span)
        if isinstance(value, str) and not literal and ("${" in value or "%{" in value):
            return self._template(value, span)
        return nodes.Literal(value, span)

    def _template(self, text: str, span: Span) -> nodes.Expression:
        try:
            parsed = hcl.parse_template(text, self._tree.path)
        except SyntaxProblem as problem:
            self.problems.append(problem)
            return nodes.Literal(text, span)
        if isinstance(parsed, nodes.Literal):
            return nodes.Literal(parsed.value, span)
        return nodes.Template(parsed.parts if isinstance(parsed, nodes.Template) else (parsed,), span)
