"""`complygate waiver add|list|prune`: files are changed as a careful person would, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import GOOD_CHECK, POD, RULE, Result, Run, write

DAY = "2026-12-01"
FILE = ".complygate/waivers/waivers.yaml"
POLICY = """\
name: house
title: House rules
rules:
  - select: {tags: [demo]}
    waivable: {repository: true, approvers: [sec, "@org/sec"], max_days: 90}
"""
Waiver = Callable[..., Result]


@pytest.fixture
def set_(tmp_path: Path) -> Path:
    write(tmp_path / "set", "rules/demo/non-root.yaml", RULE.format(check=GOOD_CHECK))
    write(tmp_path / "set", "policies/house.yaml", POLICY)
    return tmp_path / "set"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    write(folder, "deploy/pod.yaml", POD.format(flag="false"))
    write(folder, "CODEOWNERS", "* sec@example.com @org/sec\n")
    return folder


@pytest.fixture
def waiver(run: Run, set_: Path, repo: Path) -> Waiver:
    def call(*arguments: str | Path) -> Result:
        return run("waiver", *arguments, "--policy", set_, "--as-of", DAY, cwd=repo)

    return call


def report(run: Run, set_: Path, repo: Path) -> Any:
    return json.loads(run("scan", repo, "-p", set_, "--as-of", DAY, "-f", "json").out)


@pytest.fixture
def fingerprint(run: Run, set_: Path, repo: Path) -> str:
    (finding,) = report(run, set_, repo)["findings"]
    return str(finding["fingerprint"])


TERMS = ("--reason", 'it\'s "odd": #7', "--approver", "@org/sec", "--expires", "2027-01-31")


def test_a_waiver_is_written_from_a_fingerprint_and_counts(
    waiver: Waiver, run: Run, set_: Path, repo: Path, fingerprint: str
) -> None:
    result = waiver("add", fingerprint, *TERMS)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{FILE}: demo/non-root in deploy/pod.yaml is waived until 2027-01-31\n"
    assert (repo / FILE).read_text() == (
        "waivers:\n"
        "  # deploy/pod.yaml Pod/web: Container app may run as root\n"
        "  - rule: demo/non-root\n"
        f"    fingerprint: {fingerprint}\n"
        '    reason: "it\'s \\"odd\\": #7"\n'
        '    approver: "@org/sec"\n'
        "    created: 2026-12-01\n"
        "    expires: 2027-01-31\n"
    )
    (finding,) = report(run, set_, repo)["findings"]
    assert (finding["disposition"], finding["excuse"]["reason"]) == ("waived", 'it\'s "odd": #7')


def test_the_beginning_of_a_fingerprint_is_enough(waiver: Waiver, fingerprint: str) -> None:
    assert waiver("add", fingerprint[:18], *TERMS).code == 0
    short = fingerprint.removeprefix("sha256:")[:8]
    assert waiver("add", short, *TERMS).code == 0
    assert waiver("add", short[:7], *TERMS).code == 2
    unknown = waiver("add", "0" * 64, *TERMS)
    assert (unknown.code, "no finding has this fingerprint" in unknown.err) == (2, True)


BLOCK = """\
# ours

waivers:   # all of them
- rule: a/b   # why not
  paths: ['x']
  reason: r
  approver: sec
  created: 2026-11-01
  expires: 2026-12-31

# the end"""
INLINE = "{rule: a/b, paths: [x], reason: r, approver: s, created: 2026-11-01, expires: 2026-12-31}"


@pytest.mark.parametrize("before", ["# ours\nwaivers: []\n", BLOCK, f"waivers:\r\n    - {INLINE}\r\n"])
def test_what_stands_in_the_file_stays(waiver: Waiver, repo: Path, fingerprint: str, before: str) -> None:
    file = repo / FILE
    file.parent.mkdir(parents=True)
    file.write_bytes(before.encode())
    assert waiver("add", fingerprint, *TERMS).code == 0
    after = file.read_bytes().decode()
    assert after.startswith(before.replace("waivers: []", "waivers:").rstrip("\n"))
    assert waiver("list").out.endswith(f"{1 + before.count('a/b')} waiver{'s' * before.count('a/b')}\n")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("@org/sec", "@attacker"), "@attacker may not grant it"),
        (("@org/sec", "sec"), "sec does not own"),
        (("2027-01-31", "2027-03-02"), "lasts 91 days"),
        (("2027-01-31", "2026-11-30"), "would have expired"),
    ],
)
def test_what_the_policy_would_not_honour_is_not_written(
    waiver: Waiver, repo: Path, fingerprint: str, change: tuple[str, str], message: str
) -> None:
    result = waiver("add", fingerprint, *(word.replace(*change) for word in TERMS))
    assert (result.code, (repo / FILE).exists()) == (2, False)
    assert message in result.err


