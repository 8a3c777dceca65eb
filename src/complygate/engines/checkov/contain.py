"""What goes wrong inside Checkov, each thing a fault of its own; Checkov gives up on all that comes after.

This runs in Checkov's process only.
"""

from __future__ import annotations

import importlib
import logging
import re
import sys
from typing import Any

_MOST = 1000
"""How many faults are kept: enough for a person, and for memory."""
_UNKNOWN = re.compile(
    r"No defaultValue for parameter|resource dependency .* not found|unsupported instruction"
)
"""What Checkov says where a template leaves a value open: no check is the worse for it."""
_SAID_TWICE = "Failed to run check "
"""What Checkov says of a check that raises, before it lets it raise."""
_GLOBALS = "Failed to create a new template with enriched resources"
_UNRENDERED = re.compile(
    r"(?:Failed processing helm chart|Error processing helm dependencies for) .*? at (?:source )?dir: "
    r"(.*?)\. Working dir: .*?(?:Failure|Error) details: (.*)"
)
_SOLVERS = {
    "attribute_solvers.base_attribute_solver": "BaseAttributeSolver",
    "complex_solvers.base_complex_solver": "BaseComplexSolver",
}
_SUPPORTED = "SUPPORTED_BLOCK_TYPES"


class Faults(logging.Handler):
    """Collects what Checkov only logs: checks that failed to run, files that it passed over."""

    def __init__(self, root: str) -> None:
        """Take the folder of the tree's copy, which no message is to name."""
        super().__init__(logging.WARNING)
        self.found: list[dict[str, str]] = []
        self.check = ""
        """The check of graphs that runs."""
        self.has_globals = True
        """Whether the template that is read has globals to add to its resources."""
        self._root = root
        self._seen: set[tuple[str, str]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the first line of a message, once."""
        text = record.getMessage().strip().split("\n")[0]
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text} ({type(record.exc_info[1]).__name__}: {str(record.exc_info[1])[:200]})"
        elif record.levelno < logging.ERROR and _UNKNOWN.search(text):
            return
        if text.startswith(_SAID_TWICE) or (text.startswith(_GLOBALS) and not self.has_globals):
            return
        if chart := _UNRENDERED.match(text):
            self.add(f"{chart[1]}: helm renders nothing: {chart[2]}", kind="not-rendered")
        else:
            self.add(text)

    def add(self, text: str, check: str = "", kind: str = "") -> None:
        """Keep what went wrong, with which check where that is known; `kind` is that of the problem."""
        shown = text.replace(f"{self._root}/", "").replace(self._root, ".")[:500]
        if (shown, check) not in self._seen and len(self.found) < _MOST:
            self._seen.add((shown, check))
            self.found.append({"text": shown, "check": check} | ({"kind": kind} if kind else {}))

    def raised(self, what: str, error: Exception, check: str = "") -> None:
        """Keep that `what` raised `error`."""
        self.add(f"{what}: {type(error).__name__}: {error}", check)


def contain(faults: Faults) -> None:
    """Let what raises be one fault: a check on a thing, a thing that no check can be found for."""
    _checks(importlib.import_module("checkov.common.checks.base_check").BaseCheck, faults)
    _things(importlib.import_module("checkov.common.checks.base_check_registry").BaseCheckRegistry, faults)
    _graphs(importlib.import_module("checkov.common.graph.checks_infra.registry").BaseRegistry, faults)
    for module, name in _SOLVERS.items():
        found: Any = importlib.import_module(f"checkov.common.checks_infra.solvers.{module}")
        _solver(getattr(found, name), getattr(found, _SUPPORTED, None), faults)
    if (templates := sys.modules.get("checkov.cloudformation.cfn_utils")) is not None:
        _globals(templates, faults)


def _globals(templates: Any, faults: Faults) -> None:
    """Hear of globals that cannot be added only where there are some: Checkov tries it everywhere."""
    enrich = templates.enrich_resources_with_globals

    def enrich_resources_with_globals(original_template: Any) -> Any:
        faults.has_globals = bool(original_template.get("Globals"))
        return enrich(original_template)

    templates.enrich_resources_with_globals = enrich_resources_with_globals


def _checks(base: Any, faults: Faults) -> None:
    run = base.run

    def contained(self: Any, scanned_file: str, *arguments: Any, **named: Any) -> Any:
        try:
            return run(self, scanned_file, *arguments, **named)
        except Exception as error:  # noqa: BLE001 - whatever a check raises, it has no answer
            faults.raised(f"check {self.id} failed on {scanned_file.lstrip('/')}", error, self.id)
            from checkov.common.models.enums import CheckResult  # noqa: PLC0415

            return {"result": CheckResult.UNKNOWN}

    base.run = contained


def _things(registry: Any, faults: Faults) -> None:
    """Contain what is asked of a thing before any check is: its type may be a map, and no key."""
    scan = registry.scan

    def contained(self: Any, scanned_file: str, entity: Any, *arguments: Any, **named: Any) -> Any:
        try:
            # Where this raises, Checkov's own function passes over the thing without a word.
            self.extract_entity_details(entity)
            return scan(self, scanned_file, entity, *arguments, **named)
        except Exception as error:  # noqa: BLE001 - whatever it is, the thing is not judged
            name, thing = next(iter(entity.items())) if isinstance(entity, dict) and entity else ("", None)
            what = f"{scanned_file.lstrip('/')}: the resource {name} is not judged"
            if isinstance(thing, dict) and isinstance(thing.get("Type"), dict):
                faults.add(f"{what}: its type is made when it is deployed", kind="not-rendered")
            else:
                faults.raised(what, error)
            return {}

    registry.scan = contained


def _graphs(registry: Any, faults: Faults) -> None:
    """Run the checks of graphs one after another; Checkov's threads share state, and lose what one raises."""

    def run_checks(self: Any, graph: Any, runner_filter: Any, report_type: str) -> dict[Any, Any]:
        results: dict[Any, Any] = {}
        for check in self.checks:
            if runner_filter.should_run_check(check, report_type=report_type):
                faults.check = check.id
                try:
                    self.run_check_parallel(check, results, graph)
                except Exception as error:  # noqa: BLE001 - whatever a check raises, it has no answer
                    faults.raised(f"check {check.id} failed", error, check.id)
        return results

    registry.run_checks = run_checks


def _solver(solver: Any, supported: Any, faults: Faults) -> None:
    """Ask about one node of a graph after another, and let one that raises be a fault; threads lose it."""

    def run(self: Any, graph_connector: Any) -> tuple[list[Any], list[Any], list[Any]]:
        passed: list[Any] = []
        failed: list[Any] = []
        unknown: list[Any] = []
        for _, node in graph_connector.nodes():
            if not self.resource_type_pred(node, self.resource_types):
                continue
            if supported is not None and node.get("block_type_") not in supported:
                continue
            try:
                result = self.get_operation(node)
            except Exception as error:  # noqa: BLE001 - whatever it raises, this node has no answer
                where = f"{node.get('file_path_', '')} ({node.get('id_', '')})".lstrip("/")
                faults.raised(f"check {faults.check} failed on {where}", error, faults.check)
                continue
            (unknown if result is None else passed if result else failed).append(node)
        return passed, failed, unknown

    solver.run = run
