"""Checkov's records and faults, as remarks and problems."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from complygate.engines.checkov import copies
from complygate.engines.checkov.catalogue import known
from complygate.engines.checkov.keys import keys_of
from complygate.engines.checkov.skips import said, skip_of
from complygate.model.problem import Problem, ProblemKind
from complygate.model.remark import Remark, Skip
from complygate.model.tree import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from complygate.engines.checkov.process import Batch, Result

_STEP = re.compile(r"[^/\[\].]+")
_DOTTED = re.compile(r"^[\w-]+(\.[\w-]+)+$")
_WHOLE_FILE = frozenset({"dockerfile"})
"""Frameworks in which a skip counts for the whole file, wherever it stands."""
OUTSIDE = ("Failed to download module", "Unable to load module", "Module ")
"""How checkov starts to say that a module is not in the tree."""
_RENDERED = frozenset({"helm", "kustomize"})
"""Frameworks whose lines are those of what was rendered, which is in no file of the tree."""
_HELD = frozenset({"argo_workflows", "openapi"})
"""Frameworks that count the lines of a block from the first that it holds."""
_KIND = re.compile(r"^kind:", re.MULTILINE)
_DEEPEST_LAST = frozenset({"arm", "bicep"})
"""Frameworks that list what they read on the way to a value before the value."""
_START = re.compile(r"(?i)chart\.yaml|kustomization(\.ya?ml)?")
_MORE_TIME = "give it more time (--tool-timeout), exclude files that are no manifests, or take fewer checks"
_AGAIN = "run it again; if it stays so, exclude these files or leave out the framework's checks"


class Skips:
    """The suppressions in the tree's files, read when a record asks for a file's."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._by_path: dict[str, tuple[list[tuple[int, str, Skip]], tuple[int, int]]] = {}

    def of(self, path: str) -> list[tuple[int, str, Skip]]:
        """Return those of the file at `path`."""
        return self._read(path)[0]

    def extent(self, path: str) -> tuple[int, int]:
        """Return the lines of the template at `path` if one thing is made of it; (0, 0) of other files."""
        return self._read(path)[1]

    def _read(self, path: str) -> tuple[list[tuple[int, str, Skip]], tuple[int, int]]:
        found = self._by_path.get(path)
        if found is None:
            text = copies.read(self._root, path).decode("utf-8", "replace")
            lines = text.rstrip().split("\n")
            one = len(_KIND.findall(text)) == 1
            found = self._by_path[path] = said(lines, path), (1, len(lines)) if one else (0, 0)
        return found


def remarks(
    batch: Batch, result: Result, rules: Mapping[str, Sequence[str]], skips: Skips
) -> Iterator[Remark]:
    """Yield what checkov objects to, once for each rule that asks for the check.

    Args:
        batch: what was judged.
        result: what came of it.
        rules: the ids of the rules that ask for a check, by the check's id.
        skips: the suppressions in the files.
    """
    scanned = frozenset(batch.paths)
    for record in result.records:
        path, check = record["path"], record["check"]
        if path not in scanned or check not in rules:
            continue
        first, last = record["lines"]
        if batch.framework in _RENDERED:
            first, last = skips.extent(path)
        skip = skip_of(skips.of(path), check, *_reach(batch.framework, first, last))
        for rule in rules[check]:
            yield Remark(
                rule=rule,
                path=path,
                span=_span(first, last),
                keys=tuple(_keys(batch.framework, record)),
                resource=_resource(batch.framework, record),
                detail=_detail(check, batch.framework, record),
                check=check,
                skip=skip,
                held=batch.framework in _HELD,
            )


def _reach(framework: str, first: int, last: int) -> tuple[int, int]:
    """Return the lines in which a skip counts for what stands in `first` to `last`; 0 is the whole file."""
    if framework in _WHOLE_FILE:
        return 0, last
    return (max(1, first - 1) if framework == "secrets" else first), last


def _span(first: int, last: int) -> Span | None:
    """Return the lines that checkov names; it numbers some from 0, and says 0 where it knows none."""
    if last <= 0:
        return None
    return Span(max(1, first), 0, max(1, first, last), 0)


