"""The GitHub Action's steps, run as a runner runs them. `conftest.py` says what stands in for what."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from tests.action.conftest import Runner
    from tests.conftest import Git

ROOT = Path(__file__).resolve().parents[2]
UPLOAD = "github/codeql-action/upload-sarif"

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: shop
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.0.0
      securityContext:
        privileged: true
"""
CLEAN = """\
version: 2
updates: []
"""


def test_a_failing_scan_is_uploaded_and_fails_only_at_the_end(runner: Runner) -> None:
    runner.copy("examples/storefront")
    result = runner.run()
    assert result.codes == {
        "Set up uv": 0,
        "Install complygate": 0,
        "Scan": 0,
        "Upload to code scanning": 0,
        "Verdict": 1,
    }
    assert result.outputs["exit-code"] == "1"
    assert result.outputs["verdict"] == "fail"
    sarif = json.loads(Path(result.uses[UPLOAD]["sarif_file"]).read_text("utf-8"))
    report = json.loads(Path(result.outputs["json-file"]).read_text("utf-8"))
    assert sarif["runs"][0]["results"]
    assert not any(one.get("suppressions") for one in sarif["runs"][0]["results"])
    for count in ("blocking", "warning", "waived", "problems"):
        assert int(result.outputs[count]) == report["verdict"][count]
    assert int(result.outputs["blocking"]) > 0
    assert "complygate: fail" in result.summary
    assert len(result.summary.encode()) < 2**20
    annotations = [line for line in result.commands() if line.startswith("::error ")]
    assert 1 <= len(annotations) <= 10


def test_a_passing_scan_passes_and_still_uploads_so_that_old_alerts_close(runner: Runner) -> None:
    runner.write(".github/dependabot.yml", CLEAN)
    result = runner.run()
    assert (result.ok, result.outputs["exit-code"], result.outputs["verdict"]) == (True, "0", "pass")
    sarif = json.loads(Path(result.uses[UPLOAD]["sarif_file"]).read_text("utf-8"))
    assert sarif["runs"][0]["results"] == []


def test_an_undecided_scan_is_not_green(runner: Runner) -> None:
    runner.write(".github/workflows/ci.yml", "on: push\njobs: [unclosed\n")
    result = runner.run({"soft-fail": "true"})
    assert (result.ok, result.codes["Verdict"], result.outputs["verdict"]) == (False, 3, "undecided")


def test_a_policy_that_does_not_exist_uploads_nothing(runner: Runner) -> None:
    runner.write(".github/dependabot.yml", CLEAN)
    stale = runner.write("complygate.sarif", '{"planted": true}')
    result = runner.run({"policy": "builtin:no-such", "sarif-file": "complygate.sarif"})
    assert result.codes["Verdict"] == 2
    assert (result.outputs["verdict"], result.outputs["sarif-file"]) == ("error", "")
    assert UPLOAD not in result.uses
    assert not stale.exists()


def test_soft_fail_shows_and_does_not_block(runner: Runner) -> None:
    runner.write("pod.yaml", POD.format(name="web"))
    result = runner.run({"soft-fail": "true"})
    assert result.ok
    assert (result.outputs["exit-code"], result.outputs["verdict"]) == ("0", "fail")


@pytest.mark.parametrize(
    ("event", "ref"),
    [
        ("merge_group", "refs/heads/gh-readonly-queue/main/pr-7-0123abc"),
        ("push", "refs/heads/gh-readonly-queue/main/pr-7-0123abc"),
    ],
)
def test_a_merge_queue_is_judged_and_not_uploaded(runner: Runner, event: str, ref: str) -> None:
    runner.write("pod.yaml", POD.format(name="web"))
    result = runner.run(event=event, ref=ref)
    assert UPLOAD not in result.uses
    assert result.codes["Verdict"] == 1


@pytest.mark.parametrize(("text", "code"), [(CLEAN, 0), (POD.format(name="web"), 1)])
def test_a_fork_that_may_not_upload_gets_the_same_verdict(runner: Runner, text: str, code: int) -> None:
    runner.write(".github/dependabot.yml" if code == 0 else "pod.yaml", text)
    result = runner.run(upload_works=False)
    assert result.codes["Upload to code scanning"] == 1
    assert result.codes["Verdict"] == code
    assert result.ok == (code == 0)


def test_switches_turn_the_upload_the_summary_and_the_annotations_off(runner: Runner) -> None:
    runner.write("pod.yaml", POD.format(name="web"))
    result = runner.run({"upload-sarif": "false", "summary": "false", "annotations": "false"})
    assert UPLOAD not in result.uses
    assert result.summary == ""
    assert result.commands() == []
    assert result.codes["Verdict"] == 1


