"""Selections that differ from a rule's in one thing, by the tree that the JSONPath library makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonpath_rfc9535.filter_expressions import Expression
    from jsonpath_rfc9535.selectors import JSONPathSelector


def changed_paths(path: str) -> Iterator[tuple[str, str]]:
    """Yield what was changed in the JSONPath `path`, and the changed path.

    One of several names is left out, a filter, an operand of `&&` or `||` in a filter, or a `!`; and
    comparisons are turned round.

    Args:
        path: a path that compiles.
    """
    import jsonpath_rfc9535  # noqa: PLC0415 - most rules' paths need no library

    segments = jsonpath_rfc9535.compile(path).segments
    for i, segment in enumerate(segments):
        dots = ".." if str(segment).startswith("..") else ""
        for what, selectors in _selectors(list(segment.selectors)):
            written = [str(one) for one in segments]
            written[i] = f"{dots}[{', '.join(selectors)}]"
            yield f"select {what}", f"${''.join(written)}"


def _selectors(selectors: list[JSONPathSelector]) -> Iterator[tuple[str, list[str]]]:
    from jsonpath_rfc9535.selectors import FilterSelector  # noqa: PLC0415 - see above

    written = [str(one) for one in selectors]
    for i, selector in enumerate(selectors):
        if len(selectors) > 1:
            yield f"without {written[i]}", written[:i] + written[i + 1 :]
        if isinstance(selector, FilterSelector):
            yield f"without filter {written[i]}", [*written[:i], "*", *written[i + 1 :]]
            for changed in _expressions(selector.expression.expression):
                yield f"?{changed} for {written[i]}", [*written[:i], f"?{changed}", *written[i + 1 :]]


_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _expressions(expression: Expression) -> Iterator[str]:
    """Yield the texts of what `expression` becomes when one thing in it is changed."""
    from jsonpath_rfc9535 import filter_expressions as nodes  # noqa: PLC0415 - see above

    if isinstance(expression, nodes.LogicalExpression):
        yield from (str(expression.left), str(expression.right))
        for left in _expressions(expression.left):
            yield f"({left} {expression.operator} {expression.right})"
        for right in _expressions(expression.right):
            yield f"({expression.left} {expression.operator} {right})"
    elif isinstance(expression, nodes.PrefixExpression):
        yield str(expression.right)
        yield from (f"!({inner})" for inner in _expressions(expression.right))
    elif isinstance(expression, nodes.ComparisonExpression):
        yield f"{expression.left} {_OPPOSITE[expression.operator]} {expression.right}"
