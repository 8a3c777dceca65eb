"""References in a stretch of tokens that stand for several values: those with a variable in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.engines.rego.tokens import Token

_OPENING = frozenset({"[", "(", "{"})
_CONSTANT = frozenset({"true", "false", "null"})
_KEYWORDS = frozenset({"not", "some", "every", "in", "with", "as", "if", "contains", "else", "default"})


class Reference(NamedTuple):
    """A reference.

    Attributes:
        start: index of its first token.
        end: index behind its last.
        inside: whether it stands in a call, a list, a map, a set or another reference's brackets.
    """

    start: int
    end: int
    inside: bool


def partners(tokens: Sequence[Token]) -> dict[int, int]:
    """Return the index of the closing bracket by that of the opening one."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        if token.text in _OPENING:
            stack.append(i)
        elif token.text in {"]", ")", "}"}:
            found[stack.pop()] = i
    return found


def comprehension_bar(tokens: Sequence[Token], opening: int) -> int | None:
    """Return the index of the bar of the comprehension that a bracket opens; None where it opens none."""
    depth = tokens[opening].depth
    if tokens[opening].text == "(":
        return None
    for i in range(opening + 1, len(tokens)):
        if tokens[i].depth == depth:
            return None
        if tokens[i].depth == depth + 1 and tokens[i].text == "|" and tokens[i].kind == "mark":
            return i
    return None


def references(
    tokens: Sequence[Token], partner: Mapping[int, int], start: int, end: int, *, ground: bool = False
) -> list[Reference]:
    """Return the references with variables between two indices, without those in comprehensions.

    Args:
        tokens: the tokens.
        partner: the closing brackets by the opening ones.
        start: where to begin.
        end: where to stop.
        ground: whether to return the references without variables as well, and calls in calls.
    """
    return list(_Finder(tokens, partner, ground=ground).find(start, end, inside=False))


class _Finder:
    def __init__(self, tokens: Sequence[Token], partner: Mapping[int, int], *, ground: bool) -> None:
        self._ground = ground
        self._tokens = tokens
        self._partner = partner

    def find(self, start: int, end: int, *, inside: bool) -> Iterator[Reference]:
        at = start
        while at < end:
            token = self._tokens[at]
            if token.kind == "word" and not (token.text in _KEYWORDS and not self._called(at)):
                stop, several, parts = self._suffixes(at + 1)
            elif token.text in {"[", "{"} and token.kind == "mark":
                stop, several, parts = self._suffixes(self._partner[at] + 1)
                if comprehension_bar(self._tokens, at) is None:
                    parts = [(at + 1, self._partner[at]), *parts]
            elif token.text == "(" and token.kind == "mark":
                # A group: what is in it stands as it would without.
                yield from self.find(at + 1, self._partner[at], inside=inside)
                at = self._partner[at] + 1
                continue
            else:
                at += 1
                continue
            if several or (self._ground and token.kind == "word" and self._is_path(at, stop, inside=inside)):
                yield Reference(at, stop, inside)
            for first, last in parts:
                yield from self.find(first, last, inside=True)
            at = max(stop, at + 1)

    def _is_path(self, at: int, stop: int, *, inside: bool) -> bool:
        """Tell whether a reference has parts, and is no call that stands by itself."""
        called = self._tokens[stop - 1].text == ")"
        return stop > at + 1 and (inside or not called)

    def _called(self, at: int) -> bool:
        return at + 1 < len(self._tokens) and self._tokens[at + 1].text == "(" and self._adjoins(at + 1)

    def _adjoins(self, at: int) -> bool:
        return self._tokens[at].start == self._tokens[at - 1].end

    def _suffixes(self, at: int) -> tuple[int, bool, list[tuple[int, int]]]:
        """Return where a reference ends, whether it stands for several values, and what its brackets hold."""
        tokens = self._tokens
        several = False
        parts: list[tuple[int, int]] = []
        while at < len(tokens) and tokens[at].kind == "mark" and self._adjoins(at):
            if tokens[at].text == "." and at + 1 < len(tokens):
                at += 2
            elif tokens[at].text in {"[", "("}:
                close = self._partner[at]
                parts.append((at + 1, close))
                several |= tokens[at].text == "[" and self._varies(at + 1, close)
                at = close + 1
            else:
                break
        return at, several, parts

    def _varies(self, start: int, end: int) -> bool:
        token = self._tokens[start]
        return end == start + 1 and token.kind == "word" and token.text not in _CONSTANT
