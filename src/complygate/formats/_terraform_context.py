"""What a reference leads to: from `var.x`, `local.x`, `module.m.x` and `aws_kms_key.k.arn` to definitions.

A context is a module as it is called: the same folder called twice is two contexts. Instances of one call
share a context, since what is known does not depend on the key of an instance.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from complygate.model.document import Unknown
from complygate.syntax import hcl_nodes as hcl
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from complygate.formats._terraform_tree import Folder, Forest, Placed

MAX_MODULE_DEPTH = 12
"""How deeply module calls may stand inside one another."""

META = frozenset({"count", "for_each", "depends_on", "provider"})
"""Attributes of resources that speak to Terraform itself, not to what is made."""

CALL_META = frozenset({"count", "for_each", "depends_on", "providers", "source", "version"})
"""Attributes of module calls that are no arguments of the module."""

ANY = "*"
"""A step whose key cannot be read off the text: `[count.index]`, `[*]`."""

Steps = tuple[str | int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Context:
    """A module as it is called.

    Attributes:
        forest: every module folder of the tree.
        folder: the module.
        parent: who calls it, or None for a root.
        call: the call, or None for a root.
        children: by name of the call.
        cut: folders that calls do not lead into, because they are judged by themselves.
    """

    forest: Forest
    folder: Folder
    parent: Context | None = None
    call: Placed | None = None
    children: dict[str, Context | None] = field(default_factory=dict)
    cut: frozenset[str] = frozenset()

    def child(self, name: str) -> Context | None:
        """Return the module that a call leads to; None when it is not in the tree, is cut or calls itself."""
        if name not in self.children:
            placed = self.folder.calls.get(name)
            target = self.forest.target(placed) if placed else None
            lines = [context.folder.path for context in self._line()]
            self.children[name] = None
            if (
                target is not None
                and target.path not in lines
                and target.path not in self.cut
                and len(lines) < MAX_MODULE_DEPTH
            ):
                self.children[name] = Context(self.forest, target, self, placed, cut=self.cut)
        return self.children[name]

    def _line(self) -> list[Context]:
        line: list[Context] = []
        context: Context | None = self
        while context is not None:
            line.append(context)
            context = context.parent
        return line


@dataclass(frozen=True, eq=False, slots=True)
class Where:
    """Where an expression stands: its context, and the names that its surroundings add.

    Attributes:
        context: the module.
        bound: why a name (`each`, `count`, a loop's or a dynamic block's) is not known, or None if it is;
            `each.key` stands by itself, since the keys may be known where the values are not.
    """

    context: Context
    bound: Mapping[str, Unknown | None] = field(default_factory=dict)

    def binding(self, bound: Mapping[str, Unknown | None]) -> Where:
        """Return this place with more names."""
        return Where(self.context, {**self.bound, **bound})


@dataclass(frozen=True, slots=True)
class Definition:
    """What a reference leads to: an expression, where it stands, and the steps still to be taken in it."""

    expression: hcl.Expression
    where: Where
    rest: Steps
    block: hcl.Block | None = None


def chain(expression: hcl.Expression) -> tuple[str, Steps] | None:
    """Return the root word and the steps of a reference; None for what is no reference."""
    steps: list[str | int] = []
    while True:
        match expression:
            case hcl.GetAttr(base=base, name=name):
                steps.append(name)
                expression = base
            case hcl.Index(base=base, key=key):
                steps.append(_key(key))
                expression = base
            case hcl.Splat(base=base, each=each):
                inner = chain(each)
                steps += [*reversed(inner[1] if inner else ()), ANY]
                expression = base
            case hcl.Name(name=name):
                return name, tuple(reversed(steps))
            case _:
                return None


def _key(key: hcl.Expression) -> str | int:
    if isinstance(key, hcl.Literal) and isinstance(key.value, str | int) and not isinstance(key.value, bool):
        return key.value
    return ANY


def select(expression: hcl.Expression, step: str | int) -> hcl.Expression | None:
    """Return the member of an object or list that is written out, or None when the text does not say."""
    if isinstance(expression, hcl.ObjectCons) and step != ANY:
        for item in reversed(expression.items):
            if not isinstance(item.key, hcl.Literal):
                return None
            if str(item.key.value) == str(step):
                return item.value
    if isinstance(expression, hcl.TupleCons) and isinstance(step, int) and step < len(expression.items):
        return expression.items[step]
    return None


def define(root: str, steps: Steps, where: Where) -> Definition | Unknown | None:
    """Return what a reference leads to; an `Unknown` where no file says; None for what is known in place.

    Args:
        root: the first word.
        steps: the steps after it.
        where: where the reference stands.
    """
    word = f"{root}.{steps[0]}" if steps else root
    if root in where.bound:
        return where.bound[word if word in where.bound else root]
    if root in _OF_THE_RUN:
        known = word in ("path.module", "path.root")
        return None if known else Unknown(f"{word} depends on the run", present=root != "each")
    if not steps:
        return undeclared(where.context, root)
    lead = _LEADS.get(root)
    if lead is not None:
        return lead(where.context, steps)
    return _resource(where.context, "resource", (root, *steps))


def undeclared(context: Context, word: str) -> Unknown:
    """Return the unknown that stands for what no readable file declares."""
    if context.folder.broken:
        return Unknown(f"{word} may stand in {context.folder.broken[0]}, which cannot be read", present=False)
    return Unknown(f"{word} is not declared", present=False)


def _variable(context: Context, steps: Steps) -> Definition | Unknown:
    name, rest = str(steps[0]), steps[1:]
    placed = context.folder.variables.get(name)
    if placed is None:
        return undeclared(context, f"var.{name}")
    if context.parent is not None and context.call is not None:
        given = context.call.block.attributes.get(name)
        if given is not None and name not in CALL_META:
            return Definition(given.expression, Where(context.parent), rest, context.call.block)
    elif context.folder.broken_values:
        where = context.folder.broken_values
        return Unknown(f"var.{name} may be set in {where}, which cannot be read", present=False)
    elif name in context.folder.tfvars:
        return Definition(context.folder.tfvars[name], Where(context), rest)
    default = placed.block.attributes.get("default")
    if default is None:
        return Unknown(f"var.{name} has no default", present=False)
    return Definition(default.expression, Where(context), rest)


def _local(context: Context, steps: Steps) -> Definition | Unknown:
    expression = context.folder.locals.get(str(steps[0]))
    if expression is None:
        return undeclared(context, f"local.{steps[0]}")
    return Definition(expression, Where(context), steps[1:])


def _output(context: Context, steps: Steps) -> Definition | Unknown:
    name, steps = str(steps[0]), steps[1:]
    placed = context.folder.calls.get(name)
    if placed is None:
        return undeclared(context, f"module.{name}")
    child = context.child(name)
    if child is None:
        inside = context.forest.target(placed) is not None
        why = "is not worked out here" if inside else "is not in the scanned tree"
        return Unknown(f"module.{name} {why}")
    keyed = "count" in placed.block.attributes or "for_each" in placed.block.attributes
    steps = steps[1:] if keyed else steps
    if not steps:
        return Unknown(f"module.{name} is not worked out as a whole")
    output = child.folder.outputs.get(str(steps[0]))
    if output is None:
        return undeclared(child, f"module.{name}.{steps[0]}")
    value = output.block.attributes.get("value")
    if value is None:
        return Unknown(f"module.{name}.{steps[0]} has no value", present=False)
    return Definition(value.expression, Where(child), steps[1:])


def _resource(context: Context, mode: str, steps: Steps) -> Definition | Unknown:
    word = ("data." if mode == "data" else "") + ".".join(str(step) for step in steps[:2])
    placed = context.folder.resources.get((mode, str(steps[0]), str(steps[1]))) if len(steps) > 1 else None
    if placed is None:
        return undeclared(context, word)
    block = placed.block
    rest = steps[2:]
    if "count" in block.attributes or "for_each" in block.attributes:
        rest = rest[1:]
    full = ".".join([word, *(str(step) for step in rest if step != ANY)])
    attribute = block.attributes.get(str(rest[0])) if rest else None
    if attribute is None or attribute.name in META:
        when = "is read when Terraform plans" if mode == "data" else "is known after apply"
        return Unknown(f"{full} {when}")
    return Definition(attribute.expression, Where(context), rest[1:], block)


_OF_THE_RUN = frozenset({"path", "terraform", "each", "count", "self"})
_LEADS: Mapping[str, Callable[[Context, Steps], Definition | Unknown]] = {
    "var": _variable,
    "local": _local,
    "module": _output,
    "data": lambda context, steps: _resource(context, "data", steps),
}