def test_paths_are_one_a_line(runner: Runner) -> None:
    runner.write("a b/pod.yaml", POD.format(name="web"))
    runner.write("other/.github/dependabot.yml", CLEAN)
    both = runner.run({"paths": "a b\r\n\nother\n"})
    one = runner.run({"paths": "a b"})
    assert int(both.outputs["blocking"]) == int(one.outputs["blocking"]) > 0


BASELINED = """\
name: house
title: House rules
rules: [{select: {ids: [kubernetes/privileged]}}]
baseline: {until: 2099-12-31}
"""


def baselined(runner: Runner, git: Git) -> tuple[str, str]:
    """Make the workspace a pull request that adds to its baseline; return the set and the base."""
    workspace = runner.workspace
    folder = workspace.parent / "set"
    (folder / "policies").mkdir(parents=True)
    (folder / "policies/house.yaml").write_text(BASELINED)
    runner.write("README.md", "a shop\n")
    git("init", "-q", cwd=workspace)
    git("add", ".", cwd=workspace)
    git("commit", "-qm", "before", cwd=workspace)
    runner.write("pod.yaml", POD.format(name="web"))
    command = [sys.executable, "-m", "complygate", "baseline", "create", str(workspace)]
    subprocess.run([*command, "--policy", str(folder)], check=True, capture_output=True)
    return str(folder), git("rev-parse", "HEAD", cwd=workspace).strip()


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ("pull_request", "event.pull_request.base.sha"),
        ("merge_group", "event.merge_group.base_sha"),
    ],
)
def test_the_base_commit_of_the_event_is_compared_with(
    runner: Runner, git: Git, event: str, key: str
) -> None:
    policy, base = baselined(runner, git)
    without = runner.run({"policy": policy}, event="push", ref="refs/heads/main")
    assert without.outputs["verdict"] == "pass"
    result = runner.run({"policy": policy}, event=event, payload={key: base})
    assert result.outputs["verdict"] == "fail"
    report = json.loads(Path(result.outputs["json-file"]).read_text("utf-8"))
    assert report["provenance"]["base"] == base
    assert "loosening" in {problem["kind"] for problem in report["problems"]}


def test_the_input_base_goes_before_that_of_the_event(runner: Runner, git: Git) -> None:
    policy, base = baselined(runner, git)
    payload = {"event.pull_request.base.sha": "0" * 40}
    result = runner.run({"policy": policy, "base": base}, payload=payload)
    assert json.loads(Path(result.outputs["json-file"]).read_text("utf-8"))["provenance"]["base"] == base


def test_a_base_that_was_not_fetched_matters_only_to_a_policy_that_needs_it(runner: Runner, git: Git) -> None:
    policy, _ = baselined(runner, git)
    payload = {"event.pull_request.base.sha": "0" * 40}
    assert "fetch-depth: 0" in runner.run({"policy": policy}, payload=payload).log
    (runner.workspace / "pod.yaml").unlink()
    runner.write(".github/dependabot.yml", CLEAN)
    assert runner.run({"policy": policy}, payload=payload).outputs["verdict"] == "undecided"
    assert runner.run(payload=payload).outputs["verdict"] == "pass"


HOSTILE = [
    '"; touch pwned; "',
    "$(touch pwned)",
    "`touch pwned`",
    "a\n::error::pwned",
    "-o json=pwned",
    "--help",
]


def test_an_empty_policy_is_an_error_and_not_the_repositorys_choice(runner: Runner) -> None:
    """`policy: ${{ vars.POLICY }}` where nobody set the variable."""
    runner.write("pod.yaml", POD.format(name="web"))
    runner.write(".complygate.yaml", "policy: builtin:baseline\n")
    result = runner.run({"policy": ""})
    assert result.codes["Verdict"] == 2
    assert result.outputs["verdict"] == "error"
    assert "--policy is empty" in result.log


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["policy", "paths", "base", "soft-fail", "summary"])
def test_an_input_is_a_value_and_never_a_command(runner: Runner, name: str, text: str) -> None:
    runner.write("pod.yaml", POD.format(name="web"))
    result = runner.run({name: text})
    assert not (runner.workspace / "pwned").exists()
    assert not (runner.temp / "pwned").exists()
    assert "::error::pwned" not in result.commands()
    if name in {"policy", "paths"}:
        assert result.codes["Verdict"] == 2


