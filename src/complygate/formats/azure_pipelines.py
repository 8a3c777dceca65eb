"""Azure Pipelines: pipelines, and the templates that they are made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.formats._yaml import SUFFIXES, has_key, load_maps
from complygate.model.document import Document, View
from complygate.model.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "azure-pipelines"
KINDS = ("azure-pipelines/pipeline", "azure-pipelines/job", "azure-pipelines/step")
ORDER = 10
ENDINGS = SUFFIXES
EXAMPLE_PATHS = {"azure-pipelines/*": "azure-pipelines.yml"}

_NAME = re.compile(r"\.?azure-pipelines?(?:[._-].*)?\.ya?ml|\.vsts-ci\.ya?ml|.+\.azure-pipelines?\.ya?ml")
_FOLDER = re.compile(r"(?:.*/)?(?:\.?azure-pipelines?|\.azuredevops|\.azdo|\.pipelines)/.+", re.DOTALL)
# Folders in which pipelines and their templates lie among others: `eng/pipelines/`, `build/templates/`.
_AMONG = re.compile(r"(?i)(?:.*/)?(?:[^/]*pipelines?[^/]*|eng|build|\.?ci|\.ado|devops)/.+", re.DOTALL)
_TASK = re.compile(
    r"(?m)^[ \t]*- (?:task: *[\"']?[A-Za-z][A-Za-z0-9_.-]*@[0-9]+\b|checkout: *(?:self|none)\b)"
)
_KEYS = ("trigger", "pr", "pool", "stages", "jobs", "steps", "extends", "schedules")
_TOP = re.compile(rf"(?m)^(?:{'|'.join(_KEYS)})[ \t]*:")
_PARTS = {"jobs": "azure-pipelines/job", "steps": "azure-pipelines/step"}


def claims(source: Source) -> str | None:
    """Return the file's own path when its name, or its folder and content, are those of a pipeline."""
    if _NAME.fullmatch(source.name):
        return source.path
    if source.suffix not in SUFFIXES:
        return None
    if _FOLDER.fullmatch(source.path):
        return source.path if _TOP.search(source.text) or has_key(source, *_KEYS) else None
    among = _AMONG.fullmatch(source.path) and _TASK.search(source.text) and _TOP.search(source.text)
    return source.path if among else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the pipeline, with a view for each job and each step."""
    for source in sources:
        trees, problems = load_maps(source)
        yield from problems
        for tree in trees:
            views = tuple(_views(tree.data, ""))
            yield Document("azure-pipelines/pipeline", "", tree, tree.data, views=views)


def _views(data: Any, pointer: str, kind: str = "") -> Iterator[View]:
    """Yield the jobs and steps in `data`; `kind` is what its elements are when it is a list of them.

    Both may stand deep inside: in stages, in a deployment's strategy, under `${{ if … }}:`.
    """
    if isinstance(data, dict):
        for key, value in data.items():
            inner = kind if key.startswith("${{") else _PARTS.get(key, "")
            yield from _views(value, f"{pointer}/{escape(key)}", inner)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            at = f"{pointer}/{index}"
            conditional = isinstance(value, dict) and all(key.startswith("${{") for key in value)
            if kind and isinstance(value, dict) and not conditional:
                yield View(kind, value, at)
            yield from _views(value, at, kind if conditional else "")
