"""The catalogue of controls: what rules may give evidence for."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from complygate import policy

CONTROLS = policy.load_set("builtin:", base=Path("/")).controls
PROTECTED = {"cis-aws-1.4", "cis-docker-1.6", "soc2", "pci-dss-4.0.1", "iso-27001-2022"}
"""Frameworks whose own words may not be copied."""


def test_the_frameworks() -> None:
    counts = Counter(control.framework for control in CONTROLS.values())
    assert PROTECTED | {
        "nist-800-53",
        "osps-baseline",
        "slsa",
        "kubernetes-pss",
        "nsa-cisa-kubernetes",
    } <= set(counts)
    assert counts["nist-800-53"] >= 40
    assert counts["osps-baseline"] == 41


def test_every_control_can_be_read_about() -> None:
    for name, control in CONTROLS.items():
        assert name == f"{control.framework}/{control.id.partition('/')[2]}"
        assert control.framework_title
        assert control.url.startswith("https://")


def test_protected_frameworks_are_told_in_our_own_words() -> None:
    """Benchmarks and standards begin with "Ensure" and its like; ours are plain statements."""
    theirs = re.compile(
        r"^(Ensure|The entity|Organi[sz]ations? shall)\b|\((Automated|Manual|Scored)\)", re.IGNORECASE
    )
    for control in CONTROLS.values():
        if control.framework in PROTECTED:
            assert not theirs.search(control.title), control


def test_a_benchmarks_version_is_in_its_id() -> None:
    for control in CONTROLS.values():
        if control.framework.startswith("cis-"):
            assert control.framework_version.startswith(control.framework.rpartition("-")[2])
