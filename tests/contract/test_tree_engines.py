"""What every engine that judges whole trees keeps. A new one is tried by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complygate.errors import CheckError
from complygate.model import plugins
from complygate.model.problem import Problem
from complygate.model.remark import Answer, Task
from complygate.model.rule import Severity
from complygate.model.source import Files

PACKAGE = "complygate.engines"
TREE_ENGINES = [name for name in plugins.names(PACKAGE) if plugins.tree_engine(name) is not None]
CATALOGUES = plugins.catalogues()

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def engine(name: str) -> plugins.TreeEngine:
    found = plugins.tree_engine(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", TREE_ENGINES)
def test_it_has_the_form_of_a_tree_engine(name: str) -> None:
    assert name == engine(name).NAME
    assert callable(engine(name).run)
    assert plugins.load(PACKAGE, name).__doc__
    with pytest.raises(KeyError):
        plugins.engine(name)


@pytest.mark.parametrize("name", TREE_ENGINES)
@settings(max_examples=150, deadline=None)
@given(check=JSON)
def test_what_is_no_check_is_a_check_error(name: str, check: Any) -> None:
    error = None
    try:
        engine(name).ask(check, {})  # by luck it may be one
    except CheckError as caught:
        error = caught
    if error is not None:
        assert error.message
        assert "\n" not in error.message
        assert error.pointer == f"/{name}" or error.pointer.startswith(f"/{name}/")


GARBAGE: list[Any] = [
    None, True, 0, 1.5, "", [], {}, [{}], [[]], ["\0"], ["\ud800"], {"": ""}, {1: 2},
    date(2026, 1, 1), object(),
]  # fmt: skip


@pytest.mark.parametrize("check", GARBAGE, ids=lambda check: type(check).__name__)
@pytest.mark.parametrize("name", TREE_ENGINES)
def test_plain_garbage_is_a_check_error(name: str, check: Any) -> None:
    with pytest.raises(CheckError):
        engine(name).ask(check, {})


HOSTILE = [
    b"",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b"{}",
    b'{"runs": [null]}',
    b'{"version": "2.1.0", "runs": [1, {}]}',
]


@pytest.mark.parametrize("name", TREE_ENGINES)
def test_nothing_to_judge_and_hostile_imports_get_an_answer(name: str, tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    imports = [tmp_path / "missing.sarif", root]
    for number, content in enumerate(HOSTILE):
        imports.append(tmp_path / f"{number}.sarif")
        imports[-1].write_bytes(content)
    answer = engine(name).run(Task(Files(root, frozenset()), {}, imports=tuple(imports)))
    assert isinstance(answer, Answer)
    assert list(answer.remarks) == []
    assert all(isinstance(problem, Problem) for problem in answer.problems)


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_catalogue_offers_whole_rules(name: str) -> None:
    for key, rule in CATALOGUES[name].items():
        assert key == rule.id
        engine_name, _, check = key.partition("/")
        assert engine_name == rule.engine == name
        assert check in rule.aliases
        assert rule.applies_to == ()
        assert rule.severity in Severity
        assert all((rule.title, rule.message, rule.why, rule.fix, rule.tags))
        assert engine(name).ask(rule.check, {})
