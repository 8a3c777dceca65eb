"""Hold the policies for the Pod Security Standards against the examples of Pod Security Admission itself.

    python -m bench.pod_security CHECKOUT [--version v1.37]

CHECKOUT is a checkout of https://github.com/kubernetes/pod-security-admission. For each level it holds pods
that the admission controller lets pass and pods that it refuses; `complygate scan` must say the same of each.
Exits 1 when it does not.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from complygate import api

_LEVELS = ("baseline", "restricted")
_VERSION = "v1.37"


def compare(folder: Path, level: str) -> tuple[int, list[str]]:
    """Return how many pods of `folder` were judged, and those of which the policy says something else.

    Args:
        folder: the pods of one level and version, in `pass/` and `fail/`.
        level: the level.
    """
    request = api.ScanRequest(
        paths=(folder,),
        policy=f"builtin:kubernetes-pss-{level}",
        cwd=folder,
        day=dt.datetime.now(tz=dt.UTC).date(),
    )
    report = api.scan(request)
    if report.problems:
        raise SystemExit(f"{folder}: {report.problems[0]}")
    refused = {finding.region.path for finding in report.findings}
    pods = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml"))
    return len(pods), [pod for pod in pods if pod.startswith("fail/") != (pod in refused)]


def main(arguments: list[str]) -> int:
    """Print the differences and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--version", default=_VERSION)
    asked = parser.parse_args(arguments)
    wrong = 0
    for level in _LEVELS:
        folder = asked.checkout.resolve() / "test" / "testdata" / level / asked.version
        count, different = compare(folder, level)
        wrong += len(different) or count == 0
        print(
            f"{level} {asked.version}: {count} pods, {len(different)} judged otherwise",
            *different,
            sep="\n  ",
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
