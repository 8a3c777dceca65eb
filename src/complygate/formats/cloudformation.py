"""CloudFormation and SAM templates, in YAML and JSON."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.formats._cfn_evaluate import Evaluated
from complygate.formats._moved import Moved
from complygate.formats._problems import defects, unreadable
from complygate.formats._yaml import PLACEHOLDER, not_rendered
from complygate.model.document import Document, View
from complygate.model.pointer import join
from complygate.model.problem import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.source import Source
    from complygate.model.tree import Tree

NAME = "cloudformation"
KINDS = ("cloudformation/template", "cloudformation/*")
ORDER = 50
ENDINGS = frozenset({".yaml", ".yml", ".json", ".template", ".cfn"})
EXAMPLE_PATHS = {"cloudformation/*": "template.yaml"}

_HINT = re.compile(r"AWSTemplateFormatVersion|AWS::|Alexa::|Custom::")
_TYPE = re.compile(r"(?:AWS|Alexa|Custom)::")
_HEAD = re.compile(r"(?m)^(?:\{\s*+)?[\"']?AWSTemplateFormatVersion[\"']?\s*+:")


def claims(source: Source) -> str | None:
    """Return the file's own path when what stands at its top is a template."""
    if source.suffix not in ENDINGS or not _HINT.search(source.text):
        return None
    try:
        found = any(map(_is_template, _trees(source)))
    except SyntaxProblem:
        found = _HEAD.search(source.text) is not None
    return source.path if found else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the template, with a view for each resource."""
    for source in sources:
        try:
            trees = _trees(source)
        except SyntaxProblem as error:
            templated = PLACEHOLDER.search(source.text)
            yield not_rendered(source) if templated else unreadable(source.path, error)
            continue
        for tree in filter(_is_template, trees):
            yield from defects(tree)
            yield from _template(tree)


def _trees(source: Source) -> tuple[Tree, ...]:
    from complygate.syntax import json, yaml  # noqa: PLC0415 - most files never get here

    return json.parse(source) if source.text.lstrip().startswith("{") else yaml.parse(source)


def _is_template(tree: Tree) -> bool:
    data = tree.data
    if not isinstance(data, dict):
        return False
    if "AWSTemplateFormatVersion" in data or "AWS::" in str(data.get("Transform", ""))[:1000]:
        return True
    resources = data.get("Resources")
    return isinstance(resources, dict) and any(
        _TYPE.match(_kind(resource)) for resource in resources.values()
    )


def _kind(resource: Any) -> str:
    """Return the type of a resource, or ""."""
    kind = resource.get("Type") if isinstance(resource, dict) else None
    return kind if isinstance(kind, str) and "::" in kind else ""


def _is_made(tree: Tree, resource: Any, at: str) -> bool:
    """Tell whether a tool before the deployment, such as Rain, puts other resources in the place."""
    kind = join(at, "Type")
    return isinstance(resource, dict) and (isinstance(resource.get("Type"), dict) or kind in tree.tags)


def _not_rendered(tree: Tree, made: list[str]) -> Problem:
    what = (
        "1 resource of this template is" if len(made) == 1 else f"{len(made)} resources of this template are"
    )
    return Problem(
        ProblemKind.NOT_RENDERED,
        f"{what} made from a module before the deployment, and can be judged once that is done.",
        tree.path,
        tree.keys.get(made[0]),
        hint="Process the template (`rain pkg`) and scan the result.",
        count=len(made),
    )


def _template(tree: Tree) -> Iterator[Document | Problem]:
    evaluated = Evaluated(tree)
    data, unknowns = evaluated.data, evaluated.unknowns
    moved = replace(
        tree,
        data=data,
        values=Moved(data, evaluated.origin, lambda: tree.values),
        keys=Moved(data, evaluated.origin, lambda: tree.keys),
        tags={},
        notes=(),
    )
    resources = data.get("Resources")
    if not isinstance(resources, dict):
        message = "The template has no map of Resources."
        yield Problem(
            ProblemKind.PARSE_ERROR, message, tree.path, tree.values.get("/Resources", tree.values[""])
        )
        resources = {}
    views = []
    made: list[str] = []
    for name, resource in resources.items():
        at = join("/Resources", name)
        if kind := _kind(resource):
            views.append(View(f"cloudformation/{kind}", resource, at, name=name))
        elif _is_made(tree, resource, at):
            made.append(at)
        elif at not in unknowns:
            message = f"The resource {name} has no type."
            yield Problem(ProblemKind.PARSE_ERROR, message, tree.path, tree.keys.get(at))
    if made:
        yield _not_rendered(tree, made)
    yield Document("cloudformation/template", "", moved, data, views=tuple(views), unknowns=unknowns)
