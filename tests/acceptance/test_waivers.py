"""Waivers: honoured on the policy's terms, never silent, and no pull request writes its own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import GOOD_CHECK, POD, RULE, Run, write

Git = Callable[..., str]
DAY = "2026-12-01"
OWN = ".complygate/waivers/ops.yaml"
POLICY = """\
name: house
title: House rules
rules:
  - select: {tags: [demo]}
    waivable: TERMS
"""
TERMS = '{repository: true, approvers: ["@org/security"], max_days: 90}'
WAIVER = """\
waivers:
  - rule: demo/non-root
    paths: [deploy/**]
    reason: the vendor's image needs it, OPS-12
    approver: "@org/security"
    created: 2026-11-20
    expires: 2027-01-31
"""


def house(folder: Path, terms: str = TERMS, **files: str) -> Path:
    write(folder, "rules/demo/non-root.yaml", RULE.format(check=GOOD_CHECK) + "aliases: [OLD_1]\n")
    write(folder, "policies/house.yaml", POLICY.replace("TERMS", terms))
    for path, text in files.items():
        write(folder, f"waivers/{path}.yaml", text)
    return folder


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Path:
    """A repository with one finding, in which the security team owns the waivers."""
    folder = tmp_path / "repo"
    write(folder, "deploy/pod.yaml", POD.format(flag="false"))
    write(folder, ".github/CODEOWNERS", "* @org/shop\n/.complygate/ @org/security\n")
    git("init", "-q", cwd=folder)
    commit(git, folder)
    return folder


def commit(git: Git, folder: Path) -> str:
    git("add", "-A", cwd=folder)
    git("commit", "-qm", "a change", cwd=folder)
    return git("rev-parse", "HEAD", cwd=folder).strip()


Scan = Callable[..., tuple[int, Any]]


@pytest.fixture
def scan(run: Run, repo: Path, tmp_path: Path) -> Scan:
    def scan_(set_: Path, *arguments: str, where: Path = repo) -> tuple[int, Any]:
        result = run("scan", where, "--policy", set_, "--as-of", DAY, "-f", "json", *arguments)
        return result.code, json.loads(result.out) if result.code in {0, 1, 3} else result.err

    return scan_


def loosenings(report: Any) -> list[dict[str, Any]]:
    return [problem for problem in report["problems"] if problem["kind"] == "loosening"]


def test_a_waiver_of_the_repository_counts_and_stays_in_every_output(
    scan: Scan, run: Run, repo: Path, tmp_path: Path
) -> None:
    write(repo, OWN, WAIVER)
    set_ = house(tmp_path / "set")
    sarif = tmp_path / "out.sarif"
    code, report = scan(set_, "-o", f"sarif={sarif}")
    assert (code, report["problems"]) == (0, [])
    (finding,) = report["findings"]
    assert finding["disposition"] == "waived"
    assert finding["excuse"] == {
        "how": "waiver",
        "reason": "the vendor's image needs it, OPS-12",
        "path": OWN,
        "line": 2,
        "until": "2027-01-31",
        "approver": "@org/security",
    }
    assert report["excuses"][0]["findings"] == 1
    (result,) = json.loads(sarif.read_text())["runs"][0]["results"]
    (suppression,) = result["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"] == "the vendor's image needs it, OPS-12"
    assert suppression["location"]["physicalLocation"]["artifactLocation"]["uri"] == OWN
    assert suppression["properties"]["approver"] == "@org/security"
    assert suppression["properties"]["until"] == "2027-01-31"
    for name in ("text", "markdown"):
        out = run("scan", repo, "--policy", set_, "--as-of", DAY, "-f", name).out
        assert "waived" in out
        assert "org/security" in out


def test_a_waiver_of_the_set_counts_if_its_approver_may_grant_it(
    scan: Scan, repo: Path, tmp_path: Path
) -> None:
    code, report = scan(house(tmp_path / "set", '{approvers: ["@org/*"]}', ops=WAIVER))
    assert (code, report["findings"][0]["excuse"]["path"]) == (0, "set/waivers/ops.yaml")
    code, report = scan(house(tmp_path / "other", "{approvers: [ciso]}", ops=WAIVER))
    assert code == 1
    assert "@org/security may not grant it; these may: ciso" in report["notices"][0]["message"]
    code, report = scan(house(tmp_path / "none", "{inline: true}", ops=WAIVER))
    assert code == 1
    assert "names nobody who may grant one" in report["notices"][0]["message"]


def test_the_place_of_a_sets_waiver_is_none_in_the_scanned_tree(
    scan: Scan, repo: Path, tmp_path: Path
) -> None:
    sarif = tmp_path / "out.sarif"
    scan(house(tmp_path / "set", '{approvers: ["@org/*"]}', ops=WAIVER), "-o", f"sarif={sarif}")
    (result,) = json.loads(sarif.read_text())["runs"][0]["results"]
    (suppression,) = result["suppressions"]
    assert "location" not in suppression
    assert suppression["properties"]["writtenIn"] == "set/waivers/ops.yaml:2"


@pytest.mark.parametrize(
    ("place", "fits"),
    [
        ("paths: [deploy/pod.yaml]", True),
        ("paths: ['*.yaml']", False),
        ("resource: Pod/web", True),
        ("resource: Pod/other", False),
        ("paths: [deploy/**]\n    resource: Pod/other", False),
        ("fingerprint: FINGERPRINT", True),
        ("fingerprint: FINGERPRINT:2", False),
    ],
)
@pytest.mark.parametrize("rule", ["demo/non-root", "OLD_1"])
def test_every_key_that_is_given_must_fit(
    scan: Scan, repo: Path, tmp_path: Path, place: str, fits: bool, rule: str
) -> None:
    set_ = house(tmp_path / "set")
    fingerprint = scan(set_)[1]["findings"][0]["fingerprint"]
    text = WAIVER.replace("paths: [deploy/**]", place.replace("FINGERPRINT", fingerprint))
    write(repo, OWN, text.replace("demo/non-root", rule))
    code, report = scan(set_)
    assert code == (0 if fits else 1)
    if not fits:
        assert f"the waiver excuses nothing for {rule}" in [n["message"] for n in report["notices"]]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("@org/security", "@attacker"), "@attacker may not grant it"),
        (("created: 2026-11-20", "created: 2026-12-02"), "still to come"),
        (("expires: 2027-01-31", "expires: 2027-03-01"), "lasts 101 days, and 90 is the most"),
        (("rule: demo/non-root", "rule: demo/*"), "allows no glob"),
    ],
)
def test_what_the_policy_does_not_allow_does_not_count_and_is_an_attempt_to_loosen(
    scan: Scan, run: Run, repo: Path, tmp_path: Path, change: tuple[str, str], why: str
) -> None:
    write(repo, OWN, WAIVER.replace(*change))
    code, report = scan(house(tmp_path / "set"))
    assert code == 1
    (problem,) = loosenings(report)
    assert why in problem["message"]
    assert (problem["path"], problem["span"]["line"], problem["blocks"]) == (OWN, 2, False)
    assert problem["rule"] == "demo/non-root"


def test_a_waiver_where_none_is_allowed_is_an_attempt_to_loosen_that_can_block(
    scan: Scan, repo: Path, tmp_path: Path
) -> None:
    write(repo, OWN, WAIVER)
    write(repo, "deploy/pod.yaml", POD.format(flag="true"))  # even where there is nothing to excuse
    set_ = house(tmp_path / "set", '{approvers: ["@org/security"]}')
    assert scan(set_)[0] == 0
    policy = set_ / "policies/house.yaml"
    policy.write_text(policy.read_text() + "undecided: {loosening: fail}\n")
    code, report = scan(set_)
    assert code == 3
    assert "allows no waiver in the repository" in loosenings(report)[0]["message"]


def test_globs_count_where_the_policy_says_so_and_are_called_broad(
    scan: Scan, repo: Path, tmp_path: Path
) -> None:
    write(repo, OWN, WAIVER.replace("rule: demo/non-root", 'rule: "**"'))
    code, report = scan(house(tmp_path / "set", TERMS.replace("{", "{globs: true, ")))
    assert code == 0
    assert "the waiver is over-broad: it is for every rule" in [n["message"] for n in report["notices"]]


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        (("2027-01-31", "2026-11-30"), "the waiver does not count: it expired on 2026-11-30"),
        (("2027-01-31", "2026-12-15"), "the waiver ends on 2026-12-15, in 14 days"),
        (("2027-01-31", "2026-12-01"), "the waiver ends on 2026-12-01, in 0 days"),
        (("deploy/**", "'**'"), "the waiver is over-broad: it is for a whole rule, wherever it is broken"),
        (("deploy/**", "src/**"), "the waiver excuses nothing for demo/non-root"),
        (("demo/non-root", "demo/gone"), "the waiver excuses nothing: there is no rule demo/gone"),
    ],
)
def test_waivers_that_need_a_look_are_reported_with_their_place(
    scan: Scan, run: Run, repo: Path, tmp_path: Path, change: tuple[str, str], notice: str
) -> None:
    write(repo, OWN, WAIVER.replace(*change))
    set_ = house(tmp_path / "set")
    _, report = scan(set_)
    assert [n["path"] for n in report["notices"] if n["message"] == notice] == [OWN]
    assert notice in run("scan", repo, "--policy", set_, "--as-of", DAY).out


def test_a_waiver_that_has_long_to_go_is_not_reported(scan: Scan, repo: Path, tmp_path: Path) -> None:
    write(repo, OWN, WAIVER.replace("2027-01-31", "2026-12-16"))
    assert scan(house(tmp_path / "set"))[1]["notices"] == []


# Attacks


def test_a_pull_request_that_makes_its_author_an_owner_lets_nothing_in(
    scan: Scan, repo: Path, tmp_path: Path, git: Git
) -> None:
    base = git("rev-parse", "HEAD", cwd=repo).strip()
    set_ = house(tmp_path / "set", "{repository: true}")
    write(repo, ".github/CODEOWNERS", "* @attacker\n")
    write(repo, OWN, WAIVER.replace("@org/security", "@attacker"))
    commit(git, repo)
    assert scan(set_)[0] == 0  # the tree's own word, where nothing else is given
    code, report = scan(set_, "--base", base)
    assert code == 1
    assert report["provenance"]["base"] == base
    (problem,) = loosenings(report)
    assert f"@attacker does not own {OWN} by CODEOWNERS in commit {base[:12]}" in problem["message"]


def test_a_second_codeowners_does_not_outvote_the_first(scan: Scan, repo: Path, tmp_path: Path) -> None:
    write(repo, "CODEOWNERS", "* @attacker\n")
    write(repo, OWN, WAIVER.replace("@org/security", "@attacker"))
    assert scan(house(tmp_path / "set", "{repository: true}"))[0] == 1


def test_without_codeowners_nobody_may_grant(scan: Scan, repo: Path, tmp_path: Path) -> None:
    (repo / ".github/CODEOWNERS").unlink()
    write(repo, OWN, WAIVER)
    code, report = scan(house(tmp_path / "set"))
    assert (code, len(loosenings(report))) == (1, 1)


def test_a_base_that_is_not_there_lets_nothing_in_and_is_undecided(
    scan: Scan, repo: Path, tmp_path: Path
) -> None:
    write(repo, OWN, WAIVER)
    code, report = scan(house(tmp_path / "set"), "--base", "0" * 40)
    assert code == 1
    assert report["verdict"]["blocking_problems"] == 1
    assert "is no commit of this clone" in report["problems"][0]["message"]
    assert "fetch-depth: 0" in report["problems"][0]["hint"]


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        (WAIVER.replace("reason", "raeson"), 4, 5, "waivers.0.raeson: unknown key"),
        (WAIVER.replace("    paths: [deploy/**]\n", ""), 2, 5, "names no place"),
        (WAIVER.replace("2027-01-31", "2026-02-30"), 7, 14, "not a day of the calendar"),
        (WAIVER.replace("2027-01-31", "2026-11-19"), 7, 14, "before the day on which it was created"),
        (WAIVER + "    expires: 2099-01-01\n", 8, 5, "expires"),
        (WAIVER.replace("deploy/**", "'*a*a*a*a'"), 2, 5, "more than two *"),
        (WAIVER + "junk: [\n", 9, 1, ""),
        ("waivers: &a [*a]\n", 1, 1, ""),
    ],
)
def test_a_broken_file_of_the_repository_is_undecided_and_of_the_set_an_error(
    scan: Scan, run: Run, repo: Path, tmp_path: Path, text: str, line: int, column: int, message: str
) -> None:
    write(repo, OWN, text)
    set_ = house(tmp_path / "set")
    code, report = scan(set_)
    assert code == 1  # the finding blocks: nothing of the file counts
    problem = report["problems"][0]
    assert (problem["kind"], problem["path"], problem["blocks"]) == ("parse-error", OWN, True)
    assert message in problem["message"]
    if message:
        assert (problem["span"]["line"], problem["span"]["column"]) == (line, column)
    write(repo, "deploy/pod.yaml", POD.format(flag="true"))
    assert scan(set_)[0] == 3
    if "more than two" in message:
        return  # whoever keeps the set may write what takes long
    (repo / OWN).unlink()
    result = run("scan", repo, "--policy", house(tmp_path / "wrong", ops=text))
    assert result.code == 2
    assert "waivers/ops.yaml" in result.err


def test_the_nearest_word_is_named(scan: Scan, repo: Path, tmp_path: Path) -> None:
    write(repo, OWN, WAIVER.replace("reason", "raeson"))
    assert 'did you mean "reason"?' in scan(house(tmp_path / "set"))[1]["problems"][0]["hint"]


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    return "\n".join([*lines, "waivers: *a8", ""])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (bomb(), ""),
        ("#" * (256 * 1024 + 1), "larger than 262144 bytes"),
        ("waivers:\n" + "  - *x\n", ""),
        ("w: &w\n" + WAIVER.partition("\n")[2] + "waivers: *w\n", "unknown key"),
    ],
    ids=["bomb", "large", "no-anchor", "alias"],
)
def test_hostile_files_end_soon_and_count_for_nothing(
    scan: Scan, repo: Path, tmp_path: Path, text: str, message: str
) -> None:
    write(repo, OWN, text)
    code, report = scan(house(tmp_path / "set"))
    assert code == 1
    assert report["problems"][0]["kind"] == "parse-error"
    assert message in report["problems"][0]["message"]


def test_too_many_waivers_are_not_read(scan: Scan, repo: Path, tmp_path: Path) -> None:
    entry = WAIVER.partition("\n")[2]
    write(repo, OWN, "waivers:\n" + entry.replace("deploy/**", "x") * 1001)
    assert "more than 1000 waivers" in scan(house(tmp_path / "set"))[1]["problems"][0]["message"]


@pytest.mark.parametrize("linked", [".complygate", ".complygate/waivers", OWN])
def test_links_are_not_followed(scan: Scan, repo: Path, tmp_path: Path, linked: str) -> None:
    outside = tmp_path / "outside"
    write(outside, OWN, WAIVER)
    (repo / linked).parent.mkdir(parents=True, exist_ok=True)
    (repo / linked).symlink_to(outside / linked)
    code, report = scan(house(tmp_path / "set"))
    assert code == 1
    assert "link" in report["problems"][0]["message"]


def test_a_pipe_is_not_waited_for(scan: Scan, repo: Path, tmp_path: Path) -> None:
    (repo / OWN).parent.mkdir(parents=True)
    os.mkfifo(repo / OWN)
    code, report = scan(house(tmp_path / "set"))
    assert code == 1
    assert "not a file" in report["problems"][0]["message"]


def test_a_scan_of_a_part_uses_the_same_waivers_and_calls_none_unused(
    scan: Scan, repo: Path, tmp_path: Path
) -> None:
    write(repo, OWN, WAIVER + WAIVER.partition("\n")[2].replace("deploy/**", "other/**"))
    for part in (repo / "deploy", repo / "deploy/pod.yaml"):
        code, report = scan(house(tmp_path / "set"), where=part)
        assert (code, report["notices"]) == (0, [])


def test_waivers_of_a_set_that_is_extended_count_too(scan: Scan, repo: Path, tmp_path: Path) -> None:
    house(tmp_path / "base", '{approvers: ["@org/security"]}', ops=WAIVER)
    write(tmp_path / "top", "policyset.yaml", "name: top\nextends: [../base]\n")
    assert scan(tmp_path / "top")[0] == 0


def test_what_the_set_excuses_elsewhere_is_one_notice(scan: Scan, repo: Path, tmp_path: Path) -> None:
    elsewhere = WAIVER.replace("deploy/**", "elsewhere/**")
    text = elsewhere + elsewhere.partition("\n")[2]
    _, report = scan(house(tmp_path / "set", ops=text))
    messages = [notice["message"] for notice in report["notices"]]
    assert messages == ["2 waivers of the policy set excuse nothing here"]


@pytest.mark.parametrize(("name", "code"), [("org/shop", 0), ("org/other", 1), ("", 1)])
def test_a_waiver_of_the_set_may_be_for_some_repositories(
    scan: Scan, tmp_path: Path, name: str, code: int
) -> None:
    text = WAIVER.replace("    reason", "    repositories: [org/sh*]\n    reason")
    set_ = house(tmp_path / "set", '{approvers: ["@org/security"]}', ops=text)
    assert scan(set_, *(["--repository", name] if name else []))[0] == code


def test_a_repository_does_not_say_which_it_is(scan: Scan, repo: Path, tmp_path: Path) -> None:
    write(repo, OWN, WAIVER.replace("    reason", "    repositories: [org/sh*]\n    reason"))
    code, report = scan(house(tmp_path / "set"), "--repository", "org/shop")
    assert code == 1
    assert "is for waivers of a policy set" in report["problems"][0]["message"]


def test_results_of_other_tools_are_waived_by_the_name_of_their_check(
    run: Run, repo: Path, tmp_path: Path
) -> None:
    set_ = house(tmp_path / "set")
    rule = RULE.format(check="").partition("applies_to")[0] + "check: {sarif: {tool: zizmor, rule: '*'}}\n"
    write(set_, "rules/demo/zizmor.yaml", f"{rule}message: '{{detail}}'\nwhy: w\nfix: f\n")
    found = {"ruleId": "zizmor/artipacked", "message": {"text": "m"}, "locations": [
        {"physicalLocation": {"artifactLocation": {"uri": "deploy/pod.yaml"}, "region": {"startLine": 4}}}
    ]}  # fmt: skip
    log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "zizmor"}}, "results": [found]}]}
    sarif = write(tmp_path, "z.sarif", json.dumps(log))
    arguments = ("gate", sarif, "--root", repo, "--policy", set_, "--as-of", DAY, "-f", "json")
    assert run(*arguments).code == 1
    write(repo, OWN, WAIVER.replace("demo/non-root", "artipacked"))
    result = run(*arguments)
    report = json.loads(result.out)
    assert (result.code, report["notices"], report["problems"]) == (0, [], [])
    assert report["findings"][0]["disposition"] == "waived"
