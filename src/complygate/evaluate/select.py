"""`select:` of a rule: from a view's data to the nodes that the rule judges."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonpath_rfc9535 import JSONPathQuery

    from complygate.model.document import Unknown

WHOLE = "$"


class Node(NamedTuple):
    """A selected value and its address in the view."""

    pointer: str
    value: Any


class Selector:
    """A compiled RFC 9535 JSONPath.

    Compiling is put off until a document asks for it: most rules of a policy never meet their kind.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    @cached_property
    def _query(self) -> JSONPathQuery:
        import jsonpath_rfc9535  # noqa: PLC0415 - 40 ms that a scan without selections saves

        return jsonpath_rfc9535.compile(self._path)

    def nodes(self, data: Any) -> Iterator[Node]:
        """Yield the selected nodes of `data`, in document order."""
        if self._path == WHOLE:
            yield Node("", data)
            return
        for node in self._query.find(data):
            yield Node(ptr.build(node.location), node.value)

    def hidden(self, unknowns: Mapping[str, Unknown]) -> Iterator[str]:
        """Yield the unknown values behind which further nodes may lie.

        `$.ingress[*].cidr_blocks[*]` selects nothing where `cidr_blocks` is unknown; that must not pass
        for compliance.
        """
        if self._path == WHOLE:
            return
        for pointer in unknowns:
            if self._leads_through(ptr.split(pointer)):
                yield pointer

    def _leads_through(self, tokens: list[str]) -> bool:
        """Tell whether the selection needs the value at `tokens` to go on, or to filter by."""
        from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment  # noqa: PLC0415
        from jsonpath_rfc9535.selectors import FilterSelector  # noqa: PLC0415

        for depth, segment in enumerate(self._query.segments):
            if isinstance(segment, JSONPathRecursiveDescentSegment):
                return True
            if depth == len(tokens):
                return True
            # Text search errs towards "needs it", which is the safe side.
            if any(
                isinstance(selector, FilterSelector) and tokens[-1] in str(selector)
                for selector in segment.selectors
            ):
                return True
            if not any(_may_match(selector, tokens[depth]) for selector in segment.selectors):
                return False
        return False


def _may_match(selector: object, token: str) -> bool:
    from jsonpath_rfc9535.selectors import IndexSelector, NameSelector  # noqa: PLC0415

    if isinstance(selector, NameSelector):
        return selector.name == token
    if isinstance(selector, IndexSelector):
        return str(selector.index) == token or selector.index < 0
    return True
