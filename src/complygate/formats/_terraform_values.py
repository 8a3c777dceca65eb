"""A file of variables' values (`*.tfvars`) as a document of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.model import pointer as ptr
from complygate.model.document import Document, Unknown
from complygate.model.tree import Span, Tree
from complygate.syntax import hcl_nodes as hcl
from complygate.syntax.hcl import COMMENTS

if TYPE_CHECKING:
    from complygate.model.source import Source
    from complygate.syntax.hcl import HclFile

KIND = "terraform/values"


def values(source: Source, file: HclFile) -> Document:
    """Return what a file of values says, whether or not Terraform loads it by itself.

    Only literals, lists and objects of them may stand in such a file; anything else is unknown.

    Args:
        source: the file.
        file: its parts.
    """
    taken = _Taken()
    data: dict[str, Any] = {}
    for name, attribute in file.attributes.items():
        if not _is_null(attribute.expression):
            here = ptr.join("", name)
            data[name] = taken.value(attribute.expression, here)
            taken.values[here], taken.keys[here] = attribute.value, attribute.key
    is_json = source.name.endswith(".json")
    tree = Tree(
        source.path, "json" if is_json else "hcl", data, taken.values, taken.keys, () if is_json else COMMENTS
    )
    return Document(KIND, source.name, tree, data, unknowns=taken.unknowns)


class _Taken:
    """Values taken from expressions, with the places of their parts."""

    def __init__(self) -> None:
        start = Span(1, 1, 1, 1)
        self.values: dict[str, Span] = {"": start}
        self.keys: dict[str, Span] = {}
        self.unknowns: dict[str, Unknown] = {}

    def value(self, expression: hcl.Expression, here: str) -> Any:
        self.values[here] = expression.span
        match expression:
            case hcl.Literal(value=value):
                return value
            case hcl.TupleCons(items=items):
                return [self.value(item, ptr.join(here, index)) for index, item in enumerate(items)]
            case hcl.ObjectCons(items=items) if all(isinstance(item.key, hcl.Literal) for item in items):
                return {name: self._member(item, here, name) for item, name in _named(items)}
            case _:
                self.unknowns[here] = Unknown("it is no literal, and stands in a file of values")
                return None

    def _member(self, item: hcl.ObjectItem, here: str, name: str) -> Any:
        place = ptr.join(here, name)
        self.keys[place] = item.key.span
        return self.value(item.value, place)


def _named(items: tuple[hcl.ObjectItem, ...]) -> list[tuple[hcl.ObjectItem, str]]:
    """Return the members of an object with their names; null is as if it were not written."""
    return [
        (item, str(item.key.value))
        for item in items
        if isinstance(item.key, hcl.Literal) and not _is_null(item.value)
    ]


def _is_null(expression: hcl.Expression) -> bool:
    return isinstance(expression, hcl.Literal) and expression.value is None
