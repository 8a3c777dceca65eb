"""Variables that nothing binds, which rego-cpp takes for undefined instead of refusing the module.

A slip of the pen in a name would make a rule that never objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.engines.rego.reads import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_GIVEN = frozenset({0, 1})
"""The locals of `input` and `data`."""
_BOUND = frozenset({"target", "result", "key", "value", "local"})
"""Keys of statements that name a local by its number where they bind it."""
_USED = frozenset({"source", "a", "b", "object", "array", "set"})


class Unbound(NamedTuple):
    """A use of a variable that nothing binds.

    Attributes:
        file: the module's name.
        row: the line of the expression, from 0.
        column: its column in bytes, from 0.
    """

    file: str
    row: int
    column: int


def unbound(plan: Mapping[str, Any]) -> Iterator[Unbound]:
    """Yield the uses of variables that nothing in the plan binds."""
    bound = set(_GIVEN)
    used: dict[int, Unbound] = {}
    files = [entry["value"] for entry in plan["static"].get("files", ())]
    for function in plan["funcs"]["funcs"]:
        bound.update((*function["params"], function["return"]))
        for statement in statements(function["blocks"]):
            what = statement["stmt"]
            bound.update(value for key, value in what.items() if key in _BOUND and _is_number(value))
            if "file" not in what:
                continue
            place = Unbound(files[what["file"]], what["row"], what["col"])
            for local in _locals(what):
                used.setdefault(local, place)
    yield from sorted({place for local, place in used.items() if local not in bound})


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _locals(what: Mapping[str, Any]) -> Iterator[int]:
    """Yield the locals that a statement uses."""
    for key, value in what.items():
        operands = value if key == "args" else [value]
        for operand in operands:
            if isinstance(operand, dict) and operand.get("type") == "local":
                yield operand["value"]
            elif key in _USED and _is_number(operand):
                yield operand
