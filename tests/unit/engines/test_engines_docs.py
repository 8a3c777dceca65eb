"""Every example of the pages on checks does what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from complygate.errors import CheckError
from complygate.model import plugins
from complygate.model.document import Unknown
from complygate.model.outcome import Fault, Outcome, Subject, Undetermined, Violation

DOCS = Path(__file__).parents[3] / "docs"
TEXT = "".join((DOCS / f"rules-{name}.md").read_text(encoding="utf-8") for name in ("cel-and-schema", "rego"))
BLOCKS = re.findall(r"^```yaml (\w+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
EXAMPLES = [yaml.safe_load(text) for kind, text in BLOCKS if kind == "check"]
MISTAKES = [item for kind, text in BLOCKS if kind == "mistakes" for item in yaml.safe_load(text)]
KEYS = {"check", "params", "pass", "fail", "error", "undetermined", "at", "unknown", "doubtful"}


def compiled(example: dict[str, Any]) -> plugins.Check:
    ((engine, check),) = example["check"].items()
    return plugins.engine(engine).compile(check, example.get("params", {}))


def judge(example: dict[str, Any], node: Any) -> list[Outcome]:
    unknowns = {p: Unknown("not in the files") for p in example.get("unknown", [])}
    unknowns |= {p: Unknown("not in the files", present=False) for p in example.get("doubtful", [])}
    subject = Subject(node=node, view=node, document=node, unknowns=unknowns, outer_unknowns=unknowns)
    return list(compiled(example).evaluate(subject))


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) > 15
    assert {kind for kind, _ in BLOCKS} == {"check", "mistakes"}


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(i) for i in range(len(EXAMPLES))])
def test_an_example_does_what_it_says(example: dict[str, Any]) -> None:
    assert example.keys() <= KEYS
    open_nodes = example.get("undetermined", [])
    for node in example.get("pass", []):
        assert judge(example, node) == [], node
    for node in example.get("fail", []):
        found = judge(example, node)
        places = [outcome.pointer for outcome in found if isinstance(outcome, Violation)]
        assert places == example.get("at", [""]), node
        assert len(places) == len(found) or node in open_nodes, node
    for node in open_nodes:
        assert any(isinstance(outcome, Undetermined) for outcome in judge(example, node)), node
    for node in example.get("error", []):
        (outcome,) = judge(example, node)
        assert isinstance(outcome, Fault), node


@pytest.mark.parametrize("mistake", MISTAKES, ids=[str(m["check"]) for m in MISTAKES])
def test_a_mistake_is_found_when_the_rule_is_loaded(mistake: dict[str, Any]) -> None:
    with pytest.raises(CheckError, match=re.escape(mistake["says"])):
        compiled(mistake)
