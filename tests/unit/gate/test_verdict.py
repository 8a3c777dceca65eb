from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.gate.exit_codes import ExitCode
from complygate.gate.verdict import decide
from complygate.model.finding import Disposition, Finding, Region
from complygate.model.policy import DEFAULT_UNDECIDED, Effect, Level, Policy
from complygate.model.problem import Problem, ProblemKind
from complygate.model.report import Outcome
from complygate.model.rule import Severity
from complygate.model.tree import Span

POLICY = Policy("p", "P", "builtin:p", "sha256:0", {})
FINDING = Finding(
    rule="a/b",
    message="m",
    severity=Severity.HIGH,
    level=Level.ENFORCE,
    region=Region("f", Span(1, 1, 1, 2)),
    pointer="",
    resource="",
    kind="k",
    fingerprint="sha256:1",
)

findings = st.builds(
    lambda level, disposition: dataclasses.replace(FINDING, level=level, disposition=disposition),
    st.sampled_from([Level.ENFORCE, Level.WARN, Level.AUDIT]),
    st.sampled_from(Disposition),
)
problems = st.builds(lambda kind: Problem(kind, "m"), st.sampled_from(ProblemKind))


def test_the_published_exit_codes() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "PASS": 0,
        "FAIL": 1,
        "USAGE": 2,
        "UNDECIDED": 3,
        "INTERNAL": 4,
        "INTERRUPTED": 130,
    }


@given(st.lists(findings), st.lists(problems))
def test_fail_outranks_undecided_outranks_pass(found: list[Finding], problem: list[Problem]) -> None:
    verdict = decide(found, problem, POLICY)
    blocks = any(f.level is Level.ENFORCE and f.disposition is Disposition.ACTIVE for f in found)
    stops = any(DEFAULT_UNDECIDED[p.kind] is Effect.FAIL for p in problem)
    expected = Outcome.FAIL if blocks else Outcome.UNDECIDED if stops else Outcome.PASS
    assert verdict.outcome is expected
    assert (verdict.exit_code == 0) is (expected is Outcome.PASS)
    shown = verdict.blocking + verdict.warning + verdict.audited + verdict.waived + verdict.baselined
    assert shown == len(found)
    assert verdict.problems == len(problem)


@pytest.mark.parametrize("kind", ProblemKind)
def test_the_policy_says_what_a_problem_does(kind: ProblemKind) -> None:
    for effect, code in ((Effect.FAIL, ExitCode.UNDECIDED), (Effect.WARN, ExitCode.PASS)):
        policy = dataclasses.replace(POLICY, undecided={**DEFAULT_UNDECIDED, kind: effect})
        assert decide([], [Problem(kind, "m")], policy).exit_code == code


def test_a_kind_that_the_policy_does_not_speak_of_blocks() -> None:
    policy = dataclasses.replace(POLICY, undecided={})
    assert decide([], [Problem(ProblemKind.UNKNOWN_VALUE, "m")], policy).exit_code == ExitCode.UNDECIDED
