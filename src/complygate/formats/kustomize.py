"""Kustomize: kustomization.yaml."""

from __future__ import annotations

import re
from shlex import quote
from typing import TYPE_CHECKING

from complygate.formats._kustomize import NAMES, patches
from complygate.formats._yaml import load_maps
from complygate.model.document import Document
from complygate.model.problem import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.source import Source

NAME = "kustomize"
KINDS = ("kustomize/Kustomization",)
ORDER = 10
ENDINGS = frozenset({".yaml", ".yml", ""})
EXAMPLE_PATHS = {"kustomize/*": "kustomization.yaml"}

# Flux has a Kubernetes object of the same name, often in a file of the same name.
_FLUX = re.compile(r"(?m)^apiVersion[ \t]*:[ \t]*[\"']?kustomize\.toolkit\.fluxcd\.io/")


def claims(source: Source) -> str | None:
    """Return the file's own path when its name is one of those that Kustomize looks for."""
    return source.path if source.name in NAMES and not _FLUX.search(source.text) else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the kustomization; its patches, which only a build applies, are one problem."""
    for source in sources:
        trees, problems = load_maps(source)
        yield from problems
        for tree in trees:
            yield Document("kustomize/Kustomization", "", tree, tree.data)
            count = len(patches(tree.data, source.folder))
            if count:
                yield _not_applied(source, count)


def _not_applied(source: Source, count: int) -> Problem:
    return Problem(
        ProblemKind.NOT_RENDERED,
        f"{count} patch{'es' if count > 1 else ''} of this kustomization can be judged once applied.",
        source.path,
        hint="Build to a folder and scan that: mkdir rendered && "
        f"kustomize build {quote(source.folder or '.')} -o rendered && complygate scan rendered",
        count=count,
    )
