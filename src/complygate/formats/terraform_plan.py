"""Terraform plans as JSON (`terraform show -json PLAN`), with a document for each planned resource.

The format: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.formats import _terraform_kubernetes as kubernetes
from complygate.formats._problems import defects, unreadable
from complygate.formats._terraform_shape import decode, is_decoded
from complygate.model import pointer as ptr
from complygate.model.document import Document, Unknown
from complygate.syntax import json as json_syntax

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source
    from complygate.model.tree import Tree

NAME = "terraform-plan"
KINDS = ("terraform-plan/plan", "terraform/*", "kubernetes/Pod")
ORDER = 50
ENDINGS = frozenset({".json"})
EXAMPLE_PATHS = {"terraform-plan/*": "plan.json"}

_MAX_DEPTH = 50


def claims(source: Source) -> str | None:
    """Return the file's own path when it is JSON with a plan's own keys."""
    if source.suffix != ".json":
        return None
    text = source.text
    planned = '"planned_values"' in text or '"resource_changes"' in text
    return source.path if planned and '"format_version"' in text else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the plan and each resource that it makes, changes or keeps."""
    for source in sources:
        try:
            tree = json_syntax.parse(source)[0]
        except SyntaxProblem as error:
            yield unreadable(source.path, error)
            continue
        yield from defects(tree)
        yield Document("terraform-plan/plan", "", tree, tree.data)
        yield from _resources(tree)


def _resources(tree: Tree) -> Iterator[Document]:
    planned = ptr.resolve(tree.data, "/planned_values/root_module")
    changes = _changes(tree.data)
    if not isinstance(planned, dict):
        return
    modules = [(planned, "/planned_values/root_module", 0)]
    while modules:
        module, pointer, depth = modules.pop()
        for index, resource in enumerate(_maps(module.get("resources"))):
            if isinstance(resource, dict) and isinstance(resource.get("values"), dict):
                yield _document(tree, resource, ptr.join(pointer, "resources", index, "values"), changes)
        children = list(enumerate(_maps(module.get("child_modules")))) if depth < _MAX_DEPTH else []
        modules += [
            (child, ptr.join(pointer, "child_modules", index), depth + 1)
            for index, child in reversed(children)
            if isinstance(child, dict)
        ]


def _maps(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _changes(data: Any) -> dict[str, Any]:
    """Return what each change says of values known only after apply, by address."""
    found: dict[str, Any] = {}
    for change in _maps(data.get("resource_changes") if isinstance(data, dict) else None):
        if isinstance(change, dict) and isinstance(change.get("change"), dict):
            found[str(change.get("address", ""))] = change["change"].get("after_unknown")
    return found


def _document(tree: Tree, resource: dict[str, Any], base: str, changes: dict[str, Any]) -> Document:
    address, type_ = str(resource.get("address", "")), str(resource.get("type", ""))
    unknowns: dict[str, Unknown] = {}
    data = _known(resource["values"], changes.get(address), address, "", unknowns)
    managed = resource.get("mode") != "data"
    return Document(
        kind=f"terraform/{'' if managed else 'data.'}{type_}",
        name=address,
        tree=tree,
        data=data,
        base=base,
        views=kubernetes.views(type_, data) if managed else (),
        unknowns=unknowns,
    )


def _known(value: Any, unknown: Any, address: str, pointer: str, unknowns: dict[str, Unknown]) -> Any:
    """Return a planned value without what is null; what `unknown` marks with true becomes an unknown."""
    if unknown is True:
        path = ".".join(ptr.split(pointer))
        unknowns[pointer] = Unknown(f"{address}.{path} is known after apply")
        return None
    if isinstance(value, dict) or (value is None and isinstance(unknown, dict)):
        return _known_map(value or {}, unknown, address, pointer, unknowns)
    if isinstance(value, list):
        marks = unknown if isinstance(unknown, list) else []
        return [
            _known(item, marks[i] if i < len(marks) else None, address, ptr.join(pointer, i), unknowns)
            for i, item in enumerate(value)
        ]
    return value


def _known_map(
    value: dict[str, Any], unknown: Any, address: str, pointer: str, unknowns: dict[str, Unknown]
) -> dict[str, Any]:
    marks = unknown if isinstance(unknown, dict) else {}
    out: dict[str, Any] = {}
    for key in [*value, *(key for key in marks if key not in value)]:
        here = ptr.join(pointer, key)
        found = _known(value.get(key), marks.get(key), address, here, unknowns)
        if found is not None or here in unknowns:
            out[key] = decode(found, found) if is_decoded(key) else found
    # A mark that holds nothing unknown, for what is not there, adds nothing.
    return {key: item for key, item in out.items() if item != {} or key in value}
