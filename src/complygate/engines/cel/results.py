"""What an evaluation that gave neither true nor false means, as an outcome with a plain message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complygate.engines.cel.environment import MAX_ITERATIONS
from complygate.engines.cel.unknown import marked
from complygate.model.outcome import Fault, Outcome, Undetermined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cel_expr_python import cel

    from complygate.engines.cel.holes import Hole

_CODE = re.compile(r"^[A-Z_]+: ")
_ABORT_CODE = re.compile(r" \[[A-Z_]+\]$")
_NO_KEY = re.compile(r"Key not found in map : (.*)", re.DOTALL)
_NO_OVERLOAD = re.compile(r"No matching overloads found : (.*)", re.DOTALL)
_INDEX = re.compile(r"Index error: index=(-?\d+) size=(\d+)")
_MAX_MESSAGE = 300
_INTERNAL_NAMES = {"<iter_range>": "iteration", "<jump_condition>": "?:"}

# Errors that a mark cannot cause: the expression itself fails on what is known.
_OWN_ERRORS = ("NOT_FOUND: Key not found", "INVALID_ARGUMENT: divide by zero", "UNKNOWN: Index error: index=")


def fault(result: cel.Value) -> Fault:
    """Return the fault for a result that is not a boolean."""
    if result.type().name() != "ERROR":
        kind = result.type().name().lower().partition("<")[0]
        return Fault(f"the expression gives {kind}, not true or false")
    return Fault(_plain(str(result.value())))


def stopped(text: str) -> Fault:
    """Return the fault for an evaluation that the runtime broke off with this message."""
    if "Iteration budget exceeded" in text:
        return Fault(f"the expression takes more than {MAX_ITERATIONS:,} steps of iteration on this data")
    return Fault(_plain(_ABORT_CODE.sub("", text)))


def hangs_on_mark(result: cel.Value, holes: Sequence[Hole]) -> Outcome:
    """Return the outcome for a result, over data with these numbered holes, that is not a boolean."""
    kind, value = result.type().name(), result.value()
    text = bytes(value).decode("utf-8", "replace") if kind == "BYTES" else str(value)
    number = marked(text)
    if kind == "ERROR" and number is None and text.startswith(_OWN_ERRORS):
        return fault(result)
    return undetermined(holes[number if number is not None and number < len(holes) else 0])


def undetermined(hole: Hole) -> Undetermined:
    """Return the outcome for an answer that hangs on this unknown value."""
    return Undetermined(hole.pointer, hole.unknown.reason)


def _plain(text: str) -> str:
    text = _CODE.sub("", text)
    if found := _NO_KEY.search(text):
        message = f"no such key: {found[1]} (test it first, with has(...), or read it with .?)"
    elif found := _NO_OVERLOAD.search(text):
        what = _INTERNAL_NAMES.get(found[1], found[1]).strip("_")
        message = f"{what} cannot be applied to values of these types"
    elif found := _INDEX.search(text):
        message = f"index {found[1]} of a list of {found[2]}"
    elif "Applying SELECT to non-message type" in text:
        message = "a field is read from a value that is not a map (null, text, number or list)"
    else:
        message = text
    message = " ".join(message.split())
    return message if len(message) <= _MAX_MESSAGE else message[: _MAX_MESSAGE - 1] + "…"
