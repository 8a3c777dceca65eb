"""Texts that rego-cpp 1.5 would hand to a function with their quotes, and formats that it does not fill.

`sprintf("%v", [x])` in a function shows the quotes of a text that was written out where the function is
called, and its result is no text that can be read. A text that a built-in made is handed over as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complygate.engines.rego.edits import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.engines.rego.module import Definition, Module

_TEXTS = frozenset({"string", "raw"})
_VERB = re.compile(r"%([%dqs])")


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
        if before == "(" and tokens[i - 2].text == "sprintf":
            yield Edit(token.start, token.end, filled(token.text))
            continue
        argument = bool(calls) and calls[-1] and before in {"(", ","} and after in {",", ")"}
        named = before == ":=" and token.depth > 0 and tokens[i - 2].kind == "word"
        if argument or (named and after not in {"[", "+", "."}):
            yield Edit(token.start, token.end, f'sprintf("%s", [{token.text}])')


def filled(text: str) -> str:
    """Return a format, as written, with verbs that take any value, as OPA's do.

    `%d` of a text and `%s` of a list are no mistake to OPA, and the interpreter knows no `%q`.
    """
    quote = '"' if text.startswith("`") else '\\"'
    verbs = {"%": "%%", "d": "%v", "s": "%v", "q": f"{quote}%v{quote}"}
    return _VERB.sub(lambda found: verbs[found[1]], text)


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