def _keys(framework: str, record: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    name = record["resource"].rpartition(".")[2]
    found = [steps for steps in map(_steps, record["keys"]) if steps]
    if framework in _DEEPEST_LAST:
        found = found[-1:]
    found = [*keys_of(record["check"]), *found]
    for steps in found:
        if framework in _RENDERED:
            steps = _certain(steps)  # noqa: PLW2901
        if framework == "cloudformation" and steps[0] != "Resources":
            yield ("Resources", name, *steps)
        else:
            yield steps


def _certain(steps: tuple[str, ...]) -> tuple[str, ...]:
    """Cut a way off before a list's second item: what is written first in a template may be another."""
    return steps[: next((i for i, step in enumerate(steps) if step.isdecimal() and step != "0"), len(steps))]


def _steps(key: str) -> tuple[str, ...]:
    return tuple(_STEP.findall(key) if "/" in key or not _DOTTED.match(key) else key.split("."))


def _resource(framework: str, record: dict[str, Any]) -> str:
    """Return what checkov calls the thing: in a Dockerfile its path, then a dot and the instruction."""
    resource = str(record["resource"])
    return resource.rpartition(".")[2] if framework == "dockerfile" else resource


def _detail(check: str, framework: str, record: dict[str, Any]) -> str:
    entry = known().get(check)
    name = record["name"] if entry is None else entry.names.get(framework, entry.name)
    resource = record["resource"]
    shown = f" ({resource})" if resource and framework not in {"secrets", "dockerfile"} else ""
    return f"{name.rstrip('.')}{shown}"


class Problems:
    """What checkov could not decide, as problems."""

    def __init__(self, batch: Batch, result: Result, rules: Mapping[str, Sequence[str]]) -> None:
        """Take what was asked and what came of it."""
        self._batch = batch
        self._result = result
        self._rules = rules

    @cached_property
    def _files(self) -> list[str]:
        return sorted(self._batch.paths, key=len, reverse=True)

    def __iter__(self) -> Iterator[Problem]:
        """Yield them: a failure, files that cannot be read, checks that raised, modules not in the tree."""
        framework, result = self._batch.framework, self._result
        if result.failure:
            yield self._failure()
        for path in sorted(set(result.unparsed) & set(self._batch.paths)):
            yield Problem(
                ProblemKind.PARSE_ERROR,
                f"Checkov's {framework} reader cannot read it",
                path,
                hint="see whether the file is well-formed; checks of this framework did not see it",
            )
        outside = [fault for fault in result.faults if fault["text"].startswith(OUTSIDE)]
        if outside:
            yield Problem(
                ProblemKind.UNKNOWN_VALUE,
                f"Checkov's {framework} checks did not see {len(outside)} modules from outside the tree",
                hint="what such a module makes is judged where its own files are scanned, or in a plan",
                count=len(outside),
            )
        for fault in result.faults:
            if fault not in outside:
                yield self._fault(fault)

    def _failure(self) -> Problem:
        batch = self._batch
        paths = batch.paths
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        return Problem(
            ProblemKind.ENGINE_ERROR,
            f"Checkov's {batch.framework} checks gave no answer for {paths[0]}{more}: {self._result.failure}",
            paths[0] if len(paths) == 1 else "",
            hint=_MORE_TIME if self._result.untried else _AGAIN,
            count=len(paths),
        )

    def _start(self, text: str) -> str:
        """Return the chart's or kustomization's file of the folder that `text` starts with, or ""."""
        folder = text.partition(": ")[0].removeprefix("./")
        below = "" if folder == "." else f"{folder}/"
        return next((p for p in self._files if p.startswith(below) and _START.fullmatch(p[len(below) :])), "")

    def _fault(self, fault: dict[str, str]) -> Problem:
        text, check = fault["text"], fault["check"]
        path = next((path for path in self._files if path in text), "")
        asking = self._rules.get(check, ())
        if fault.get("kind") == ProblemKind.NOT_RENDERED:
            return Problem(
                ProblemKind.NOT_RENDERED,
                f"Checkov ({self._batch.framework}): {text}",
                path or self._start(text),
                hint="render it, and scan what comes out; or make what it names part of the tree",
            )
        return Problem(
            ProblemKind.ENGINE_ERROR,
            f"Checkov ({self._batch.framework}): {text}",
            path,
            rule=asking[0] if len(asking) == 1 else "",
            hint="a defect in checkov or in the file: what it concerns is not decided",
        )
