"""One expression, compiled, and everything that is derived from its text alone."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from complygate.engines.cel import ast, unknown, uses
from complygate.engines.cel.environment import MAX_ITERATIONS, VARIABLES, authors
from complygate.engines.cel.mistakes import POINTER, check_error
from complygate.errors import CheckError
from complygate.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cel_expr_python import cel

_GIVES_BOOL = frozenset({"BOOL", "DYN"})


class Program:
    """A compiled expression. Immutable and shared by all rules and policies that use the same text.

    Attributes:
        text: the expression.
        run: the compiled expression.
    """

    def __init__(self, text: str) -> None:
        """Compile `text`.

        Raises:
            CheckError: it is no expression, or surely gives something else than true or false.
        """
        self.text = text
        _check_text(text)
        try:
            self.run = authors().compile(text)
            # The runtime resolves functions when it first evaluates. This evaluation ends at once, for
            # want of the variables; one that cannot be planned at all raises.
            self.run.eval(data={})
        except RuntimeError as error:
            raise check_error(text, str(error)) from None
        kind = self.run.return_type().name()
        if kind not in _GIVES_BOOL:
            raise CheckError(
                f"the expression gives {kind.lower()}, not true or false",
                pointer=POINTER,
                line=1,
                column=1,
                hint="a check is an expression that is true when the node complies",
            )
        if "lists.range" in text:
            self._check_ranges()

    @cached_property
    def tree(self) -> ast.Expr:
        """The expression's syntax tree, macros expanded."""
        return ast.read(self.run.serialize())

    @cached_property
    def uses(self) -> dict[str, uses.Use]:
        """What it can look at, by variable; a variable that is not named is not there."""
        return uses.find(self.tree, VARIABLES)

    @cached_property
    def with_marks(self) -> cel.Expression | None:
        """The expression for data with unknown values, or None where it cannot be had."""
        try:
            return unknown.rewrite(self.run.serialize())
        except (RuntimeError, ValueError):
            return None

    def check_params(self, params: Mapping[str, Any]) -> None:
        """Raise for a parameter that is read but that the rule does not have.

        Raises:
            CheckError: there is one.
        """
        if "params" not in self.text or "params" not in self.uses:
            return
        for name, use in self.uses["params"].fields.items():
            if name in params or (not use.whole and not use.fields):
                continue
            place = _find_param(self.text, name)
            if place is None:  # read as params.?name, or tested with has() somewhere
                continue
            raise CheckError(
                f'the rule has no parameter "{name}"',
                pointer=POINTER,
                line=place[0],
                column=place[1],
                hint=did_you_mean(name, params) or "name it, with its default, under the rule's `params`",
            )

    def _check_ranges(self) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and node.function == "lists.range" and not _is_small(node.args[0]):
                at = self.text.find("lists.range")
                raise CheckError(
                    f"lists.range takes a literal up to {MAX_ITERATIONS:,}",
                    pointer=POINTER,
                    line=self.text.count("\n", 0, at) + 1,
                    column=at - self.text.rfind("\n", 0, at),
                    hint="to go through a list with its indices: list.all(i, item, ...)",
                )


@lru_cache(maxsize=4096)
def program(text: str) -> Program:
    """Return the program for `text`, compiled once per process.

    Raises:
        CheckError: see `Program`.
    """
    return Program(text)


def _check_text(text: str) -> None:
    if not text.strip():
        raise CheckError("the expression is empty", pointer=POINTER)
    for line, content in enumerate(text.split("\n"), start=1):
        for column, char in enumerate(content, start=1):
            if char == "\0" or "\ud800" <= char <= "\udfff":
                what = f"the expression holds a character that is not text (U+{ord(char):04X})"
                raise CheckError(what, pointer=POINTER, line=line, column=column)


def _is_small(expr: ast.Expr) -> bool:
    return isinstance(expr, ast.Const) and expr.integer is not None and expr.integer <= MAX_ITERATIONS


def _find_param(text: str, name: str) -> tuple[int, int] | None:
    """Return the line and column of the first `params.name`, unless its presence is tested as well."""
    escaped = re.escape(name)
    if re.search(rf"has\(\s*params\.{escaped}\b|params\.\?{escaped}\b|params\[\?|['\"]{escaped}['\"]", text):
        return None
    found = re.search(rf"\bparams\.{escaped}\b", text)
    if found is None:
        return None
    return text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
