"""A runner for our own composite action: what GitHub's does, for the forms that our `action.yml` uses.

`run:` steps are executed by bash with the files and variables that a step finds on a runner. `uses:` steps
are recorded with their evaluated `with:`. Two things stand in for the network: `uv` on PATH is a script
that makes an environment from this interpreter, and uploading is either assumed to work or to fail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

_UV = """\
#!/bin/sh
printf '%s\\n' "$@" > "$RUNNER_TEMP/uv-arguments"
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
ln -sf "$FAKE_PYTHON" "$UV_PROJECT_ENVIRONMENT/bin/python"
"""

_PYTHON = """\
#!/bin/sh
exec {python} "$@"
"""


@dataclass
class Result:
    """What a run of the action left behind."""

    ok: bool = True
    codes: dict[str, int] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    steps: dict[str, dict[str, str]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    uses: dict[str, dict[str, str]] = field(default_factory=dict)
    uv: list[str] = field(default_factory=list)

    def commands(self) -> list[str]:
        """Return the lines of the log that a runner would obey, in order."""
        obeyed: list[str] = []
        resume = ""
        for line in self.log.splitlines():
            text = line.strip()
            if resume:
                resume = "" if text == f"::{resume}::" else resume
            elif stop := re.fullmatch(r"::stop-commands::(\S+)", text):
                resume = stop[1]
            elif text.startswith(("::", "##[")):
                obeyed.append(text)
        assert not resume, "the log ends with commands stopped"
        return obeyed


class Expressions:
    """GitHub's expressions, as far as our action uses them; any other form fails the test."""

    _TERM = re.compile(
        r"(?P<not>!)?(?:(?P<status>always\(\)|success\(\))|startsWith\((?P<text>[^,]+), *(?P<prefix>[^)]+)\)"
        r"|(?P<left>\S+) (?P<op>==|!=) (?P<right>\S+))"
    )

    def __init__(
        self, inputs: dict[str, str], github: dict[str, str], steps: dict[str, dict[str, str]]
    ) -> None:
        self._inputs, self._github, self._steps = inputs, github, steps

    def value(self, text: str) -> str:
        """Return the value of one operand."""
        text = text.strip()
        if "||" in text:  # the first that is not empty
            return next(filter(None, map(self.value, text.split("||"))), "")
        if literal := re.fullmatch(r"'([^']*)'", text):
            return literal[1]
        if name := re.fullmatch(r"inputs\.([a-z-]+)", text):
            return self._inputs[name[1]]
        if name := re.fullmatch(r"github\.(event_name|ref)", text):
            return self._github[name[1]]
        if name := re.fullmatch(r"github\.(event\.(?:pull_request\.base\.sha|merge_group\.base_sha))", text):
            return self._github.get(name[1], "")
        if name := re.fullmatch(r"steps\.([a-z-]+)\.outputs\.([a-z-]+)", text):
            return self._steps.get(name[1], {}).get(name[2], "")
        raise AssertionError(f"the test's runner does not know the expression {text!r}")

    def condition(self, text: str, *, ok: bool) -> bool:
        """Return whether a step with this `if` runs, after steps that went well or not."""
        terms = [term.strip() for term in text.split("&&")]
        status = "always()" in terms or ok
        return all([status, *(self._term(term) for term in terms)])

    def _term(self, term: str) -> bool:
        found = self._TERM.fullmatch(term)
        assert found, f"the test's runner does not know the condition {term!r}"
        if found["status"]:
            return True
        if found["text"]:
            answer = self.value(found["text"]).startswith(self.value(found["prefix"]))
        else:
            answer = (self.value(found["left"]) == self.value(found["right"])) == (found["op"] == "==")
        return answer != bool(found["not"])

    def text(self, template: object) -> str:
        """Return a scalar of `action.yml` with its `${{ }}` filled in."""
        if isinstance(template, bool):
            return str(template).lower()
        return re.sub(r"\$\{\{(.+?)\}\}", lambda found: self.value(found[1]), str(template))


