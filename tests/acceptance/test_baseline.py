"""The baseline: what was known does not block, what is new does, and no pull request adds to it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.acceptance.conftest import GOOD_CHECK, RULE, Result, Run, write

Git = Callable[..., str]
FILE = ".complygate/baseline.json"
TERMS = "{until: 2027-06-30}"
POLICY = "name: house\ntitle: House rules\nrules: [{select: {tags: [demo]}}]\nbaseline: TERMS\n"
SCHEMA = Path(__file__).parents[2] / "src/complygate/policy/schemas/baseline-v1.schema.json"


def house(folder: Path, terms: str = TERMS) -> Path:
    write(folder, "rules/demo/non-root.yaml", RULE.format(check=GOOD_CHECK))
    write(folder, "policies/house.yaml", POLICY.replace("TERMS", terms))
    return folder


def pod(name: str, *containers: str, comment: str = "") -> str:
    head = f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n{comment}spec:\n  containers:\n"
    return head + "".join(f"    - name: {one}\n      image: a/{one}:1\n" for one in containers)


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Path:
    """A repository with two findings, in one file."""
    folder = tmp_path / "repo"
    write(folder, "deploy/pods.yaml", f"{pod('web', 'app')}---\n{pod('db', 'sql')}")
    git("init", "-q", cwd=folder)
    commit(git, folder)
    return folder


def commit(git: Git, folder: Path) -> str:
    git("add", "-A", cwd=folder)
    git("commit", "-qm", "a change", cwd=folder)
    return git("rev-parse", "HEAD", cwd=folder).strip()


class Program:
    def __init__(self, run: Run, repo: Path, tmp_path: Path) -> None:
        self._run, self.repo, self.set = run, repo, house(tmp_path / "set")

    def scan(self, *arguments: str, day: str = "2026-12-01") -> tuple[int, Any]:
        result = self._run("scan", self.repo, "-p", self.set, "--as-of", day, "-f", "json", *arguments)
        assert result.code in {0, 1, 3}, result.err
        return result.code, json.loads(result.out)

    def baseline(self, what: str, *arguments: str) -> Result:
        return self._run("baseline", what, self.repo, "-p", self.set, "--as-of", "2026-12-01", *arguments)

    def entries(self) -> list[dict[str, Any]]:
        data: list[dict[str, Any]] = json.loads((self.repo / FILE).read_text())["entries"]
        return data


@pytest.fixture
def program(run: Run, repo: Path, tmp_path: Path) -> Program:
    return Program(run, repo, tmp_path)


@pytest.fixture
def base(program: Program, git: Git, repo: Path) -> str:
    """The commit with the baseline, which a pull request is compared with."""
    assert program.baseline("create").code == 0
    return commit(git, repo)


def loosenings(report: Any) -> list[dict[str, Any]]:
    return [problem for problem in report["problems"] if problem["kind"] == "loosening"]


def messages(report: Any) -> list[str]:
    return [notice["message"] for notice in report["notices"]]


def active(report: Any) -> list[str]:
    return [f"{f['path']} {f['resource']}" for f in report["findings"] if f["disposition"] == "active"]


# What it does


def test_what_was_known_does_not_block_and_stays_in_the_report(program: Program, base: str) -> None:
    code, report = program.scan()
    assert (code, report["verdict"]["baselined"], report["problems"], report["notices"]) == (0, 2, [], [])
    assert {finding["disposition"] for finding in report["findings"]} == {"baselined"}
    excuse = report["findings"][1]["excuse"]
    assert (excuse["how"], excuse["path"], excuse["until"]) == ("baseline", FILE, "2027-06-30")
    assert sorted(finding["excuse"]["line"] for finding in report["findings"]) == [4, 5]


def test_the_file_is_one_entry_a_line_in_a_fixed_order_and_as_the_schema_says(
    program: Program, repo: Path
) -> None:
    write(repo, "a.yaml", pod("z", "b"))
    assert program.baseline("create").out == f"{FILE}: 3 findings\n"
    text = (repo / FILE).read_text()
    jsonschema.validate(json.loads(text), json.loads(SCHEMA.read_text()))
    assert [line.count("fingerprint") for line in text.splitlines()] == [0, 0, 0, 1, 1, 1, 0, 0]
    shown = [(entry["path"], entry["rule"], entry["resource"]) for entry in program.entries()]
    assert shown == sorted(shown)
    assert program.baseline("create", "--force").code == 0
    assert (repo / FILE).read_text() == text


def test_a_violation_elsewhere_is_new_also_of_the_same_rule(program: Program, base: str, repo: Path) -> None:
    write(repo, "deploy/more.yaml", pod("web", "app"))
    write(repo, "deploy/pods.yaml", f"{pod('web', 'app', 'sidecar')}---\n{pod('db', 'sql')}")
    code, report = program.scan()
    assert (code, active(report)) == (1, ["deploy/more.yaml Pod/web", "deploy/pods.yaml Pod/web"])


def test_the_same_twice_is_new(program: Program, repo: Path, git: Git) -> None:
    write(repo, "deploy/pods.yaml", pod("web", "app"))
    assert program.baseline("create").code == 0
    write(repo, "deploy/pods.yaml", f"{pod('web', 'app')}---\n{pod('web', 'app', comment='# again')}")
    write(repo, "deploy/pods.yaml", (repo / "deploy/pods.yaml").read_text().replace("# again", "# again\n"))
    code, report = program.scan()
    assert (code, len(report["findings"]), len(active(report))) == (1, 2, 1)
    assert program.baseline("create", "--force").code == 0
    assert [entry["count"] for entry in program.entries()] == [2]
    assert program.scan()[0] == 0
    write(repo, "deploy/pods.yaml", pod("web", "app"))
    assert "2 became 1" in program.baseline("update").out
    assert [entry["count"] for entry in program.entries()] == [1]


def test_without_the_policys_word_nothing_is_excused_and_none_is_written(
    program: Program, base: str, repo: Path
) -> None:
    policy = program.set / "policies/house.yaml"
    policy.write_text(policy.read_text().replace(f"baseline: {TERMS}\n", ""))
    assert program.scan()[0] == 1
    result = program.baseline("create", "--force")
    assert result.code == 2
    assert "honours no baseline" in result.err


def test_after_its_day_it_no_longer_counts(program: Program, base: str) -> None:
    assert program.scan(day="2027-06-30")[0] == 0
    code, report = program.scan(day="2027-07-01")
    assert code == 1
    assert "the baseline no longer counts: the policy honours it until 2027-06-30" in messages(report)


def test_create_does_not_overwrite(program: Program, base: str, repo: Path) -> None:
    before = (repo / FILE).read_bytes()
    write(repo, "deploy/more.yaml", pod("web", "app"))
    result = program.baseline("create")
    assert (result.code, (repo / FILE).read_bytes()) == (2, before)
    assert "--force" in result.err


def test_update_takes_out_what_is_mended_and_never_adds(program: Program, base: str, repo: Path) -> None:
    write(repo, "deploy/pods.yaml", pod("db", "sql"))
    write(repo, "deploy/more.yaml", pod("new", "app"))
    assert "1 entry of the baseline is mended or gone" in messages(program.scan()[1])[0]
    checked = program.baseline("update", "--check")
    assert (checked.code, len(program.entries())) == (1, 2)
    result = program.baseline("update")
    assert result.out.splitlines() == [
        "mended or gone: demo/non-root in deploy/pods.yaml, Pod/web",
        f"{FILE}: 1 left",
    ]
    assert [entry["resource"] for entry in program.entries()] == ["Pod/db"]
    assert program.baseline("update", "--check").code == 0
    assert active(program.scan()[1]) == ["deploy/more.yaml Pod/new"]


def test_what_cannot_be_decided_is_not_taken_for_mended(program: Program, base: str, repo: Path) -> None:
    before = (repo / FILE).read_bytes()
    write(repo, "deploy/pods.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n")
    result = program.baseline("update")
    assert (result.code, (repo / FILE).read_bytes()) == (3, before)
    assert "deploy/pods.yaml" in result.err


def test_a_part_of_the_repository_is_not_enough(program: Program, base: str, run: Run, repo: Path) -> None:
    result = run("baseline", "update", repo / "deploy", "-p", program.set)
    assert result.code == 2
    assert "top level" in result.err


def test_the_budget_bounds_what_is_excused(program: Program, base: str) -> None:
    house(program.set, '{until: 2027-06-30, budget: {"demo/*": 1}}')
    code, report = program.scan()
    assert (code, active(report)) == (1, ["deploy/pods.yaml Pod/db"])
    assert messages(report) == [
        "the baseline's budget for demo/* is used up: 1 known finding stays active",
    ]


def test_a_policy_may_ask_for_a_base(program: Program, base: str) -> None:
    house(program.set, "{until: 2027-06-30, require_base: true}")
    code, report = program.scan()
    assert code == 1
    assert "the policy asks for the commit to compare with (--base)" in messages(report)[0]
    assert program.scan("--base", base)[0] == 0


# Touch it, mend it


@pytest.mark.parametrize(
    ("text", "back"),
    [
        (f"{pod('web', 'app')}---\n{pod('db', 'sql')}", []),
        (f"---\n{pod('db', 'sql')}\n---\n{pod('web', 'app')}", []),
        (f"{pod('new', 'x')}---\n{pod('web', 'app')}---\n{pod('db', 'sql')}", ["deploy/pods.yaml Pod/new"]),
        (f"{pod('web', 'app')}  hostname: web\n---\n{pod('db', 'sql')}", ["deploy/pods.yaml Pod/web"]),
        (
            f"{pod('web', 'app')}---\n{pod('db', 'sql').replace('a/sql:1', 'a/sql:2')}",
            ["deploy/pods.yaml Pod/db"],
        ),
    ],
)
def test_a_known_finding_comes_back_when_its_resource_is_touched(
    program: Program, base: str, repo: Path, text: str, back: list[str]
) -> None:
    house(program.set, "{until: 2027-06-30, touched: true}")
    write(repo, "deploy/pods.yaml", text)
    _, report = program.scan("--base", base)
    assert active(report) == back
    assert program.scan()[1]["verdict"]["baselined"] == 2  # without a base nobody can tell


def test_lines_taken_off_the_end_of_a_resource_touch_it(program: Program, repo: Path, git: Git) -> None:
    house(program.set, "{until: 2027-06-30, touched: true}")
    whole = pod("web", "app")
    write(repo, "deploy/pods.yaml", f"{whole}  hostname: web\n---\n{pod('db', 'sql')}")
    assert program.baseline("create").code == 0
    base = commit(git, repo)
    write(repo, "deploy/pods.yaml", f"{whole}---\n{pod('db', 'sql')}")
    assert active(program.scan("--base", base)[1]) == ["deploy/pods.yaml Pod/web"]


# Attacks


def test_a_pull_request_cannot_add_its_own_finding(program: Program, base: str, repo: Path, git: Git) -> None:
    write(repo, "deploy/more.yaml", pod("evil", "app"))
    assert program.baseline("create", "--force").code == 0
    commit(git, repo)
    assert program.scan()[0] == 0  # the tree's own word, where nothing else is given
    code, report = program.scan("--base", base)
    assert (code, active(report)) == (1, ["deploy/more.yaml Pod/evil"])
    (problem,) = loosenings(report)
    assert problem["path"] == FILE
    assert "deploy/more.yaml" in (repo / FILE).read_text().splitlines()[problem["span"]["line"] - 1]
    assert "the baseline only shrinks: 1 more of demo/non-root in deploy/more.yaml" in problem["message"]
    house(program.set, TERMS + "\nundecided: {loosening: fail}")
    assert program.scan("--base", base)[1]["verdict"]["blocking_problems"] == 1


def test_a_pull_request_cannot_raise_a_count(program: Program, base: str, repo: Path) -> None:
    text = (repo / FILE).read_text()
    (repo / FILE).write_text(text.replace('"count": 1', '"count": 2'))
    write(repo, "deploy/pods.yaml", f"{pod('web', 'app')}---\n{pod('web', 'app')}---\n{pod('db', 'sql')}")
    code, report = program.scan("--base", base)
    assert (code, len(active(report)), len(loosenings(report))) == (1, 1, 2)


def test_a_pull_request_that_starts_a_baseline_is_refused(program: Program, repo: Path, git: Git) -> None:
    before = git("rev-parse", "HEAD", cwd=repo).strip()
    assert program.baseline("create").code == 0
    code, report = program.scan("--base", before)
    assert (code, len(loosenings(report))) == (1, 2)


def test_a_pull_request_that_throws_it_away_only_tightens(program: Program, base: str, repo: Path) -> None:
    (repo / FILE).unlink()
    code, report = program.scan("--base", base)
    assert (code, len(active(report)), report["problems"]) == (1, 2, [])


def test_an_entry_under_another_name_excuses_nothing(program: Program, base: str, repo: Path) -> None:
    text = (repo / FILE).read_text()
    (repo / FILE).write_text(text.replace("deploy/pods.yaml", "README.md"))
    assert len(active(program.scan()[1])) == 2


@pytest.mark.parametrize("linked", [FILE, ".complygate"])
def test_a_link_out_of_the_tree_is_not_followed(
    program: Program, base: str, repo: Path, tmp_path: Path, linked: str
) -> None:
    (repo / ".complygate").rename(tmp_path / "outside")
    if linked == FILE:
        (repo / ".complygate").mkdir()
        (repo / FILE).symlink_to(tmp_path / "outside/baseline.json")
    else:
        (repo / ".complygate").symlink_to(tmp_path / "outside")
    before = (tmp_path / "outside/baseline.json").read_bytes()
    for arguments in ((), ("--base", base)):
        code, report = program.scan(*arguments)
        assert (code, len(active(report))) == (1, 2)
        assert any("link" in problem["message"] and problem["blocks"] for problem in report["problems"])
    for command in ("update", "create"):
        result = program.baseline(command, "--force") if command == "create" else program.baseline(command)
        assert result.code == 2
        assert "link" in result.err
    assert (tmp_path / "outside/baseline.json").read_bytes() == before


def test_a_link_in_the_base_is_not_followed(program: Program, base: str, repo: Path, git: Git) -> None:
    (repo / "copy.json").write_bytes((repo / FILE).read_bytes())
    (repo / FILE).unlink()
    (repo / FILE).symlink_to("../copy.json")
    other = commit(git, repo)
    (repo / FILE).unlink()
    (repo / FILE).write_bytes((repo / "copy.json").read_bytes())
    code, report = program.scan("--base", other)
    assert (code, len(active(report))) == (1, 2)
    assert any("no plain file in commit" in problem["message"] for problem in report["problems"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ""),
        ("{", ""),
        ("[]", "must be a map"),
        ('{"schema": "complygate/baseline-v2", "entries": []}', "must be"),
        ('{"schema": "complygate/baseline-v1", "entries": [], "entries": []}', "entries"),
        ('{"schema": "complygate/baseline-v1", "entries": [{"path": "a"}]}', "is missing"),
        ('{"a":' * 5000, ""),
    ],
    ids=["empty", "cut", "list", "version", "duplicate", "missing", "deep"],
)
def test_a_broken_baseline_is_undecided_and_excuses_nothing(
    program: Program, base: str, repo: Path, text: str, message: str
) -> None:
    (repo / FILE).write_text(text)
    code, report = program.scan()
    assert (code, len(active(report))) == (1, 2)
    problem = report["problems"][0]
    assert (problem["kind"], problem["path"], problem["blocks"]) == ("parse-error", FILE, True)
    assert message in problem["message"]


def test_a_huge_baseline_and_a_pipe_are_not_read(program: Program, base: str, repo: Path) -> None:
    with (repo / FILE).open("wb") as file:
        file.truncate(9 * 1024 * 1024)
    assert "is larger than" in program.scan()[1]["problems"][0]["message"]
    (repo / FILE).unlink()
    os.mkfifo(repo / FILE)
    assert "is not a file" in program.scan()[1]["problems"][0]["message"]


# Files that move


def test_a_file_that_was_only_renamed_takes_its_entries_along(
    program: Program, base: str, repo: Path, git: Git
) -> None:
    (repo / "prod").mkdir()
    git("mv", "deploy/pods.yaml", "prod/pods.yaml", cwd=repo)
    assert len(active(program.scan("--base", base)[1])) == 2  # until the baseline says so
    result = program.baseline("update", "--base", base)
    assert "now in prod/pods.yaml: demo/non-root in deploy/pods.yaml, Pod/web" in result.out
    assert {entry["path"] for entry in program.entries()} == {"prod/pods.yaml"}
    for arguments in ((), ("--base", base)):  # in the pull request, and once it is merged
        code, report = program.scan(*arguments)
        assert (code, report["problems"], report["notices"]) == (0, [], [])


def test_a_file_that_is_there_still_takes_nothing_along(
    program: Program, base: str, repo: Path, git: Git
) -> None:
    write(repo, "prod/pods.yaml", (repo / "deploy/pods.yaml").read_text())
    (repo / FILE).write_text((repo / FILE).read_text().replace("deploy/", "prod/"))
    assert program.baseline("create", "--force").code == 0
    code, report = program.scan("--base", base)
    assert (code, len(active(report)), len(loosenings(report))) == (1, 2, 2)


def test_a_file_that_was_renamed_and_changed_is_new(
    program: Program, base: str, repo: Path, git: Git
) -> None:
    (repo / "prod").mkdir()
    git("mv", "deploy/pods.yaml", "prod/pods.yaml", cwd=repo)
    write(repo, "prod/pods.yaml", (repo / "prod/pods.yaml").read_text() + "# more\n")
    assert program.baseline("create", "--force").code == 0
    assert len(loosenings(program.scan("--base", base)[1])) == 2
