"""Helm charts: Chart.yaml, values, and templates, which are no objects until they are rendered.

A file of `templates/` without a placeholder is a Kubernetes manifest like any other, and left to that family.
"""

from __future__ import annotations

import re
from shlex import quote
from typing import TYPE_CHECKING

from complygate.formats._yaml import SUFFIXES, load_maps
from complygate.model.document import Document
from complygate.model.problem import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.source import Source

NAME = "helm"
KINDS = ("helm/Chart", "helm/values")
ORDER = 10
ENDINGS = SUFFIXES | {".json"}
EXAMPLE_PATHS = {"helm/Chart": "Chart.yaml", "helm/values": "values.yaml"}

_CHART = "Chart.yaml"
_VALUES = re.compile(r"values(?:[._-].*)?\.ya?ml|.+[._-]values\.ya?ml")


def claims(source: Source) -> str | None:
    """Return the chart's folder, for the files of a chart that are Helm's."""
    if source.name == _CHART:
        return f"{source.folder}/"
    if source.suffix not in SUFFIXES and source.suffix != ".json":
        return None
    if _VALUES.fullmatch(source.name) and _chart_of(source.folder) in source.files:
        return f"{source.folder}/"
    folder = _chart_with_template(source)
    return f"{folder}/" if folder is not None and "{{" in source.text else None


def _chart_of(folder: str) -> str:
    return f"{folder}/{_CHART}" if folder else _CHART


def _chart_with_template(source: Source) -> str | None:
    """Return the folder of the chart that `source` is a template of, or None."""
    parts = source.path.split("/")
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] == "templates":
            folder = "/".join(parts[:index])
            if _chart_of(folder) in source.files:
                return folder
    return None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the chart and its values; all templates of the chart are one problem."""
    templates = []
    for source in sources:
        is_chart = source.name == _CHART
        if not is_chart and not _VALUES.fullmatch(source.name):
            templates.append(source)
            continue
        trees, problems = load_maps(source)
        yield from problems
        for tree in trees:
            yield Document("helm/Chart" if is_chart else "helm/values", "", tree, tree.data)
    if templates:
        yield _not_rendered(templates)


def _not_rendered(templates: Sequence[Source]) -> Problem:
    folder = _chart_with_template(templates[0]) or ""
    count = len(templates)
    # A person may paste the hint, and the repository chose the folder's name.
    name, place = quote(folder.rpartition("/")[2] or "chart"), quote(folder or ".")
    return Problem(
        ProblemKind.NOT_RENDERED,
        f"{count} template{'s' if count > 1 else ''} of this chart can be judged once rendered.",
        _chart_of(folder),
        hint=f"Render to a folder and scan that: helm template {name} {place} --output-dir rendered "
        "&& complygate scan rendered",
        count=count,
    )
