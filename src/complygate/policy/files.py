"""Reading one file of a policy set: YAML with places, checked against the schema of its kind.

Every mistake of every file is collected, so that a person mends a set in one go.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from complygate.errors import Place, PolicyError, SyntaxProblem
from complygate.syntax import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from complygate.model.tree import Tree


@dataclass
class Mistakes:
    """What is wrong with a policy set, so far."""

    found: list[PolicyError] = field(default_factory=list)

    def add(self, place: Place | None, message: str, hint: str = "") -> None:
        """Note one mistake."""
        self.found.append(PolicyError(message, place=place, hint=hint))

    def stop(self) -> None:
        """Raise all mistakes, if there are any.

        Raises:
            PolicyError: in order of place.
        """
        if self.found:
            self.found.sort(
                key=lambda e: (e.place.path, e.place.line, e.place.column) if e.place else ("", 0, 0)
            )
            raise PolicyError.all_of(self.found)


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
        """Return where the value at `pointer` stands, or its key."""
        nearest = self.tree.nearest(pointer)
        span = self.tree.keys.get(nearest) if key else None
        span = span or self.tree.values[nearest]
        return Place(self.shown, span.line, span.column)

    def inside(self, pointer: str, line: int, column: int) -> Place:
        """Return the place of a line and column, from 1, of the text that the scalar at `pointer` stands for."""
        span = self.tree.values[self.tree.nearest(pointer)]
        lines = self.text.split("\n")
        head = lines[span.line - 1][span.column - 1 :]
        if head[:1] not in {"|", ">"}:
            quote = 1 if head[:1] in {"'", '"'} else 0
            return Place(
                self.shown, span.line + line - 1, column + (span.column - 1 + quote if line == 1 else 0)
            )
        block = [number for number in range(span.line, span.end_line) if lines[number].strip()]
        first = block[0] if block else span.line
        indent = len(lines[first]) - len(lines[first].lstrip())
        if head[0] == "|":
            return Place(self.shown, first + line, indent + column)
        return Place(self.shown, *_unfold(lines, block, column - 1, indent))


def _unfold(lines: list[str], block: list[int], offset: int, indent: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character `offset` of a folded block's first paragraph."""
    for number in block:
        length = len(lines[number].rstrip()) - indent
        if offset <= length:
            return number + 1, indent + offset + 1
        offset -= length + 1  # the line end was read as a space
    return block[0] + 1, indent + 1


def read(path: Path, shown: str, name: str, schema: str, mistakes: Mistakes) -> File | None:
    """Return the file at `path`, or None when it is wrong, which `mistakes` then says.

    Args:
        path: the file on disk.
        shown: its path in messages.
        name: its path below its folder, without the ending.
        schema: which of the schemas it must meet: "rule", "policy", "control", "policyset".
        mistakes: gets what is wrong.
    """
    try:
        text = path.read_text("utf-8-sig")
        trees = yaml.parse_text(shown, text)
    except SyntaxProblem as problem:
        mistakes.add(problem.place, problem.message, problem.hint)
        return None
    except (OSError, UnicodeDecodeError) as error:
        mistakes.add(Place(shown), f"cannot be read: {error}")
        return None
    if len(trees) != 1 or not isinstance(trees[0].data, dict):
        mistakes.add(Place(shown, 1, 1), "must hold one YAML document, and that a map")
        return None
    file = File(shown, name, trees[0], text)
    before = len(mistakes.found)
    for note in file.tree.notes:
        mistakes.add(Place(shown, note.span.line, note.span.column), note.message)
    if not _validator(schema).is_valid(file.data):
        from complygate.policy.explain import explain  # noqa: PLC0415 - brings jsonschema, only for a mistake

        explain(file, schema_of(schema), mistakes)
    return file if len(mistakes.found) == before else None


@cache
def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema called `name`."""
    text = resources.files("complygate.policy").joinpath(f"schemas/{name}-v1.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator(name: str) -> Any:
    import jsonschema_rs  # noqa: PLC0415 - 20 ms that `--version` saves

    return jsonschema_rs.Draft202012Validator(schema_of(name))
