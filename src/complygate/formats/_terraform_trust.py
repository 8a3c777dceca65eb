"""Which values can be known from the files: the answer is in the syntax tree, not in the evaluated values.

An evaluator that meets what it does not know fills in null, a made-up id or half a string. So a value is
taken from it only where every reference, followed to its definition, ends in something that the files say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.formats._terraform_context import (
    Context,
    Definition,
    Steps,
    Where,
    chain,
    define,
    select,
)
from complygate.model.document import Unknown
from complygate.syntax import hcl_nodes as hcl

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOO_LONG = Unknown("the chain of references is too long to follow", present=False)
_CIRCLE = Unknown("it refers to itself", present=False)
_MAX_HOPS = 60
MAX_INSTANCES = 500
"""How many instances a literal `count` may ask for; with more, one stands for all."""

_VOLATILE = frozenset(
    {"abspath", "bcrypt", "fileset", "pathexpand", "plantimestamp", "rsadecrypt", "timestamp", "uuid"}
)
_FILE_FUNCTIONS = frozenset(
    {
        "file",
        "filebase64",
        "filebase64sha256",
        "filebase64sha512",
        "fileexists",
        "filemd5",
        "filesha1",
        "filesha256",
        "filesha512",
        "templatefile",
    }
)
_NULLABLE = frozenset(
    {
        "element",
        "jsondecode",
        "lookup",
        "nonsensitive",
        "one",
        "sensitive",
        "tobool",
        "tolist",
        "tomap",
        "tonumber",
        "toset",
        "tostring",
        "try",
        "yamldecode",
    }
)


class Trust:
    """Answers why a value cannot be known, following references, each definition once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, Steps], Unknown | None] = {}
        self._kept: list[object] = []  # what the ids in `_known` stand for must not be freed
        self._hops = 0

    def doubt(self, expression: hcl.Expression, where: Where) -> Unknown | None:
        """Return why the value of `expression` cannot be known; None when the files decide it."""
        try:
            return self._doubt(expression, where)
        except RecursionError:
            self._hops = 0
            return _TOO_LONG

    def shape(self, expression: hcl.Expression, where: Where) -> Unknown | None:
        """Return why the keys of a `for_each` cannot be known; its values may be unknown all the same."""
        expression, where = self.follow(expression, where)
        match expression:
            case hcl.ObjectCons(items=items):
                return _first(self.doubt(item.key, where) for item in items)
            case hcl.TupleCons():
                return None
            case hcl.For(result_key=key, condition=condition) if key is not None:
                inner = where.binding({name: None for name in (expression.key, expression.value) if name})
                parts = [key, condition] if condition is not None else [key]
                shape = self.shape(expression.collection, where)
                return shape or _first(self.doubt(part, inner) for part in parts)
            case _:
                return self.doubt(expression, where)

    def follow(self, expression: hcl.Expression, where: Where) -> tuple[hcl.Expression, Where]:
        """Return the expression that a reference leads to, and where it stands; else `expression` itself."""
        for _ in range(_MAX_HOPS):
            found = self._definition(expression, where)
            if not isinstance(found, Definition):
                break
            inner, place = self._walk(found)
            if inner is None:
                break
            expression, where = inner, place
        return expression, where

    def around(self, block: hcl.Block, context: Context) -> Where:
        """Return where the attributes of a block stand: `each` and `count` are known if their source is."""
        bound: dict[str, Unknown | None] = {}
        outer = Where(context)
        for_each, count = block.attributes.get("for_each"), block.attributes.get("count")
        if for_each is not None:
            bound |= self.items("each", for_each.expression, outer)
        if count is not None:
            bound["count"] = self.doubt(count.expression, outer)
        return Where(context, bound)

    def items(self, name: str, collection: hcl.Expression, where: Where) -> dict[str, Unknown | None]:
        """Return what can be known of the items of a `for_each`, under the name that they go by."""
        doubt = self.doubt(collection, where)
        return {name: doubt, f"{name}.key": doubt and self.shape(collection, where)}

    def number(self, block: hcl.Block, context: Context) -> Unknown | None:
        """Return why it cannot be known how many instances of a block there are."""
        for name in ("for_each", "count"):
            attribute = block.attributes.get(name)
            if attribute is not None:
                if _too_many(attribute.expression):
                    return Unknown(f"{attribute.text} are more than are worked out")
                ask = self.shape if name == "for_each" else self.doubt
                return ask(attribute.expression, Where(context))
        return None

    # -- following ---------------------------------------------------------------------------------

    def _definition(self, expression: hcl.Expression, where: Where) -> Definition | Unknown | None:
        link = chain(expression)
        if link is None:
            return None
        found = define(*link, where)
        if isinstance(found, Definition) and found.block is not None:
            inner = self.around(found.block, found.where.context)
            return Definition(found.expression, inner, found.rest)
        return found

    def _walk(self, found: Definition) -> tuple[hcl.Expression | None, Where]:
        """Take the remaining steps as far as the text spells them out."""
        expression, where, rest = found.expression, found.where, found.rest
        for _ in range(_MAX_HOPS):
            if not rest:
                return expression, where
            inner = select(expression, rest[0])
            if inner is not None:
                expression, rest = inner, rest[1:]
                continue
            deeper = self._definition(expression, where)
            if not isinstance(deeper, Definition):
                return None, where
            expression, where, rest = deeper.expression, deeper.where, (*deeper.rest, *rest)
        return None, where

    def _doubt(self, expression: hcl.Expression, where: Where) -> Unknown | None:
        link = chain(expression)
        if link is not None:
            return self._reference(link, expression, where) or _first(
                self._doubt(key, where) for key in _keys(expression)
            )
        if isinstance(expression, hcl.Call):
            return self._call(expression, where)
        if isinstance(expression, hcl.For | hcl.TemplateFor):
            return self._loop(expression, where)
        return _first(self._doubt(part, where) for part in parts(expression))

    def _reference(self, link: tuple[str, Steps], expression: hcl.Expression, where: Where) -> Unknown | None:
        if link[0] == hcl.SPLAT_ITEM:
            return None
        found = self._definition(expression, where)
        if not isinstance(found, Definition):
            return found
        key = (id(found.expression), id(found.where.context), found.rest)
        if key not in self._known:
            if self._hops > _MAX_HOPS:
                return _TOO_LONG
            self._known[key] = _CIRCLE
            self._kept += [found.expression, found.where]
            self._hops += 1
            inner, place = self._walk(found)
            self._known[key] = self._doubt(
                *((found.expression, found.where) if inner is None else (inner, place))
            )
            self._hops -= 1
        return self._known[key]

    def _loop(self, node: hcl.For | hcl.TemplateFor, where: Where) -> Unknown | None:
        collection = self._doubt(node.collection, where)
        if collection is not None:
            return collection
        inner = where.binding({name: None for name in (node.key, node.value) if name})
        results = (
            [node.body]
            if isinstance(node, hcl.TemplateFor)
            else [node.result_key, node.result, node.condition]
        )
        return _first(self._doubt(part, inner) for part in results if part is not None)

    def _call(self, node: hcl.Call, where: Where) -> Unknown | None:
        if node.name in _VOLATILE or "::" in node.name:
            return Unknown(f"{node.name}() is known only when Terraform runs")
        refused = self.refused(node, where.context)
        return refused or _first(self._doubt(argument, where) for argument in node.arguments)

    def refused(self, node: hcl.Call, context: Context) -> Unknown | None:
        """Return why a call is not followed that reads a file: only files of the tree are."""
        if "file" not in node.name:
            return None
        if node.name not in _FILE_FUNCTIONS:
            return Unknown(f"{node.name}() is not worked out", present=False)
        path = static_path(node, context) if node.arguments else None
        if path is None:
            return Unknown(
                f"{node.name}() reads a file whose path is worked out, or that is outside the tree"
            )
        if path not in context.forest.readable:
            return Unknown(f"{node.name}() reads {path}, which is not among the scanned files", present=False)
        if node.name == "templatefile" and not context.forest.plain_template(path):
            return Unknown(f"{node.name}() reads {path}, which reads other files")
        return None


