"""Rewrites what rego-cpp 1.5 does not iterate over as the language has it.

A reference with a variable or `_` in brackets stands for each of the values that it may have. The interpreter
does so where the reference stands by itself (`x := input.l[_].n`), and not inside a call, a list or map,
another reference's brackets or beside `in`: there it finds nothing, or nothing compiles. So such a reference
gets a name before the expression: `f(input.l[_].n)` becomes `name := input.l[_].n; f(name)`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from complygate.engines.rego import edits as changes
from complygate.engines.rego.edits import Edit
from complygate.engines.rego.module import parse
from complygate.engines.rego.references import Reference, comprehension_bar, partners, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.engines.rego.module import Definition, Module
    from complygate.engines.rego.tokens import Token

PREFIX = "complygate_v"
"""What the names begin with."""

_PASSES = 60
_COMPARISONS = frozenset({":=", "=", "==", "!=", "<", ">", "<=", ">="})
_INFIX = frozenset({*_COMPARISONS, "+", "*", "/", "%", "&", "|", ",", ".", "in", "with", "as"})
_ENDS = frozenset({*_INFIX, "-", ":", "(", "[", "{", "not", "some", "every"})
"""What, at the end of a line, has the expression go on."""
_STARTS = frozenset({*_INFIX, ")", "]", "}"})
"""What, at the start of a line, goes on with the expression above."""


def rewrite(module: Module) -> tuple[str, tuple[tuple[Edit, ...], ...]]:
    """Return the text of `module` in a form that the interpreter iterates over, and the passes of edits.

    Raises:
        CheckError: a construct has no such form; with line and column.
    """
    passes: list[tuple[Edit, ...]] = []
    text = module.source.text
    for number in range(_PASSES):
        made = changes.ordered(
            edit
            for index, definition in enumerate(module.definitions)
            for edit in _Rewriter(module, definition, f"{PREFIX}{number}_{index}").edits()
        )
        if not made:
            break
        passes.append(made)
        text = changes.apply(text, made)
        module = parse(text)
    return text, tuple(passes)


class _Rewriter:
    """Rewrites one definition, the innermost references first; what holds them is for a later pass."""

    def __init__(self, module: Module, definition: Definition, prefix: str) -> None:
        self._source = module.source
        self._text = module.source.text
        self._tokens = definition.tokens
        self._partner = partners(self._tokens)
        self._prefix = prefix
        self._count = 0

    def edits(self) -> Iterator[Edit]:
        """Yield the edits of this pass."""
        tokens = self._tokens
        if tokens[0].text == "default":
            return
        bodies, head_end = self._bodies()
        inner = [edit for start, end, braces in bodies for edit in self._body(start, end, braces=braces)]
        yield from inner
        if not inner:
            yield from self._head(head_end, bodies)

    def _name(self) -> str:
        self._count += 1
        return f"{self._prefix}_{self._count}"

    def _between(self, start: int, end: int) -> str:
        return self._text[self._tokens[start].start : self._tokens[end - 1].end]

    # Where a definition's parts are.

    def _bodies(self) -> tuple[list[tuple[int, int, bool]], int]:
        """Return the bodies, each with whether it stands in braces, and the index behind the first head."""
        tokens = self._tokens
        found: list[tuple[int, int, bool]] = []
        head_end, at = len(tokens), 1
        while at < len(tokens):
            token = tokens[at]
            if token.depth or token.text not in {"{", "if"}:
                at = self._past(at)
                continue
            body = self._body_at(at)
            if body is None:
                at = self._past(at)
                continue
            head_end = min(head_end, at)
            found.append(body)
            at = body[1] + 1 if body[2] else body[1]
        return found, head_end

    def _past(self, at: int) -> int:
        return self._partner.get(at, at) + 1

    def _body_at(self, at: int) -> tuple[int, int, bool] | None:
        tokens = self._tokens
        if tokens[at].text == "{":
            if tokens[at - 1].text in {":=", "=", "contains"}:
                return None
            return at + 1, self._partner[at], True
        start = at + 1
        if start < len(tokens) and tokens[start].text == "{" and comprehension_bar(tokens, start) is None:
            after = self._partner[start] + 1
            if after == len(tokens) or tokens[after].text in {"{", "else"}:
                return start + 1, self._partner[start], True
        end = next((i for i in range(start, len(tokens)) if _is(tokens[i], "else")), len(tokens))
        return start, end, False

    # Queries.

    def _body(self, start: int, end: int, *, braces: bool) -> Iterator[Edit]:
        found = list(self._query(start, end))
        if found and not braces:
            first, last = self._tokens[start], self._tokens[end - 1]
            yield Edit(first.start, first.start, "{ ")
            yield Edit(last.end, last.end, " }")
        else:
            yield from found

    def _query(self, start: int, end: int) -> Iterator[Edit]:
        found = list(self._literals(start, end))
        edits = [edit for first, last in found for edit in self._literal(first, last)]
        yield from edits or self._parted(found)

    def _parted(self, found: list[tuple[int, int]]) -> Iterator[Edit]:
        """Yield a semicolon where only a line end parts an expression from one that starts with a bracket.

        The interpreter would take the bracket for a call's, or a reference's.
        """
        tokens = self._tokens
        for (_, end), (start, _) in pairwise(found):
            if end == start and tokens[start].kind == "mark":
                yield Edit(tokens[end - 1].end, tokens[end - 1].end, ";")

    def _literals(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the ranges of the expressions of a query, which semicolons and line ends part."""
        tokens = self._tokens
        first = at = start
        while at < end:
            semicolon = tokens[at].text == ";"
            if at > first and (semicolon or self._starts_line(tokens[at - 1], tokens[at])):
                yield first, at
                first = at
            if semicolon:
                first = at = at + 1
                continue
            at = self._past(at)
        if first < end:
            yield first, end

    def _starts_line(self, before: Token, token: Token) -> bool:
        apart = "\n" in self._text[before.end : token.start]
        return apart and before.text not in _ENDS and token.text not in _STARTS

    def _literal(self, start: int, end: int) -> Iterator[Edit]:
        tokens = self._tokens
        inner = list(self._nested(start, end))
        if inner:
            yield from inner
            return
        depth = tokens[start].depth
        core = next((i for i in range(start, end) if _is(tokens[i], "with", depth)), end)
        first = start
        if tokens[start].text in {"some", "every"}:
            found = next((i for i in range(start, core) if _is(tokens[i], "in", depth)), None)
            if found is None:
                return
            first = found + 1
        negated = tokens[start].text == "not"
        stop = self._block(start, end) if tokens[start].text == "every" else end
        wanted = self._wanted(first + negated, min(core, stop), stop, plain=first != start)
        if negated and self._is_call(first + 1, core):
            # OPA evaluates what a negated call is given before it negates.
            wanted = _innermost(references(tokens, self._partner, first + 1, core, ground=True))
        elif wanted and negated:
            yield Edit(tokens[start].start, tokens[start + 1].start, "count([1 | ")
            yield Edit(tokens[core - 1].end, tokens[core - 1].end, "]) == 0")
            return
        tail = f" {self._between(core, end)}" if core < end else ""
        for reference in wanted:
            name = self._name()
            whole = self._between(reference.start, reference.end)
            given = tail if reference.end <= core else ""
            made = f"{name}_ := {whole}{given}; {name} := {name}_; "
            yield Edit(tokens[start].start, tokens[start].start, made)
            yield Edit(tokens[reference.start].start, tokens[reference.end - 1].end, name)

    def _is_call(self, start: int, end: int) -> bool:
        """Tell whether an expression is a call, or an operator other than `==` and `=` between two terms."""
        tokens = self._tokens
        here = [tokens[i].text for i in range(start, end) if tokens[i].depth == tokens[start].depth]
        if {"==", "=", ":="} & set(here):
            return False
        called = tokens[end - 1].text == ")" and tokens[start].kind == "word"
        return called or bool({"in", "!=", "<", ">", "<=", ">="} & set(here))

    def _block(self, start: int, end: int) -> int:
        """Return the index of the brace that opens the block of an `every`."""
        return next((i for i in range(start, end) if self._partner.get(i) == end - 1), end)

    def _nested(self, start: int, end: int) -> Iterator[Edit]:
        """Yield the edits to comprehensions, and to the block of an `every`, in a range."""
        tokens = self._tokens
        block = self._block(start, end) if tokens[start].text == "every" else -1
        at = start
        while at < end:
            close = self._partner.get(at, at)
            bar = comprehension_bar(tokens, at) if close > at else None
            if at == block:
                yield from self._query(at + 1, close)
            elif bar is not None:
                inner = [*self._query(bar + 1, close), *self._nested(at + 1, bar)]
                yield from inner or self._into(at + 1, bar, close)
            else:
                close = at  # what is in the bracket is looked through as well
            at = close + 1

    def _into(self, start: int, end: int, close: int) -> Iterator[Edit]:
        """Yield the edits that name the references of a head at the end of its query, which `close` ends."""
        for reference in _innermost(references(self._tokens, self._partner, start, end)):
            name = self._name()
            whole = self._between(reference.start, reference.end)
            at = self._tokens[close].start
            yield Edit(at, at, f"; {name}_ := {whole}; {name} := {name}_ ")
            yield Edit(self._tokens[reference.start].start, self._tokens[reference.end - 1].end, name)

    def _wanted(self, start: int, end: int, stop: int, *, plain: bool) -> list[Reference]:
        """Return the references of an expression that need a name.

        Args:
            start: index of the first token.
            end: index behind the expression, where what follows `with` starts.
            stop: index behind that.
            plain: whether the expression is what `some … in` goes over.
        """
        found = references(self._tokens, self._partner, start, stop)
        inside = [r for r in found if r.inside or r.start >= end]
        if inside:
            return _innermost(inside)
        if len(found) == 1 and self._stands_alone(found[0], start, end, plain=plain):
            return []
        return found

    def _stands_alone(self, reference: Reference, start: int, end: int, *, plain: bool) -> bool:
        """Tell whether an expression is a reference, or compares one with something."""
        before, after = reference.start - 1, reference.end
        if reference.start == start and reference.end == end:
            return True
        if plain:
            return False
        depth = self._tokens[start].depth
        here = (i for i in range(start, end) if self._tokens[i].depth == depth)
        operators = [i for i in here if self._tokens[i].text in _COMPARISONS]
        if len(operators) != 1:
            return False
        left = reference.start == start and after == operators[0]
        right = before == operators[0] and reference.end == end
        if right and before == start + 1 and self._tokens[before].text in {":=", "="}:
            # What is bound so crashes the interpreter when it stands in brackets, unless it goes over a name.
            return self._tokens[start].text.startswith(PREFIX)
        return left or right

    def _head(self, end: int, bodies: list[tuple[int, int, bool]]) -> Iterator[Edit]:
        """Yield the edits to what stands in the head, which is evaluated with what the bodies bind."""
        tokens = self._tokens
        start = (
            next(
                (
                    i
                    for i in range(1, end)
                    if tokens[i].text in {":=", "=", "contains"} and not tokens[i].depth
                ),
                end,
            )
            + 1
        )
        inner = list(self._nested_in_head(start, end))
        if inner:
            yield from inner
            return
        wanted = _innermost(references(tokens, self._partner, start, end)) if start < end else []
        if not wanted:
            return
        if any(not braces for _, _, braces in bodies):
            first, last = tokens[bodies[0][0]], tokens[bodies[0][1] - 1]
            yield Edit(first.start, first.start, "{ ")
            yield Edit(last.end, last.end, " }")
            return
        for reference in wanted:
            name = self._name()
            whole = self._between(reference.start, reference.end)
            for _, close, _ in bodies:
                at = tokens[close].start
                yield Edit(at, at, f"; {name}_ := {whole}; {name} := {name}_ ")
            if not bodies:
                at = tokens[-1].end
                yield Edit(at, at, f" if {{ {name}_ := {whole}; {name} := {name}_ }}")
            yield Edit(tokens[reference.start].start, tokens[reference.end - 1].end, name)

    def _nested_in_head(self, start: int, end: int) -> Iterator[Edit]:
        if start < end:
            yield from self._nested(start, end)


def _is(token: Token, word: str, depth: int = 0) -> bool:
    return token.text == word and token.depth == depth


def _innermost(found: list[Reference]) -> list[Reference]:
    """Return those that hold no other."""
    return [
        one
        for one in found
        if not any(one is not other and one.start <= other.start and other.end <= one.end for other in found)
    ]
