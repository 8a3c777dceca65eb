"""Write the catalogue of Checkov's checks from the installed package and the table of severities.

    python -m tools.checkov_catalogue            rewrite src/complygate/engines/checkov/catalogue.json
    python -m tools.checkov_catalogue --check    only tell whether it is up to date

Checkov's package says what each check is called, its categories, and what it looks at. It gives no
severity: those stand in tools/checkov_severities.yaml, each with its reason. Run this after a change of that
table, and when a new version of checkov is taken up; it names the checks for which a person must then decide.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.checkov_severities import TABLE, Severities, read

if TYPE_CHECKING:
    from collections.abc import Iterator

CATALOGUE = Path(__file__).resolve().parents[1] / "src/complygate/engines/checkov/catalogue.json"

FRAMEWORKS = (
    "kubernetes", "terraform", "cloudformation", "dockerfile", "github_actions", "gitlab_ci",
    "azure_pipelines", "circleci_pipelines", "bitbucket_pipelines", "arm", "bicep", "serverless", "ansible",
    "argo_workflows", "openapi", "secrets",
)  # fmt: skip
"""The frameworks that have checks of their own; where one check has several names, the first one's counts.

A Terraform plan is judged by the checks of terraform; Helm and Kustomize output by those of kubernetes.
"""
LEFT_OUT = {
    "github_configuration": "asks GitHub's API about an organisation",
    "gitlab_configuration": "asks GitLab's API about a group",
    "bitbucket_configuration": "asks Bitbucket's API about a repository",
    "cdk": "needs an engine that only the paid platform delivers",
}
"""Frameworks of the package that judge no file of a tree, or cannot run without the platform."""
_MANY = 100
"""A check of more entities than that looks at all that the provider has."""
_CATEGORIES = re.compile(r"[a-z]+(-[a-z]+)*")


@dataclass
class Found:
    """What the package says of one check.

    Attributes:
        names: what it is called, by framework.
        categories: what it is filed under.
        entities: what it looks at: resource types, instructions, keys.
    """

    names: dict[str, str] = field(default_factory=dict)
    categories: set[str] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)

    def add(self, framework: str, name: str, categories: list[Any], entities: list[str]) -> None:
        """Take over what one registration says."""
        self.names.setdefault(framework, " ".join(name.split()))
        self.categories.update(_category(category) for category in categories)
        self.entities.update(str(entity) for entity in entities)

    @property
    def frameworks(self) -> list[str]:
        """The frameworks that have it, in the order of `FRAMEWORKS`."""
        return sorted(self.names, key=FRAMEWORKS.index)


def main() -> int:
    """Return 1 when `--check` finds that the catalogue is not up to date, or the table is wrong, else 0."""
    checks = found_checks()
    table = read(TABLE)
    if wrong := table.mistakes({i: (f.frameworks, sorted(f.categories)) for i, f in checks.items()}):
        print("\n".join(wrong))
        return 1
    text = written(checks, table)
    fresh = CATALOGUE.exists() and CATALOGUE.read_text("utf-8") == text
    if "--check" in sys.argv:
        print("" if fresh else f"{CATALOGUE.name}: run `python -m tools.checkov_catalogue`", end="")
        return int(not fresh)
    CATALOGUE.write_text(text, encoding="utf-8", newline="\n")
    return 0


def found_checks() -> dict[str, Found]:
    """Return every check of the installed package that judges files, by id, in natural order."""
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    checks: dict[str, Found] = defaultdict(Found)
    for framework, check in _python_checks():
        if framework not in LEFT_OUT:
            checks[check.id].add(framework, check.name, check.categories, check.supported_entities)
    for framework, check in _graph_checks():
        checks[check.id].add(framework, check.name, [check.category], check.resource_types or [])
    secrets = importlib.import_module("checkov.secrets.runner").CHECK_ID_TO_SECRET_TYPE
    for check_id, kind in secrets.items():
        checks[check_id].add("secrets", kind, ["secrets"], [])
    return {name: checks[name] for name in sorted(checks, key=natural)}


def _python_checks() -> Iterator[tuple[str, Any]]:
    """Yield framework and check of each that is written in Python: they register where they are imported."""
    base = importlib.import_module("checkov.common.checks.base_check_registry").BaseCheckRegistry
    for name in _registries():
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, base):
                yield from ((value.report_type, check) for _, check in value.all_checks())


def _registries() -> Iterator[str]:
    """Yield the modules `checkov.<framework>….registry`: they hold the registries, and import the checks."""
    package = importlib.import_module("checkov")
    for module in pkgutil.walk_packages(package.__path__, "checkov."):
        parts = module.name.split(".")
        if (
            parts[-1] == "registry"
            and parts[1] not in {"common", "cdk", "sast"}
            and "parser" not in module.name
        ):
            yield module.name


def _graph_checks() -> Iterator[tuple[str, Any]]:
    """Yield framework and check of each that is written in YAML or JSON."""
    registry = importlib.import_module("checkov.common.checks_infra.registry").get_graph_checks_registry
    root = Path(importlib.import_module("checkov").__path__[0])
    for folder in sorted(root.glob("*/checks/graph_checks")):
        loaded = registry(folder.parents[1].name)
        loaded.load_checks()
        yield from ((folder.parents[1].name, check) for check in loaded.checks)


def _category(category: Any) -> str:
    """Return a category in our words: `general-security` for `CheckCategories.GENERAL_SECURITY`."""
    name = str(getattr(category, "name", category)).lower().replace("_", "-")
    if not _CATEGORIES.fullmatch(name):
        raise ValueError(f"{category!r} is no category")
    return name


def natural(name: str) -> list[tuple[bool, int, str]]:
    """Return the key by which CKV_AWS_9 comes before CKV_AWS_10."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)]


def written(checks: dict[str, Found], table: Severities) -> str:
    """Return the catalogue's text: JSON, with a line for each check and for each reason."""
    rows, used = [], set()
    for name, found in checks.items():
        severity, reason = table.of(name, found.frameworks, sorted(found.categories))
        used.add(reason)
        title, *others = dict.fromkeys(found.names[f] for f in found.frameworks)
        entities = sorted(found.entities) if len(found.entities) <= _MANY else ["*"]
        row = [
            name, severity, reason, sorted(found.categories), found.frameworks,
            int(table.is_secret(name, found.frameworks, sorted(found.categories))), title, entities,
        ]  # fmt: skip
        if others:
            row.append({f: found.names[f] for f in found.frameworks if found.names[f] != title})
        rows.append(row)
    reasons = {key: text for key, text in table.reasons.items() if key in used}
    parts = [f'{{"checkov": {dumps(version("checkov"))},', '"reasons": {']
    parts.append(",\n".join(f"{dumps(key)}: {dumps(text)}" for key, text in reasons.items()))
    parts += ["},", '"checks": [', ",\n".join(dumps(row) for row in rows), "]}\n"]
    return "\n".join(parts)


def dumps(value: Any) -> str:
    """Return `value` as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main())
