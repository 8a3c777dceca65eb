"""Attempts of the scanned tree to loosen the policy, as problems that a policy can let stop the verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.model.policy import Effect
from complygate.model.problem import Problem, ProblemKind
from complygate.model.tree import Span
from complygate.triage.apply import NOT_ALLOWED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.errors import Place
    from complygate.model.policy import Policy
    from complygate.model.report import Results

_REMOVE = "remove the comment, and mend what it is about"


def with_loosenings(results: Results, chosen: Policy, prefix: str) -> Results:
    """Return `results` with what the repository's own file was refused.

    Where the policy lets such attempts stop the verdict, an ignore comment where it allows none is one too;
    else that stays what it is, a notice.

    Args:
        results: what the scan found.
        chosen: the policy.
        prefix: what stands before a path of the scanned folder in reports.
    """
    refused, notices = list(_refused(chosen, prefix)), results.notices
    if chosen.undecided.get(ProblemKind.LOOSENING) is Effect.FAIL:
        attempts = [notice for notice in notices if notice.message == NOT_ALLOWED]
        notices = tuple(notice for notice in notices if notice.message != NOT_ALLOWED)
        for one in attempts:
            span = Span(one.line, 1, one.line, 1)
            refused.append(Problem(ProblemKind.LOOSENING, one.message, one.path, span, one.rule, _REMOVE))
    return replace(results, problems=(*results.problems, *refused), notices=notices)


def _refused(chosen: Policy, prefix: str) -> Iterator[Problem]:
    for one in chosen.layer.refused if chosen.layer else ():
        yield Problem(
            ProblemKind.LOOSENING,
            f"refused: {one.message}",
            prefix + one.place.path,
            _span(one.place),
            one.rules[0] if len(one.rules) == 1 else "",
            one.hint,
        )


def _span(place: Place) -> Span:
    return Span(place.line, place.column, place.line, place.column)
