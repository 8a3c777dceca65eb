"""What a policy of Checkov's checks costs, beside `checkov` itself, and what the cache saves."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from bench import infrastructure
from bench.measure import best
from bench.parity import FRAMEWORKS
from bench.table import Row, seconds

if TYPE_CHECKING:
    from bench.measure import Cost

_BIN = Path(sysconfig.get_path("scripts"))
_STOREFRONT = Path(__file__).parents[1] / "examples/storefront"
_FILES = 300
_TIMES = 3
_VERDICTS = (0, 1, 3)
_POLICY = """\
name: checkov
title: Every check of Checkov's
rules: [{select: {checkov: ["*"]}}]
"""


def rows(folder: Path) -> list[Row]:
    """Measure in trees below `folder`."""
    policy = folder / "set"
    for name in ("rules", "policies"):
        (policy / name).mkdir(parents=True)
    (policy / "policies/checkov.yaml").write_text(_POLICY, encoding="utf-8")
    store, many = folder / "storefront", folder / "many"
    shutil.copytree(_STOREFRONT, store)
    infrastructure.generate(many, _FILES)
    return [
        *_rows("examples/storefront", store, policy, store / "infra/terraform/main.tf"),
        *_rows(f"{_FILES} files", many, policy, many / "modules/svc-3/storage.tf"),
    ]


def _rows(name: str, tree: Path, policy: Path, file: Path) -> list[Row]:
    """Measure `tree`: cold, unchanged, and with `file`, which is Terraform, changed."""
    kept = policy.parent / f"kept-{tree.name}"
    cold = min((_cold(tree, policy, kept) for _ in range(_TIMES)), key=lambda cost: cost.wall)
    theirs = best(_checkov(), tree, times=2, codes=(0, 1), by="wall")
    ratio = cold.wall / theirs.wall
    same = best(_scan(policy, kept), tree, times=_TIMES, codes=_VERDICTS)
    changed = min((_changed(tree, policy, kept, file) for _ in range(_TIMES)), key=lambda cost: cost.cpu)
    # In CPU: where the changed file's framework takes longest, the others run beside it and cost no time.
    beside = changed.cpu / cold.cpu
    what = f"{name}, all of Checkov's checks"
    return [
        Row(
            f"wall: {what} / `checkov`",
            seconds(cold.wall),
            seconds(theirs.wall),
            f"{ratio:.2f}",
            "<= 0.8",
            ratio <= 0.8,
        ),
        Row(f"CPU: {what}, nothing changed", seconds(same.cpu), "", "", "< 0.3 s", same.cpu < 0.3),
        Row(
            f"CPU: {what}, one file changed / cold",
            seconds(changed.cpu),
            seconds(cold.cpu),
            f"{beside:.2f}",
            "< 1",
            beside < 1,
        ),
    ]


def _cold(tree: Path, policy: Path, kept: Path) -> Cost:
    shutil.rmtree(kept, ignore_errors=True)
    return best(_scan(policy, kept), tree, times=1, codes=_VERDICTS)


def _changed(tree: Path, policy: Path, kept: Path, file: Path) -> Cost:
    """Change `file`, and measure a scan."""
    file.write_text(file.read_text("utf-8") + "\n# changed\n", encoding="utf-8")
    return best(_scan(policy, kept), tree, times=1, codes=_VERDICTS)


def _scan(policy: Path, kept: Path) -> list[str]:
    options = ["--policy", str(policy), "--cache-dir", str(kept), "--format", "json"]
    return [str(_BIN / "complygate"), "scan", ".", *options]


def _checkov() -> list[str]:
    options = ["--skip-download", "--quiet", "--compact", "--output", "json"]
    return [str(_BIN / "checkov"), "--directory", ".", "--framework", *FRAMEWORKS, *options]
