"""Terraform's expressions, read and evaluated once for each text.

Modules are called many times with the same expressions in them: hundreds of thousands of evaluations of some
thousand texts. What an expression is worth depends on its text alone.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import os
import re
import sys
from typing import Any

from complygate.engines.checkov.quicker._replace import everywhere, remembered

_UNCHANGING = (str, int, float, bool, type(None))
_EVALUATION = "checkov.terraform.graph_builder.variable_rendering.evaluate_terraform"
_GLOB = frozenset("*?[")
_NAME = re.compile(r"[A-Za-z_]")


def quicken() -> None:
    """Replace what reads and evaluates expressions, where Terraform's runner is imported."""
    _grammars()
    if "checkov.terraform.graph_builder.local_graph" not in sys.modules or hasattr(
        sys.modules[_EVALUATION], "complygate_evaluate"
    ):
        return
    _expressions(sys.modules[_EVALUATION])
    _references(importlib.import_module("checkov.common.util.parser_utils"))
    _edges(importlib.import_module("checkov.common.graph.graph_builder.graph_components.edge").Edge)
    _copies(importlib.import_module("checkov.common.util.data_structures_utils"))
    _dynamic_blocks(importlib.import_module("checkov.terraform.graph_builder.graph_components.blocks"))
    # Nothing changes in the copy of the tree while it is judged.
    os.path.realpath = remembered(os.path.realpath, lambda path: path if type(path) is str else None)


def _expressions(evaluation: Any) -> None:
    evaluation.complygate_evaluate = whole = evaluation.evaluate_terraform
    known = remembered(
        whole, lambda text, *more, **named: (text, more, *named.items()) if type(text) is str else None
    )

    def evaluate_terraform(input_str: Any, *more: Any, **named: Any) -> Any:
        value = known(input_str, *more, **named)
        return value if isinstance(value, _UNCHANGING) else copy.deepcopy(value)

    everywhere("evaluate_terraform", whole, evaluate_terraform)
    clean = evaluation.remove_interpolation
    everywhere("remove_interpolation", clean, remembered(clean, _of_texts))


def _of_texts(text: Any, *more: Any, **named: Any) -> Any:
    return (text, more, *named.items()) if type(text) is str else None


def _references(parsing: Any) -> None:
    """Find the references in a text once; those who ask get matches of their own, which they change."""
    whole, match = parsing.find_var_blocks, parsing.VarBlockMatch
    known = remembered(lambda value: [(b.full_str, b.var_only) for b in whole(value)], _of_texts)

    def find_var_blocks(value: str) -> list[Any]:
        return [match(full, only) for full, only in known(value)] if "$" in value else []

    everywhere("find_var_blocks", whole, find_var_blocks)


def _edges(edge: Any) -> None:
    """Compare edges by what they are, and write down their text, which they are hashed by, once."""
    hashed = remembered(lambda origin, label, dest: hash(f"[{origin} -({label})-> {dest}]"), lambda *key: key)
    edge.__hash__ = lambda self: hashed(self.origin, self.label, self.dest)
    edge.__eq__ = lambda self, other: (
        self is other
        or (
            isinstance(other, edge)
            and (self.origin, self.dest, self.label) == (other.origin, other.dest, other.label)
        )
    )


def _copies(structures: Any) -> None:
    """Copy nothing that cannot change."""
    whole = structures.pickle_deepcopy

    def pickle_deepcopy(obj: Any) -> Any:
        return obj if type(obj) in _UNCHANGING else whole(obj)

    everywhere("pickle_deepcopy", whole, pickle_deepcopy)


def _dynamic_blocks(blocks: Any) -> None:
    """Follow the steps to a dynamic block's content, where dpath compares every key of the block."""
    whole = blocks.dpath

    class Paths:
        """What the module calls of dpath."""

        @staticmethod
        def search(values: Any, steps: Any) -> Any:
            found = _followed(values, steps)
            return whole.search(values, steps) if found is None else found

        @staticmethod
        def get(values: Any, steps: Any) -> Any:
            found = _followed(values, steps)
            return found[0] if found else whole.get(values, steps)

    blocks.dpath = Paths


def _followed(value: Any, steps: Any) -> tuple[Any, ...] | None:
    """Return what `steps` lead to, in a tuple; () if nothing, None where dpath may see it otherwise."""
    for step in steps:
        if type(step) is not str or not _GLOB.isdisjoint(step):
            return None
        if type(value) is list:
            if not step.isdecimal():
                return () if _NAME.match(step) else None
            if int(step) >= len(value):
                return ()
            value = value[int(step)]
        elif isinstance(value, dict) and all(type(key) is str for key in value):
            if step not in value:
                return ()
            value = value[step]
        else:
            return None
    return (value,)


def _grammars() -> None:
    """Work out the tables of the JSONPath grammar once; its library does so for every path that it reads."""
    with contextlib.suppress(ImportError, AttributeError):
        yacc: Any = importlib.import_module("ply.yacc")  # which `bc_jsonpath_ng.parser` calls by this name
        if not hasattr(yacc, "complygate_yacc"):
            yacc.complygate_yacc = yacc.yacc
            yacc.yacc = remembered(
                yacc.yacc, lambda *more, **named: (type(named.get("module")), named.get("start"), more)
            )
