"""YAML read by libyaml instead of by Python, with the same values and lines.

Two things are read that PyYAML refuses, whose files Checkov passes over without a word: tabs at the end of a
line, and a lone `=`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

_SIGN = "tag:yaml.org,2002:value"
"""The tag that YAML 1.1 gives a lone `=`."""
_MODULES = ("checkov.kubernetes.parser.k8_yaml", "checkov.common.parsers.yaml.loader")


def quicken() -> None:
    """Replace the loaders of manifests and of workflows. What libyaml refuses, Python is asked about."""
    import yaml  # noqa: PLC0415 - which Checkov has imported

    quick = _quick(yaml.CSafeLoader)  # its absence leaves all as it is
    for name in _MODULES:
        module: Any = importlib.import_module(name)
        if not hasattr(module, "complygate_loads"):
            module.complygate_loads = module.loads
            module.loads = _loads(module.loads, _lined(quick, module.SafeLineLoader))
    templates: Any = sys.modules.get("checkov.cloudformation.parser.cfn_yaml")
    if templates is not None:
        templates.MarkedLoader.add_constructor(_SIGN, templates.NodeConstructor.construct_yaml_str)
    package: Any = yaml
    if not hasattr(package, "complygate_safe_load"):
        package.complygate_safe_load = package.safe_load
        package.safe_load = _safe_load(package.safe_load, quick)


def _quick(loader: Any) -> Any:
    """Return a loader that reads a lone `=` as text, as YAML 1.2 does; PyYAML refuses the file."""

    class Quick(loader):  # type: ignore[misc]
        """Reads plain data."""

    Quick.add_constructor(_SIGN, loader.construct_yaml_str)
    return Quick


def _lined(quick: Any, slow: Any) -> Any:
    """Return a loader that adds each map's lines, as Checkov's does."""

    class Lined(quick):  # type: ignore[misc]
        """Says of each map where it starts and ends."""

        def construct_mapping(self, node: Any, *deep: Any, **named: Any) -> Any:
            mapping = super().construct_mapping(node, *deep, **named)
            mapping["__startline__"] = node.start_mark.line + 1
            mapping["__endline__"] = node.end_mark.line + 1
            return mapping

    if "bool_values" in vars(slow):
        Lined.bool_values = slow.bool_values
    return Lined


def _safe_load(whole: Callable[[Any], Any], loader: Any) -> Callable[[Any], Any]:
    """Kustomize's runner reads all that is rendered with it, to know its kind and name."""
    import yaml  # noqa: PLC0415

    def safe_load(stream: Any) -> Any:
        text = stream.read() if hasattr(stream, "read") else stream
        try:
            return yaml.load(text, Loader=loader)  # noqa: S506 - a safe one
        except Exception:  # noqa: BLE001 - whatever it is, Python's loader says it in its words
            return whole(text)

    return safe_load


def _loads(whole: Callable[[str], Any], loader: Any) -> Callable[[str], Any]:
    import yaml  # noqa: PLC0415

    def loads(content: str) -> Any:
        try:
            return list(yaml.load_all(content, Loader=loader))
        except Exception:  # noqa: BLE001 - whatever it is, Checkov's own loader says it in its words
            return whole(content)

    return loads
