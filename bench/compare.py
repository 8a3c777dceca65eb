"""Lay what complygate finds in a checkout beside what zizmor or checkov find in the same files.

    python -m bench.compare zizmor CHECKOUT    pipelines: zizmor, offline, with its own defaults
    python -m bench.compare checkov CHECKOUT   manifests: checkov, with its checks of Kubernetes

Prints a table: of each check of the tool how often it fails, how many of those places a rule of complygate
for the same matter reports too, and how many only it or only we report. Which rules are for the same matter
their aliases say, and below, where one check of the tool meets several rules. With --list, the places that
only one of the two reports. docs/comparison.md explains the differences.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sysconfig
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate import policy
from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LIMIT = 1800
_SEVERAL = {
    "template-injection": ("github-actions/script-injection", "github-actions/input-injection"),
    "dangerous-triggers": ("github-actions/untrusted-checkout", "github-actions/untrusted-fetch"),
    "excessive-permissions": (
        "github-actions/permissions",
        "github-actions/write-all",
        "github-actions/workflow-write-permission",
    ),
}
"""Rules for the same matter as one check, where it is more than one: an alias leads to one rule."""
_FAMILIES = {
    "zizmor": ("github-actions/", "dependabot/"),
    "checkov": ("kubernetes/",),
}
"""Our rules that look at the same files: those of other folders are left out of what only we report."""


class Place(NamedTuple):
    """A place that somebody reports.

    Attributes:
        name: the tool's check, or our rule.
        path: the file, from the checkout's top.
        first: the first line of what is meant.
        last: its last line.
        pointer: the JSON pointer of what is meant; None where the tool tells lines alone.
    """

    name: str
    path: str
    first: int
    last: int
    pointer: str | None = None

    def holds(self, other: Place) -> bool:
        """Tell whether `other` lies in what this means, or the other way round."""
        if self.path != other.path:
            return False
        if self.first <= other.last and other.first <= self.last:
            return True
        if self.pointer is None or other.pointer is None:
            return False
        mine, its = f"{self.pointer}/", f"{other.pointer}/"
        return mine.startswith(its) or its.startswith(mine)


def main() -> None:
    """Run both, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare")
    parser.add_argument("tool", choices=["zizmor", "checkov"])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--list", action="store_true", help="print the places that only one reports")
    asked = parser.parse_args()
    readers: dict[str, Callable[[Path], list[Place]]] = {"zizmor": zizmor, "checkov": checkov}
    theirs, ours = readers[asked.tool](asked.checkout), complygate(asked.checkout)
    rules = counterparts({place.name for place in theirs})
    print("| check | rules for it | it reports | so do we | only it | only we |")
    print("|---|---|---|---|---|---|")
    alone: list[tuple[str, Place]] = []
    for name in sorted({place.name for place in theirs}):
        mine = [place for place in ours if place.name in rules[name]]
        said = [place for place in theirs if place.name == name]
        only_it = [place for place in said if not any(place.holds(other) for other in mine)]
        only_we = [place for place in mine if not any(other.holds(place) for other in said)]
        numbers = (len(said), len(said) - len(only_it), len(only_it), len(only_we))
        named = ", ".join(sorted(rules[name])) or "none"
        print(f"| {name} | {named} | {' | '.join(map(str, numbers))} |")
        alone += [("only it", place) for place in only_it] + [("only we", place) for place in only_we]
    met = {rule for some in rules.values() for rule in some}
    rest = Counter(p.name for p in ours if p.name not in met and p.name.startswith(_FAMILIES[asked.tool]))
    print("\nOurs without a counterpart that reports anything here:")
    for name, count in rest.most_common():
        print(f"- {name}: {count}")
    if asked.list:
        for who, place in alone:
            print(f"{who}: {place.name} {place.path}:{place.first}")


def counterparts(names: Iterable[str]) -> dict[str, set[str]]:
    """Return our rules for the same matter, by the names of a tool's checks."""
    found: dict[str, set[str]] = defaultdict(set)
    for rule in policy.load_set("builtin:", base=Path.cwd()).rules.values():
        for alias in rule.names[1:]:
            found[alias].add(rule.id)
    return {name: found[name] | set(_SEVERAL.get(name, ())) for name in names}


def complygate(checkout: Path) -> list[Place]:
    """Return what every built-in rule reports in `checkout`."""
    said = _run(
        "complygate", "scan", ".", "--policy", "builtin:strict", "-f", "json", "--soft-fail", cwd=checkout
    )
    return [
        Place(
            found["rule"], found["path"], found["span"]["line"], found["span"]["end_line"], found["pointer"]
        )
        for found in json.loads(said)["findings"]
    ]


def zizmor(checkout: Path) -> list[Place]:
    """Return what zizmor reports in `checkout`, each place once."""
    said = _run(
        "zizmor", "--offline", "--no-progress", "--no-exit-codes", "--format", "json", ".", cwd=checkout
    )
    return list(dict.fromkeys(_of_zizmor(json.loads(said))))


def _of_zizmor(findings: Any) -> Iterator[Place]:
    for found in findings:
        primary = [one for one in found["locations"] if one["symbolic"]["kind"] == "Primary"]
        for one in primary or found["locations"]:
            path = one["symbolic"]["key"]["Local"]["verbatim_path"].removeprefix("./")
            location = one["concrete"]["location"]
            lines = (location["start_point"]["row"] + 1, location["end_point"]["row"] + 1)
            route = (str(next(iter(step.values()))) for step in one["symbolic"]["route"]["route"])
            yield Place(found["ident"], path, *lines, ptr.build(route))


def checkov(checkout: Path) -> list[Place]:
    """Return what checkov's checks of Kubernetes report in `checkout`: resources, with all their lines."""
    options = ("--framework", "kubernetes", "--skip-download", "--quiet", "--compact", "-o", "json")
    said = json.loads(_run("checkov", "-d", ".", *options, cwd=checkout))
    results = said if isinstance(said, list) else [said]
    return [
        Place(found["check_id"], found["file_path"].lstrip("/"), *found["file_line_range"])
        for one in results
        for found in one["results"]["failed_checks"]
    ]


def _run(program: str, *arguments: str, cwd: Path) -> str:
    path = Path(sysconfig.get_path("scripts"), program)
    done = subprocess.run(
        [str(path), *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=_LIMIT
    )
    if not done.stdout:
        raise SystemExit(f"{program} said nothing but: {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
