"""Kubernetes objects, in YAML and JSON, with the view `kubernetes/Pod` of every pod template.

A custom resource is `kubernetes/<Kind>` like any other object. Those that are known to carry whole pod
templates have the view as well: Argo's Rollout, OpenShift's DeploymentConfig, Knative's Service, and others.
"""

from __future__ import annotations

import json as standard_json
import re
from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.formats._kubernetes import pod_views, stands_alone
from complygate.formats._kustomize import is_patch
from complygate.formats._problems import defects, unreadable
from complygate.formats._yaml import SUFFIXES, load
from complygate.model.document import Document
from complygate.model.pointer import join
from complygate.syntax import json, yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source
    from complygate.model.tree import Tree

NAME = "kubernetes"
KINDS = ("kubernetes/*", "kubernetes/Pod")
ORDER = 50
ENDINGS = SUFFIXES | {".json"}
EXAMPLE_PATHS = {"kubernetes/*": "manifest.yaml"}

_YAML = tuple(re.compile(rf"(?m)^(?:\{{[ \t]*)?[\"']?{key}[\"']?[ \t]*:") for key in ("apiVersion", "kind"))
_JSON = tuple(re.compile(rf'(?m)^[ \t]{{0,4}}(?:\{{\s*+)?"{key}"\s*+:') for key in ("apiVersion", "kind"))
_FLOW = tuple(
    re.compile(part)
    for part in (
        r"(?m)^(?:---[ \t]+)?\{(?![{%])",
        r"[{,\s][\"']?apiVersion[\"']?[ \t]*:",
        r"[{,\s][\"']?kind[\"']?[ \t]*:",
    )
)
# A letter of a quoted key may be written as its code, and a key be broken between lines.
_ESCAPED = re.compile(r"\\(?:x[4-7]|u00[4-7]|U000000[4-7]|\r?\n)")
_JSON_HEAD = re.compile(
    r'\s*+\{\s*+"(?:apiVersion"\s*+:\s*+"[^"\s]*+"\s*+,\s*+"kind|kind"\s*+:\s*+"\w*+"\s*+,\s*+"apiVersion)"'
)
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]*")
# Files with these are of other families, or never reach a cluster.
_OTHERS = re.compile(r"(?:scaffolder\.)?backstage\.io/|kustomize\.config\.k8s\.io/|skaffold/")
# How patches are named by custom. The kustomization that takes one in may lie elsewhere.
_PATCH = re.compile(r"(?:^|/)patches/|(?:^|[/_.-])patch(?:es)?(?:[_.-][^/]*)?\.(?:ya?ml|json)$")
_PLACEHOLDER = re.compile(r"(?<!\$)\{\{|\{%|<%")


def claims(source: Source) -> str | None:
    """Return the file's own path when its text has an `apiVersion` and a `kind` at the outermost level."""
    if source.suffix in SUFFIXES:
        return source.path if _is_yaml(source) else None
    return source.path if source.suffix == ".json" and _is_json(source.text) else None


def _is_yaml(source: Source) -> bool:
    """Tell whether a document has both keys: first by a look at the lines, which is right for nearly all."""
    text = source.text
    if "apiVersion" in text and all(key.search(text) for key in _YAML):
        return True
    if not _may_hold(text):
        return False
    try:
        trees = yaml.parse(source)
    except SyntaxProblem:
        return all(part.search(text) for part in _FLOW)
    return any(_is_object(tree.data) for tree in trees)


def _is_json(text: str) -> bool:
    if "apiVersion" in text and (_JSON_HEAD.match(text) or all(key.search(text) for key in _JSON)):
        return True
    return _may_hold(text) and _is_json_object(text)


def _is_json_object(text: str) -> bool:
    try:
        return _is_object(standard_json.loads(text))
    except ValueError:
        return False
    except RecursionError:  # nobody can tell: then it is a manifest that cannot be read
        return True


def _may_hold(text: str) -> bool:
    """Tell whether the two keys can be in `text` at all."""
    return ("apiVersion" in text and "kind" in text) or ("\\" in text and _ESCAPED.search(text) is not None)


def _is_object(data: object) -> bool:
    return isinstance(data, dict) and "apiVersion" in data and "kind" in data


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield one document for each object, those inside lists among them."""
    for source in sources:
        trees, problems = (
            _json(source) if source.suffix == ".json" else load(source, placeholder=_PLACEHOLDER)
        )
        yield from problems
        for tree in trees:
            for document in _objects(tree, tree.data, "", None):
                if stands_alone(document.data) or not (_PATCH.search(source.path) or is_patch(source)):
                    yield document


def _json(source: Source) -> tuple[tuple[Tree, ...], tuple[Problem, ...]]:
    try:
        trees = json.parse(source)
    except SyntaxProblem as error:
        # Any JSON file may hold the two words; only one that starts with them, or that is right but for what
        # we ask more, is surely a manifest.
        sure = _JSON_HEAD.match(source.text) or _is_json_object(source.text)
        return (), (unreadable(source.path, error),) if sure else ()
    return (trees, tuple(defects(trees[0]))) if _is_object(trees[0].data) else ((), ())


def _objects(tree: Tree, data: Any, base: str, default: str | None) -> Iterator[Document]:
    """Yield the documents of the object at `base`; `default` is its kind where it names none."""
    if not isinstance(data, dict):
        return
    kind = data.get("kind", default)
    version = data.get("apiVersion", default and "v1")
    if not isinstance(kind, str) or not isinstance(version, str):
        return
    if not _KIND.fullmatch(kind) or _OTHERS.match(version):
        return
    contents = data.get("items")
    if kind.endswith("List") and isinstance(contents, list):
        for index, item in enumerate(contents):
            # The items of a typed list (a PodList) need not say what they are.
            yield from _objects(tree, item, join(base, "items", index), kind.removesuffix("List") or None)
        return
    yield Document(f"kubernetes/{kind}", _name(kind, data), tree, data, base, tuple(pod_views(kind, data)))


def _name(kind: str, data: dict[str, Any]) -> str:
    """Return `Kind/namespace/name`, without the namespace where the object names none."""
    metadata = data.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    parts = (metadata.get("namespace"), metadata.get("name") or metadata.get("generateName") or "")
    return "/".join([kind, *(str(part) for part in parts if part is not None)])
