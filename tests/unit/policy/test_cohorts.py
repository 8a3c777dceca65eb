"""Which repositories a scope fits, and what changes for which of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.unit.policy.sets import RULE, write

from complygate import policy
from complygate.model.cohort import Criteria, Facts
from complygate.policy.cohort import criteria_of, fits, values_of
from complygate.policy.cohorts import MOST, compare_for_all
from complygate.policy.diff import Impact, verdict
from complygate.policy.resolve import Opened

ENTITY = {
    "kind": "Component",
    "metadata": {
        "name": "web",
        "labels": {"tier": 1, "pci": True},
        "annotations": {"a/b": "c"},
        "tags": ["x", "y"],
    },
    "spec": {"lifecycle": "production", "name": "of the spec"},
}
DAY = dt.date(2026, 12, 1)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("kind", ["Component"]),
        ("lifecycle", ["production"]),
        ("name", ["of the spec"]),
        ("tier", ["1"]),
        ("pci", ["true"]),
        ("a/b", ["c"]),
        ("tags", ["x", "y"]),
        ("labels", []),
        ("nothing", []),
    ],
)
def test_where_a_field_is_looked_for(name: str, values: list[str]) -> None:
    assert values_of(ENTITY, name) == values


@pytest.mark.parametrize("entity", [{}, {"spec": [], "metadata": "x"}, {"metadata": {"labels": 3}}])
def test_odd_entities_have_no_field(entity: dict[str, Any]) -> None:
    assert values_of(entity, "lifecycle") == []


def test_what_is_known_not_to_fit_outranks_what_is_unknown() -> None:
    facts = Facts(None, (ENTITY,), None, {"name": "no name", "owners": "no owners"})
    scope: dict[str, Any] = {"repositories": ["a/*"], "catalog": {"lifecycle": "lab"}}
    assert fits(criteria_of(scope) or Criteria(), facts) is False
    scope["catalog"] = {"lifecycle": ["lab", "prod*"]}
    assert fits(criteria_of(scope) or Criteria(), facts) == "no name"
    assert fits(Criteria(owners=("@a/b",)), facts) == "no owners"
    assert criteria_of({"paths": ["a/**"]}) is None


def opened(folder: Path, rules: str) -> Opened:
    text = f"name: p\ntitle: P\nrules:\n  - {{select: {{ids: [t/r]}}, enforcement: warn}}\n{rules}"
    write(folder, {"rules/t/r.yaml": RULE, "policies/p.yaml": text})
    return policy.open_policy(".", base=folder)


def entry(owner: str, level: str) -> str:
    return f'  - {{select: {{ids: [t/r]}}, enforcement: {level}, scope: {{owners: ["{owner}"]}}}}\n'


def test_a_change_is_found_in_whatever_repository_it_is(tmp_path: Path) -> None:
    old = opened(tmp_path / "a", entry("@a/a", "audit") + entry("@a/b", "audit"))
    new = opened(tmp_path / "b", entry("@a/a", "enforce") + entry("@a/b", "audit"))
    (found,) = compare_for_all(old, new, DAY).differences
    assert (found.impact, found.since, found.cohort) == (Impact.MAJOR, DAY, "owners @a/a")
    assert compare_for_all(old, old, DAY).differences == ()


def test_too_many_scopes_to_compare_count_as_a_change_that_can_fail(tmp_path: Path) -> None:
    scopes = "".join(entry(f"@a/{number}", "audit") for number in range(MOST + 1))
    old, new = opened(tmp_path / "a", scopes), opened(tmp_path / "b", scopes)
    compared = compare_for_all(old, new, DAY)
    assert not compared.complete
    assert verdict(compared.differences) is Impact.MAJOR


def test_a_rule_that_stood_for_a_tools_check_can_fail_where_it_is_taken_away(tmp_path: Path) -> None:
    alias = RULE + "aliases: [CKV_K8S_16]\n"
    tool = "  - {select: {checkov: [CKV_K8S_16]}, enforcement: enforce}\n"
    level = "  - {select: {ids: [t/r]}, enforcement: enforce}\n"
    texts = {"old": level + tool, "new": tool}
    versions = []
    for name, rules in texts.items():
        write(
            tmp_path / name,
            {"rules/t/r.yaml": alias, "policies/p.yaml": f"name: p\ntitle: P\nrules:\n{rules}"},
        )
        versions.append(policy.open_policy(".", base=tmp_path / name))
    (found,) = compare_for_all(versions[0], versions[1], DAY).differences
    assert (found.kind, found.impact) == ("removed", Impact.MAJOR)
    assert "checkov/CKV_K8S_16 blocks" in found.reason