def root_of(context: Context) -> Context:
    """Return the root module above `context`."""
    while context.parent is not None:
        context = context.parent
    return context


def static_path(node: hcl.Call, context: Context) -> str | None:
    """Return the file that a function reads, relative to the scanned root, when the text says which."""
    base, expression = root_of(context).folder.path, node.arguments[0]
    tail: hcl.Expression | str = expression
    if isinstance(expression, hcl.Template) and len(expression.parts) == 2:  # noqa: PLR2004 - folder and rest
        link = chain(expression.parts[0])
        if link == ("path", ("module",)):
            base = context.folder.path
        elif link != ("path", ("root",)):
            return None
        tail = expression.parts[1]
        if isinstance(tail, hcl.Literal) and str(tail.value).startswith("/"):
            return context.forest.inside(base, str(tail.value).lstrip("/"))
        return None
    if isinstance(tail, hcl.Literal) and isinstance(tail.value, str):
        return context.forest.inside(base, tail.value)
    return None


def parts(expression: hcl.Expression) -> Iterator[hcl.Expression]:
    """Yield the expressions directly inside one that is no reference, call or loop."""
    match expression:
        case hcl.Template(parts=inner) | hcl.TupleCons(items=inner):
            yield from inner
        case hcl.ObjectCons(items=pairs):
            for pair in pairs:
                yield pair.key
                yield pair.value
        case hcl.Conditional() | hcl.TemplateIf():
            yield from (expression.condition, expression.then, expression.otherwise)
        case hcl.Unary(operand=operand):
            yield operand
        case hcl.Binary(left=left, right=right):
            yield from (left, right)
        case hcl.GetAttr(base=base):
            yield base
        case hcl.Index(base=base, key=key):
            yield from (base, key)
        case hcl.Splat(base=base, each=each):
            yield from (base, each)
        case _:
            return


