"""What Helm and Kustomize do not render is said; Checkov passes over it without a word.

This runs in Checkov's process only.
"""

from __future__ import annotations

import itertools
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from complygate.engines.checkov.contain import Faults

_KIND = "not-rendered"


def rendered(runner_module: Any, faults: Faults) -> None:
    """Hear of what the framework of `runner_module` does not render, if it is one that renders."""
    name = runner_module.__name__
    if name == "checkov.kustomize.runner":
        _kustomizations(runner_module.Runner, faults)
    elif name == "checkov.helm.runner":
        _charts(runner_module.Runner, faults)


def _kustomizations(runner: Any, faults: Faults) -> None:
    parse, render = runner._parseKustomization, runner._get_kubectl_output  # noqa: SLF001
    store = runner._run_kustomize_parser  # noqa: SLF001
    numbers = itertools.count()

    def parse_kustomization(self: Any, folder: str) -> Any:
        """Take one without resources for a base: one that only generates is rendered as well."""
        about = parse(self, folder)
        if about:
            about.setdefault("type", "base")
        return about

    def get_output(self: Any, folder: str, command: str, *more: Any) -> Any:
        output = render(self, folder, command, *more)
        if not output:
            faults.add(f"{folder}: {_why(command, folder)}", kind=_KIND)
        return output

    def run_parser(self: Any, file_path: str, *more: Any, **named: Any) -> None:
        try:
            store(self, file_path, *more, **named)
        except Exception as error:  # noqa: BLE001 - the other kustomizations are judged all the same
            faults.add(f"{file_path}: {type(error).__name__}: {error}", kind=_KIND)

    def own_folder(file_path: str, folders: dict[str, dict[str, Any]]) -> str | None:
        """Give each a folder: Checkov lets two overlays with the same names overwrite each other."""
        return f"/{next(numbers)}" if folders[file_path].get("filePath") else None

    runner._parseKustomization, runner._get_kubectl_output = parse_kustomization, get_output  # noqa: SLF001
    runner._run_kustomize_parser = run_parser  # noqa: SLF001
    runner._get_env_or_base_path_prefix = staticmethod(own_folder)  # noqa: SLF001


def _why(command: str, folder: str) -> str:
    """Return why nothing is rendered, in the program's words."""
    action = "kustomize" if command == "kubectl" else "build"
    done = subprocess.run([command, action], cwd=folder, capture_output=True, check=False)  # noqa: S603
    said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
    return f"{command} renders nothing: {said}" if said else f"{command} renders nothing"


def _charts(runner: Any, faults: Faults) -> None:
    details, parse, target = runner.parse_helm_chart_details, runner._parse_output, runner._get_target_dir  # noqa: SLF001

    def parse_details(chart_path: str) -> Any:
        found = details(chart_path)
        if not found[1]:
            faults.add(f"{chart_path}/Chart.yaml cannot be read", kind=_KIND)
        return found

    def parse_output(target_dir: str, output: bytes, chart_dir: str, *more: Any) -> None:
        try:
            parse(target_dir, output, chart_dir, *more)
        except Exception as error:
            faults.add(f"{chart_dir}: what helm renders cannot be read: {error}", kind=_KIND)
            raise

    def get_target_dir(chart_item: Any, *more: Any) -> Any:
        found = target(chart_item, *more)
        if not found:
            faults.add(f"{chart_item[0]}/Chart.yaml gives no name", kind=_KIND)
        return found

    runner.parse_helm_chart_details = staticmethod(parse_details)
    runner._parse_output = staticmethod(parse_output)  # noqa: SLF001
    runner._get_target_dir = staticmethod(get_target_dir)  # noqa: SLF001
