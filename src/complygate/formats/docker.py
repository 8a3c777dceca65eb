"""Dockerfile and Containerfile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.formats._problems import defects, unreadable
from complygate.model.document import Document, View
from complygate.model.pointer import join
from complygate.model.problem import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.source import Source

NAME = "docker"
KINDS = ("docker/Dockerfile", "docker/stage", "docker/instruction")
ORDER = 10
ENDINGS: frozenset[str] | None = None
EXAMPLE_PATHS = {"docker/*": "Dockerfile"}

_NAMES = frozenset({"dockerfile", "containerfile"})
_NEVER = frozenset({".dockerignore", ".containerignore", ".md", ".rst"})
# `Dockerfile.py` may be the image of the Python part or a program about Dockerfiles: its first line decides.
_UNSURE = frozenset(
    {".txt", ".py", ".js", ".ts", ".go", ".rb", ".rs", ".sh", ".json", ".yml", ".yaml", ".toml"}
)
_TEMPLATES = frozenset({".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".template", ".in", ".erb", ".m4"})
_FROM = re.compile(r"(?mi)^[ \t]*FROM[ \t]+\S")
_FROM_FIRST = re.compile(r"(?i)(?:[ \t]*(?:#[^\n]*|ARG[ \t][^\n]*|\r?)\n)*+[ \t]*FROM[ \t]+\S")
_PLACEHOLDER = re.compile(r"\{\{|\{%|<%|%%[A-Z]")


def claims(source: Source) -> str | None:
    """Return the file's own path when its name is that of a Dockerfile."""
    if source.name in ("Dockerfile", "Containerfile"):
        return source.path
    first, _, rest = source.name.lower().partition(".")
    varied = first.startswith(("dockerfile-", "dockerfile_", "containerfile-", "containerfile_"))
    if source.suffix in _NEVER or not (first in _NAMES or varied or rest.rpartition(".")[2] in _NAMES):
        return None
    # What has no FROM is a piece of one, or something else: no builder takes it.
    found = _FROM_FIRST.match(source.text) if source.suffix in _UNSURE else _FROM.search(source.text)
    return source.path if found else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the Dockerfile with its stages and instructions as views."""
    from complygate.syntax import dockerfile  # noqa: PLC0415 - 5 ms that a tree without images saves

    for source in sources:
        if source.suffix in _TEMPLATES and _PLACEHOLDER.search(source.text):
            message = "The Dockerfile is a template that must be rendered first."
            yield Problem(ProblemKind.NOT_RENDERED, message, source.path)
            continue
        try:
            parsed = dockerfile.parse(source)
        except SyntaxProblem as error:
            yield unreadable(source.path, error)
            continue
        yield from defects(parsed.tree)
        data = parsed.tree.data
        views = tuple(_views(data))
        yield Document("docker/Dockerfile", "", parsed.tree, data, views=views, unknowns=parsed.unknowns)


def _views(data: dict[str, Any]) -> Iterator[View]:
    yield from _instructions(data["instructions"], "")
    for index, stage in enumerate(data["stages"]):
        base = join("/stages", index)
        yield View("docker/stage", stage, base)
        yield from _instructions(stage["instructions"], base)


def _instructions(records: list[dict[str, Any]], base: str) -> Iterator[View]:
    for index, record in enumerate(records):
        at = join(base, "instructions", index)
        yield View("docker/instruction", record, at)
        if record["trigger"] is not None:
            yield View("docker/instruction", record["trigger"], join(at, "trigger"))
