"""A rule's state follows from its counts, and a control's from its rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from complygate.evidence import ControlEvidence, RuleEvidence, State

COUNTS = st.integers(0, 2)
RULES = st.builds(RuleEvidence, st.just("a/b"), st.just("T"), COUNTS, COUNTS, COUNTS, COUNTS)


@given(RULES)
def test_a_rule_is_held_only_if_it_judged_something_and_nothing_speaks_against_it(rule: RuleEvidence) -> None:
    against = rule.violations + rule.excused + rule.undecided
    assert (rule.state is State.HELD) is (rule.evaluated > 0 and against == 0)
    assert (rule.state is State.VIOLATED) is (rule.violations > 0)
    assert (rule.state is State.NOT_EVALUATED) is (rule.evaluated == 0 and against == 0)


@given(st.lists(RULES, min_size=1, max_size=5))
def test_a_control_is_never_better_than_one_of_its_rules(rules: list[RuleEvidence]) -> None:
    control = ControlEvidence("f/1", "T", "F", "", tuple(rules))
    order = list(State)
    assert all(order.index(control.state) <= order.index(rule.state) for rule in rules)
    assert sum(control.count(state) for state in State) == len(rules)
