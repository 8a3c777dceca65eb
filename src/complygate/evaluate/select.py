"""`select:` of a rule: from a view's data to the nodes that the rule judges."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jsonpath_rfc9535 import JSONPathNode, JSONPathQuery
    from jsonpath_rfc9535.segments import JSONPathSegment

    from complygate.model.document import Unknown

WHOLE = "$"

_STEP = re.compile(
    r"\.([A-Za-z_][A-Za-z0-9_]*)(?=[.\[]|$)|\[('[^'\\]*'(?:, *'[^'\\]*')*)\]"
    r"|(?:\.\*|\[\*\]|\[\?@\.([A-Za-z_][A-Za-z0-9_]*)\])(?=[.\[]|$)"
)
"""A plain step at the head of a path: `.name`, `['a','b']`, `.*`, `[*]`, or `[?@.name]`, all with a name."""
_QUOTED = re.compile(r"'([^']*)'")


class Node(NamedTuple):
    """A selected value and its address in the view."""

    pointer: str
    value: Any


class _Step(NamedTuple):
    """A plain step: to the members with these names, for () to all; then, maybe, to those with a member."""

    names: tuple[str, ...]
    having: str | None


class Selector:
    """A compiled RFC 9535 JSONPath.

    Compiling is put off until a document asks for it: most rules of a policy never meet their kind. The plain
    steps at a path's head are walked here, and the library gets what they lead to: for most documents that is
    nothing, or all of it, at a tenth of the library's cost.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._steps: list[_Step] = []
        at = len(WHOLE)
        while found := _STEP.match(path, at):
            name, names, having = found.groups()
            self._steps.append(_Step((name,) if name else tuple(_QUOTED.findall(names or "")), having))
            at = found.end()
        self._plain = at == len(path)
        self._lead = [step.names[0] for step in takewhile(_is_one_name, self._steps)]
        self._lead_pointer = ptr.build(self._lead)
        self._later = self._steps[len(self._lead) :]

    @cached_property
    def _query(self) -> JSONPathQuery:
        import jsonpath_rfc9535  # noqa: PLC0415 - 20 ms that a scan without such selections saves

        return jsonpath_rfc9535.compile(self._path)

    @cached_property
    def _rest(self) -> tuple[JSONPathSegment, ...]:
        """The segments behind the plain steps."""
        return tuple(self._query.segments[len(self._steps) :])

    def nodes(self, data: Any) -> Iterator[Node]:
        """Yield the selected nodes of `data`, in document order."""
        value = data
        for name in self._lead:  # most steps are single names, and most documents lack one of them
            if not isinstance(value, dict) or name not in value:
                return iter(())
            value = value[name]
        nodes = [Node(self._lead_pointer, value)]
        for step in self._later:
            nodes = [inner for node in nodes for inner in _children(node, step.names)]
            if step.having is not None:
                nodes = [n for n in nodes if isinstance(n.value, dict) and step.having in n.value]
        if self._plain:
            return iter(nodes)
        # No segment leads anywhere from a scalar or from what is empty.
        nodes = [node for node in nodes if isinstance(node.value, dict | list) and node.value]
        return self._follow(nodes, data) if nodes else iter(())

    def _follow(self, nodes: list[Node], data: Any) -> Iterator[Node]:
        """Yield what the segments behind the plain steps select below `nodes`."""
        from jsonpath_rfc9535 import JSONPathNode  # noqa: PLC0415 - see `_query`

        for node in nodes:
            found: Iterable[JSONPathNode] = [
                JSONPathNode(value=node.value, location=(), parent=None, root=data)
            ]
            for segment in self._rest:
                found = segment.resolve(found)
            for inner in found:
                yield Node(ptr.join(node.pointer, *inner.location), inner.value)

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


def _is_one_name(step: _Step) -> bool:
    return len(step.names) == 1 and step.having is None


def _children(node: Node, names: tuple[str, ...]) -> Iterator[Node]:
    """Yield the members of `node` with these names, in the order of the names; for (), all that it holds."""
    pointer, value = node
    if isinstance(value, dict):
        for name in names or value:
            if name in value:
                yield Node(f"{pointer}/{ptr.escape(name)}", value[name])
    elif isinstance(value, list) and not names:
        for index, item in enumerate(value):
            yield Node(f"{pointer}/{index}", item)


def _may_match(selector: object, token: str) -> bool:
    from jsonpath_rfc9535.selectors import IndexSelector, NameSelector  # noqa: PLC0415

    if isinstance(selector, NameSelector):
        return selector.name == token
    if isinstance(selector, IndexSelector):
        return str(selector.index) == token or selector.index < 0
    return True
