"""Loading a set costs in proportion to it, and loads no library that only a mistake needs."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from pathlib import Path

from tests.unit.policy.sets import Files, write

from complygate import policy

PROJECT = Path(__file__).resolve().parents[3]
TEXT = (PROJECT / "rules/kubernetes/run-as-non-root.yaml").read_text("utf-8").partition("\n")[2]


def folder_with(root: Path, number: int) -> Path:
    text = TEXT.replace("aliases:", "# ")
    rules: Files = {f"rules/t/rule-{i}.yaml": text for i in range(number)}
    every = "name: p\ntitle: P\nrules:\n  - select: {ids: ['t/*']}\n"
    return write(root, {**rules, "rules/t/r.yaml": None, "policies/p.yaml": every})


def cost(folder: Path) -> float:
    """Return the least CPU time of five loads, in seconds, without counting cycles that other tests left."""

    def once() -> float:
        start = time.process_time()
        policy.load(".", base=folder)
        return time.process_time() - start

    gc.disable()
    try:
        return min(once() for _ in range(5))
    finally:
        gc.enable()


def test_ten_times_the_rules_take_about_ten_times_the_time(tmp_path: Path) -> None:
    few, many = folder_with(tmp_path / "few", 40), folder_with(tmp_path / "many", 400)
    policy.load(".", base=few)  # what is read once and kept
    assert cost(many) < 20 * cost(few)


def test_a_right_set_loads_no_library_for_mistakes(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from complygate import policy;"
        "policy.load('builtin:strict', base=Path('/'));"
        "print([m for m in ('jsonschema', 'difflib', 'click', 'git', 'checkov') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
