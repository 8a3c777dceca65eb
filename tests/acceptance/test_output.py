"""What goes where: machine formats go out clean, files are written whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.acceptance.conftest import POD, Run, write


@pytest.fixture
def failing(repo: Path) -> Path:
    write(repo, "deploy/pod.yaml", POD.format(flag="false"))
    return repo


def test_sarif_goes_out_clean_and_the_same_twice(run: Run, house: Path, failing: Path) -> None:
    first = run("scan", failing, "--policy", house, "--format", "sarif")
    second = run("scan", failing, "--policy", house, "--format", "sarif")
    assert first == second
    assert (first.code, first.err) == (1, "")
    log = json.loads(first.out)
    assert log["version"] == "2.1.0"
    assert len(log["runs"][0]["results"]) == 1


def test_several_outputs_and_text_on_standard_output(
    run: Run, house: Path, failing: Path, tmp_path: Path
) -> None:
    result = run(
        "scan", failing, "--policy", house, "-o", "sarif=a.sarif", "-o", "json=sub/a.json", cwd=tmp_path
    )
    assert result.code == 1
    assert "Container app may run as root" in result.out
    assert json.loads((tmp_path / "a.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((tmp_path / "sub/a.json").read_text())["verdict"]["outcome"] == "fail"
    assert not list(tmp_path.glob("**/*.partial"))


def test_quiet_prints_nothing(run: Run, house: Path, failing: Path) -> None:
    result = run("scan", failing, "--policy", house, "--quiet")
    assert (result.code, result.out, result.err) == (1, "", "")


def test_a_file_that_cannot_be_written_is_an_error_and_no_verdict(
    run: Run, house: Path, repo: Path, tmp_path: Path
) -> None:
    (tmp_path / "dir.sarif").mkdir()
    result = run("scan", repo, "--policy", house, "-o", "sarif=dir.sarif")
    assert result.code == 2
    assert "dir.sarif: cannot be written" in result.err


@pytest.mark.parametrize("value", ["sarif", "nope=x", "sarif="])
def test_output_says_how_it_is_written(run: Run, house: Path, repo: Path, value: str) -> None:
    assert run("scan", repo, "--policy", house, "-o", value).code == 2


def test_colour_only_when_asked_for(run: Run, house: Path, failing: Path) -> None:
    assert "\x1b[" not in run("scan", failing, "--policy", house).out
    assert "\x1b[" in run("scan", failing, "--policy", house, "--color", "always").out


def test_coverage_accounts_for_every_file(run: Run, house: Path, failing: Path) -> None:
    write(failing, "notes.txt", "x")
    write(failing, "node_modules/m/index.js", "x")
    coverage = json.loads(run("scan", failing, "--policy", house, "-f", "json").out)["coverage"]
    assert coverage["documents"] == {"kubernetes/Pod": 1}
    assert coverage["rules"] == {"demo/non-root": 1}
    assert {(i["path"], i["reason"]) for i in coverage["left_out"]} == {
        ("notes.txt", "not-recognised"),
        ("node_modules/", "vendored"),
    }


def test_version(run: Run) -> None:
    result = run("--version")
    assert result.code == 0
    assert result.out.startswith("complygate, version ")
