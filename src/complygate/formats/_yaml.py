"""YAML files of one unit or many: trees and problems, for formats that stand on YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.formats._problems import defects, not_an_object, unreadable
from complygate.model.pointer import join
from complygate.model.problem import Problem, ProblemKind
from complygate.syntax import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.source import Source
    from complygate.model.tree import Tree

SUFFIXES = frozenset({".yaml", ".yml"})

PLACEHOLDER = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)*(?:[^\s#\"'-][^\n#\"']*:[ \t]+)?(?:\{\{|\{%|<%)")
"""A line, or a value, that starts with a placeholder of Go's, Jinja's or Ruby's templates. A `${{` of
GitHub or Azure is none: their files are YAML as they stand."""


def load(
    source: Source, *, placeholder: re.Pattern[str] = PLACEHOLDER
) -> tuple[tuple[Tree, ...], tuple[Problem, ...]]:
    """Return the documents of `source` that hold something, and what is wrong with it.

    A text that a template engine must fill in first gives a problem of kind `not-rendered`, be it no YAML
    at all or YAML only by chance (`image: {{ image }}` is a map with a map as its key).

    Args:
        source: the file.
        placeholder: what shows that a text which does not parse is a template.
    """
    try:
        trees = yaml.parse(source)
    except SyntaxProblem as error:
        templated = placeholder.search(source.text)
        return (), (not_rendered(source) if templated else unreadable(source.path, error),)
    held = [tree for tree in trees if tree.data is not None]
    plain = tuple(tree for tree in held if not _is_template(tree))
    problems = [problem for tree in plain for problem in defects(tree)]
    if len(plain) < len(held):
        problems.append(not_rendered(source))
    return plain, tuple(problems)


def load_maps(source: Source) -> tuple[tuple[Tree, ...], tuple[Problem, ...]]:
    """Return what `load` does, for a file whose documents must be maps: others are a problem."""
    trees, problems = load(source)
    maps = tuple(tree for tree in trees if isinstance(tree.data, dict))
    return maps, (*problems, *(not_an_object(tree) for tree in trees if not isinstance(tree.data, dict)))


def has_key(source: Source, *keys: str) -> bool:
    """Tell whether a document of `source` is a map with one of `keys`, in whatever style it is written.

    It parses, which is slow where nothing comes of it: ask when a plain search has found nothing, and the
    name or a word in the text speaks for the family.
    """
    return any(not data.keys().isdisjoint(keys) for data in maps(source))


def maps(source: Source) -> list[dict[str, Any]]:
    """Return the documents of `source` that are maps; none when it does not parse."""
    try:
        trees = yaml.parse(source)
    except SyntaxProblem:
        return []
    return [tree.data for tree in trees if isinstance(tree.data, dict)]


def not_rendered(source: Source) -> Problem:
    """Return the problem that `source` is a template."""
    return Problem(
        ProblemKind.NOT_RENDERED,
        f"{source.name} is a template, and can be judged once it is rendered.",
        source.path,
        hint="Render it to a folder and scan that.",
    )


def items(data: Any, pointer: str, key: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield name, pointer and value of each map that the map under `key` of `data` holds."""
    outer = data.get(key) if isinstance(data, dict) else None
    if isinstance(outer, dict):
        for name, value in outer.items():
            if isinstance(value, dict):
                yield name, join(pointer, key, name), value


def elements(data: Any, pointer: str, key: str) -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of each element of the list under `key` of `data`."""
    outer = data.get(key) if isinstance(data, dict) else None
    if isinstance(outer, list):
        for index, value in enumerate(outer):
            yield join(pointer, key, index), value


def _is_template(tree: Tree) -> bool:
    """Tell whether a key is what YAML makes of a bare `{{ placeholder }}`."""
    return any(
        note.message == yaml.COMPLEX_KEY and note.pointer.rpartition("/")[2].startswith("{")
        for note in tree.notes
    )
