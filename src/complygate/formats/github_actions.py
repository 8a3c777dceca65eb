"""GitHub Actions: workflows, and actions of a repository's own."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from complygate.formats._github_uses import Comments, disagreeing, reference
from complygate.formats._yaml import elements, has_key, items, load_maps
from complygate.model.document import Document, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "github-actions"
KINDS = (
    "github-actions/workflow",
    "github-actions/action",
    "github-actions/job",
    "github-actions/step",
    "github-actions/use",
)
ORDER = 10
ENDINGS = frozenset({".yaml", ".yml"})
EXAMPLE_PATHS = {
    "github-actions/workflow": ".github/workflows/ci.yml",
    "github-actions/job": ".github/workflows/ci.yml",
    "github-actions/step": ".github/workflows/ci.yml",
    "github-actions/use": ".github/workflows/ci.yml",
    "github-actions/action": "action.yml",
}

_WORKFLOW = re.compile(r"(?:.*/)?\.github/workflows/[^/]+\.ya?ml", re.DOTALL)
_ACTIONS = frozenset({"action.yml", "action.yaml"})
_RUNS = re.compile(r"(?m)^(?:\{[ \t]*)?[\"']?runs[\"']?[ \t]*:")


def claims(source: Source) -> str | None:
    """Return the file's own path when it lies where workflows do, or is an action's metadata."""
    if _WORKFLOW.fullmatch(source.path):
        return source.path
    if source.name not in _ACTIONS:
        return None
    return source.path if _RUNS.search(source.text) or has_key(source, "runs") else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the workflow or action, with a view for each job, each step, and each action or workflow used."""
    for source in sources:
        trees, problems = load_maps(source)
        yield from problems
        workflow = _WORKFLOW.fullmatch(source.path) is not None
        kind, views = ("workflow", _jobs) if workflow else ("action", _composite)
        for tree in trees:
            parts = tuple(views(tree.data))
            used = tuple(_uses(parts, Comments(source.text)))
            yield Document(f"github-actions/{kind}", "", tree, tree.data, views=parts + used)


def _jobs(data: dict[str, Any]) -> Iterator[View]:
    for _, at, job in items(data, "", "jobs"):
        yield View("github-actions/job", job, at)
        yield from _steps(job, at)


def _composite(data: dict[str, Any]) -> Iterator[View]:
    yield from _steps(data.get("runs"), "/runs")


def _steps(data: Any, pointer: str) -> Iterator[View]:
    for at, step in elements(data, pointer, "steps"):
        if isinstance(step, dict):
            yield View("github-actions/step", step, at)


def _uses(parts: Sequence[View], comments: Comments) -> Iterator[View]:
    """Yield what each of `parts`, jobs and steps, takes from another repository."""
    views = []
    for part in parts:
        uses = part.data.get("uses")
        found = reference(uses, comments.take(uses)) if isinstance(uses, str) else None
        if found is not None:
            at = f"{part.base}/uses"
            views.append(View("github-actions/use", found, at, partial(_whole, at)))
    disagreeing(view.data for view in views)
    yield from views


def _whole(place: str, _pointer: str) -> str:
    """Return the place that every part of a view made from one text leads back to."""
    return place
