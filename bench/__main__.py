"""Measure complygate beside what it is compared with, and print a table of ratios.

python -m bench            all of it (some minutes: checkov is slow)
python -m bench --quick    without the runs of checkov on a large tree
python -m bench --tools    only what concerns tools: Checkov's checks in a policy, what is kept between scans
python -m bench --diff [REPO]...    only the comparison of two policies, over generated trees or these folders
"""

from __future__ import annotations

import compileall
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import complygate
from bench import diff, tools
from bench.measure import best, run
from bench.table import Row, lines, seconds
from bench.tree import generate
from complygate.policy import read_ahead

if TYPE_CHECKING:
    from collections.abc import Iterator

_BIN = Path(sysconfig.get_path("scripts"))
_COMPLYGATE = str(_BIN / "complygate")
_VERDICTS = (0, 1, 3)
_FRAMEWORKS = ("kubernetes", "terraform", "github_actions", "dockerfile", "cloudformation")


def _checkov(*arguments: str) -> list[str]:
    frameworks = [word for name in _FRAMEWORKS for word in ("--framework", name)]
    options = [*frameworks, "--skip-download", "--quiet", "--compact", "--output", "json"]
    return [str(_BIN / "checkov"), *arguments, *options]


_SERIOUS = str(Path(__file__).parents[1] / "examples/adoption")
_POLICIES = {_SERIOUS: (0.1, 15), "builtin:strict": (0.13, 7), "builtin:baseline": (0.1, 20)}
"""The policies; what part of a run of checkov's a scan of one manifest by each may take, and how many times a
scan of 1,000 files fits into one.

What a user gets who names no policy is `baseline`: its bound is the promise. The others' are alarms, below
what was measured when the catalogue had 330 rules: the first looks for every security finding of medium
severity and above, and `strict` runs every rule there is, and so reports several times as many findings.
"""


def _scan(*arguments: str, policy: str = _SERIOUS) -> list[str]:
    return [_COMPLYGATE, "scan", *arguments, "--policy", policy, "--format", "json"]


def _named(policy: str) -> str:
    return policy if policy.startswith("builtin:") else Path(policy).name


def start(folder: Path) -> Row:
    """Compare the start of the program with that of the two libraries it cannot do without."""
    ours = best([_COMPLYGATE, "--version"], folder, times=10).cpu
    theirs = best([sys.executable, "-c", "import click, yaml"], folder, times=10).cpu
    ratio = ours / theirs
    return Row(
        "--version / import click, yaml",
        seconds(ours),
        seconds(theirs),
        f"{ratio:.2f}",
        "<= 1.5",
        ratio <= 1.5,
    )


def one_file(folder: Path) -> Iterator[Row]:
    """Compare a scan of one manifest with checkov's, by each policy."""
    generate(folder, 1)
    (manifest,) = [path.relative_to(folder) for path in folder.rglob("*.yaml")]
    theirs = best(_checkov("--file", str(manifest)), folder, times=3, codes=(0, 1)).cpu
    for policy, (bound, _) in _POLICIES.items():
        ours = best(_scan(str(manifest), policy=policy), folder, times=5, codes=_VERDICTS).cpu
        ratio = ours / theirs
        what = f"one manifest by {_named(policy)} / checkov -f"
        yield Row(what, seconds(ours), seconds(theirs), f"{ratio:.3f}", f"< {bound:.2f}", ratio < bound)


def thousand(folder: Path) -> Iterator[Row]:
    """Compare a scan of 1,000 mixed files with checkov's of the same files and frameworks, by each policy."""
    generate(folder, 1000)
    theirs = best(_checkov("--directory", "."), folder, times=3, codes=(0, 1)).cpu
    for policy, (_, bound) in _POLICIES.items():
        ours = best(_scan(".", policy=policy), folder, times=3, codes=_VERDICTS).cpu
        ratio = theirs / ours
        what = f"checkov / 1,000 mixed files by {_named(policy)}"
        yield Row(what, seconds(ours), seconds(theirs), f"{ratio:.1f}", f">= {bound}", ratio >= bound)


def growth(small: Path, large: Path) -> list[Row]:
    """Compare 10,000 files with 1,000."""
    generate(small, 1000)
    generate(large, 10_000)
    one = best(_scan("."), small, times=3, codes=_VERDICTS)
    ten = run(_scan("."), large, codes=_VERDICTS)
    ratio = ten.cpu / one.cpu
    memory = ten.memory
    return [
        Row(
            "10,000 files / 1,000 files",
            seconds(ten.cpu),
            seconds(one.cpu),
            f"{ratio:.1f}",
            "<= 11",
            ratio <= 11,
        ),
        Row("memory at 10,000 files", f"{memory:.0f} MiB", "", "", "< 300 MiB", memory < 300),
    ]


def own(folder: Path, *, quick: bool) -> list[Row]:
    """Measure the scan with the built-in policies, in trees below `folder`."""
    places = [folder / name for name in ("start", "one", "thousand", "small", "large")]
    for place in places:
        place.mkdir()
    rows = [start(places[0]), *one_file(places[1])]
    rows += [] if quick else thousand(places[2])
    return rows + growth(places[3], places[4])


def _as_installed() -> None:
    """Bring the checkout to where a built and installed wheel is.

    A build reads the built-in rules ahead, and an installer compiles modules: without that, a run with
    PYTHONDONTWRITEBYTECODE compiles whatever was edited each time, while checkov's modules are compiled.
    """
    read_ahead()
    compileall.compile_dir(Path(complygate.__file__).parent, quiet=2)


def _compared(arguments: list[str], folder: Path) -> list[Row]:
    given = [Path(word).resolve() for word in arguments if not word.startswith("--")]
    return diff.over(given, f"{len(given)} repositories") if given else diff.rows(folder)


def main(arguments: list[str]) -> int:
    """Run the benchmarks, print the table, and return 1 when a bound does not hold."""
    _as_installed()
    with tempfile.TemporaryDirectory(prefix="complygate-bench-") as folder:
        place = Path(folder)
        rows = _compared(arguments, place / "diff") if "--tools" not in arguments else []
        if "--diff" not in arguments:
            rows += [] if "--tools" in arguments else own(place, quick="--quick" in arguments)
            rows += [] if "--quick" in arguments else tools.rows(place / "tools")
    print("\n".join(lines(rows)))
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
