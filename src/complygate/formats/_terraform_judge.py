"""Joins the evaluator's value of an expression with what the syntax tree says can be known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.formats._terraform_shape import decode
from complygate.formats._terraform_trust import Trust, may_be_null, surely_present
from complygate.model.document import Unknown
from complygate.syntax import hcl_nodes as hcl

if TYPE_CHECKING:
    from collections.abc import Callable

    from complygate.formats._terraform_context import Where

ABSENT: Any = object()
"""What an attribute that is null comes to: as if it were not written."""

MISSING: Any = object()
"""The evaluator has no value."""

_SENSITIVE = "(sensitive value)"
_MAX_HOPS = 40


class Judge:
    """Gives values in which an `Unknown` stands wherever the files do not decide."""

    def __init__(self, trust: Trust, condition: Callable[[hcl.Conditional], Any]) -> None:
        self._trust = trust
        self._condition = condition
        self._hops = 0

    def value(self, expression: hcl.Expression, value: Any, where: Where) -> Any:
        """Return what `expression` comes to.

        Args:
            expression: as written.
            value: what the evaluator says, or `MISSING`.
            where: where the expression stands.
        """
        if hcl.is_literal(expression):
            return literal(expression)
        doubt = self._trust.doubt(expression, where)
        if doubt is None:
            return self._trusted(expression, value, where)
        return self._partly(expression, value, where, doubt)

    def _trusted(self, expression: hcl.Expression, value: Any, where: Where) -> Any:
        """Return the evaluator's value of what can be known; it may have failed all the same."""
        followed, place = self._trust.follow(expression, where)
        if value is MISSING or value is None or _is_reference(value):
            if value is not MISSING and may_be_null(followed):
                return ABSENT
            return self._spelled_out(followed, place)
        if isinstance(value, str) and ("${" in value or value == _SENSITIVE):
            return self._spelled_out(followed, place)
        return value

    def _spelled_out(self, expression: hcl.Expression, where: Where) -> Any:
        """Return what the text itself gives, where the evaluator has no value."""
        if hcl.is_literal(expression):
            return literal(expression)
        if isinstance(expression, hcl.TupleCons | hcl.ObjectCons):
            return self._partly(expression, MISSING, where, _not_worked_out(expression))
        return _not_worked_out(expression)

    def _partly(self, expression: hcl.Expression, value: Any, where: Where, doubt: Unknown) -> Any:
        match expression:
            case hcl.TupleCons(items=items):
                given = (
                    value if isinstance(value, list) and len(value) == len(items) else [MISSING] * len(items)
                )
                return [self._item(item, part, where) for item, part in zip(items, given, strict=True)]
            case hcl.ObjectCons():
                return self._object(expression, value, where, doubt)
            case hcl.Conditional():
                return self._choice(expression, value, where, doubt)
            case hcl.Template(parts=(only,)):
                return self.value(only, value, where)
            case _:
                return self._followed(expression, value, where, doubt)

    def _item(self, expression: hcl.Expression, value: Any, where: Where) -> Any:
        found = self.value(expression, value, where)
        return None if found is ABSENT else found

    def _object(self, node: hcl.ObjectCons, value: Any, where: Where, doubt: Unknown) -> Any:
        given = value if isinstance(value, dict) else {}
        out: dict[str, Any] = {}
        for item in node.items:
            if not isinstance(item.key, hcl.Literal):
                return Unknown(doubt.reason)
            key = key_text(item.key)
            found = self.value(item.value, given.get(key, MISSING), where)
            if found is not ABSENT:
                out[key] = found
        return out

    def _choice(self, node: hcl.Conditional, value: Any, where: Where, doubt: Unknown) -> Any:
        condition = self._trust.doubt(node.condition, where)
        chosen = self._condition(node) if condition is None else None
        if isinstance(chosen, bool):
            return self.value(node.then if chosen else node.otherwise, value, where)
        return Unknown((condition or doubt).reason, surely_present(node, doubt))

    def _followed(self, expression: hcl.Expression, value: Any, where: Where, doubt: Unknown) -> Any:
        """Follow a reference to a list or object that is known in part."""
        followed, place = self._trust.follow(expression, where)
        if followed is not expression and self._hops < _MAX_HOPS:
            self._hops += 1
            try:
                return self.value(followed, value, place)
            finally:
                self._hops -= 1
        return Unknown(doubt.reason, surely_present(expression, doubt))

    def decoded(self, expression: hcl.Expression, value: Any, where: Where) -> Any:
        """Return what a JSON string says: for policies, which rules want to look into.

        The parts of `jsonencode({…})` are judged one by one; other strings are decoded if they are known.
        """
        followed, place = self._trust.follow(expression, where)
        if isinstance(followed, hcl.Call) and followed.name == "jsonencode" and len(followed.arguments) == 1:
            return self.value(followed.arguments[0], decode(value, MISSING), place)
        found = self.value(expression, value, where)
        return decode(found, found)


def _is_reference(value: Any) -> bool:
    """Tell whether the evaluator gives back the reference for want of a value."""
    return isinstance(value, dict) and "__attribute__" in value


def _not_worked_out(expression: hcl.Expression) -> Unknown:
    word = f"{expression.name}()" if isinstance(expression, hcl.Call) else "the expression"
    return Unknown(f"{word} could not be worked out", present=not may_be_null(expression))


def literal(expression: hcl.Expression) -> Any:
    """Return the value of an expression that `is_literal`, with null as `ABSENT` at the top."""
    found = _literal(expression)
    return ABSENT if found is None else found


def _literal(expression: hcl.Expression) -> Any:
    match expression:
        case hcl.Literal(value=value):
            return value
        case hcl.TupleCons(items=items):
            return [_literal(item) for item in items]
        case hcl.ObjectCons(items=pairs):
            return {key_text(pair.key): _literal(pair.value) for pair in pairs}
        case hcl.Unary(operator="-", operand=operand):
            found = _literal(operand)
            return -found if isinstance(found, int | float) else Unknown("a minus before what is no number")
        case hcl.Unary(operand=operand):
            return not _literal(operand)
        case _:
            return Unknown("this is no constant")


def key_text(key: hcl.Expression) -> str:
    """Return the key of an object as a string."""
    found = _literal(key)
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found)