def test_a_file_that_cannot_be_appended_to_is_left_alone(
    waiver: Waiver, repo: Path, fingerprint: str
) -> None:
    text = (
        "waivers: [{rule: a, paths: [x], reason: r, approver: s, created: 2026-11-01, expires: 2026-12-31}]\n"
    )
    write(repo, FILE, text)
    result = waiver("add", fingerprint, *TERMS)
    assert (result.code, (repo / FILE).read_text()) == (2, text)
    assert "by hand" in result.err


def test_a_report_will_do_and_another_file(
    waiver: Waiver, run: Run, set_: Path, repo: Path, fingerprint: str, tmp_path: Path
) -> None:
    write(tmp_path, "report.json", run("scan", repo, "-p", set_, "-f", "json").out)
    other = tmp_path / "set/waivers/ops.yaml"
    result = waiver("add", fingerprint, *TERMS, "--report", tmp_path / "report.json", "--file", other)
    assert (result.code, result.err) == (0, "")
    assert report(run, set_, repo)["findings"][0]["disposition"] == "waived"
    write(tmp_path, "report.json", "{}")
    assert waiver("add", fingerprint, *TERMS, "--report", tmp_path / "report.json").code == 2


def test_nothing_is_written_through_a_link(
    waiver: Waiver, repo: Path, fingerprint: str, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (repo / ".complygate").symlink_to(tmp_path / "out")
    assert waiver("add", fingerprint, *TERMS).code in {2, 3}
    assert list((tmp_path / "out").iterdir()) == []


ENTRY = """\
  - rule: demo/non-root
    paths: [PATH]
    reason: r
    approver: "@org/sec"
    created: 2026-11-20
    expires: EXPIRES
"""


def entry(path: str, expires: str) -> str:
    return ENTRY.replace("PATH", path).replace("EXPIRES", expires)


SEVERAL = (
    "# kept\nwaivers:\n\n"
    f"  # OPS-1\n{entry('deploy/**', '2027-01-31')}\n"
    f"  # OPS-2\n  # gone\n{entry('deploy/old/**', '2027-01-31')}\n"
    f"{entry('x/**', '2026-11-30')}\n"
    f"  # last\n{entry('y/**', '2027-06-30')}# the end\n"
)


def test_each_is_listed_with_its_state_and_what_it_excuses(waiver: Waiver, repo: Path) -> None:
    write(repo, FILE, SEVERAL)
    found = json.loads(waiver("list", "-f", "json").out)["waivers"]
    assert [(one["line"], one["state"], one["days_left"]) for one in found] == [
        (5, "active", 61),
        (14, "unused", 61),
        (21, "expired", -1),
        (29, "refused", 211),
    ]
    (excused,) = found[0]["findings"]
    assert (excused["path"], excused["line"], excused["rule"]) == ("deploy/pod.yaml", 10, "demo/non-root")
    assert "lasts 222 days" in found[3]["why"]
    text = waiver("list").out
    assert f"{FILE}:5:5: active, 61 days left: demo/non-root, by @org/sec: r" in text
    assert "    deploy/pod.yaml:10 Container app may run as root" in text
    assert "expired, over for 1 days" in text


def test_pruning_takes_out_what_expired_or_excuses_nothing_and_no_other_byte(
    waiver: Waiver, repo: Path
) -> None:
    write(repo, FILE, SEVERAL)
    for option in ("--dry-run", "--check"):
        result = waiver("prune", option)
        assert (result.code, (repo / FILE).read_text()) == (int(option == "--check"), SEVERAL)
        assert f"{FILE}:21:5: demo/non-root: it expired on 2026-11-30" in result.out
    assert waiver("prune").code == 0
    assert (repo / FILE).read_text() == (
        f"# kept\nwaivers:\n\n  # OPS-1\n{entry('deploy/**', '2027-01-31')}\n"
        f"  # last\n{entry('y/**', '2027-06-30')}# the end\n"
    )
    assert waiver("prune", "--check").code == 0


def test_the_last_one_leaves_an_empty_list(waiver: Waiver, repo: Path) -> None:
    write(repo, FILE, "# ours\nwaivers:\n" + entry("x", "2026-11-30"))
    assert waiver("prune").code == 0
    assert (repo / FILE).read_text() == "# ours\nwaivers: []\n"
    assert waiver("list").out == "0 waivers\n"


def test_where_not_all_is_decided_only_what_expired_goes(waiver: Waiver, repo: Path) -> None:
    write(repo, FILE, SEVERAL)
    write(repo, "deploy/broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n")
    out = waiver("prune").out
    assert "not all could be decided" in out
    assert "deploy/old/**" in (repo / FILE).read_text()
    assert "2026-11-30" not in (repo / FILE).read_text()


def test_of_a_set_only_what_expired_goes(waiver: Waiver, set_: Path) -> None:
    write(set_, "waivers/ops.yaml", SEVERAL)
    assert waiver("prune", "--set", set_).code == 0
    text = (set_ / "waivers/ops.yaml").read_text()
    assert text == SEVERAL.replace(f"{entry('x/**', '2026-11-30')}\n", "")
