"""A scan for those who keep waivers and baselines: the report, and what led to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate import api
from complygate.errors import UndecidedError, UsageError
from complygate.excused import top_of
from complygate.model.policy import Effect
from complygate.model.problem import ProblemKind

if TYPE_CHECKING:
    from pathlib import Path

    from complygate.model.problem import Problem


def surveyed(request: api.ScanRequest) -> api.Survey:
    """Return what a scan of the whole repository finds.

    Raises:
        UsageError: the path is not the top level of a repository, so that much would be taken for gone.
        PolicyError: the policy is wrong.
    """
    survey = api.survey(request)
    if survey.root.prefix or survey.root.selected:
        top = top_of(survey.root)
        raise UsageError(f"the repository's top level is {top}: all of it is needed", hint=f"give {top}")
    return survey


def undecided(survey: api.Survey, *, apart_from: str = "") -> list[Problem]:
    """Return the problems for which it is not known what is there.

    Args:
        survey: what was found.
        apart_from: a file whose own problems do not count.
    """
    effects = survey.report.policy.undecided
    return [
        problem
        for problem in survey.report.problems
        if problem.kind is not ProblemKind.LOOSENING
        and effects.get(problem.kind, Effect.FAIL) is Effect.FAIL
        and (not apart_from or problem.path != apart_from)
    ]


def must_be_decided(survey: api.Survey, *, apart_from: str = "") -> None:
    """See to it that all is known.

    Raises:
        UndecidedError: it is not; the first reason is in it.
    """
    problems = undecided(survey, apart_from=apart_from)
    if problems:
        first = problems[0]
        raise UndecidedError(
            f"not all could be decided, so nothing was written: {first.path or 'the scan'}: {first.message}",
            hint="`complygate scan` says all of it",
        )


def path_in(top: Path, path: str) -> Path:
    """Return the file at `path` of a repository, for writing.

    Raises:
        UsageError: it leads through a link, perhaps out of the repository.
    """
    at = top
    for part in path.split("/"):
        at /= part
        if at.is_symlink():
            raise UsageError(
                f"{path}: is reached through a link, and is not written", hint="take the link out"
            )
    return at