def _keys(expression: hcl.Expression) -> Iterator[hcl.Expression]:
    """Yield the keys inside a reference that are themselves worked out: `a[var.b]`."""
    while not isinstance(expression, hcl.Name):
        if isinstance(expression, hcl.Index):
            if not isinstance(expression.key, hcl.Literal):
                yield expression.key
        elif isinstance(expression, hcl.Splat):
            yield from _keys(expression.each)
        elif not isinstance(expression, hcl.GetAttr):
            return
        expression = expression.base


def may_be_null(expression: hcl.Expression) -> bool:
    """Tell whether an expression that is known throughout may give null."""
    match expression:
        case hcl.Literal(value=value):
            return value is None
        case hcl.Conditional(then=then, otherwise=otherwise):
            return may_be_null(then) or may_be_null(otherwise)
        case hcl.Call(name=name):
            return name in _NULLABLE
        case hcl.Template(parts=inner):
            return len(inner) == 1 and may_be_null(inner[0])
        case hcl.Name() | hcl.GetAttr() | hcl.Index():
            return True
        case _:
            return False


def surely_present(expression: hcl.Expression, doubt: Unknown) -> bool:
    """Tell whether a value that cannot be known surely is not null."""
    if isinstance(expression, hcl.Conditional):
        return surely_present(expression.then, doubt) and surely_present(expression.otherwise, doubt)
    return doubt.present if chain(expression) is not None else not may_be_null(expression)


def _too_many(expression: hcl.Expression) -> bool:
    value = expression.value if isinstance(expression, hcl.Literal) else None
    return isinstance(value, int) and value > MAX_INSTANCES


def _first(found: Iterator[Unknown | None]) -> Unknown | None:
    return next((item for item in found if item is not None), None)
