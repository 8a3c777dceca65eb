"""Texts that rego-cpp 1.5 would hand to a function with their quotes.

`sprintf("%v", [x])` in a function shows the quotes of a text that was written out where the function is called, and
its result is no text that can be read. A text that a built-in made is handed over as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.engines.rego.edits import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.engines.rego.module import Definition, Module

_TEXTS = frozenset({"string", "raw"})


def made(module: Module, definition: Definition, functions: frozenset[str]) -> Iterator[Edit]:
    """Yield edits by which texts that may get into functions are made by a built-in.

    Args:
        module: the module.
        definition: one of its definitions.
        functions: the names of the functions of its package.
    """
    tokens = definition.tokens
    calls: list[bool] = []
    for i, token in enumerate(tokens):
        if token.text in {"(", "[", "{"} and token.kind == "mark":
            calls.append(token.text == "(" and _is_ours(module, definition, i, functions))
        elif token.text in {")", "]", "}"} and token.kind == "mark":
            calls.pop()
        if token.kind not in _TEXTS or not 0 < i < len(tokens) - 1:
            continue
        before, after = tokens[i - 1].text, tokens[i + 1].text
        argument = bool(calls) and calls[-1] and before in {"(", ","} and after in {",", ")"}
        named = before == ":=" and token.depth > 0 and tokens[i - 2].kind == "word"
        if argument or (named and after not in {"[", "+", "."}):
            yield Edit(token.start, token.end, f'sprintf("%s", [{token.text}])')


def _is_ours(module: Module, definition: Definition, opening: int, functions: frozenset[str]) -> bool:
    """Tell whether the bracket opens the arguments of a function that a module defines."""
    tokens = definition.tokens
    first = opening - 1
    while first >= 2 and tokens[first - 1].text == ".":  # noqa: PLR2004 - a name, its dot, and a name before
        first -= 2
    if first <= 0 or tokens[first].kind != "word" or tokens[opening].start != tokens[opening - 1].end:
        return False
    root = tokens[first].text
    alone = first == opening - 1
    return root == "data" or root in module.imports or (alone and root in functions)
