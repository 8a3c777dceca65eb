"""HCL, the language of Terraform and OpenTofu: blocks and expressions with exact places.

Parsing is tree-sitter's, which goes on after a mistake: what is sound in a broken file is kept.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from complygate.errors import Place, SyntaxProblem
from complygate.syntax import hcl_nodes as hcl
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node, Parser

    from complygate.model.source import Source

COMMENTS = ("#", "//")
"""What starts a comment that runs to the end of its line."""

_MEMO = "hcl"
_LONE_CR = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class HclFile:
    """One parsed file.

    Attributes:
        path: the file, relative to the scanned root.
        attributes: those at the top level (a .tfvars file has nothing else).
        blocks: the top-level blocks that are sound, in order.
        problems: mistakes, in order of place; blocks with a mistake in them are left out of `blocks`.
    """

    path: str
    attributes: Mapping[str, hcl.Attribute]
    blocks: tuple[hcl.Block, ...]
    problems: tuple[SyntaxProblem, ...]


def parse(source: Source) -> HclFile:
    """Return what `source` holds, parsing it once however often it is asked for."""
    found = source.memo.get(_MEMO)
    if not isinstance(found, HclFile):
        found = source.memo[_MEMO] = parse_text(source.text, source.path)
    return found


def parse_text(text: str, path: str) -> HclFile:
    """Return what `text` holds. Mistakes come back in `problems`; nothing is raised."""
    from complygate.syntax._hcl_build import Builder  # noqa: PLC0415 - with tree-sitter, only when needed

    data = normal(text).encode("utf-8", "replace")
    nul = data.find(b"\0")
    if nul >= 0:
        line = data.count(b"\n", 0, nul) + 1
        return HclFile(path, {}, (), (SyntaxProblem("a NUL byte", place=Place(path, line)),))
    root = _parser().parse(data).root_node
    builder = Builder(path, data)
    attributes: dict[str, hcl.Attribute] = {}
    blocks: list[hcl.Block] = []
    problems: list[SyntaxProblem] = _mistakes(root, path, data)
    for node in _top_level(root):
        if node.has_error:
            continue
        try:
            if node.type == "block":
                blocks.append(builder.block(node))
            elif node.type == "attribute":
                attribute = builder.attribute(node)
                attributes[attribute.name] = attribute
        except SyntaxProblem as problem:
            problems.append(problem)
    return HclFile(path, attributes, tuple(blocks), tuple(problems))


def normal(text: str) -> str:
    """Return `text` with a LF for each CR that stands alone; places in it are those of a parsed file.

    HCL ends no line there, and takes no such character outside quotes; whoever counts lines elsewhere does.
    """
    return _LONE_CR.sub("\n", text) if "\r" in text else text


def parse_template(text: str, path: str) -> hcl.Expression:
    """Return `text` read as a template: a file given to `templatefile`, a string of a .tf.json file.

    Raises:
        SyntaxProblem: it is not well-formed.
    """
    marker = "END_OF_TEMPLATE"
    while marker in text:
        marker += "_"
    file = parse_text(f"t = <<{marker}\n{text}\n{marker}\n", path)
    if file.problems or "t" not in file.attributes:
        raise SyntaxProblem("not a well-formed template", place=Place(path))
    return _without_last_newline(file.attributes["t"].expression)


def _without_last_newline(expression: hcl.Expression) -> hcl.Expression:
    """Undo the line end that a heredoc puts after its text."""
    if isinstance(expression, hcl.Literal):
        return hcl.Literal(str(expression.value)[:-1], expression.span)
    if isinstance(expression, hcl.Template):
        *head, last = expression.parts
        if isinstance(last, hcl.Literal):
            text = str(last.value)[:-1]
            rest = (hcl.Literal(text, last.span),) if text else ()
            return hcl.Template((*head, *rest), expression.span)
    return expression


@cache
def _parser() -> Parser:
    import tree_sitter_hcl  # noqa: PLC0415 - heavy
    from tree_sitter import Language, Parser  # noqa: PLC0415 - heavy

    return Parser(Language(tree_sitter_hcl.language()))


def _top_level(root: Node) -> list[Node]:
    """Return the blocks and attributes that stand at the top level, whatever surrounds them."""
    found: list[Node] = []
    for child in root.children:
        if child.type in ("body", "ERROR"):
            found += [n for n in child.children if n.type in ("block", "attribute")]
        elif child.type in ("block", "attribute"):
            found.append(child)
    return found


def _mistakes(root: Node, path: str, data: bytes) -> list[SyntaxProblem]:
    """Return the first mistake of the tree. Those after it are often its consequences."""
    from complygate.syntax._hcl_text import Positions  # noqa: PLC0415 - with tree-sitter

    if not root.has_error:
        return []
    node = _first_mistake(root)
    span = Positions(data).span(node)
    if node.is_missing:
        message = f'"{node.type}" is missing here'.replace("block_end", "}").replace(
            "template_directive_end", "}"
        )
    else:
        word = data[node.start_byte : node.end_byte].decode("utf-8", "replace").split("\n")[0].strip()
        message = f"this is not well-formed HCL: {word[:60]}" if word else "this is not well-formed HCL"
    return [SyntaxProblem(message, place=Place(path, span.line, span.column))]


def _first_mistake(node: Node) -> Node:
    """Return the first ERROR or MISSING node below `node`, which has one."""
    while True:
        step = next((n for n in node.children if n.has_error or n.is_missing or n.is_error), None)
        if step is None:
            return node
        if step.is_error or step.is_missing:
            return step
        node = step
