"""The table of severities: what it says of a check, and what is wrong between it and the package."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.checkov_severities import Severities, read

TABLE = """\
defaults:
  logging: {severity: low, reason: Less is seen.}
  networking: {severity: medium, reason: More is reached.}
  networking/dockerfile: {severity: info, reason: A hint.}
groups:
  open:
    severity: high
    reason: All can reach it.
    checks: {CKV_AWS: [24, 25]}
secret: {CKV_AWS: [41]}
"""
CHECKS = {
    "CKV_AWS_24": (["terraform"], ["networking"]),
    "CKV_AWS_25": (["terraform"], ["networking"]),
    "CKV_AWS_41": (["terraform"], ["logging", "networking"]),
    "CKV_AWS_66": (["terraform"], ["logging"]),
    "CKV_DOCKER_1": (["dockerfile"], ["networking"]),
}


def table(folder: Path, old: str = "", new: str = "") -> Severities:
    assert old in TABLE
    path = folder / "table.yaml"
    path.write_text(TABLE.replace(old, new) if old else TABLE)
    return read(path)


@pytest.mark.parametrize(
    ("check", "severity", "reason"),
    [
        ("CKV_AWS_24", "high", "open"),
        ("CKV_AWS_41", "medium", "networking"),
        ("CKV_AWS_66", "low", "logging"),
        ("CKV_DOCKER_1", "info", "networking/dockerfile"),
    ],
)
def test_a_group_comes_before_the_highest_default(
    tmp_path: Path, check: str, severity: str, reason: str
) -> None:
    assert table(tmp_path).of(check, *CHECKS[check]) == (severity, reason)


def test_a_default_of_one_framework_does_not_lower_a_check_of_several(tmp_path: Path) -> None:
    found = table(tmp_path).of("CKV_X_1", ["dockerfile", "terraform"], ["networking"])
    assert found == ("medium", "networking")


def test_a_right_table_has_no_mistakes(tmp_path: Path) -> None:
    assert table(tmp_path).mistakes(CHECKS) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[24, 25]", "[24, 25, 26]", "CKV_AWS_26: is named, and checkov has no such check"),
        ("[41]", "[42]", "CKV_AWS_42: is named, and checkov has no such check"),
        ("[24, 25]", "[24, 25, 24]", "CKV_AWS_24: stands in more than one group"),
        ("[24, 25]", "[24, 25, 66]", "logging: no check has it"),
        (
            "  logging: {severity: low, reason: Less is seen.}\n",
            "",
            "CKV_AWS_66: has no severity: no group names it, and ['logging'] has no default",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in table(tmp_path, old, new).mistakes(CHECKS)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("severity: low", "severity: lowest", "logging: wants a severity"),
        ("Less is seen.", "Less is seen", "logging: wants a severity, and a reason that is a sentence"),
        ("groups:\n", "groups:\n  open: {}\n", "line 6: open stands here twice"),
    ],
)
def test_a_table_of_another_form_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        table(tmp_path, old, new)


def test_what_points_at_a_credential_is_known_by_name_category_or_framework(tmp_path: Path) -> None:
    found = table(tmp_path)
    assert found.is_secret("CKV_AWS_41", ["terraform"], ["iam"])
    assert found.is_secret("CKV_X_1", ["secrets"], [])
    assert found.is_secret("CKV_X_1", ["terraform"], ["iam", "secrets"])
    assert not found.is_secret("CKV_X_1", ["terraform"], ["iam"])
