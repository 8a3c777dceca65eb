"""Names that rego-cpp 1.5 takes for others: rules for variables, one comprehension's for another's."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from complygate.engines.rego.edits import Edit
from complygate.engines.rego.module import Form
from complygate.engines.rego.references import comprehension_bar, partners

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from complygate.engines.rego.module import Definition, Module
    from complygate.engines.rego.tokens import Token

_WORDS = "not some every in with as if contains else default true false null input data package import set _"
_NO_VARIABLES = frozenset(_WORDS.split())
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def unified(module: Module, definition: Definition, rules: frozenset[str], package: str) -> Iterator[Edit]:
    """Yield edits by which a rule's name beside `=` is a reference.

    In `kind = "Pod"` the interpreter takes `kind` for a new variable, even where a rule is called so.

    Args:
        module: the module.
        definition: one of its definitions.
        rules: the names of the rules of its package, without functions.
        package: the package of a module that declares none.
    """
    tokens = definition.tokens
    bound = _bound(definition)
    first = 2 if tokens[0].text == "default" else 1
    head = next((i for i, t in enumerate(tokens) if not t.depth and t.text in {"{", "if"}), len(tokens))
    for i in range(first, len(tokens)):
        token = tokens[i]
        if token.kind != "word" or token.text in bound or tokens[i - 1].text == ".":
            continue
        after = tokens[i + 1].text if i + 1 < len(tokens) else ""
        before = tokens[i - 1].text if i > head else ""
        if after != "=" and not (before == "=" and after not in {".", "[", "("}):
            continue
        if i < head:
            continue
        if token.text in rules:
            yield Edit(token.start, token.end, reference(("data", *(module.path or (package,)), token.text)))
        elif token.text in module.imports:
            yield Edit(token.start, token.end, reference(module.imports[token.text].split(".")))


def reference(path: Sequence[str]) -> str:
    """Return the reference that leads along `path`."""
    first, *rest = path
    return first + "".join(f".{step}" if _PLAIN.fullmatch(step) else f'["{step}"]' for step in rest)


def _bound(definition: Definition) -> set[str]:
    """Return the names that a definition binds: parameters, and what `some`, `every` and `:=` declare."""
    tokens = definition.tokens
    found: set[str] = set()
    if definition.form is Form.FUNCTION:
        opening = next(i for i, token in enumerate(tokens) if token.text == "(")
        found.update(t.text for t in tokens[opening : partners(tokens)[opening]] if t.kind == "word")
    for i, token in enumerate(tokens):
        if token.kind != "word":
            continue
        if i + 1 < len(tokens) and tokens[i + 1].text == ":=" and i:
            found.add(token.text)
        if token.text in {"some", "every"}:
            found.update(_declared(tokens, i))
    return found


def _declared(tokens: Sequence[Token], at: int) -> Iterator[str]:
    """Yield the names between `some` or `every` and `in`, or the end of the declaration."""
    for i in range(at + 1, len(tokens)):
        if tokens[i].kind == "word" and tokens[i].text != "in":
            yield tokens[i].text
            if i + 1 < len(tokens) and tokens[i + 1].text in {",", "in"}:
                continue
            return
        if tokens[i].text not in {",", "[", "]"}:
            return


def apart(definition: Definition, taken: frozenset[str]) -> Iterator[Edit]:
    """Yield edits by which comprehensions of one definition do not share variables that are their own.

    Args:
        definition: the definition.
        taken: names of rules, functions and imports, which are no variables.
    """
    tokens = definition.tokens
    ranges = list(_comprehensions(tokens))
    places: dict[str, set[int]] = {}
    for i, name in _variables(tokens, taken):
        inside = next((n for n, (start, end) in enumerate(ranges) if start < i < end), -1)
        places.setdefault(name, set()).add(inside)
    shared = {name for name, where in places.items() if -1 not in where and len(where) > 1}
    for i, name in _variables(tokens, taken):
        if name in shared:
            number = next(n for n, (start, end) in enumerate(ranges) if start < i < end)
            yield Edit(tokens[i].start, tokens[i].end, f"{name}_complygate_{number}")


def own_parameters(definition: Definition, taken: frozenset[str]) -> Iterator[Edit]:
    """Yield edits by which comprehensions in a function use its parameters by names of their own.

    In the brackets of a reference there the interpreter takes a parameter for a variable that is free.

    Args:
        definition: the definition.
        taken: names of rules, functions and imports, which are no variables.
    """
    if definition.form is not Form.FUNCTION:
        return
    tokens = definition.tokens
    opening = next(i for i, token in enumerate(tokens) if token.text == "(")
    closing = partners(tokens)[opening]
    parameters = {t.text for t in tokens[opening:closing] if t.kind == "word"} - _NO_VARIABLES
    used = list(_variables(tokens, taken - parameters))
    for number, (start, end) in enumerate(_comprehensions(tokens)):
        inside = [(i, name) for i, name in used if start < i < end and name in parameters]
        bar = comprehension_bar(tokens, start)
        if bar is None or start < closing:
            continue
        names = {name: f"{name}_complygate_p{number}" for _, name in inside}
        for name, other in names.items():
            yield Edit(tokens[bar].end, tokens[bar].end, f" {other} := {name};")
        for i, name in inside:
            yield Edit(tokens[i].start, tokens[i].end, names[name])


def _comprehensions(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the outermost comprehensions."""
    closing = partners(tokens)
    at = 0
    while at < len(tokens):
        if at in closing and tokens[at].text != "(" and comprehension_bar(tokens, at) is not None:
            yield at, closing[at]
            at = closing[at]
        at += 1


def _variables(tokens: Sequence[Token], taken: Iterable[str]) -> Iterator[tuple[int, str]]:
    counted = Counter(taken)
    for i, token in enumerate(tokens):
        if token.kind != "word" or token.text in _NO_VARIABLES or token.text in counted:
            continue
        called = i + 1 < len(tokens) and tokens[i + 1].text == "(" and tokens[i + 1].start == token.end
        if not called and (not i or tokens[i - 1].text != "."):
            yield i, token.text
