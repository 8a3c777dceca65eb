"""A module turned into what the interpreter reads: Rego 1.0, without annotations that it would have to read.

Lines stay where they are. What is changed within one is remembered, so that an error in the changed text is
shown at its place in the written one.
"""

from __future__ import annotations

import json
from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.engines.rego import builtins, literals, names, queries
from complygate.engines.rego import edits as changes
from complygate.engines.rego.edits import Edit
from complygate.engines.rego.module import Definition, Form, Module, parse
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from complygate.engines.rego.tokens import Token
    from complygate.errors import CheckError

SUPPORT_PACKAGE = "complygate.support"
SUPPORT = """package complygate.support
all(x) if { every item in x { item == true } } else := false
any(x) if { some item in x; item == true } else := false
cast_array(x) := [item | some item in x] if { is_set(x) } else := x if { is_array(x) }
cast_boolean(x) := x if { is_boolean(x) }
cast_null(x) := x if { is_null(x) }
cast_object(x) := x if { is_object(x) }
cast_set(x) := {item | some item in x} if { is_array(x) } else := x if { is_set(x) }
cast_string(x) := x if { is_string(x) }
replaced(x, old, new) := x if { old == ""; new == "" } else := replace(x, old, new) if { old != "" }
set_diff(x, y) := x - y
trace(_) := true
"""
"""What older policies call and Rego 1.0 has no more. `trace` has nothing to write to here, and `replace` of
an empty text never ends in rego-cpp 1.5."""

SELF = "self"
"""Where, in the input of a module that looks beyond the node, the node stands."""
BEYOND = ("view", "document", "repo")
"""What else may be looked at, as `data.complygate.repo`."""

_PREFIXED = builtins.REWRITTEN - {"re_match", "rego.metadata.rule", "rego.metadata.chain"}


@dataclass(frozen=True)
class Translated:
    """A module as the interpreter reads it.

    Attributes:
        module: the module as written.
        text: what the interpreter reads.
    """

    module: Module
    text: str
    _passes: tuple[tuple[Edit, ...], ...] = field(repr=False)

    def error(self, offset: int, message: str) -> CheckError:
        """Return an error at `offset`, in bytes of UTF-8 of `text`, as one at its place in the module."""
        at = len(self.text.encode()[:offset].decode("utf-8", "ignore"))
        for edits in reversed(self._passes):
            at = changes.back(at, edits)
        return self.module.source.error(min(at, max(len(self.module.source.text) - 1, 0)), message)


def translate(
    module: Module,
    functions: frozenset[str],
    rules: frozenset[str],
    annotations: Mapping[int, Mapping[str, Any]],
    renamed: Mapping[int, str],
    package: str = "",
    *,
    beyond: bool = False,
) -> Translated:
    """Return `module` as the interpreter reads it.

    Args:
        module: the module.
        functions: the names of all functions of its package.
        rules: the names of all other rules of it.
        annotations: what stands in the annotation of a definition, by its index.
        renamed: a name for a definition, by its index. Where rules go by several names, what the old name
            means is put together at the end.
        package: the package for a module that declares none.
        beyond: whether the input is a map of what may be looked at, and `input` one part of it.
    """
    edits: list[Edit] = []
    if not module.path:
        edits.append(Edit(0, 0, f"package {package}\n"))
    for index, definition in enumerate(module.definitions):
        edits.extend(_of_definition(definition, renamed.get(index, "")))
        edits.extend(_of_calls(module, definition, functions, annotations.get(index, {})))
        edits.extend(literals.made(module, definition, functions))
        edits.extend(names.unified(module, definition, rules, package))
        taken = rules | functions | module.imports.keys()
        edits.extend(names.apart(definition, taken))
        edits.extend(names.own_parameters(definition, taken))
    if beyond:
        edits.extend(_taken_apart(module))
    first = changes.ordered(edits)
    text = changes.apply(module.source.text, first) + _union(module, renamed)
    text, passes = queries.rewrite(parse(text))
    return Translated(module, text, (first, *passes))


def _of_definition(definition: Definition, name: str) -> Iterable[Edit]:
    tokens = definition.tokens
    if name:
        yield Edit(tokens[0].start, tokens[0].end, name)
    if definition.brackets is None:
        return
    opening, closing = (tokens[i] for i in definition.brackets)
    last = definition.brackets[1] == len(tokens) - 1
    yield Edit(opening.start, opening.end, " contains ")
    yield Edit(closing.start, closing.end, "" if last else " if")


def _of_calls(
    module: Module, definition: Definition, functions: frozenset[str], annotation: Mapping[str, Any]
) -> Iterable[Edit]:
    tokens = definition.tokens
    for i, token in enumerate(tokens[:-1]):
        if token.kind != "word" or (i and tokens[i - 1].text == "."):
            continue
        if tokens[i + 1].text == "(" and token.text not in functions and token.text not in module.imports:
            if token.text == "re_match":
                yield Edit(token.start, token.end, "regex.match")
            elif token.text == "replace":
                yield Edit(token.start, token.end, f"data.{SUPPORT_PACKAGE}.replaced")
            elif token.text in _PREFIXED:
                yield Edit(token.start, token.end, f"data.{SUPPORT_PACKAGE}.{token.text}")
        words = "".join(part.text for part in tokens[i : i + 7])
        if token.text == "rego" and words.startswith(("rego.metadata.rule()", "rego.metadata.chain()")):
            path = ["data", *module.path, definition.name]
            value: Any = dict(annotation)
            if words.startswith("rego.metadata.chain"):
                value = [{"path": path, "annotations": value}] if annotation else [{"path": path}]
            yield Edit(token.start, tokens[i + 6].end, json.dumps(value))


def looks_beyond(module: Module) -> bool:
    """Tell whether a module looks at `data.complygate`, beyond the node."""
    tokens = module.source.tokens
    return any(_is_beyond(tokens, i) for i in range(len(tokens)))


def _is_beyond(tokens: Sequence[Token], at: int) -> bool:
    words = [token.text for token in tokens[at : at + 5]]
    return words[:4] == ["data", ".", "complygate", "."] and words[-1] in BEYOND


def _taken_apart(module: Module) -> Iterable[Edit]:
    """Have `data.complygate.repo` mean a part of the input, and `input` another one."""
    tokens = module.source.tokens
    for i, token in enumerate(tokens):
        if _is_beyond(tokens, i):
            yield Edit(token.start, tokens[i + 2].end, "input")
        elif token.text == "input" and token.kind == "word" and (not i or tokens[i - 1].text != "."):
            yield Edit(token.start, token.end, f"input.{SELF}")


def _union(module: Module, renamed: Mapping[int, str]) -> str:
    """Return rules by which the old names of renamed sets still hold what they held."""
    parts = [
        f"\n{module.definitions[index].name} contains complygate_item if {{ some complygate_item in {name} }}"
        for index, name in renamed.items()
        if module.definitions[index].form is Form.SET
    ]
    return "".join(parts)
