"""Documents in the form that Conftest gives them to policies, by the type of their file.

YAML, JSON and TOML are given as they are. A Dockerfile is a list of commands, and Terraform's blocks are
nested in maps by type and label, each in a list. https://www.conftest.dev/parser/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.engines.rego.dockerfile import as_commands
from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from complygate.model.document import Unknown
    from complygate.model.outcome import Subject

KINDS = (
    "kubernetes/*",
    "kustomize/Kustomization",
    "helm/Chart",
    "helm/values",
    "compose/file",
    "github-actions/workflow",
    "github-actions/action",
    "dependabot/config",
    "pre-commit/config",
    "gitlab-ci/pipeline",
    "azure-pipelines/pipeline",
    "circleci/config",
    "bitbucket-pipelines/pipeline",
    "cloudformation/template",
    "docker/Dockerfile",
    "terraform/*",
    "terraform-plan/plan",
    "npm/package",
    "npm/lock",
    "python/pyproject",
    "backstage/*",
)
"""What policies for Conftest judge: documents that stand for a file, or for one document of several in it."""

_LABELLED = {"provider": 1, "module": 1, "variable": 1, "output": 1}


class Input(NamedTuple):
    """What a policy gets.

    Attributes:
        data: the input.
        to_node: turns a pointer in it into one in the document's data.
        from_node: the other way round.
    """

    data: Any
    to_node: Callable[[str], str]
    from_node: Callable[[str], str]


def input_of(subject: Subject) -> Input:
    """Return the input for a document."""
    family, _, kind = subject.kind.partition("/")
    if family == "docker" and isinstance(subject.node, dict):
        commands, places = as_commands(subject.node)
        return Input(commands, lambda pointer: _nearest(pointer, places), lambda pointer: pointer)
    if family == "terraform":
        return _block(kind, subject)
    return Input(subject.node, _same, _same)


def unknowns_of(given: Input, unknowns: Mapping[str, Unknown]) -> dict[str, Unknown]:
    """Return the unknown values of a document by their pointer in the input."""
    return {given.from_node(pointer): unknown for pointer, unknown in unknowns.items()}


def _same(pointer: str) -> str:
    return pointer


def _nearest(pointer: str, places: Mapping[str, str]) -> str:
    """Return where the innermost value around `pointer` that has a place of its own stands."""
    while pointer and pointer not in places:
        pointer = ptr.parent(pointer)
    return places.get(pointer, "")


def _block(kind: str, subject: Subject) -> Input:
    """Return a Terraform block as the only one of its file."""
    labels = subject.name.split(".")
    if kind.startswith("data."):
        steps = ["data", kind.removeprefix("data."), labels[-1]]
    elif kind == "settings":
        steps = ["terraform"]
    elif kind in _LABELLED:
        steps = [kind, labels[-1]]
    else:
        steps = ["resource", kind, labels[-1]]
    data: Any = [subject.node]
    for step in reversed(steps):
        data = {step: data}
    base = ptr.build((*steps, 0))

    def to_node(pointer: str) -> str:
        return pointer[len(base) :] if ptr.contains(base, pointer) else ""

    return Input(data, to_node, lambda pointer: base + pointer)
