"""A stand-in for Helm, for machines that have none: `version`, `dependency list` and `template`.

It behaves as Helm 3 is documented to: dependencies that lie in `charts/` are used, others are fetched from
their repository, which fails here as it does without a network; a template's output starts with its source.
Of the template language it knows what the example's chart is written in.
"""

from __future__ import annotations

import pathlib
import re
import sys
from typing import Any

import yaml

VERSION = 'version.BuildInfo{Version:"v3.16.2", GitCommit:"13654a5", GitTreeState:"clean"}\n'
UNREACHABLE = (
    'Error: looks like "{0}" is not a valid chart repository or cannot be reached: Get "{0}/index.yaml": '
    "proxyconnect tcp: dial tcp 127.0.0.1:9: connect: connection refused\n"
)
DEFINITION = re.compile(r'\{\{-? define "(.*?)" -?\}\}(.*?)\{\{-? end -?\}\}', re.DOTALL)


def value(values: Any, path: str) -> Any:
    """Return what a dotted path leads to."""
    for step in path.strip(".").split("."):
        values = values[step]
    return values


def expression(text: str, values: Any, defined: dict[str, str]) -> str:
    """Return what one action of a template gives."""
    first, *more = [part.strip() for part in text.split("|")]
    if first.startswith("include"):
        given = render(defined[first.split()[1].strip('"')], values, defined)
    elif first.startswith("toYaml"):
        given = yaml.safe_dump(value(values, first.split()[1])).strip()
    else:
        given = str(value(values, first))
    for function in more:
        name, *arguments = function.split()
        if name == "quote":
            given = f'"{given}"'
        elif name == "nindent":
            given = "\n" + "\n".join(" " * int(arguments[0]) + line for line in given.split("\n"))
    return given


def render(text: str, values: Any, defined: dict[str, str]) -> str:
    """Return a template with its actions done."""
    text = re.sub(r"\s*\{\{-", "{{", text)
    text = re.sub(r"-\}\}\s*", "}}", text)
    return re.sub(r"\{\{\s*(.*?)\s*\}\}", lambda found: expression(found[1], values, defined), text).strip()


def template(folder: pathlib.Path) -> int:
    """Write a chart as rendered; return the exit code."""
    chart = yaml.safe_load((folder / "Chart.yaml").read_text())
    if not chart.get("name"):
        sys.stderr.write("Error: validation: chart.metadata.name is required\n")
        return 1
    for dependency in chart.get("dependencies", []):
        if not (folder / "charts" / dependency["name"]).exists():
            sys.stderr.write(UNREACHABLE.format(dependency["repository"]))
            return 1
    values = folder / "values.yaml"
    everything = {
        "Values": yaml.safe_load(values.read_text()) if values.exists() else {},
        "Chart": {"Name": chart["name"], "AppVersion": chart.get("appVersion", "")},
        "Release": {"Name": "release-name"},
    }
    defined: dict[str, str] = {}
    for helper in sorted(folder.glob("templates/*.tpl")):
        defined.update(DEFINITION.findall(helper.read_text()))
    for path in sorted(folder.glob("templates/*.yaml"), reverse=True):  # services come before deployments
        sys.stdout.write(f"---\n# Source: {chart['name']}/templates/{path.name}\n")
        sys.stdout.write(render(path.read_text(), everything, defined) + "\n")
    return 0


def main(command: str, *arguments: str) -> int:
    """Do what Helm would."""
    if command == "version":
        sys.stdout.write(VERSION)
        return 0
    if command == "dependency":
        sys.stdout.write("NAME\tVERSION\tREPOSITORY\tSTATUS\n")
        return 0
    return template(pathlib.Path(arguments[-1]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
