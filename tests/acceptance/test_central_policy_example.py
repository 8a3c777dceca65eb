"""`examples/central-policy/run.sh`, as a reader runs it: each step shows what it is there to show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples/central-policy/run.sh"
ALLOWED = "signed by security@harrowvale.example"


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run the script once; return the output of each step by its title."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMPLYGATE_", "GIT_"))}
    program = Path(sys.executable).with_name("complygate")
    done = subprocess.run(
        ["sh", str(SCRIPT)],
        env=kept | {"COMPLYGATE": str(program), "HOME": str(home), "TMPDIR": str(home)},
        cwd=home,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert not done.stderr
    assert list(home.iterdir()) in ([], [home / ".cache"])  # nothing is left behind
    parts = re.split(r"^== \d+\. (.*)$", done.stdout, flags=re.MULTILINE)
    assert f"All {len(parts) // 2} steps ended as they should." in parts[-1]
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def outputs(text: str) -> list[tuple[str, str, int]]:
    """Return command, output and exit code of each command of a step."""
    found = re.findall(r"^\$ ([^\n]*)\n(.*?)^    \(exit code (\d+)\)$", text, flags=re.MULTILINE | re.DOTALL)
    return [(command, output, int(code)) for command, output, code in found]


def test_a_signed_version_is_locked_and_verified(steps: dict[str, str]) -> None:
    lock, verify, show = outputs(steps["A policy repository with a signed version"])
    assert lock[1] == verify[1]
    assert ALLOWED in lock[1]
    assert (
        "kubernetes/privileged       critical  enforce  git+file://policies.git@v1/policies/house.yaml:5:5"
        in show[1]
    )


def test_three_teams_get_one_verdict(steps: dict[str, str]) -> None:
    results = outputs(steps["Three teams, one verdict"])
    assert [code for _, _, code in results] == [0, 0, 1]
    assert len({re.search(r"policy house@(sha256:\w+)", output)[1] for _, output, _ in results}) == 1  # type: ignore[index]
    assert all(ALLOWED in output for _, output, _ in results)
    assert "error[kubernetes/privileged] critical: Container agent is privileged" in results[2][1]


def test_a_change_is_tried_before_it_is_released(steps: dict[str, str]) -> None:
    over, gate = outputs(steps["What a change would do, before it is released"])
    assert "+ github-actions/pinned-uses: added" in over[1]
    assert re.search(
        r"storefront: still passes .*; from \d{4}-\d\d-\d\d newly fails \(0 -> 1 blocking\)", over[1]
    )
    for team in ("payments", "observability"):
        assert f"{team}: still passes (0 -> 0 blocking)\n" in over[1]
    assert "major: can fail a repository that passed" in over[1]
    assert (over[2], gate[2]) == (0, 1)


def test_a_change_comes_by_date(steps: dict[str, str]) -> None:
    _, today, warned, blocked = outputs(steps["A change, rolled out by date"])
    assert re.search(r"is recorded now, warns from \d{4}-\d\d-\d\d \(30 days left\)", today[1])
    assert re.search(r"warns now, blocks from \d{4}-\d\d-\d\d \(30 days left\)", warned[1])
    assert (warned[2], blocked[2]) == (0, 1)
    assert "error[github-actions/pinned-uses]" in blocked[1]


def test_a_waiver_excuses_until_it_ends(steps: dict[str, str]) -> None:
    _, today, later = outputs(steps["A waiver that ends"])
    assert re.search(
        r"waived until \d{4}-\d\d-\d\d by security@harrowvale.example: The agent reads", today[1]
    )
    assert "pass: no finding blocks, 1 waived" in today[1]
    assert "the waiver does not count: it expired on" in later[1]
    assert "fail: 1 finding blocks" in later[1]


def test_a_pull_request_loosens_nothing_by_itself(steps: dict[str, str]) -> None:
    ((_, output, code),) = outputs(steps["Attempts to loosen, in a pull request"])
    assert code == 1
    assert "error[kubernetes/privileged]" in output
    assert "deploy/ledger.yaml:17: the ignore is not honoured" in output
    assert ".complygate/waivers/ours.yaml:2:5: the waiver does not count" in output
    assert ".complygate.yaml:6:18: refused: enforcement: warn is lower than enforce" in output
    assert ".complygate.yaml:7:11: refused: exclude: deploy/** is scanned" in output
    assert "warning[kubernetes/memory-limit]" in output  # what adds to the policy applies


@pytest.mark.parametrize(
    ("title", "messages"),
    [
        (
            "Attack: back to an older version",
            ["is not in policy.lock", "serial 1 is older than the source's minimum, 2"],
        ),
        ("Attack: an old version under a new name", ["made as 'v1': it was renamed"]),
        (
            "Attack: a version signed by somebody else",
            ["is not signed by an allowed signer", "the tag was moved"],
        ),
    ],
)
def test_attacks_are_refused_with_words_and_a_next_step(
    steps: dict[str, str], title: str, messages: list[str]
) -> None:
    results = outputs(steps[title])
    assert len(results) == len(messages)
    for (_, output, code), message in zip(results, messages, strict=True):
        assert code == 2
        assert message in output
        assert "help: " in output
        assert "pass" not in output


def test_a_commit_that_passed_is_deployed_and_nothing_else(steps: dict[str, str]) -> None:
    results = outputs(steps["An attestation, for the deployment"])
    assert [code for _, _, code in results] == [0] * 6
    excuses = ("0 findings excused\n", "1 finding excused, ends on")
    for (_, verified, _), excused in zip(results[2::3], excuses, strict=True):
        assert "passed: commit" in verified
        assert ALLOWED in verified
        assert excused in verified
    other, stranger, _, _, failed = outputs(steps["What the deployment refuses"])
    assert (other[2], stranger[2], failed[2]) == (1, 3, 1)
    assert "is deployed" in other[1]
    assert "not signed by a trusted key" in stranger[1]
    assert "the verdict was fail: 1 finding at enforce" in failed[1]
