"""A root module on its way through the evaluator: its copy on disk, and what comes back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from complygate.formats import _scratch as scratch
from complygate.formats import _terraform_mirror as mirror
from complygate.formats._terraform_context import Context
from complygate.formats._terraform_run import Evaluator, EvaluatorError, Values
from complygate.formats._terraform_tree import Forest, is_example
from complygate.formats._terraform_trust import Trust

if TYPE_CHECKING:
    from types import TracebackType


class Job:
    """A root module's copy, ready to be evaluated."""

    def __init__(self, forest: Forest, path: str, judged: frozenset[str]) -> None:
        # An example calls what is judged by itself; evaluating that again would give nothing new.
        cut = judged if is_example(path) else frozenset()
        self.path = path
        self.context = Context(forest, forest.folders[path], cut=cut)
        self.trust = Trust()
        self.value_files: list[str] = []
        self.error = ""
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def folder(self) -> Path:
        """The copy."""
        return Path(self._temporary.name if self._temporary else "")

    def __enter__(self) -> Self:
        try:
            self._temporary = tempfile.TemporaryDirectory(prefix="complygate-", dir=scratch.parent())
        except OSError as error:
            self.error = f"its copy cannot be written ({type(error).__name__})"
        else:
            self.write(nulls=True)
        return self

    def write(self, *, nulls: bool) -> None:
        """Write the copy, or write it anew; `nulls` says whether variables keep a default of null."""
        try:
            self.value_files = mirror.write(self.context, self.trust, self.folder, nulls=nulls)
        except (OSError, RecursionError) as error:
            self.error = f"its copy cannot be written ({type(error).__name__})"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None


def result(job: Job | None, evaluator: Evaluator) -> Values | str:
    """Return what a job evaluates to, or why it cannot be."""
    if job is None or job.error:
        return job.error if job else ""
    try:
        return evaluator.result()
    except EvaluatorError as error:
        return (_again(job, evaluator) if error.crashed else None) or str(error)


def _again(job: Job, evaluator: Evaluator) -> Values | None:
    """Evaluate what crashed the evaluator once more, without what is known to crash it."""
    job.write(nulls=False)
    if job.error:
        return None
    evaluator.begin(job.folder / job.path, job.value_files)
    try:
        values = evaluator.result()
    except EvaluatorError:
        return None
    evaluator.forgive()
    return values
