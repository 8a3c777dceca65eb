"""Checkov's frameworks: the runner of each, and which files of a tree it can have something to say about.

What is said of files here is wider than what checkov reads: a file too many costs a moment, one too few would
be a gap. It decides whether a framework runs at all, and what its private copy of the tree holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from complygate.engines.checkov.rendering import STARTS, needed

MAX_BYTES = 8 << 20
"""A larger file is no manifest, and checkov's parsers would take minutes for it."""


class Framework(NamedTuple):
    """One framework.

    Attributes:
        name: checkov's word for it, as in the catalogue.
        runner: the module whose `Runner` judges it.
        path: matches the paths of its files, in lower case.
        text: what the bytes of such a file hold; matches nothing less than what checkov reads.
        binaries: the programs of which it needs one; () for none.
    """

    name: str
    runner: str
    path: re.Pattern[str]
    text: re.Pattern[bytes]
    binaries: tuple[str, ...]


_MANIFEST = r"\.(ya?ml|json)$"
_YAML = r"\.ya?ml$"
_JSON = r"\.json$"

_NAMED = {
    "terraform": r"\.(tf|tf\.json|tfvars|tfvars\.json|hcl|tofu)$",
    "dockerfile": r"(^|/)[^/]*(dockerfile|containerfile)[^/]*$",
    "github_actions": r"(^|/)\.github/workflows/[^/]*\.ya?ml$",
    "gitlab_ci": r"(^|/)[^/]*\.gitlab-ci\.ya?ml$",
    "azure_pipelines": r"(^|/)azure-pipelines[^/]*\.ya?ml$",
    "circleci_pipelines": r"(^|/)\.circleci/[^/]*\.ya?ml$",
    "bitbucket_pipelines": r"(^|/)bitbucket-pipelines\.ya?ml$",
    "bicep": r"\.bicep$",
    "serverless": _MANIFEST,
    "secrets": r"\.(tf|ya?ml|json|template|bicep|hcl)$|(^|/)[^/]*dockerfile[^/]*$",
}
"""Frameworks whose files are known by their path."""
_SHAPED = {
    "terraform_plan": (_JSON, rb'"(planned_values|resource_changes)"'),
    "cloudformation": (r"\.(ya?ml|json|template)$", rb"Resources"),
    "kubernetes": (_MANIFEST, rb"(?s)\A(?=.*apiVersion)(?=.*kind)"),
    "arm": (_JSON, rb"(?i)deploymentTemplate|schema\.management\.azure\.com"),
    "ansible": (
        _YAML,
        rb"(?m)(?:\A|^---[^\n]*\n)(?:\xef\xbb\xbf)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?:- |-\n|\[)",
    ),
    "argo_workflows": (_YAML, rb"argoproj\.io"),
    "openapi": (_MANIFEST, rb"openapi|swagger"),
}
"""Frameworks whose files are known by their text as well."""
_STARTS = {**STARTS, "serverless": r"(^|/)serverless\.ya?ml$"}
"""Frameworks that start from files of these paths, and read others that those name."""
_RENDERING = {"helm": ("helm",), "kustomize": ("kubectl", "kustomize")}
"""Frameworks that run one of these programs over the tree."""
BORROWED = {"serverless": "cloudformation"}
"""Frameworks that judge by the checks of another as well."""
_MODULES = {"terraform_plan": "checkov.terraform.plan_runner"}


def _framework(name: str, path: str, text: bytes = b"") -> Framework:
    runner = _MODULES.get(name, f"checkov.{name}.runner")
    return Framework(name, runner, re.compile(path), re.compile(text), _RENDERING.get(name, ()))


FRAMEWORKS = {
    **{name: _framework(name, path) for name, path in _NAMED.items()},
    **{name: _framework(name, path, text) for name, (path, text) in _SHAPED.items()},
    **{name: _framework(name, "") for name in _RENDERING},
}
"""By name."""

_START_PATHS = {name: re.compile(pattern) for name, pattern in _STARTS.items()}

Read = Callable[[str], bytes]
"""Returns the content of a file of the tree, or b"" when it cannot be read."""


def may_start(name: str, path: str) -> bool:
    """Tell whether `path` alone may be reason enough to run the framework called `name`."""
    return _START_PATHS.get(name, FRAMEWORKS[name].path).search(path.lower()) is not None


def concerned(paths: list[str], names: frozenset[str], read: Read) -> dict[str, list[str]]:
    """Return, by framework, the files that it can have something to say about; without those that have none.

    Args:
        paths: the tree's files, in order.
        names: the frameworks to think of.
        read: gives a file's content; asked only for files whose path fits and whose text decides.
    """
    wanted = [FRAMEWORKS[name] for name in sorted(names) if name in FRAMEWORKS]
    found: dict[str, list[str]] = {}
    lowered = [path.lower() for path in paths]
    wanted = [
        f for f in wanted if f.name not in _STARTS or any(map(re.compile(_STARTS[f.name]).search, lowered))
    ]
    reading = [framework for framework in wanted if framework.name not in STARTS]
    for path in paths:
        lower = path.lower()
        fitting = [framework for framework in reading if framework.path.search(lower)]
        content = read(path) if any(framework.text.pattern for framework in fitting) else b""
        for framework in fitting:
            if not framework.text.pattern or framework.text.search(content):
                found.setdefault(framework.name, []).append(path)
    found.update((f.name, needed(f.name, paths, read)) for f in wanted if f.name in STARTS)
    return found
