"""Who says which policy judges."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.acceptance.conftest import POD, Run, policy_set, write


@pytest.fixture
def failing(repo: Path) -> Path:
    write(repo, "deploy/pod.yaml", POD.format(flag="false"))
    return repo


def test_the_option_beats_the_environment_beats_the_repository(
    run: Run, failing: Path, tmp_path: Path
) -> None:
    strict = policy_set(tmp_path / "strict")
    loose = policy_set(tmp_path / "loose", enforcement="audit")
    policy_set(failing / "own", enforcement="audit")
    write(failing, ".complygate.yaml", "policy: own\n")
    assert run("scan", failing).code == 0
    assert run("scan", failing, COMPLYGATE_POLICY=str(strict)).code == 1
    assert run("scan", failing, "--policy", str(loose), COMPLYGATE_POLICY=str(strict)).code == 0


def test_a_repository_cannot_change_the_policy_that_ci_names(run: Run, failing: Path, house: Path) -> None:
    for name, text in {
        ".complygate.yaml": "policy: builtin:nothing\n",
        ".checkov.yaml": "soft-fail: true\nskip-path: ['.*']\n",
        "conftest.toml": "no-fail = true\n",
        "policyset.yaml": "name: x\n",
        ".gitignore": "*.yaml\n",
    }.items():
        write(failing, name, text)
    subprocess.run(["git", "init", "-q"], cwd=failing, check=True)
    subprocess.run(["git", "add", "-f", "."], cwd=failing, check=True)
    assert run("scan", failing, "--policy", house).code == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("policy: ../house\n", ".complygate.yaml:1:9: a repository's own file may only name a policy inside"),
        ("polcy: own\n", ".complygate.yaml:1:1: polcy: unknown key"),
        ("policy: [\n", ".complygate.yaml:"),
        ("policy: ''\n", ".complygate.yaml:1:9: policy: must not be empty"),
        ("", ".complygate.yaml:1:1: is empty"),
    ],
)
def test_a_mistake_in_the_repositorys_file_is_an_error(
    run: Run, failing: Path, house: Path, text: str, message: str
) -> None:
    write(failing, ".complygate.yaml", text)
    result = run("scan", failing)
    assert result.code == 2
    assert message in result.err
    by_option = run("scan", failing, "--policy", house)
    assert by_option.code == (1 if text == "policy: ../house\n" else 2)


def test_a_policy_file_and_a_directory_name_the_same_policy(run: Run, failing: Path, house: Path) -> None:
    by_folder = run("scan", failing, "--policy", house, "--format", "sarif")
    by_file = run("scan", failing, "--policy", house / "policies/house.yaml", "--format", "sarif")
    assert by_folder.code == by_file.code == 1


@pytest.mark.parametrize("empty", ["", " ", "\t"])
@pytest.mark.parametrize(
    "command",
    [
        ["scan", "."],
        ["explain", "docker/add-remote"],
        ["rules", "list"],
        ["rules", "show", "docker/add-remote"],
        ["policy", "show"],
        ["policy", "lint"],
        ["policy", "test"],
    ],
    ids=" ".join,
)
def test_an_empty_name_is_an_error(run: Run, failing: Path, command: list[str], empty: str) -> None:
    """A variable that is not set in CI must not hand the choice to the repository."""
    policy_set(failing / "own", enforcement="audit")
    write(failing, ".complygate.yaml", "policy: own\n")
    by_option = run(*command, f"--policy={empty}", cwd=failing)
    assert (by_option.code, by_option.out) == (2, "")
    assert "error: --policy is empty" in by_option.err
    by_variable = run(*command, cwd=failing, COMPLYGATE_POLICY=empty)
    assert (by_variable.code, by_variable.out) == (2, "")
    assert "error: COMPLYGATE_POLICY is set, and empty" in by_variable.err
    assert "help: " in by_option.err
    assert "help: " in by_variable.err


def test_an_option_that_names_a_policy_makes_up_for_an_empty_variable(
    run: Run, failing: Path, house: Path
) -> None:
    assert run("scan", failing, "--policy", house, COMPLYGATE_POLICY="").code == 1


def test_the_default_is_the_built_in_baseline(run: Run, repo: Path) -> None:
    assert "baseline" in run("scan", repo).out
