"""A copy of a root module and of what it calls, made ready for the evaluator.

The evaluator sees this copy and nothing else: no link, no file that is not scanned, no module from outside
the tree, no call that leads back to itself. Three things are written differently in it, because the
evaluator would lose them:

- `dynamic` blocks become a list in an attribute (it drops one where another block follows);
- `count` and `for_each` that cannot be known are left out (it drops the resource), so one instance stands
  for all;
- the conditions of `a ? b : c`, and known counts, are added as attributes, to learn how they turn out.

A call of `file()` and its like that is not surely about a scanned file becomes `null`, and what could not be
read becomes blank: nothing outside the tree is ever read.
"""

from __future__ import annotations

import posixpath
import re
import shutil
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from complygate.formats._terraform_context import Context, Where
from complygate.formats._terraform_tree import local_source
from complygate.formats._terraform_trust import parts, static_path
from complygate.syntax import hcl_nodes as hcl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complygate.formats._terraform_tree import Folder, Placed
    from complygate.formats._terraform_trust import Trust
    from complygate.model.tree import Span

PROBES = "complygate_probes.tf"
_MAX_FILE = 1 << 20
_MAX_CONTEXTS = 2000
_NOT_BREAK = re.compile(r"[^\r\n]")
_NOWHERE = '"complygate/nowhere/module"'


class Edit(NamedTuple):
    """A replacement of a stretch of a file's text."""

    start: int
    stop: int
    text: str


def dynamic_key(index: int) -> str:
    """Return the attribute that stands for a `dynamic` block: the `index`th block of its parent."""
    return f"complygate_dynamic_{index}"


def block_key(index: int) -> str:
    """Return the attribute that stands for a plain block inside the content of a `dynamic` one."""
    return f"complygate_block_{index}"


def condition_key(index: int) -> str:
    """Return the attribute that holds how the `index`th condition of a block turns out."""
    return f"complygate_condition_{index}"


def number_key(index: int) -> str:
    """Return the local that holds the `count` or `for_each` of the `index`th block of a folder."""
    return f"complygate_number_{index}"


def file_name(path: str) -> str:
    """Return what a file is called in the copy: the evaluator reads `.tf` and `.tf.json` only."""
    name = posixpath.basename(path)
    if name.endswith(".tofu"):
        return f"{name}.tf"
    return f"{name.removesuffix('.json')}.tf.json" if name.endswith(".tofu.json") else name


def contexts(context: Context) -> Iterator[Context]:
    """Yield a context and those of all modules that it calls, up to a limit."""
    stack = [context]
    for _ in range(_MAX_CONTEXTS):
        if not stack:
            return
        current = stack.pop()
        yield current
        children = (current.child(name) for name in reversed(current.folder.calls))
        stack.extend(child for child in children if child is not None)


def write(root: Context, trust: Trust, target: Path, *, nulls: bool = True) -> list[str]:
    """Write the copy into `target`; return the names of its value files, in the order in which they count.

    Args:
        root: the root module.
        trust: says what can be known.
        target: an empty folder, or that of an earlier copy.
        nulls: whether variables keep a default of null: the evaluator crashes on one that ends up in a set or
            a list of strings (tfparse 0.6).
    """
    by_folder: dict[str, list[Context]] = {}
    for context in contexts(root):
        by_folder.setdefault(context.folder.path, []).append(context)
    for path, found in by_folder.items():
        _write_folder(found, trust, target / path, nulls=nulls)
        for needed in sorted(_needed_files(found)):
            _copy(root.forest.root, needed, target)
    return [file_name(path) for path in root.folder.value_files]


def _write_folder(found: list[Context], trust: Trust, target: Path, *, nulls: bool) -> None:
    folder = found[0].folder
    target.mkdir(parents=True, exist_ok=True)
    probes: list[str] = []
    edits: dict[str, list[Edit]] = {path: [] for path in folder.texts}
    texts = {path: _without_refused(path, text, found, trust) for path, text in folder.texts.items()}
    lines = {path: _Lines(text) for path, text in texts.items()}
    for index, placed in enumerate(folder.blocks):
        if placed.path.endswith(".json"):
            continue
        editor = _Editor(lines[placed.path], edits[placed.path], placed, found, trust)
        if not nulls:
            editor.drop_null_default()
        probe = editor.edit()
        if probe:
            probes.append(f"  {number_key(index)} = {probe}\n")
    for path, text in texts.items():
        if path.endswith(".json") and _is_unsafe(path, found, trust):
            continue
        (target / file_name(path)).write_text(
            _apply(text, edits[path]), encoding="utf-8", errors="replace", newline=""
        )
    if probes:
        (target / PROBES).write_text(
            "locals {\n" + "".join(probes) + "}\n", encoding="utf-8", errors="replace"
        )


