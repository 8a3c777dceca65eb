"""Checkov's catalogue: complete, true to the installed package, each check with a reasoned severity."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from complygate import policy
from complygate.engines.checkov import ask
from complygate.engines.checkov.catalogue import catalogue, known, version
from complygate.errors import CheckError
from complygate.model.rule import Rule, Severity

ROOT = Path(__file__).parents[3]
RULES = catalogue()
_ID = re.compile(r"CKV2?_[A-Z0-9]+_\d+")
_LEFT_OUT = {"cdk", "github", "gitlab", "bitbucket", "example_runner"}
NEVER_LOADED = {"CKV_NCP_17", "CKV_OKTA_1"}
"""Checks in the package's text that its own modules forget to import: checkov never runs them."""


def rule(name: str) -> Rule:
    return RULES[f"checkov/{name}"]


# the catalogue against the package


def package() -> Path:
    """Return checkov's folder, without importing it."""
    found = subprocess.run(
        [sys.executable, "-c", "import importlib.util as u; print(u.find_spec('checkov').origin)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Path(found.stdout.strip()).parent


def test_no_check_of_the_package_is_missing() -> None:
    root = package()
    files = [f for form in ("py", "yaml", "json") for f in root.glob(f"*/checks/**/*.{form}")]
    assert len(files) > 1000
    written = {
        name
        for file in files
        if file.relative_to(root).parts[0] not in _LEFT_OUT
        for name in _ID.findall(file.read_text("utf-8"))
    }
    assert written - known().keys() == NEVER_LOADED
    assert {name for name in known() if not name.startswith("CKV_SECRET_")} <= written


@pytest.mark.slow
def test_the_catalogue_is_what_the_tool_writes() -> None:
    command = [sys.executable, "-m", "tools.checkov_catalogue", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_catalogue_is_of_the_locked_version() -> None:
    lock = (ROOT / "uv.lock").read_text("utf-8")
    assert f'name = "checkov"\nversion = "{version()}"' in lock


# severities


def test_every_check_has_a_severity_and_a_reason_that_its_rule_gives() -> None:
    for found in RULES.values():
        assert found.severity in Severity
        assert found.title
        assert found.why.split(" In ")[0].endswith(".")
        assert found.check == list(found.aliases)


def test_severities_are_spread() -> None:
    counts = Counter(found.severity for found in RULES.values())
    assert counts.total() > 1300
    assert counts.keys() == set(Severity)
    assert max(counts.values()) < 0.5 * counts.total()


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("CKV_K8S_16", "critical"),
        ("CKV_K8S_27", "critical"),
        ("CKV_SECRET_2", "critical"),
        ("CKV_AWS_24", "high"),
        ("CKV_AWS_20", "high"),
        ("CKV_AWS_17", "high"),
        ("CKV_AWS_3", "medium"),
        ("CKV_AWS_158", "low"),
        ("CKV_AWS_66", "low"),
        ("CKV_AWS_23", "info"),
        ("CKV_DOCKER_6", "info"),
    ],
)
def test_a_severity(name: str, severity: str) -> None:
    assert str(rule(name).severity) == severity


def test_a_check_is_as_severe_as_the_built_in_rule_that_stands_in_for_it() -> None:
    built_in = policy.load_set("builtin:", base=ROOT).rules.values()
    names = [(own, alias.removesuffix("@kubernetes")) for own in built_in for alias in own.aliases]
    pairs = [(own, rule(alias)) for own, alias in names if alias in known()]
    assert len(pairs) > 50
    assert [f"{check.id} {own.id}" for own, check in pairs if check.severity is not own.severity] == []


def test_every_alias_of_a_built_in_rule_that_looks_like_a_check_is_one() -> None:
    built_in = policy.load_set("builtin:", base=ROOT).rules.values()
    aliases = {alias for own in built_in for alias in own.names if alias.startswith("CKV")}
    assert aliases <= known().keys()


SAME_IN_OTHER_WORDS = {
    "CKV_AWS_8", "CKV_AWS_20", "CKV_AWS_34", "CKV_AWS_53", "CKV_AWS_56", "CKV_AWS_57", "CKV_AWS_62",
    "CKV_AWS_69", "CKV_AWS_103", "CKV_AZURE_3",
    "CKV_K8S_16", "CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19", "CKV_K8S_37",
}  # fmt: skip


def test_an_alias_of_a_check_that_means_two_things_says_in_which_format() -> None:
    built_in = policy.load_set("builtin:", base=ROOT).rules.values()
    plain = {alias for own in built_in for alias in own.aliases if alias in known()}
    assert {alias for alias in plain if known()[alias].names} <= SAME_IN_OTHER_WORDS


# rules


def test_what_a_rule_says() -> None:
    privileged = rule("CKV_K8S_16")
    assert privileged.title == "Container should not be privileged"
    assert privileged.tags == (
        "kubernetes", "helm", "kustomize", "terraform", "terraform-plan", "general-security",
    )  # fmt: skip
    assert privileged.message == "{detail}"
    assert privileged.fix == (
        "Change this until Checkov's check CKV_K8S_16 passes: Container should not be privileged. "
        "It looks at `CronJob`, `DaemonSet`, `Deployment`, `DeploymentConfig`, `Job`, `Pod` and 8 more. "
        "Its package holds no longer guideline."
    )
    assert "It looks at" not in rule("CKV2_AWS_75").fix  # at everything


def test_one_id_may_mean_two_things_and_the_rule_says_so() -> None:
    assert rule("CKV_K8S_12").title == "Memory requests should be set"
    assert "In terraform files: Memory Limits should be set." in rule("CKV_K8S_12").why


def test_what_points_at_a_credential_keeps_it_out_of_reports() -> None:
    for name in ("CKV_SECRET_6", "CKV_AWS_41", "CKV_AWS_46", "CKV_AWS_384", "CKV_GIT_4", "CKV_TC_13"):
        assert "secret" in rule(name).tags, name
    assert "secret" not in rule("CKV_K8S_35").tags
    assert all("secret" in found.tags for found in RULES.values() if "secrets" in found.tags)


def test_a_rule_about_a_credential_quotes_nothing_and_still_says_what_it_is() -> None:
    assert rule("CKV_SECRET_2").message == "AWS Access Key found"
    assert rule("CKV_AWS_46").message == "Ensure no hard-coded secrets exist in EC2 user data"
    assert not [found.id for found in RULES.values() if "secret" in found.tags and "{" in found.message]


def test_rules_are_made_when_they_are_asked_for() -> None:
    program = (
        "import sys; from complygate.engines import checkov; rules = checkov.catalogue()\n"
        "assert len(rules) > 1300 and 'checkov/CKV_K8S_16' in rules and not rules._made\n"
        "rules['checkov/CKV_K8S_16']; assert len(rules._made) == 1\n"
        "assert 'checkov' not in sys.modules and 'yaml' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_ids_are_in_natural_order() -> None:
    names = [name for name in known() if name.startswith("CKV_GHA_")]
    assert names == [f"CKV_GHA_{number}" for number in range(1, 8)]


# what a rule may ask


def test_a_rule_asks_for_checks() -> None:
    assert ask(["CKV_K8S_16", "CKV_AWS_1"], {}) == ("CKV_K8S_16", "CKV_AWS_1")


@pytest.mark.parametrize(
    ("check", "pointer", "message", "hint"),
    [
        ("CKV_K8S_16", "/checkov", "must be a list of ids of checks", "checkov: [CKV_K8S_16]"),
        ([], "/checkov", "must be a list of ids of checks", "checkov: [CKV_K8S_16]"),
        (["CKV_K8S_16", 3], "/checkov/1", "must be the id of a check, such as CKV_K8S_16", ""),
        (["CKV_K8S_9999"], "/checkov/0", 'there is no check "CKV_K8S_9999"', 'did you mean "CKV_K8S_99"?'),
        (["\x1b[2J" * 99], "/checkov/0", 'there is no check "', "`complygate rules list --engine checkov`"),
        (["CKV_K8S_1", "CKV_K8S_1"], "/checkov", "names a check twice", ""),
    ],
)
def test_what_is_no_list_of_checks_is_refused(check: Any, pointer: str, message: str, hint: str) -> None:
    with pytest.raises(CheckError) as caught:
        ask(check, {})
    assert caught.value.pointer == pointer
    assert caught.value.message.startswith(message)
    assert caught.value.message.isprintable()
    assert caught.value.hint.startswith(hint)
