"""Compare what complygate reports with what `checkov` reports, on checkov's own example files.

    python -m bench.parity CHECKOUT [--keep DIR] [--framework NAME ...]

CHECKOUT is a checkout of https://github.com/bridgecrewio/checkov, best of the installed version. Its
example files (`tests/**/checks/**`, without the Python) are copied into one tree; `checkov` runs over it once
for each framework, complygate once with a policy that takes every check and honours `checkov:skip`. The sets
of (file, check, resource) that fail are compared. With --keep, what checkov said stays in DIR and is used
again. Exits 1 when the sets differ.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate import api, policy
from complygate.discover import find_root, list_tree
from complygate.evaluate import ToolsSettings, ask_tools
from complygate.model.source import Files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

FRAMEWORKS = (
    "terraform", "terraform_plan", "cloudformation", "kubernetes", "dockerfile", "github_actions",
    "gitlab_ci", "azure_pipelines", "circleci_pipelines", "bitbucket_pipelines", "arm", "bicep", "serverless",
    "ansible", "argo_workflows", "openapi", "secrets", "helm", "kustomize",
)  # fmt: skip
_CHECKOV = Path(sysconfig.get_path("scripts"), "checkov")
_OPTIONS = ("--skip-download", "--download-external-modules", "false", "--quiet", "--compact", "-o", "json")
_LIMIT = 1800
_SHOWN = 8
_POLICY = """\
name: parity
title: Every check of the installed checkov
rules:
  - select: {checkov: ["*"]}
    waivable: {tool_skips: true}
"""


class Failed(NamedTuple):
    """One thing that a check objects to."""

    path: str
    check: str
    resource: str


@dataclass
class Difference:
    """How the two sets of one framework compare."""

    equal: int = 0
    theirs: set[Failed] = field(default_factory=set)
    ours: set[Failed] = field(default_factory=set)


def examples(checkout: Path, into: Path) -> int:
    """Copy the example files of `checkout` below `into`, and return how many there are."""
    tests = checkout / "tests"
    count = 0
    for current, _, names in os.walk(tests):
        inner = Path(current).relative_to(tests)
        if "checks" not in inner.parts:
            continue
        for name in names:
            source = Path(current, name)
            if source.suffix in {".py", ".pyc"} or source.is_symlink():
                continue
            (into / inner).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, into / inner / name)
            count += 1
    return count


def stock(tree: Path, framework: str, keep: Path) -> set[Failed]:
    """Return what `checkov` reports of `tree`; what it said is kept in the folder `keep`."""
    said, scanned = keep / f"{framework}.json", keep / "tree.txt"
    if not said.exists():
        command = [str(_CHECKOV), "-d", str(tree), "--framework", framework, *_OPTIONS]
        environment = {"PATH": os.defpath, "HOME": str(keep), "LANG": "C.UTF-8"}
        done = subprocess.run(
            command, cwd=keep, env=environment, capture_output=True, check=False, timeout=_LIMIT
        )
        if done.returncode not in {0, 1}:
            raise RuntimeError(f"checkov --framework {framework} exited {done.returncode}: {done.stderr!r}")
        said.write_bytes(done.stdout)
        scanned.write_text(str(tree), encoding="utf-8")
    return set(_failed(json.loads(said.read_bytes()), scanned.read_text("utf-8")))


def _failed(reports: Any, tree: str) -> Iterator[Failed]:
    for report in reports if isinstance(reports, list) else [reports]:
        for record in report.get("results", {}).get("failed_checks", ()):
            path = record["file_path"].lstrip("/")
            yield Failed(path, record["check_id"], _plain(record["resource"], path, f"{tree}/"))


def ours(tree: Path, cache: Path | None = None) -> tuple[set[Failed], list[str]]:
    """Return what complygate reports of `tree`, and what it could not decide."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("policies", "rules"):
            Path(folder, name).mkdir()
        Path(folder, "policies/parity.yaml").write_text(_POLICY, encoding="utf-8")
        chosen = policy.load(folder, base=tree)
        rules = api.compile_policy(chosen.rules.values(), dt.date(2026, 1, 1))
    paths = list_tree(find_root((tree,), tree)).paths
    answer = ask_tools(
        rules, Files(tree, frozenset(paths)), ToolsSettings(jobs=os.cpu_count() or 1, cache=cache)
    )
    said = [s.remark for remarks in answer.remarks.values() for s in remarks if s.remark.skip is None]
    failed = {Failed(r.path, r.check, _plain(r.resource, r.path, f"{tree}/")) for r in said}
    problems = [
        f"{p.kind}: {p.path}: {p.rule} {p.message}" for found in answer.problems.values() for p in found
    ]
    return failed, sorted(problems)


def _plain(resource: str, path: str, tree: str) -> str:
    """Return a resource's name in one spelling.

    We write `Pod/a/b` where checkov has `Pod.a.b`; checkov puts the file's path before a Dockerfile's
    instruction, and its place on the machine before what an object of some other kinds is called.
    """
    name = resource.replace(tree, "").removeprefix("/")
    return name.removeprefix(f"{path}.").replace("/", ".")


def compare(theirs: Mapping[str, set[Failed]], found: set[Failed]) -> dict[str, Difference]:
    """Return the differences by framework; what only we report stands under its example's folder."""
    differences: dict[str, Difference] = defaultdict(Difference)
    for framework, failed in theirs.items():
        differences[framework].equal = len(failed & found)
        differences[framework].theirs = failed - found
    for extra in found.difference(*theirs.values()):
        differences[extra.path.partition("/")[0]].ours.add(extra)
    return dict(differences)


def show(differences: Mapping[str, Difference], problems: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the report."""
    yield "| framework | equal | only checkov | only complygate |"
    yield "|---|---|---|---|"
    for name, found in sorted(differences.items()):
        yield f"| {name} | {found.equal} | {len(found.theirs)} | {len(found.ours)} |"
    for name, found in sorted(differences.items()):
        yield from _examples(f"{name}: only checkov", found.theirs)
        yield from _examples(f"{name}: only complygate", found.ours)
    yield from _examples("not decided", problems)


def _examples(title: str, items: Iterable[object]) -> Iterator[str]:
    listed = sorted(map(str, (" ".join(i) if isinstance(i, Failed) else i for i in items)))
    if listed:
        yield f"\n{title}: {len(listed)}"
        yield from (f"  {item}" for item in listed[:_SHOWN])


def main(arguments: Sequence[str]) -> int:
    """Compare, print the table, and return 1 when the sets differ."""
    parser = argparse.ArgumentParser(prog="python -m bench.parity")
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--framework", nargs="+", choices=FRAMEWORKS, default=FRAMEWORKS)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="complygate-parity-") as folder:
        tree, keep = Path(folder, "examples"), given.keep or Path(folder, "checkov")
        tree.mkdir()
        keep.mkdir(parents=True, exist_ok=True)
        print(f"{examples(given.checkout, tree)} example files")
        found, problems = ours(tree)
        differences = compare({name: stock(tree, name, keep) for name in given.framework}, found)
    for line in show(differences, problems):
        print(line)
    return int(any(d.theirs or d.ours for d in differences.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
