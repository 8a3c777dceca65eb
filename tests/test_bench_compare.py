"""The comparison with other tools: when two reports are of one place, and which rules are for one matter."""

from __future__ import annotations

import pytest
from bench.compare import Place, _of_zizmor, counterparts


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Place("a", "f", 1, 9), Place("b", "f", 3, 3), True),
        (Place("a", "f", 1, 2), Place("b", "f", 3, 3), False),
        (Place("a", "f", 1, 9), Place("b", "g", 3, 3), False),
        (Place("a", "f", 1, 1, "/jobs/x"), Place("b", "f", 9, 9, "/jobs/x/steps/1"), True),
        (Place("a", "f", 1, 1, "/jobs/x"), Place("b", "f", 9, 9, "/jobs/xy"), False),
        (Place("a", "f", 1, 1, "/jobs/x"), Place("b", "f", 9, 9), False),
    ],
)
def test_two_reports_are_of_one_place(one: Place, other: Place, same: bool) -> None:
    assert one.holds(other) is same
    assert other.holds(one) is same


def test_zizmors_primary_place_counts() -> None:
    def at(kind: str, row: int) -> dict[str, object]:
        key = {"Local": {"verbatim_path": "./.github/workflows/ci.yml"}}
        route = {"route": [{"Key": "jobs"}, {"Key": "a/b"}, {"Index": 2}]}
        ends = {"start_point": {"row": row}, "end_point": {"row": row + 1}}
        return {
            "symbolic": {"kind": kind, "key": key, "route": route},
            "concrete": {"location": ends},
        }

    found = list(_of_zizmor([{"ident": "artipacked", "locations": [at("Related", 1), at("Primary", 4)]}]))
    assert found == [Place("artipacked", ".github/workflows/ci.yml", 5, 6, "/jobs/a~1b/2")]


def test_rules_for_one_matter_are_found_by_their_aliases() -> None:
    found = counterparts(["artipacked", "template-injection", "no-such-check"])
    assert found == {
        "artipacked": {"github-actions/persisted-credentials"},
        "template-injection": {"github-actions/script-injection", "github-actions/input-injection"},
        "no-such-check": set(),
    }
