"""What a rule's engine asks of the rule's other keys.

An engine that judges node by node needs to be told which nodes. A tool that judges whole trees reads the
files in its own way, so a rule for it names none; and what it says has fewer parts for a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model import plugins
from complygate.model.document import REPOSITORY
from complygate.model.nearest import nearest
from complygate.model.rule import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.policy.files import File, Mistakes

TOOL_PLACEHOLDERS = ("detail", "check", "resource", "path", "params")
"""What a placeholder may start with in the message of a rule for a tool."""
_NODES = ("applies_to", "select", "at", "reads", "unknown")
_TELLS_SEVERITY = frozenset({"sarif"})
"""Engines whose results may bring a severity of their own."""


def placeholders(engine: str) -> tuple[str, ...]:
    """Return what a placeholder may start with in the message of a rule for the engine called `engine`."""
    return TOOL_PLACEHOLDERS if _judges_trees(engine) else PLACEHOLDERS


def check_engine(file: File, engine: str, mistakes: Mistakes) -> None:
    """Add what is wrong between the engine of the rule in `file` and the rule's other keys.

    Args:
        file: the rule file.
        engine: the key under `check`.
        mistakes: gets what is wrong.
    """
    engines = plugins.names("complygate.engines")
    if engine not in engines:
        place = file.place(f"/check/{engine}", key=True)
        mistakes.add(place, f"check.{engine}: there is no such engine", nearest(engine, engines))
    elif _judges_trees(engine):
        _check_tool(file, engine, mistakes)
    else:
        _check_nodes(file, mistakes)
    if "severity" not in file.data and engine not in _TELLS_SEVERITY:
        mistakes.add(file.place(""), "severity: is missing", "critical, high, medium, low or info")


def _judges_trees(engine: str) -> bool:
    return engine in plugins.names("complygate.engines") and plugins.tree_engine(engine) is not None


def _check_nodes(file: File, mistakes: Mistakes) -> None:
    kinds = file.data.get("applies_to")
    if kinds is None:
        hint = "a kind, such as kubernetes/Pod, or several"
        mistakes.add(file.place(""), "applies_to: is missing", hint)
    elif "reads" in file.data and REPOSITORY not in ([kinds] if isinstance(kinds, str) else kinds):
        mistakes.add(file.place("/reads", key=True), "reads: is for rules that apply to repository")


def _check_tool(file: File, engine: str, mistakes: Mistakes) -> None:
    for key in _NODES:
        if key in file.data:
            message = f"{key}: is not for check.{engine}, which finds what it judges by itself"
            mistakes.add(file.place(f"/{key}", key=True), message, "leave it out")
    for pointer in _nameless(file):
        hint = "write {path: NAME, text: ...}: no kind says what the file is called"
        mistakes.add(file.place(pointer), "examples: has no path", hint)


def _nameless(file: File) -> Iterator[str]:
    for word, entries in file.data.get("examples", {}).items():
        for i, entry in enumerate(entries):
            if isinstance(entry, str) or ("text" in entry and "path" not in entry):
                yield f"/examples/{word}/{i}"
