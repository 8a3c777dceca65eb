"""Reading one file of a policy set: YAML with places, checked against the schema of its kind.

Every mistake of every file is collected, so that a person mends a set in one go.
"""

from __future__ import annotations

import json
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complygate.errors import Place, PolicyError, SyntaxProblem
from complygate.model import pointer as ptr
from complygate.policy import scalars
from complygate.syntax import yaml
from complygate.syntax.offsets import Offsets
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from complygate.model.tree import Tree

_MOST = 100
"""Mistakes in one run: whoever made more mends these first, and a spoiled file takes no minutes to refuse."""
_LONGEST = 400
_SCHEMAS = Path(__file__).parent / "schemas"


@dataclass
class Mistakes:
    """What is wrong with a policy set, so far."""

    found: list[PolicyError] = field(default_factory=list)

    def add(self, place: Place | None, message: str, hint: str = "") -> None:
        """Note one mistake.

        Raises:
            PolicyError: there are so many that the rest is not looked for.
        """
        self.found.append(PolicyError(_cut(message), place=place, hint=_cut(hint)))
        if len(self.found) == _MOST:
            self.stop()

    def stop(self) -> None:
        """Raise all mistakes, if there are any.

        Raises:
            PolicyError: in order of place.
        """
        if self.found:
            self.found.sort(key=_order)
            if len(self.found) >= _MOST:
                self.found.append(PolicyError(f"stopped after {_MOST} mistakes", hint="mend these first"))
            raise PolicyError.all_of(self.found)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _order(error: PolicyError) -> tuple[str, int, int]:
    place = error.place
    return (place.path, place.line, place.column) if place else ("", 0, 0)


@dataclass(frozen=True)
class File:
    """A file that was read and has the right structure.

    Attributes:
        shown: the path, as messages name it.
        name: the path below its folder, without the ending: a rule's id.
        tree: data and places.
        text: the text itself.
    """

    shown: str
    name: str
    tree: Tree
    text: str

    @property
    def data(self) -> dict[str, Any]:
        """The file's map."""
        data: dict[str, Any] = self.tree.data
        return data

    def place(self, pointer: str, *, key: bool = False) -> Place:
        """Return where the value at `pointer` stands, or its key; of what is absent, what should hold it."""
        nearest = self.tree.nearest(pointer)
        span = self.tree.keys.get(nearest) if key else None
        span = span or self.tree.values[nearest]
        return Place(self.shown, span.line, span.column)

    def inside(self, pointer: str, line: int, column: int) -> Place:
        """Return the place of a line and column, from 1, of the text of the scalar at `pointer`."""
        nearest = self.tree.nearest(pointer)
        value = ptr.resolve(self.data, nearest)
        if not isinstance(value, str):
            return self.place(pointer)
        span = self.tree.values[nearest]
        lines = self.text.split("\n")[span.line - 1 : span.end_line]
        lines[-1] = lines[-1][: span.end_column - 1] if len(lines) > 1 else lines[-1]
        source = "\n".join(lines)[span.column - 1 :]
        at = scalars.locate(source, value, scalars.offset_of(value, line, column))
        row, col = Offsets(source).at(at)
        return Place(self.shown, span.line + row - 1, col + (span.column - 1 if row == 1 else 0))


def read(path: Path, shown: str, name: str, schema: str | None, mistakes: Mistakes) -> File | None:
    """Return the file at `path`, or None when it is wrong, which `mistakes` then says.

    Args:
        path: the file on disk.
        shown: its path in messages.
        name: its path below its folder, without the ending.
        schema: which of the schemas it must meet: "rule", "policy", "control", "policyset", "waiver"; None
            where it is known to meet its own.
        mistakes: gets what is wrong.
    """
    text = read_text(path, shown, mistakes)
    return None if text is None else check(text, shown, name, schema, mistakes)


def check(
    text: str,
    shown: str,
    name: str,
    schema: str | None,
    mistakes: Mistakes,
    *,
    parse: Callable[[str, str], Sequence[Tree]] = yaml.parse_text,
) -> File | None:
    """Return the file of which the text is `text`, or None when it is wrong, which `mistakes` then says.

    Takes what `read` does, and the language's reader.
    """
    tree = _tree(shown, text, parse, mistakes)
    if tree is None:
        return None
    file = File(shown, name, tree, text)
    before = len(mistakes.found)
    for note in tree.notes:
        mistakes.add(Place(shown, note.span.line, note.span.column), note.message)
    if schema and not _validator(schema).is_valid(file.data):
        from complygate.policy.explain import explain  # noqa: PLC0415 - brings jsonschema, only for a mistake

        explain(file, schema_of(schema), mistakes)
        if len(mistakes.found) == before:  # the two validators differ, as on a `$` before a last line end
            error = next(_validator(schema).iter_errors(file.data))
            mistakes.add(file.place(ptr.build(error.instance_path)), str(error.message))
    return file if len(mistakes.found) == before else None


def read_text(path: Path, shown: str, mistakes: Mistakes) -> str | None:
    """Return the text of the file at `path` with plain line ends, or None; `mistakes` then says why."""
    if path.exists() and not path.is_file():
        mistakes.add(Place(shown), "is not a file")
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        mistakes.add(Place(shown), f"cannot be read: {error.strerror}")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        mistakes.add(Offsets(before).place(shown, len(before)), "is not UTF-8 text")
        return None


def _tree(
    shown: str, text: str, parse: Callable[[str, str], Sequence[Tree]], mistakes: Mistakes
) -> Tree | None:
    """Return the one document in `text`, which holds a map; or None, and `mistakes` says why."""
    try:
        trees = parse(shown, text)
    except SyntaxProblem as problem:
        mistakes.add(problem.place, problem.message, problem.hint)
        return None
    if all(tree.data is None for tree in trees):
        mistakes.add(Place(shown, 1, 1), "is empty")
    elif len(trees) > 1:
        span = trees[1].values[""]
        mistakes.add(
            Place(shown, span.line, span.column), "a second YAML document starts here", "a file holds one"
        )
    elif not isinstance(trees[0].data, dict):
        span = trees[0].values[""]
        mistakes.add(Place(shown, span.line, span.column), "must be a map of keys and values")
    else:
        return trees[0]
    return None


@cache
def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema called `name`."""
    schema: dict[str, Any] = json.loads((_SCHEMAS / f"{name}-v1.schema.json").read_text("utf-8"))
    return schema


@cache
def _validator(name: str) -> Any:
    import jsonschema_rs  # noqa: PLC0415 - 14 ms that `--version` saves

    return jsonschema_rs.Draft202012Validator(schema_of(name))
