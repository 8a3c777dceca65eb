"""One parsed unit of text: plain data, and where each part of it stands."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.model import pointer as ptr
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


class Span(NamedTuple):
    """A stretch of text. Lines and columns count from 1, in code points; the end column is exclusive.

    An empty or zero-width stretch has the same start and end.
    """

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Tree:
    """Plain data with two side tables from JSON pointer to span.

    Attributes:
        path: the file, relative to the scanned root, with "/" between parts.
        syntax: the language that the text was read as: "yaml", "json", "toml", "hcl", "dockerfile", ...
        data: JSON values only: dict with str keys, list, str, int, float, bool, None.
        values: the span of each value, by pointer; "" is the whole unit.
        keys: the span of the key that introduces a value, for each value that has one.
        comments: what starts a comment that runs to the end of its line in this syntax.
        notes: what the reader wants the framework to know about a place, by pointer; see `Note`.
        tags: application tags of values, by pointer: "!Ref", "!vault"; the standard ones are left out.
        plain: the reader vouches for `data`: at most 200 levels deep, neither NUL nor lone surrogate in a
            string, no integer beyond 64 bits. Else nobody has looked.
    """

    path: str
    syntax: str
    data: Any
    values: Mapping[str, Span]
    keys: Mapping[str, Span] = field(default_factory=dict)
    comments: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    plain: bool = False

    def nearest(self, pointer: str) -> str:
        """Return `pointer`, or the closest ancestor of it that has a place in the text.

        A rule may point at what is absent ("securityContext"); a person is then shown the block that
        should hold it.
        """
        while pointer and pointer not in self.values:
            pointer = ptr.parent(pointer)
        return pointer


@dataclass(frozen=True, slots=True)
class Note:
    """A defect of the text that leaves data behind all the same, such as a duplicate key.

    Attributes:
        message: what is wrong, in one sentence.
        span: where.
        pointer: the value concerned.
    """

    message: str
    span: Span
    pointer: str = ""
