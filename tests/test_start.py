"""What a start costs: heavy libraries are imported where they are used, and nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "cel_expr_python", "checkov", "cryptography", "git", "jsonpath_rfc9535", "jsonschema", "jsonschema_rs",
    "pathspec", "referencing", "sarif_om", "tfparse", "tree_sitter", "tree_sitter_hcl", "yaml",
}  # fmt: skip

_PROGRAM = """
import json, sys
from complygate.cli.main import run
out, sys.stdout = sys.stdout, open("/dev/null", "w")
code = run({arguments!r})
print(json.dumps([code, sorted({{name.partition(".")[0] for name in sys.modules}})]), file=out)
"""

MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
RULE = """\
title: Maps are named b
severity: low
applies_to: kubernetes/ConfigMap
check: {schema: {properties: {metadata: {properties: {name: {const: b}}}}}}
message: not b
why: It matters.
fix: Call it b.
"""
POLICY = "name: p\ntitle: P\nrules: [{select: {ids: [own/b]}}]\n"


def imported(*arguments: str, cwd: Path) -> tuple[int, set[str]]:
    program = _PROGRAM.format(arguments=list(arguments))
    done = subprocess.run([sys.executable, "-c", program], cwd=cwd, capture_output=True, check=True)
    code, names = json.loads(done.stdout)
    return code, set(names) & HEAVY


@pytest.mark.parametrize(("argument", "allowed"), [("--version", set()), ("--help", {"yaml"})])
def test_version_and_help_import_nothing_heavy(tmp_path: Path, argument: str, allowed: set[str]) -> None:
    code, heavy = imported(argument, cwd=tmp_path)
    assert code == 0
    assert heavy <= allowed


def test_a_scan_imports_what_it_uses_and_no_more(tmp_path: Path) -> None:
    for path, text in {
        "repo/a.yaml": MANIFEST,
        "set/rules/own/b.yaml": RULE,
        "set/policies/p.yaml": POLICY,
    }.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    code, heavy = imported("scan", "repo", "--policy", "set", cwd=tmp_path)
    assert code == 1
    assert heavy <= {"yaml", "jsonschema_rs", "jsonpath_rfc9535", "pathspec"}


def test_a_built_in_policy_on_yaml_needs_neither_terraform_nor_checkov(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MANIFEST)
    code, heavy = imported("scan", ".", cwd=tmp_path)
    assert code == 0
    assert heavy.isdisjoint(
        {"checkov", "git", "jsonschema", "referencing", "sarif_om", "tfparse", "tree_sitter_hcl"}
    )


def test_waivers_and_baselines_cost_nothing_where_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MANIFEST)
    program = _PROGRAM.replace('name.partition(".")[0]', "name").format(arguments=["scan", "."])
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True)
    code, names = json.loads(done.stdout)
    assert code == 0
    wanted = {
        "waiver",
        "waivers",
        "waiver_text",
        "baseline",
        "baselines",
        "excuses",
        "touched",
        "base",
        "owners",
    }
    assert {
        name for name in names if name.startswith("complygate.") and name.rpartition(".")[2] in wanted
    } == set()
