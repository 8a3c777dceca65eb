"""Which parts of the variables an expression can look at, found without running it.

Only these parts are handed to the runtime, which converts everything it is given; and a value that
cannot be known matters only if it lies in one of them.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.engines.cel.ast import Call, Const, Expr, Ident, Select, children
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_BY_KEY = ("_[_]", "_?._", "_[?_]")
"""Index, optional field, optional index."""


@dataclass(slots=True)
class Use:
    """What an expression can look at below one value.

    Attributes:
        whole: everything below it.
        fields: what below each of these members. Without any, only what kind of value it is.
    """

    whole: bool = False
    fields: dict[str, Use] = field(default_factory=dict)

    def touches(self, tokens: Sequence[str]) -> bool:
        """Tell whether the value at `tokens`, or one around or inside it, can be looked at."""
        use = self
        for token in tokens:
            if use.whole:
                return True
            if token not in use.fields:
                return False
            use = use.fields[token]
        return True

    def project(self, value: Any, clean: Callable[[Any], Any]) -> Any:
        """Return `value` without what is never looked at; `clean` treats what is kept whole."""
        if self.whole or type(value) is not dict:
            return clean(value)
        return {key: use.project(value[key], clean) for key, use in self.fields.items() if key in value}


def find(expr: Expr, variables: Iterable[str]) -> dict[str, Use]:
    """Return the use of each of `variables` that `expr` mentions.

    A comprehension's variable of the same name is taken for the outer one: too much, never too little.
    """
    known = frozenset(variables)
    found: dict[str, Use] = {}
    todo = [expr]
    while todo:
        node = todo.pop()
        route = _route(node)
        if route is None or route[0] not in known:
            todo.extend(children(node))
            continue
        use = found.setdefault(route[0], Use())
        for token in route[1]:
            use = use.fields.setdefault(token, Use())
        if not (isinstance(node, Select) and node.test):
            use.whole = True
    return found


def _route(expr: Expr) -> tuple[str, list[str]] | None:
    """Return the variable and the keys that `expr` reads, if it is a plain path such as `self.a['b']`."""
    tokens: list[str] = []
    while not isinstance(expr, Ident):
        if isinstance(expr, Select):
            tokens.append(expr.field)
            expr = expr.operand
        elif isinstance(expr, Call) and expr.function in _BY_KEY and len(expr.args) == len(("map", "key")):
            key = expr.args[1]
            text = key.text if isinstance(key, Const) else None
            if text is None:
                return None
            tokens.append(text)
            expr = expr.args[0]
        else:
            return None
    return expr.name, tokens[::-1]