class _Lines:
    """Turns places into offsets, and back into text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def range(self, span: Span) -> tuple[int, int]:
        return (
            self._starts[span.line - 1] + span.column - 1,
            self._starts[span.end_line - 1] + span.end_column - 1,
        )

    def of(self, span: Span) -> str:
        start, stop = self.range(span)
        return self.text[start:stop]

    def next_line(self, offset: int) -> int:
        """Return where the line after the one of `offset` starts."""
        position = bisect_right(self._starts, offset)
        return self._starts[position] if position < len(self._starts) else len(self.text)


class _Editor:
    """Rewrites one top-level block."""

    def __init__(
        self, lines: _Lines, edits: list[Edit], placed: Placed, found: list[Context], trust: Trust
    ) -> None:
        self._lines = lines
        self._edits = edits
        self._block = placed.block
        self._found = found
        self._trust = trust

    def edit(self) -> str:
        """Note the edits; return the text of a `count` or `for_each` that is known, or ""."""
        block = self._block
        if block.type == "module" and block.labels and _is_cut(block, self._found):
            self._edits.append(Edit(*self._lines.range(block.attributes["source"].value), _NOWHERE))
        probe = self._number()
        self._dynamics(block)
        self._conditions()
        return probe

    def drop_null_default(self) -> None:
        """Note that a variable's default of null goes."""
        default = self._block.attributes.get("default")
        if self._block.type == "variable" and default and self._lines.of(default.value).strip() == "null":
            self._edits.append(Edit(*self._lines.range(default.span), ""))

    def _number(self) -> str:
        block = self._block
        if block.type not in ("resource", "data", "module"):
            return ""
        for name in ("for_each", "count"):
            attribute = block.attributes.get(name)
            if attribute is None:
                continue
            if any(self._trust.number(block, context) for context in self._found):
                self._edits.append(Edit(*self._lines.range(attribute.span), ""))
                return ""
            text = self._lines.of(attribute.value)
            return "" if "<<" in text else f"({text})"
        return ""

    def _dynamics(self, block: hcl.Block) -> None:
        for index, child in enumerate(block.blocks):
            if child.type == "dynamic":
                text = f"{dynamic_key(index)} = {self._dynamic(child)}"
                self._edits.append(Edit(*self._lines.range(child.span), text))
            else:
                self._dynamics(child)

    def _dynamic(self, block: hcl.Block) -> str:
        """Return a `dynamic` block as a list of objects."""
        for_each, name = block.attributes.get("for_each"), iterator(block)
        content = next(block.of_type("content"), None)
        if for_each is None or content is None:
            return "[]"
        rows = f"[for k, v in {self._lines.of(for_each.value)}\n: {{ key = k, value = v }}]"
        return f"[for {name} in {rows} : {self._object(content)}]"

    def _object(self, block: hcl.Block) -> str:
        """Return a block's body as an object."""
        members = [
            f"{name} = {self._lines.of(attribute.value)}" for name, attribute in block.attributes.items()
        ]
        for index, child in enumerate(block.blocks):
            if child.type == "dynamic":
                members.append(f"{dynamic_key(index)} = {self._dynamic(child)}")
            else:
                members.append(f"{block_key(index)} = {self._object(child)}")
        return "{\n" + "\n".join(members) + "\n}"

    def _conditions(self) -> None:
        block = self._block
        if block.span.line == block.span.end_line:
            return
        start = self._lines.next_line(self._lines.range(block.head)[1])
        texts = [
            f"{condition_key(index)} = ({self._lines.of(node.condition.span)})\n"
            for index, node in enumerate(conditionals(block))
            if any(self._is_open(node, Where(context)) for context in self._found)
        ]
        if texts:
            self._edits.append(Edit(start, start, "".join(texts)))

    def _is_open(self, node: hcl.Conditional, where: Where) -> bool:
        """Tell whether it matters how a condition turns out, and can be known."""
        return self._trust.doubt(node, where) is not None and self._trust.doubt(node.condition, where) is None


def iterator(block: hcl.Block) -> str:
    """Return the name by which the content of a `dynamic` block speaks of its item."""
    named = block.attributes.get("iterator")
    return named.text if named is not None else block.labels[0]


