"""The parts of an HCL file: blocks, attributes and expressions, each with its span.

HCL's own specification names them:
https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complygate.model.tree import Span

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a boolean, null, or a string with no interpolation in it."""

    value: Scalar
    span: Span


@dataclass(frozen=True, slots=True)
class Template:
    """A quoted string or heredoc with interpolations or directives; its parts are joined."""

    parts: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TemplateIf:
    """`%{ if condition }…%{ else }…%{ endif }`."""

    condition: Expression
    then: Template
    otherwise: Template
    span: Span


@dataclass(frozen=True, slots=True)
class TemplateFor:
    """`%{ for key, value in collection }…%{ endfor }`; `key` is "" where it is left out."""

    key: str
    value: str
    collection: Expression
    body: Template
    span: Span


@dataclass(frozen=True, slots=True)
class TupleCons:
    """`[a, b]`."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ObjectItem:
    """`key = value` in an object. A bare word as key is a `Literal` string."""

    key: Expression
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class ObjectCons:
    """`{ a = 1 }`."""

    items: tuple[ObjectItem, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """The first word of a reference: `var`, `local`, `aws_s3_bucket`, a loop variable."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class GetAttr:
    """`base.name`."""

    base: Expression
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    """`base[key]`, and the older `base.0`."""

    base: Expression
    key: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Splat:
    """`base[*].each` or `base.*.each`; `each` starts from the name `SPLAT_ITEM`."""

    base: Expression
    each: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`name(arguments)`; `expand` when the last argument is followed by an ellipsis."""

    name: str
    arguments: tuple[Expression, ...]
    expand: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """`!operand` or `-operand`."""

    operator: str
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class For:
    """`[for …]`, or `{for …}` when `result_key` is given; `group` for the ellipsis of `=> value...`."""

    key: str
    value: str
    collection: Expression
    result_key: Expression | None
    result: Expression
    condition: Expression | None
    group: bool
    span: Span


Expression = (
    Literal
    | Template
    | TemplateIf
    | TemplateFor
    | TupleCons
    | ObjectCons
    | Name
    | GetAttr
    | Index
    | Splat
    | Call
    | Conditional
    | Unary
    | Binary
    | For
)

SPLAT_ITEM = "*"
"""The name by which `Splat.each` speaks of the item; no HCL identifier looks like it."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name = expression`.

    Attributes:
        name: the key.
        expression: the value.
        key: the span of the key.
        value: the span of the value, parentheses around it included.
        span: the span of the whole definition, from the key to the end of the value.
        text: the value's source text.
    """

    name: str
    expression: Expression
    key: Span
    value: Span
    span: Span
    text: str

    @property
    def literal(self) -> bool:
        """Whether the value can be read off without evaluating anything."""
        return is_literal(self.expression)


@dataclass(frozen=True, slots=True)
class Block:
    """`type "label" { … }`.

    Attributes:
        type: the first word.
        labels: what stands between it and the brace, without quotes.
        attributes: by name.
        blocks: nested blocks, in order.
        span: from the first word to the closing brace.
        head: from the first word to the last label.
    """

    type: str
    labels: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    blocks: tuple[Block, ...]
    span: Span
    head: Span

    def of_type(self, name: str) -> Iterator[Block]:
        """Yield the nested blocks of a type."""
        return (block for block in self.blocks if block.type == name)


def is_literal(expression: Expression) -> bool:
    """Tell whether `expression` is a constant, or a list or object of constants."""
    match expression:
        case Literal():
            return True
        case TupleCons(items=items):
            return all(is_literal(item) for item in items)
        case ObjectCons(items=pairs):
            return all(is_literal(pair.key) and is_literal(pair.value) for pair in pairs)
        case Unary(operand=operand):
            return is_literal(operand)
        case _:
            return False
