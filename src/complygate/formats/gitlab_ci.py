"""GitLab CI: the pipeline, files that it includes, and components."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.formats._yaml import SUFFIXES, has_key, load_maps, maps
from complygate.model.document import Document, View
from complygate.model.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "gitlab-ci"
KINDS = ("gitlab-ci/pipeline", "gitlab-ci/job")
ORDER = 10
ENDINGS = SUFFIXES
EXAMPLE_PATHS = {"gitlab-ci/*": ".gitlab-ci.yml"}

_NAME = re.compile(r"(?:.*\.)?gitlab-ci\.ya?ml")
# What else GitLab keeps in `.gitlab/`: the agents for Kubernetes, and policies.
_FOLDER = re.compile(r"(?:.*/)?(?:\.gitlab/(?!agents/|security-policies/)|\.gitlab-ci/).+", re.DOTALL)
_TOP = ("include", "stages", "workflow", "default")
_IN_JOB = ("script", "extends", "trigger", "before_script", "stage")
_JOB = re.compile(rf"(?m)^(?:[ \t]+(?:{'|'.join(_IN_JOB)})|{'|'.join(_TOP)})[ \t]*:")
_COMPONENT = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n|---[ \t]*\r?\n)*+spec:[ \t]*\r?\n[ \t]+inputs:")

# https://docs.gitlab.com/ci/yaml/#global-keywords and those that older files still have at the top
_RESERVED = frozenset(
    {
        "default", "include", "stages", "types", "workflow", "variables", "spec",
        "image", "services", "cache", "before_script", "after_script",
    }
)  # fmt: skip


def claims(source: Source) -> str | None:
    """Return the file's own path when name, folder or a component's header say that it is GitLab's."""
    if _NAME.fullmatch(source.name):
        return source.path
    if source.suffix not in SUFFIXES:
        return None
    if _FOLDER.fullmatch(source.path):
        return source.path if _JOB.search(source.text) or _is_pipeline(source) else None
    return source.path if "/templates/" in f"/{source.path}" and _COMPONENT.match(source.text) else None


def _is_pipeline(source: Source) -> bool:
    """Tell from the parsed text what `_JOB` tells from lines: it sees flow style and quoted keys."""
    jobs = (job for data in maps(source) for job in data.values() if isinstance(job, dict))
    return has_key(source, *_TOP) or any(not job.keys().isdisjoint(_IN_JOB) for job in jobs)


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the pipeline, with a view for each job, hidden ones too; a component's header is no pipeline."""
    for source in sources:
        trees, problems = load_maps(source)
        yield from problems
        for tree in trees:
            if len(trees) == 1 or tree.data.keys() != {"spec"}:
                yield Document("gitlab-ci/pipeline", "", tree, tree.data, views=tuple(_jobs(tree.data)))


def _jobs(data: dict[str, Any]) -> Iterator[View]:
    for name, job in data.items():
        if name not in _RESERVED and isinstance(job, dict):
            yield View("gitlab-ci/job", job, join("", name))
