"""The values of the model as JSON has them, and back.

Lists by position, since there are thousands. Whoever changes a value's fields changes the program, and with
it every key: an entry of another shape is never met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.model.problem import Problem, ProblemKind
from complygate.model.remark import Answer, Remark, Skip
from complygate.model.report import Notice
from complygate.model.rule import Severity
from complygate.model.tree import Span

if TYPE_CHECKING:
    from collections.abc import Iterable


def of_problem(problem: Problem) -> list[Any]:
    """Return `problem` as JSON has it."""
    return [
        problem.kind, problem.message, problem.path, problem.span, problem.rule, problem.hint, problem.count,
    ]  # fmt: skip


def to_problem(plain: Any) -> Problem:
    """Return the problem that `of_problem` made `plain` of."""
    kind, message, path, span, rule, hint, count = plain
    return Problem(ProblemKind(kind), message, path, to_span(span), rule, hint, count)


def of_skip(skip: Skip | None) -> list[Any] | None:
    """Return `skip` as JSON has it."""
    return None if skip is None else [skip.how, skip.reason, skip.path, skip.line]


def to_skip(plain: Any) -> Skip | None:
    """Return the skip that `of_skip` made `plain` of."""
    return None if plain is None else Skip(*plain)


def to_span(plain: Any) -> Span | None:
    """Return the span that JSON has as a list."""
    return None if plain is None else Span(*plain)


def of_notices(notices: Iterable[Notice]) -> list[Any]:
    """Return `notices` as JSON has them."""
    return [[notice.message, notice.path, notice.line, notice.rule] for notice in notices]


def to_notices(plain: Any) -> tuple[Notice, ...]:
    """Return the notices that `of_notices` made `plain` of."""
    return tuple(Notice(*item) for item in plain)


def of_answer(answer: Answer) -> dict[str, Any]:
    """Return what a tool answered as JSON has it."""
    return {
        "remarks": [_of_remark(remark) for remark in answer.remarks],
        "problems": [of_problem(problem) for problem in answer.problems],
        "notices": of_notices(answer.notices),
        "judged": dict(answer.judged),
    }


def to_answer(plain: Any) -> Answer:
    """Return the answer that `of_answer` made `plain` of."""
    return Answer(
        remarks=[_to_remark(item) for item in plain["remarks"]],
        problems=[to_problem(item) for item in plain["problems"]],
        notices=to_notices(plain["notices"]),
        judged=plain["judged"],
    )


def _of_remark(remark: Remark) -> list[Any]:
    return [
        remark.rule, remark.path, remark.span, remark.keys, remark.resource, remark.detail, remark.check,
        remark.severity, of_skip(remark.skip), dict(remark.fingerprints), remark.held,
    ]  # fmt: skip


def _to_remark(plain: Any) -> Remark:
    rule, path, span, keys, resource, detail, check, severity, skip, fingerprints, held = plain
    return Remark(
        rule, path, to_span(span), tuple(map(tuple, keys)), resource, detail, check,
        None if severity is None else Severity(severity), to_skip(skip), fingerprints, held,
    )  # fmt: skip
