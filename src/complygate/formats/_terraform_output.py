"""From a block and its evaluated values to a document's data, unknown values and places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.formats._terraform_judge import ABSENT, MISSING, Judge
from complygate.formats._terraform_mirror import (
    block_key,
    condition_key,
    conditionals,
    dynamic_key,
    iterator,
)
from complygate.formats._terraform_shape import is_decoded
from complygate.model import pointer as ptr
from complygate.model.document import Unknown
from complygate.syntax import hcl_nodes as hcl

if TYPE_CHECKING:
    from complygate.formats._terraform_context import Where
    from complygate.formats._terraform_trust import Trust
    from complygate.model.tree import Span

_WORDS = frozenset({"ignore_changes", "replace_triggered_by"})
_WORD = re.compile(r"[A-Za-z_]")


class Output:
    """The data of one document, in the making.

    Attributes:
        data: the block's attributes and nested blocks; an `Unknown` stands for what cannot be known.
        values: spans of values, by pointer.
        keys: spans of keys, by pointer.
    """

    def __init__(
        self, block: hcl.Block, given: dict[str, Any], where: Where, trust: Trust, skip: frozenset[str]
    ) -> None:
        self._trust = trust
        self._skip = skip
        probes = {id(node): given.get(condition_key(i)) for i, node in enumerate(conditionals(block))}
        self._judge = Judge(trust, lambda node: probes.get(id(node)))
        self.values: dict[str, Span] = {"": block.span}
        self.keys: dict[str, Span] = {"": block.head}
        self.data = self._body(block, given, where, "", written=True)

    def settle(self) -> tuple[Any, dict[str, Unknown]]:
        """Return plain data, and the unknown values by pointer."""
        unknowns: dict[str, Unknown] = {}
        return _settle(self.data, "", unknowns), unknowns

    def _body(
        self, block: hcl.Block, given: dict[str, Any], where: Where, pointer: str, *, written: bool
    ) -> dict[str, Any]:
        """Return the map of one block.

        Args:
            block: the block.
            given: the evaluator's values of it.
            where: where its attributes stand.
            pointer: where the map goes.
            written: whether the evaluator saw it as a block; False inside a `dynamic` one's content.
        """
        out: dict[str, Any] = {}
        for attribute in block.attributes.values():
            if pointer or attribute.name not in self._skip:
                self._attribute(out, attribute, given, where, pointer)
        groups: dict[str, list[tuple[int, hcl.Block]]] = {}
        for index, child in enumerate(block.blocks):
            name = child.labels[0] if child.type == "dynamic" and child.labels else child.type
            groups.setdefault(name, []).append((index, child))
        for name, group in groups.items():
            if name not in out:
                self._group(out, name, group, given, where, pointer, written=written)
        return out

    def _attribute(
        self, out: dict[str, Any], attribute: hcl.Attribute, given: dict[str, Any], where: Where, pointer: str
    ) -> None:
        name, expression = attribute.name, attribute.expression
        here = ptr.join(pointer, name)
        if name in _WORDS:
            found: Any = _words(expression, attribute.text)
        else:
            judge = self._judge.decoded if is_decoded(name) else self._judge.value
            found = judge(expression, given.get(name, MISSING), where)
        if found is ABSENT:
            return
        out[name] = found
        self.values[here] = attribute.value
        self.keys[here] = attribute.key
        if is_decoded(name) and isinstance(expression, hcl.Call) and len(expression.arguments) == 1:
            expression = expression.arguments[0]
        self._places(expression, here)

    def _group(
        self,
        out: dict[str, Any],
        name: str,
        group: list[tuple[int, hcl.Block]],
        given: dict[str, Any],
        where: Where,
        pointer: str,
        *,
        written: bool,
    ) -> None:
        """Add the nested blocks of one type: a list of maps, whatever their number."""
        here = ptr.join(pointer, name)
        items: list[Any] = []
        plain = _listed(given.get(name), sum(child.type != "dynamic" for _, child in group))
        for index, child in group:
            if child.type == "dynamic":
                self._dynamic(items, child, given.get(dynamic_key(index), MISSING), where, here)
            else:
                value = plain.pop(0) if written else given.get(block_key(index))
                self._nested(items, child, child, value, where, here, written=written)
        if not items:
            return
        self.values[here] = group[0][1].span
        self.keys[here] = group[0][1].head
        only = len(group) == 1 and len(items) == 1 and isinstance(items[0], Unknown)
        out[name] = items[0] if only else items

    def _dynamic(self, items: list[Any], block: hcl.Block, value: Any, where: Where, here: str) -> None:
        for_each = block.attributes.get("for_each")
        content = next(block.of_type("content"), None)
        if for_each is None or content is None:
            return
        doubt = self._trust.shape(for_each.expression, where)
        if doubt is not None or not isinstance(value, list):
            self._place(ptr.join(here, len(items)), block)
            reason = doubt.reason if doubt else "for_each could not be worked out"
            items.append(Unknown(reason, present=False))
            return
        inner = where.binding(self._trust.items(iterator(block), for_each.expression, where))
        for item in value:
            self._nested(items, content, block, item, inner, here, written=False)

    def _nested(
        self,
        items: list[Any],
        block: hcl.Block,
        head: hcl.Block,
        value: Any,
        where: Where,
        here: str,
        *,
        written: bool,
    ) -> None:
        """Add one block's map; labels become levels above it: `{"s3": {…}}` for `backend "s3" {…}`."""
        place = ptr.join(here, len(items))
        labels = block.labels
        given = value if isinstance(value, dict) else {}
        data: dict[str, Any] = self._body(block, given, where, ptr.join(place, *labels), written=written)
        for depth in range(len(labels), 0, -1):
            data = {labels[depth - 1]: data}
            self._place(ptr.join(place, *labels[:depth]), head)
        self._place(place, head)
        items.append(data)

    def _place(self, pointer: str, block: hcl.Block) -> None:
        self.values[pointer] = block.span
        self.keys[pointer] = block.head

    def _places(self, expression: hcl.Expression, pointer: str) -> None:
        """Note where the parts of a list or object stand that is written out in place."""
        if isinstance(expression, hcl.TupleCons):
            for index, item in enumerate(expression.items):
                here = ptr.join(pointer, index)
                self.values[here] = item.span
                self._places(item, here)
        elif isinstance(expression, hcl.ObjectCons):
            for pair in expression.items:
                if isinstance(pair.key, hcl.Literal):
                    here = ptr.join(pointer, str(pair.key.value))
                    self.values[here] = pair.value.span
                    self.keys[here] = pair.key.span
                    self._places(pair.value, here)


def _words(expression: hcl.Expression, text: str) -> Any:
    """Return names of attributes that are not references: `ignore_changes = [tags]`."""
    if not isinstance(expression, hcl.TupleCons):
        return text
    return [item.strip().rstrip(",") for item in re.split(r"[\n,]", text[1:-1]) if _WORD.match(item.strip())]


def _listed(value: Any, count: int) -> list[Any]:
    """Return the evaluator's values of plain blocks as a list: it gives a map for one, a list for several."""
    found = value if isinstance(value, list) else [value]
    return list(found) if len(found) == count else [None] * count


def _settle(value: Any, pointer: str, unknowns: dict[str, Unknown]) -> Any:
    if isinstance(value, Unknown):
        unknowns[pointer] = value
        return None
    if isinstance(value, dict):
        return {
            key: _settle(item, ptr.join(pointer, key), unknowns)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list):
        return [_settle(item, ptr.join(pointer, index), unknowns) for index, item in enumerate(value)]
    return value