def conditionals(block: hcl.Block) -> list[hcl.Conditional]:
    """Return the conditionals of a block's attributes, without those inside loops and `dynamic` blocks."""
    found: list[hcl.Conditional] = []
    for attribute in block.attributes.values():
        stack = [attribute.expression]
        while stack:
            node = stack.pop()
            if isinstance(node, hcl.Conditional):
                found.append(node)
                stack += [node.otherwise, node.then]
            elif isinstance(node, hcl.TupleCons):
                stack += node.items
            elif isinstance(node, hcl.ObjectCons):
                stack += [item.value for item in node.items]
            elif isinstance(node, hcl.Call):
                stack += node.arguments
    for child in block.blocks:
        if child.type != "dynamic":
            found += conditionals(child)
    return found


def _is_cut(block: hcl.Block, found: list[Context]) -> bool:
    """Tell whether a call by path must not be followed: out of the tree, in a circle, or judged elsewhere."""
    return local_source(block) is not None and any(c.child(block.labels[0]) is None for c in found)


def _apply(text: str, edits: list[Edit]) -> str:
    out: list[str] = []
    position = 0
    for edit in sorted(edits):
        if edit.start >= position:
            out += [text[position : edit.start], edit.text]
            position = edit.stop
    out.append(text[position:])
    return "".join(out)


def _is_unsafe(path: str, found: list[Context], trust: Trust) -> bool:
    """Tell whether a JSON file, whose text stays as it is, must not be given to the evaluator."""
    folder = found[0].folder
    leads_out = any(
        placed.path == path
        and placed.block.type == "module"
        and placed.block.labels
        and _is_cut(placed.block, found)
        for placed in folder.blocks
    )
    return leads_out or any(
        where == path and any(trust.refused(call, context) for context in found)
        for where, call in _calls(folder)
    )


def _without_refused(path: str, text: str, found: list[Context], trust: Trust) -> str:
    """Return a file's text with `null` for each call that might read outside the tree; no place moves."""
    if not path.endswith((".json", ".tfvars")):
        text = _blocks_only(path, text, found[0].folder)
    refused = [
        call.span
        for where, call in _calls(found[0].folder)
        if where == path and any(trust.refused(call, context) for context in found)
    ]
    lines = _Lines(text) if refused and not path.endswith(".json") else None
    for span in refused if lines else ():
        start, stop = lines.range(span) if lines else (0, 0)
        blank = _NOT_BREAK.sub(" ", text[start + 4 : stop])
        text = f"{text[:start]}null{blank}{text[stop:]}"
    return text


def _blocks_only(path: str, text: str, folder: Folder) -> str:
    """Return a file's text with blanks for all that is not in a block that could be read."""
    lines = _Lines(text)
    out: list[str] = []
    position = 0
    for placed in folder.blocks:
        if placed.path == path:
            start, stop = lines.range(placed.block.span)
            out += [_NOT_BREAK.sub(" ", text[position:start]), text[start:stop]]
            position = stop
    return "".join([*out, _NOT_BREAK.sub(" ", text[position:])])


def _needed_files(found: list[Context]) -> set[str]:
    """Return the files that functions of a folder read, as far as the text says which."""
    needed: set[str] = set()
    for _, call in _calls(found[0].folder):
        for context in found:
            path = static_path(call, context) if call.arguments else None
            if path is not None and path in context.forest.readable:
                needed.add(path)
    return needed


def _calls(folder: Folder) -> list[tuple[str, hcl.Call]]:
    """Return the calls of functions that read files, each with the file that it stands in."""
    if folder.file_calls is None:
        folder.file_calls = [
            (placed.path, call) for placed in folder.blocks for call in _calls_in(placed.block)
        ]
    return folder.file_calls


def _calls_in(block: hcl.Block) -> Iterator[hcl.Call]:
    stack: list[hcl.Expression] = [attribute.expression for attribute in block.attributes.values()]
    while stack:
        node = stack.pop()
        if isinstance(node, hcl.Call):
            if "file" in node.name:
                yield node
            stack += node.arguments
        elif isinstance(node, hcl.For | hcl.TemplateFor):
            inner = (
                [node.body]
                if isinstance(node, hcl.TemplateFor)
                else [node.result_key, node.result, node.condition]
            )
            stack += [part for part in (node.collection, *inner) if part is not None]
        else:
            stack += parts(node)
    for child in block.blocks:
        yield from _calls_in(child)


def _copy(root: Path, path: str, target: Path) -> None:
    """Copy one scanned file, unless it leads out of the tree or is very large."""
    source, copy = root / path, target / path
    try:
        inside = source.resolve().is_relative_to(root.resolve())
        if inside and source.stat().st_size <= _MAX_FILE and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    except OSError:
        return
