"""The built-in rules on manifests of a wrong shape: a value of another type is no reason to judge nothing.

An error in a rule leaves the scan undecided. That is the right answer to a mistake in the rule, and the wrong
one to a mistake in a manifest, which would keep the other findings of that file from being believed.
"""

from __future__ import annotations

import copy
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given, note
from hypothesis import strategies as st

from complygate import api, policy
from complygate.discover import list_tree
from complygate.discover.walk import Root
from complygate.model.policy import Policy
from complygate.model.problem import ProblemKind
from complygate.prove import alone, default_path, lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.rule import Example, Rule

RULES = [
    rule
    for _, rule in sorted(policy.load_set("builtin:baseline", base=Path.cwd()).rules.items())
    if rule.engine == "cel"
]
"""A schema says of every value whether it fits; an expression can meet one that it has no answer for."""
ODD: list[Any] = [
    None, 1, 3.5, True, "", "x", [], {}, [None], ["a"], [[1]], [{"a": 1}], {"a": None}, {"name": 1},
]  # fmt: skip
KEPT = {"apiVersion", "kind", "AWSTemplateFormatVersion"}
"""Keys by which a file is recognised."""


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the address of each value inside `value`."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        if key not in KEPT:
            yield (*at, key)
        yield from places(item, (*at, key))


def readable(text: str) -> list[Any]:
    """Return the documents of a YAML or JSON text; [] of another, or of one with tags."""
    try:
        return [item for item in yaml.safe_load_all(text) if item is not None]
    except yaml.YAMLError:
        return []


@st.composite
def odd_examples(draw: st.DrawFn) -> tuple[Rule, Example]:
    """A rule, and an example of it in which values of its files are replaced by odd ones."""
    rule = draw(st.sampled_from(RULES))
    example = draw(st.sampled_from([*rule.passing, *rule.failing]))
    path = example.path or default_path(rule)
    files = dict(example.files or {})
    if example.text:
        files[path] = example.text
    for name in sorted(files):
        if name.endswith((".yaml", ".yml", ".json")):
            files[name] = draw(odd_texts(name, files[name]))
    return rule, replace(example, text="" if files else example.text, path="", files=files or None)


@st.composite
def odd_texts(draw: st.DrawFn, name: str, text: str) -> str:
    """`text` with up to three values replaced."""
    documents = copy.deepcopy(readable(text))
    for _ in range(draw(st.integers(1, 3)) if documents else 0):
        document = draw(st.sampled_from(documents))
        found = list(places(document))
        if found:
            *way, last = draw(st.sampled_from(found))
            holder = document
            for key in way:
                holder = holder[key]
            holder[last] = copy.deepcopy(draw(st.sampled_from(ODD)))
    if not documents:
        return text
    if name.endswith(".json"):
        return json.dumps(documents[0])
    named = [{("on" if key is True else key): value for key, value in d.items()} if isinstance(d, dict) else d
             for d in documents]  # fmt: skip
    return yaml.safe_dump_all(named)


@given(odd_examples())
def test_no_rule_fails_on_a_value_of_another_type(drawn: tuple[Rule, Example]) -> None:
    rule, example = drawn
    effective = alone(rule, example.params)
    whole = Policy("odd", "Odd", "odd", "", {rule.id: effective})
    with tempfile.TemporaryDirectory() as folder:
        request = lay_out(example, rule, Path(folder))
        note(f"{rule.id}: {example.files}")
        compiled = api.compile_policy([effective], request.day)
        report = api.judge_tree(list_tree(Root(Path(folder))), compiled, whole, request)
    assert [p.message for p in report.problems if p.kind is ProblemKind.ENGINE_ERROR] == []
