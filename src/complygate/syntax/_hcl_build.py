"""From tree-sitter's concrete syntax tree to the nodes of `hcl_nodes`.

The grammar: https://github.com/tree-sitter-grammars/tree-sitter-hcl/blob/main/grammar.js
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn

from complygate.errors import Place, SyntaxProblem
from complygate.syntax import hcl_nodes as hcl
from complygate.syntax._hcl_text import Positions, dedent, indentation, unescape_heredoc, unescape_quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tree_sitter import Node

    from complygate.model.tree import Span

MAX_DEPTH = 80
"""How deeply expressions and blocks may nest; real files stay below 20."""

_BINARY = frozenset({"||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"})
_POSTFIX = frozenset({"get_attr", "index", "splat"})
_GAP = frozenset({"template_interpolation", "template_directive"})


class Builder:
    """Builds blocks, attributes and expressions of one file."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        self._data = data
        self._positions = Positions(data)
        self._depth = 0
        self._terms: dict[str, Callable[[Node], hcl.Expression]] = {
            "literal_value": self._literal,
            "template_expr": self._template_expression,
            "collection_value": self._collection,
            "variable_expr": self._name,
            "function_call": self._call,
            "for_expr": self._for,
            "operation": self._operation,
            "conditional": self._conditional,
            "expression": self.expression,
            "string_lit": self._string,
        }

    # -- structure ---------------------------------------------------------------------------------

    def block(self, node: Node) -> hcl.Block:
        """Return a `block` node.

        Raises:
            SyntaxProblem: it is nested too deeply or defines a name twice.
        """
        self._enter(node)
        labels: list[str] = []
        last = node.children[0]
        body: Node | None = None
        for child in node.children[1:]:
            if child.type in ("identifier", "string_lit"):
                labels.append(self._label(child))
                last = child
            elif child.type == "body":
                body = child
        attributes, blocks = self.body(body) if body is not None else ({}, ())
        self._depth -= 1
        return hcl.Block(
            type=self._text(node.children[0]),
            labels=tuple(labels),
            attributes=attributes,
            blocks=blocks,
            span=self._positions.span(node),
            head=self._positions.between(node.children[0], last),
        )

    def body(self, node: Node) -> tuple[dict[str, hcl.Attribute], tuple[hcl.Block, ...]]:
        """Return the attributes and blocks of a `body` node.

        Raises:
            SyntaxProblem: as for `block`.
        """
        attributes: dict[str, hcl.Attribute] = {}
        blocks: list[hcl.Block] = []
        for child in node.children:
            if child.type == "attribute":
                attribute = self.attribute(child)
                if attribute.name in attributes:
                    self._fail(child, f'"{attribute.name}" is set twice in this block')
                attributes[attribute.name] = attribute
            elif child.type == "block":
                blocks.append(self.block(child))
        return attributes, tuple(blocks)

    def attribute(self, node: Node) -> hcl.Attribute:
        """Return an `attribute` node.

        Raises:
            SyntaxProblem: its value is nested too deeply.
        """
        key, value = node.children[0], _solid(node.children)[-1]
        return hcl.Attribute(
            name=self._text(key),
            expression=self.expression(value),
            key=self._positions.span(key),
            value=self._positions.span(value),
            span=self._positions.span(node),
            text=self._text(value),
        )

    def _label(self, node: Node) -> str:
        return self._text(node) if node.type == "identifier" else str(self._string(node).value)

    # -- expressions -------------------------------------------------------------------------------

    def expression(self, node: Node) -> hcl.Expression:
        """Return an `expression` node.

        Raises:
            SyntaxProblem: it is nested too deeply.
        """
        self._enter(node)
        built = self._chain(_solid(node.children))
        self._depth -= 1
        return built

    def _chain(self, nodes: Sequence[Node]) -> hcl.Expression:
        """Return a term with what follows it: `(a).b[0]`."""
        parens = nodes[0].type == "("
        term = nodes[1] if parens else nodes[0]
        rest = nodes[3:] if parens else nodes[1:]
        build = self._terms.get(term.type)
        if build is None:
            self._fail(term, "this expression is not understood")
        return self._postfix(build(term), nodes[0], rest)

    def _postfix(self, base: hcl.Expression, first: Node | None, nodes: Sequence[Node]) -> hcl.Expression:
        if len(nodes) > MAX_DEPTH:
            self._fail(nodes[0], f"a reference of more than {MAX_DEPTH} steps")
        for node in nodes:
            if node.type not in _POSTFIX:
                self._fail(node, "this expression is not understood")
            span = self._positions.between(first or node, node)
            if node.type == "get_attr":
                base = hcl.GetAttr(base, self._text(_solid(node.children)[-1]), span)
            elif node.type == "index":
                base = hcl.Index(base, self._index_key(node.children[0]), span)
            else:
                base = self._splat(base, node.children[0], span)
        return base

    def _splat(self, base: hcl.Expression, node: Node, span: Span) -> hcl.Expression:
        """Return `base[*]…`, or `base.*…`, which an index ends: `a.*.b[0]` is the first of all b."""
        steps = _solid(node.children)[1:]
        inside = len(steps)
        if node.type == "attr_splat":
            inside = next((i for i, step in enumerate(steps) if step.type != "get_attr"), inside)
        item: hcl.Expression = hcl.Name(hcl.SPLAT_ITEM, self._positions.span(node))
        splat = hcl.Splat(base, self._postfix(item, None, steps[:inside]), span)
        return self._postfix(splat, None, steps[inside:])

    def _index_key(self, node: Node) -> hcl.Expression:
        if node.type == "legacy_index":
            return hcl.Literal(self._number(node, self._text(node).lstrip(". ")), self._positions.span(node))
        return self.expression(_solid(node.children)[1])

    def _name(self, node: Node) -> hcl.Expression:
        return hcl.Name(self._text(node), self._positions.span(node))

    def _literal(self, node: Node) -> hcl.Expression:
        child = node.children[0]
        span = self._positions.span(node)
        if child.type == "string_lit":
            return self._string(child)
        text = self._text(child)
        if child.type == "numeric_lit":
            return hcl.Literal(self._number(child, text), span)
        return hcl.Literal({"true": True, "false": False}.get(text), span)

    def _number(self, node: Node, text: str) -> int | float:
        try:
            number: int | float = int(text) if text.isdigit() else float(text)
        except ValueError:
            self._fail(node, f"not a number: {text[:40]}")
        if isinstance(number, float):
            if number in (float("inf"), float("-inf")):
                self._fail(node, f"a number too large to be held: {text[:40]}")
            if number.is_integer() and abs(number) < 1 << 53:
                return int(number)
        return number

    def _string(self, node: Node) -> hcl.Literal:
        return hcl.Literal(unescape_quoted(self._inside(node)), self._positions.span(node))

    def _inside(self, node: Node) -> str:
        """Return the raw text between the quotes."""
        return self._slice(node.children[0].end_byte, node.children[-1].start_byte)

    def _collection(self, node: Node) -> hcl.Expression:
        node = node.children[0]
        span = self._positions.span(node)
        if node.type == "tuple":
            return hcl.TupleCons(
                tuple(self.expression(n) for n in node.children if n.type == "expression"), span
            )
        return hcl.ObjectCons(
            tuple(self._object_item(n) for n in node.children if n.type == "object_elem"), span
        )

    def _object_item(self, node: Node) -> hcl.ObjectItem:
        key, value = (child for child in node.children if child.type == "expression")
        built = self.expression(key)
        bare = key.children[0].type == "variable_expr"
        if isinstance(built, hcl.Name) and bare:
            # A bare word is the key itself; a reference as key has to stand in parentheses.
            built = hcl.Literal(built.name, built.span)
        elif isinstance(built, hcl.Literal) and not isinstance(built.value, str):
            built = hcl.Literal(self._text(key), built.span)
        return hcl.ObjectItem(built, self.expression(value), self._positions.span(node))

    def _call(self, node: Node) -> hcl.Expression:
        arguments: list[hcl.Expression] = []
        expand = False
        for child in node.children:
            if child.type == "function_arguments":
                arguments = [self.expression(n) for n in child.children if n.type == "expression"]
                expand = any(n.type == "ellipsis" for n in child.children)
        return hcl.Call(self._text(node.children[0]), tuple(arguments), expand, self._positions.span(node))

    def _operation(self, node: Node) -> hcl.Expression:
        self._enter(node)
        inner = node.children[0]
        span = self._positions.span(inner)
        nodes = _solid(inner.children)
        built: hcl.Expression
        if inner.type == "unary_operation":
            built = hcl.Unary(nodes[0].type, self._chain(nodes[1:]), span)
        else:
            middle = next(i for i, n in enumerate(nodes) if n.type in _BINARY and not n.is_named)
            built = hcl.Binary(
                nodes[middle].type, self._chain(nodes[:middle]), self._chain(nodes[middle + 1 :]), span
            )
        self._depth -= 1
        return built

    def _conditional(self, node: Node) -> hcl.Expression:
        condition, then, otherwise = (child for child in node.children if child.type == "expression")
        # The grammar reads `a ? b : c ? d : e` from the left; HCL reads it from the right.
        nested = condition.children[0]
        if nested.type == "conditional":
            return self._rotate(nested, self.expression(then), self.expression(otherwise), node)
        return hcl.Conditional(
            self.expression(condition),
            self.expression(then),
            self.expression(otherwise),
            self._positions.span(node),
        )

    def _rotate(
        self, nested: Node, then: hcl.Expression, otherwise: hcl.Expression, last: Node
    ) -> hcl.Expression:
        self._enter(nested)
        condition, first, second = (child for child in nested.children if child.type == "expression")
        inner = hcl.Conditional(
            self.expression(second), then, otherwise, self._positions.between(second, last)
        )
        deeper = condition.children[0]
        if deeper.type == "conditional":
            built = self._rotate(deeper, self.expression(first), inner, last)
        else:
            built = hcl.Conditional(
                self.expression(condition),
                self.expression(first),
                inner,
                self._positions.between(nested, last),
            )
        self._depth -= 1
        return built

    def _for(self, node: Node) -> hcl.Expression:
        node = node.children[0]
        parts = [child for child in node.children if child.type == "expression"]
        intro = next(child for child in node.children if child.type == "for_intro")
        condition = next((child for child in node.children if child.type == "for_cond"), None)
        key, value, collection = self._for_intro(intro)
        return hcl.For(
            key=key,
            value=value,
            collection=collection,
            result_key=self.expression(parts[0]) if node.type == "for_object_expr" else None,
            result=self.expression(parts[-1]),
            condition=self.expression(_solid(condition.children)[-1]) if condition is not None else None,
            group=any(child.type == "ellipsis" for child in node.children),
            span=self._positions.span(node),
        )

    def _for_intro(self, node: Node) -> tuple[str, str, hcl.Expression]:
        names = [self._text(child) for child in node.children if child.type == "identifier"]
        collection = next(child for child in node.children if child.type == "expression")
        key, value = names if len(names) > 1 else ("", names[0])
        return key, value, self.expression(collection)

    # -- templates ---------------------------------------------------------------------------------

    def _template_expression(self, node: Node) -> hcl.Expression:
        node = node.children[0]
        span = self._positions.span(node)
        if node.type == "quoted_template":
            start, end = node.children[0].end_byte, node.children[-1].start_byte
            parts = self._parts(node.children, start, end, unescape_quoted)
        else:
            parts = self._heredoc(node)
        if not parts:
            return hcl.Literal("", span)
        if len(parts) == 1 and isinstance(parts[0], hcl.Literal) and isinstance(parts[0].value, str):
            return hcl.Literal(parts[0].value, span)
        return hcl.Template(parts, span)

    def _heredoc(self, node: Node) -> tuple[hcl.Expression, ...]:
        opening, closing = (n for n in node.children if n.type == "heredoc_identifier")
        start = self._data.find(b"\n", opening.end_byte) + 1
        end = self._data.rfind(b"\n", 0, closing.start_byte) + 1
        if self._text(node.children[0]) != "<<-":
            return self._parts(node.children, start, end, unescape_heredoc)
        depth = indentation(self._slice(start, end))

        def flush(text: str, *, line_start: bool = False) -> str:
            return unescape_heredoc(dedent(text, depth, line_start=line_start))

        return self._parts(node.children, start, end, flush, lambda text: flush(text, line_start=True))

    def _parts(
        self,
        nodes: Sequence[Node],
        start: int,
        end: int,
        clean: Callable[[str], str],
        clean_line: Callable[[str], str] | None = None,
    ) -> tuple[hcl.Expression, ...]:
        """Return the parts of a template whose raw text lies between two byte offsets.

        The grammar drops white space between parts, so literals are read off the text itself.
        """
        parts: list[hcl.Expression] = []
        holes = [n for n in nodes if n.type in _GAP and n.start_byte >= start and n.end_byte <= end]
        for node in [*holes, None]:
            stop = node.start_byte if node is not None else end
            text = self._template_text(start, stop, clean, clean_line)
            if text:
                parts.append(hcl.Literal(text, self._positions.offsets(start, stop)))
            if node is not None:
                parts.append(self._hole(node, clean, clean_line))
                start = node.end_byte
        return tuple(parts)

    def _template_text(
        self,
        start: int,
        stop: int,
        clean: Callable[[str], str],
        clean_line: Callable[[str], str] | None,
    ) -> str:
        """Return the text of one literal part; `~` at a neighbouring marker strips its white space."""
        starts_line = clean_line is not None and self._data[start - 1 : start] == b"\n"
        text = self._slice(start, stop)
        text = clean_line(text) if starts_line and clean_line is not None else clean(text)
        text = text.lstrip() if self._data[start - 2 : start] == b"~}" else text
        return text.rstrip() if self._data[stop : stop + 3] in (b"${~", b"%{~") else text

    def _hole(
        self, node: Node, clean: Callable[[str], str], clean_line: Callable[[str], str] | None
    ) -> hcl.Expression:
        self._enter(node)
        built: hcl.Expression
        if node.type == "template_interpolation":
            inner = next((n for n in node.children if n.type == "expression"), None)
            if inner is None:
                self._fail(node, "an empty interpolation")
            built = self.expression(inner)
        else:
            directive = node.children[0]
            make = self._template_if if directive.type == "template_if" else self._template_for
            built = make(directive, clean, clean_line)
        self._depth -= 1
        return built

    def _template_if(
        self, node: Node, clean: Callable[[str], str], clean_line: Callable[[str], str] | None
    ) -> hcl.Expression:
        marks = [
            n
            for n in node.children
            if n.type in ("template_if_intro", "template_else_intro", "template_if_end")
        ]
        condition = next(n for n in marks[0].children if n.type == "expression")
        sides = [
            hcl.Template(
                self._parts(node.children, a.end_byte, b.start_byte, clean, clean_line),
                self._positions.offsets(a.end_byte, b.start_byte),
            )
            for a, b in pairwise(marks)
        ]
        span = self._positions.span(node)
        otherwise = sides[1] if len(sides) > 1 else hcl.Template((), span)
        return hcl.TemplateIf(self.expression(condition), sides[0], otherwise, span)

    def _template_for(
        self, node: Node, clean: Callable[[str], str], clean_line: Callable[[str], str] | None
    ) -> hcl.Expression:
        opening = next(n for n in node.children if n.type == "template_for_start")
        closing = next(n for n in node.children if n.type == "template_for_end")
        key, value, collection = self._for_intro(opening)
        inner = self._parts(node.children, opening.end_byte, closing.start_byte, clean, clean_line)
        body = hcl.Template(inner, self._positions.offsets(opening.end_byte, closing.start_byte))
        return hcl.TemplateFor(key, value, collection, body, self._positions.span(node))

    # -- helpers -----------------------------------------------------------------------------------

    def _enter(self, node: Node) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail(node, f"nested more than {MAX_DEPTH} levels deep")

    def _fail(self, node: Node, message: str) -> NoReturn:
        self._depth = 0
        span = self._positions.span(node)
        raise SyntaxProblem(message, place=Place(self._path, span.line, span.column))

    def _text(self, node: Node) -> str:
        return self._slice(node.start_byte, node.end_byte)

    def _slice(self, start: int, end: int) -> str:
        return self._data[start:end].decode("utf-8", "replace")


def _solid(nodes: Sequence[Node]) -> list[Node]:
    """Return `nodes` without comments."""
    return [node for node in nodes if node.type != "comment"]
