"""How long a pass is worth something."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.attest.reports_for_attest import effective, finding

from complygate.gate.turns import ends_on
from complygate.model.finding import Disposition, Excuse, Finding
from complygate.model.policy import EffectiveRule, Enforcement, Level, Policy, Somewhere

DAY = dt.date(2026, 11, 21)
ALWAYS = dt.date.min


def days(count: int) -> dt.date:
    return DAY + dt.timedelta(days=count)


def calendar(*steps: tuple[dt.date, str]) -> Enforcement:
    return Enforcement(tuple((start, Level(level)) for start, level in steps))


def policy(*rules: EffectiveRule) -> Policy:
    return Policy("p", "P", "p", "sha256:0", {one.rule.id: one for one in rules})


def excused(until: dt.date | None, level: Level = Level.ENFORCE) -> Finding:
    return finding(level=level, excuse=Excuse("waiver", "r", "w.yaml", 1, until))


RISING = calendar((days(-9), "audit"), (days(9), "warn"), (days(30), "enforce"))
ENFORCED = calendar((ALWAYS, "enforce"))


@pytest.mark.parametrize(
    ("rules", "found", "expected"),
    [
        (RISING, finding(level=Level.AUDIT), days(30)),
        (RISING, None, None),
        (calendar((ALWAYS, "warn")), finding(), None),
        (ENFORCED, finding(level=Level.ENFORCE), None),  # it blocks already
        (ENFORCED, excused(days(5)), days(6)),
        (ENFORCED, excused(days(0)), days(1)),
        (ENFORCED, excused(None), None),
        (ENFORCED, excused(dt.date.max), None),
        (RISING, excused(days(5), Level.AUDIT), days(30)),
        (RISING, excused(days(40), Level.AUDIT), days(41)),
        (calendar((days(3), "warn"), (days(7), "enforce")), None, days(7)),  # off now: nobody has looked
        (calendar((days(3), "warn")), None, None),
        (calendar((ALWAYS, "enforce"), (days(9), "off")), excused(days(20)), None),
    ],
)
def test_the_first_day_on_which_it_may_block(
    rules: Enforcement, found: Finding | None, expected: dt.date | None
) -> None:
    findings = [found] if found else []
    assert ends_on(findings, policy(effective("own/new", rules)), DAY) == expected


def test_calendars_for_some_paths() -> None:
    rule = replace(effective("own/new", RISING), somewhere=(Somewhere(("a.yaml",), ENFORCED),))
    assert ends_on([excused(days(5))], policy(rule), DAY) == days(6)
    late = replace(rule, somewhere=(Somewhere(("b/**",), calendar((days(2), "enforce"))),))
    assert ends_on([], policy(late), DAY) == days(2)


def test_the_end_of_time() -> None:
    assert ends_on([finding()], policy(effective("own/new", RISING)), dt.date.max) is None


STEPS = st.lists(st.tuples(st.integers(-40, 40), st.sampled_from(list(Level))), max_size=4)


@given(
    steps=STEPS,
    until=st.none() | st.integers(0, 60),
    waived=st.booleans(),
)
def test_until_then_nothing_blocks_that_does_not_now_and_then_something_may(
    steps: list[tuple[int, Level]], until: int | None, waived: bool
) -> None:
    """Held against looking at each day."""
    made = Enforcement(tuple(sorted((days(at), level) for at, level in dict(steps).items())))
    level = made.on(DAY)
    excuse = Excuse("waiver", "r", "w", 1, days(until) if until is not None else None) if waived else None
    one = replace(
        finding(level=level, excuse=excuse),
        disposition=Disposition.WAIVED if waived else Disposition.ACTIVE,
    )
    findings = [] if level is Level.OFF else [one]

    def blocks(day: dt.date) -> bool:
        excused_then = waived and level is not Level.OFF and (until is None or day <= days(until))
        return made.on(day) is Level.ENFORCE and not excused_then

    found = ends_on(findings, policy(effective("own/new", made)), DAY)
    if one.blocks:
        return
    expected = next((day for day in map(days, range(1, 120)) if blocks(day)), None)
    assert found == expected