class Runner:
    """Runs the action in a temporary workspace."""

    def __init__(self, tmp: Path) -> None:
        self.workspace = tmp / "workspace"
        self.temp = tmp / "temp"
        self._files = tmp / "files"
        self._bin = tmp / "bin"
        for folder in (self.workspace, self.temp, self._files, self._bin):
            folder.mkdir()
        self._script(self._bin / "uv", _UV)
        self.python = self._script(tmp / "python", _PYTHON.format(python=sys.executable))
        self.action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))

    @staticmethod
    def _script(path: Path, text: str) -> Path:
        path.write_text(text, "utf-8")
        path.chmod(0o755)
        return path

    def copy(self, folder: str) -> None:
        """Copy a folder of this project into the workspace."""
        shutil.copytree(ROOT / folder, self.workspace, dirs_exist_ok=True)

    def write(self, name: str, text: str) -> Path:
        """Write one file of the workspace."""
        path = self.workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def fake_complygate(self, script: str) -> None:
        """Let a Bash script answer in place of complygate; all else is this interpreter's."""
        text = f'#!/bin/bash\nif [[ $1 != -m ]]; then exec {sys.executable} "$@"; fi\n{script}\n'
        self._script(self.python, text)

    def run(
        self,
        inputs: dict[str, str] | None = None,
        *,
        event: str = "pull_request",
        ref: str = "refs/pull/7/merge",
        upload_works: bool = True,
        payload: dict[str, str] | None = None,
    ) -> Result:
        """Run every step and return what came of it; `payload` is what of `github.event` is not empty."""
        declared = {name: str(spec.get("default", "")) for name, spec in self.action["inputs"].items()}
        assert not set(inputs or {}) - set(declared)
        result = Result()
        known = Expressions(
            declared | (inputs or {}), {"event_name": event, "ref": ref} | (payload or {}), result.steps
        )
        for step in self.action["runs"]["steps"]:
            if not known.condition(step.get("if", "success()"), ok=result.ok):
                continue
            code = self._uses(step, known, result, works=upload_works) if "uses" in step else None
            if code is None:
                code = self._bash(step, known, result)
            result.codes[step["name"]] = code
            result.ok = result.ok and (code == 0 or step.get("continue-on-error") is True)
        result.outputs = {name: known.text(spec["value"]) for name, spec in self.action["outputs"].items()}
        arguments = self.temp / "uv-arguments"
        result.uv = arguments.read_text("utf-8").splitlines() if arguments.exists() else []
        return result

    @staticmethod
    def _uses(step: dict[str, Any], known: Expressions, result: Result, *, works: bool) -> int:
        name = step["uses"].partition("@")[0]
        result.uses[name] = {key: known.text(value) for key, value in step.get("with", {}).items()}
        return 0 if works or "upload" not in name else 1

    def _bash(self, step: dict[str, Any], known: Expressions, result: Result) -> int:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression in a script"
        files = {name: self._files / f"{len(result.codes)}-{name}" for name in ("output", "summary", "env")}
        for file in files.values():
            file.touch()
        script = self._files / "step.sh"
        script.write_text(step["run"], "utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace,
            env=self._environment(files)
            | {name: known.text(value) for name, value in step.get("env", {}).items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        result.log += done.stdout.decode()
        result.summary += files["summary"].read_text("utf-8")
        assert not files["env"].read_text("utf-8")
        if "id" in step:
            result.steps[step["id"]] = _parse(files["output"].read_text("utf-8"))
        return done.returncode

    def _environment(self, files: dict[str, Path]) -> dict[str, str]:
        return {
            "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.temp),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_ENV": str(files["env"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            "FAKE_PYTHON": str(self.python),
        }


def _parse(text: str) -> dict[str, str]:
    """Read a `GITHUB_OUTPUT` file as the runner does."""
    outputs: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, heredoc, delimiter = line.partition("<<")
        if heredoc and "=" not in name:
            body: list[str] = []
            for inner in lines:
                if inner == delimiter:
                    break
                body.append(inner)
            else:
                raise AssertionError(f"the value of {name} does not end")
            outputs[name] = "\n".join(body)
        else:
            name, equals, value = line.partition("=")
            assert equals, f"not an output: {line!r}"
            outputs[name] = value
    return outputs


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """Return a runner with an empty workspace."""
    return Runner(tmp_path)
