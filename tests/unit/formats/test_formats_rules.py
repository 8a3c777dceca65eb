"""The rules that docs/formats.md shows: each is proven by its own examples, through the whole flow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from complygate import policy
from complygate.model import plugins
from complygate.model.document import REPOSITORY
from complygate.model.glob import any_matches, matches
from complygate.prove import prove

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "formats.md").read_text("utf-8")
RULES = [
    yaml.safe_load(block) for block in re.findall(r"^```yaml rule\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
]
REST = {
    "title": "Shown",
    "severity": "low",
    "message": "{resource}",
    "why": "It is shown.",
    "fix": "Read on.",
}
ROWS = re.findall(
    r"^\| ([a-z-]+) \| (.+?) \| (.*?) ?\|$",
    (DOCS / "architecture.md").read_text("utf-8").partition("## Kinds")[2],
    re.MULTILINE,
)


@pytest.mark.parametrize("shown", RULES, ids=lambda shown: shown["applies_to"])
def test_a_rule_that_the_page_shows_is_proven(shown: dict[str, object], tmp_path: Path) -> None:
    file = tmp_path / "rules/docs/shown.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump(REST | shown, allow_unicode=True), "utf-8")
    rule = policy.load_set(".", base=tmp_path).rules["docs/shown"]
    assert rule.passing
    assert rule.failing
    assert list(prove(rule)) == []


def test_every_family_on_yaml_and_terraform_shows_a_rule() -> None:
    shown = {rule["applies_to"].partition("/")[0] for rule in RULES}
    assert shown == {
        "kubernetes", "kustomize", "helm", "compose", "github-actions", "dependabot", "pre-commit",
        "gitlab-ci", "azure-pipelines", "circleci", "bitbucket-pipelines", "terraform",
    }  # fmt: skip


@pytest.mark.parametrize("form", plugins.formats(), ids=lambda form: form.NAME)
def test_the_table_of_kinds_is_what_the_formats_give(form: plugins.Format) -> None:
    (row,) = [kinds + views for family, kinds, views in ROWS if family == form.NAME]
    listed = set(re.findall(r"`([a-z-]+/[^`]*)`", row))
    for kind in form.KINDS:
        named = [name for name in listed if name == kind or ("*" in kind and matches(kind, name))]
        assert named, f"{kind} is not listed"
        assert "*" not in kind or any("<" in name for name in named), f"that {kind} is open is not said"
    for name in listed:
        assert any_matches(form.KINDS, name), f"{form.NAME} does not give {name}"


def test_the_table_of_kinds_has_a_row_for_each_format_and_for_the_repository() -> None:
    assert sorted(family for family, _, _ in ROWS if family != "family") == sorted(
        [*(form.NAME for form in plugins.formats()), REPOSITORY]
    )
