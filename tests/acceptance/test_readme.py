"""What README.md shows is what there is: the output, the policy, the exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from complygate.gate.exit_codes import ExitCode

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COUNT = re.compile(r"\d+ (\w+)")


def _block(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def _complygate(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "complygate", *arguments],
        cwd=cwd,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_output_shown_is_the_output() -> None:
    (shown,) = _block("console")
    command, *lines = shown.splitlines()
    assert command == "$ complygate scan examples/storefront --policy examples/adoption"
    done = _complygate(*command.split()[2:], "--as-of=2026-12-01")
    end = lines.index("$ echo $?")
    assert str(done.returncode) == lines[end + 1]
    printed = iter(done.stdout.splitlines())
    for line in lines[: end - 1]:
        if line != "...":
            assert line in printed, f"README.md shows what is not printed, or not there: {line}"
    # The last line's counts move with the rules; its form does not.
    verdict = done.stdout.splitlines()[-1]
    assert COUNT.sub("", verdict).startswith(COUNT.sub("", lines[end - 1]).split(",")[0])


def test_the_policy_shown_is_a_policy(tmp_path: Path) -> None:
    policy = next(block for block in _block("yaml") if "enforcement:" in block)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "shop.yaml").write_text(policy, "utf-8")
    (tmp_path / "policyset.yaml").write_text("name: shop\ndefault: shop\n", "utf-8")
    for source in (".", "policies/shop.yaml"):
        done = _complygate("policy", "show", f"--policy={source}", "--as-of=2027-02-01", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert re.search(r"kubernetes/privileged +critical +enforce", done.stdout)


@pytest.mark.parametrize("page", ["README.md", "docs/ci.md"])
def test_every_exit_code_is_listed(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)} == set(ExitCode)


COMPUTED = {"sarif-file": "a temporary file", "base": "the event's"}
"""What stands for an input that is left out and has no fixed default."""


def test_the_inputs_and_outputs_of_the_action_are_described() -> None:
    text = (ROOT / "docs" / "ci.md").read_text("utf-8")
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\S.*?) \|", text, re.MULTILINE))
    assert set(rows) == set(action["inputs"])
    for name, spec in action["inputs"].items():
        assert rows[name] == (f"`{spec['default']}`" if spec["default"] else COMPUTED[name])
    described = text.partition("Outputs:")[2].partition("\n\n")[0]
    for name in action["outputs"]:
        assert f"`{name}`" in described


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/ci.md", "examples/README.md"]
)
def test_links_lead_somewhere(page: str) -> None:
    file = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)\)", file.read_text("utf-8")):
        if "://" not in target:
            assert (file.parent / target).exists(), target
