"""The runtime's environment: which variables, functions and macros an expression may name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cel_expr_python import cel

VARIABLES = ("self", "view", "document", "params", "repo")

EXTENSIONS = ("strings", "lists", "sets", "math", "optional", "bindings", "two-var-comprehensions")

MAX_ITERATIONS = 9_999
"""Steps that all comprehensions of one evaluation may take together; the runtime's own bound."""

# What the standard library and the extensions define (the runtime offers no list of it): for "did you
# mean", not for judging what exists. https://github.com/google/cel-spec/blob/master/doc/langdef.md and
# https://github.com/google/cel-cpp/tree/master/extensions
METHODS = [
    "all",
    "charAt",
    "contains",
    "distinct",
    "endsWith",
    "exists",
    "existsOne",
    "exists_one",
    "filter",
    "first",
    "flatten",
    "format",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getFullYear",
    "getHours",
    "getMilliseconds",
    "getMinutes",
    "getMonth",
    "getSeconds",
    "hasValue",
    "indexOf",
    "join",
    "last",
    "lastIndexOf",
    "lowerAscii",
    "map",
    "matches",
    "optFlatMap",
    "optMap",
    "or",
    "orValue",
    "replace",
    "reverse",
    "size",
    "slice",
    "sort",
    "sortBy",
    "split",
    "startsWith",
    "substring",
    "transformList",
    "trim",
    "upperAscii",
    "value",
]
FUNCTIONS = [
    "bool",
    "bytes",
    "cel.bind",
    "double",
    "duration",
    "dyn",
    "has",
    "int",
    "lists.range",
    "math.abs",
    "math.bitAnd",
    "math.bitNot",
    "math.bitOr",
    "math.bitXor",
    "math.ceil",
    "math.floor",
    "math.greatest",
    "math.isFinite",
    "math.isInf",
    "math.isNaN",
    "math.least",
    "math.round",
    "math.sign",
    "math.sqrt",
    "math.trunc",
    "optional.none",
    "optional.of",
    "optional.ofNonZeroValue",
    "sets.contains",
    "sets.equivalent",
    "sets.intersects",
    "size",
    "string",
    "strings.quote",
    "timestamp",
    "type",
    "uint",
]


def environment(functions: Sequence[cel.FunctionDecl] = ()) -> cel.Env:
    """Return a new environment, with more `functions` than an author may use."""
    from cel_expr_python import cel  # noqa: PLC0415 - loaded by the first rule that needs it

    lines = ["name: complygate", "extensions:", *(f"- name: {name}" for name in EXTENSIONS), "variables:"]
    for name in VARIABLES:
        lines += [f"- name: {name}", "  type_name: dyn"]
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml("\n".join(lines)), functions=list(functions))


@cache
def authors() -> cel.Env:
    """Return the environment of rules, made once per process."""
    return environment()
