"""The built-in rules: each does what its examples say, and the examples notice when it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from complygate import policy
from complygate.prove import prove

if TYPE_CHECKING:
    from complygate.model.rule import Rule

RULES = dict(policy.load_set("builtin:baseline", base=Path.cwd()).rules)
IDS = sorted(RULES)


def inverted(rule: Rule) -> Rule:
    """Return `rule` with a check that accepts what it refuses, and refuses what it accepts."""
    check: Any = f"!({rule.check})" if rule.engine == "cel" else {"not": _below(rule.check)}
    if rule.engine == "schema" and "$defs" in rule.check:
        check["$defs"] = _moved(rule.check["$defs"])
    return replace(rule, check=check)


def _below(schema: dict[str, Any]) -> dict[str, Any]:
    """Return `schema` as it stands one level down: what it says of itself by `#` moves with it."""

    body = _moved({key: value for key, value in schema.items() if key != "$defs"})
    assert isinstance(body, dict)
    return body


def _moved(part: Any) -> Any:
    if isinstance(part, dict):
        return {k: "#/not" if k == "$ref" and v == "#" else _moved(v) for k, v in part.items()}
    return [_moved(item) for item in part] if isinstance(part, list) else part


def test_there_are_forty_rules_across_the_kinds() -> None:
    families = {kind.partition("/")[0] for rule in RULES.values() for kind in rule.applies_to}
    assert len(RULES) >= 40
    assert families >= {
        "kubernetes",
        "compose",
        "github-actions",
        "gitlab-ci",
        "dependabot",
        "azure-pipelines",
        "circleci",
        "docker",
        "terraform",
        "cloudformation",
        "npm",
        "python",
        "backstage",
        "repository",
    }


@pytest.mark.parametrize("rule_id", IDS)
def test_examples_prove_the_rule(rule_id: str) -> None:
    assert [f"{f.example}: {f.message}" for f in prove(RULES[rule_id])] == []


@pytest.mark.parametrize("rule_id", IDS)
def test_examples_notice_an_inverted_check(rule_id: str) -> None:
    """Some passing examples show what a rule has nothing to say about: those hold whatever the check is."""
    rule = RULES[rule_id]
    noticed = {failure.example for failure in prove(inverted(rule))}
    assert noticed >= {f"fail {number}" for number in range(1, len(rule.failing) + 1)}
    assert any(name.startswith("pass") for name in noticed)


@pytest.mark.parametrize("rule_id", IDS)
def test_a_rule_says_what_a_reader_needs(rule_id: str) -> None:
    rule = RULES[rule_id]
    assert len(rule.passing) >= 2
    assert len(rule.failing) >= 2
    assert rule.since
    assert rule.tags
    assert all(url.startswith("https://") for url in rule.references)
    assert rule.references
    frameworks = {control.partition("/")[0] for control in rule.controls}
    # The one catalogue that every idea is in, and one that auditors of companies ask by.
    assert "security" not in rule.tags or (
        "nist-800-53" in frameworks and frameworks & {"soc2", "iso-27001-2022"}
    )


def lists_to_shorten() -> list[tuple[str, str]]:
    ways = ((rule.id, name, way) for rule in RULES.values() for name, way in (rule.tighter or {}).items())
    return [(rule, name) for rule, name, way in ways if way == "fewer"]


@pytest.mark.parametrize(("rule_id", "name"), lists_to_shorten())
def test_no_layer_silences_a_rule_by_shortening_a_list(rule_id: str, name: str) -> None:
    """A list of which fewer is tighter may become empty: where that silences it, `given` is the word."""
    rule = RULES[rule_id]
    emptied = tuple(replace(one, params={**(one.params or {}), name: []}) for one in rule.failing)
    silent = [f.message for f in prove(replace(rule, failing=emptied)) if "not reported" in f.message]
    assert silent == []


def test_an_alias_leads_to_one_rule() -> None:
    seen: dict[str, str] = {}
    for rule in RULES.values():
        for alias in rule.aliases:
            assert seen.setdefault(alias, rule.id) == rule.id