@pytest.mark.parametrize("text", ["$(touch pwned).sarif", "a'b\".sarif", "-rf.sarif"])
def test_a_hostile_sarif_file_is_a_file(runner: Runner, text: str) -> None:
    runner.write("pod.yaml", POD.format(name="web"))
    result = runner.run({"sarif-file": text})
    assert (runner.workspace / text).is_file()
    assert result.outputs["sarif-file"] == text
    assert not (runner.workspace / "pwned").exists()


def test_an_output_cannot_be_injected_through_a_file_name(runner: Runner) -> None:
    runner.write("pod.yaml", POD.format(name="web"))
    result = runner.run({"sarif-file": "a\nexit-code=0\nverdict=pass"})
    assert result.outputs["exit-code"] == "1"
    assert result.outputs["verdict"] == "fail"


@pytest.mark.parametrize(
    "name",
    ["$(touch pwned).yaml", "`touch pwned`.yaml", '"; touch pwned; ".yaml', "a\n::error::pwned\n.yaml"],
)
def test_a_scanned_file_name_is_never_a_command(runner: Runner, name: str) -> None:
    runner.write(name, POD.format(name="web"))
    result = runner.run()
    assert result.codes["Verdict"] == 1
    assert not (runner.workspace / "pwned").exists()
    assert "::error::pwned" not in result.commands()


@pytest.mark.parametrize(
    "name",
    [
        '"x\\n::warning::injected"',
        '"::warning::injected"',
        '"x%0A::warning::injected"',
        '"x\\r::set-output name=exit-code::0"',
        '"##[warning]injected"',
    ],
)
def test_scanned_content_cannot_give_the_runner_a_command(runner: Runner, name: str) -> None:
    runner.write("pod.yaml", POD.format(name=name))
    result = runner.run()
    assert result.codes["Verdict"] == 1
    for command in result.commands():
        assert re.match(r"::(error|warning|notice) (file|title)=", command), command
    assert result.outputs["exit-code"] == "1"


def test_a_summary_above_the_limit_is_replaced(runner: Runner) -> None:
    verdict = {"outcome": "fail", "blocking": 1, "warning": 0, "waived": 0, "problems": 0}
    report = json.dumps({"verdict": verdict})
    runner.fake_complygate(
        'for word in "$@"; do\n'
        "  case $word in\n"
        f"    --output=json=*) printf '%s' '{report}' > \"${{word#--output=json=}}\" ;;\n"
        '    --output=markdown=*) head -c 2000000 /dev/zero | tr "\\0" x > "${word#--output=markdown=}" ;;\n'
        '    --output=sarif=*) echo "{}" > "${word#--output=sarif=}" ;;\n'
        "  esac\n"
        "done\nexit 1"
    )
    result = runner.run()
    assert result.codes["Verdict"] == 1
    assert result.summary == "complygate: fail. The report is too long for a summary; see the log.\n"


@pytest.mark.parametrize(("script", "code"), [("exit 4", 4), ("kill -9 $$", 137), ("exit 0", 4)])
def test_a_scan_that_leaves_no_report_is_never_green(runner: Runner, script: str, code: int) -> None:
    runner.fake_complygate(script)
    result = runner.run()
    assert not result.ok
    assert result.codes["Verdict"] == code
    assert UPLOAD not in result.uses


def test_the_lock_decides_what_is_installed(runner: Runner) -> None:
    runner.write(".github/dependabot.yml", CLEAN)
    result = runner.run()
    assert result.uv[0] == "sync"
    assert {"--frozen", "--no-build", "--no-config", "--no-dev", "--no-install-project"} <= set(result.uv)
    assert result.uv[result.uv.index("--project") + 1] == str(ROOT)


def test_the_workspace_is_not_on_the_import_path(runner: Runner) -> None:
    runner.write(".github/dependabot.yml", CLEAN)
    for module in ("json.py", "yaml.py", "complygate.py", "sitecustomize.py"):
        runner.write(module, "open('pwned', 'w').close()\n")
    result = runner.run()
    assert result.ok, result.log
    assert not (runner.workspace / "pwned").exists()


def test_every_action_is_pinned_to_a_commit_with_its_version() -> None:
    files = [ROOT / "action.yml", *sorted((ROOT / ".github" / "workflows").glob("*.yml"))]
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            if "uses: " in line and "uses: $/" not in line:
                assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), (
                    f"{file.name}: {line}"
                )


def test_no_script_holds_an_expression() -> None:
    for step in yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    for script in sorted((ROOT / "action").glob("*.sh")):
        assert "${{" not in script.read_text("utf-8")


@pytest.mark.parametrize("persona", ["regular", "auditor"])
def test_zizmor_finds_nothing(persona: str) -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    done = subprocess.run(
        [zizmor, "--offline", "--no-config", f"--persona={persona}", "action.yml", ".github/workflows"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
