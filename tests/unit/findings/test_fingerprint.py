"""A fingerprint names the violation, not the line."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.findings.fingerprint import Fingerprints
from complygate.model.document import Document
from complygate.model.tree import Tree
from complygate.syntax.dockerfile import parse_text

NAMES = st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=5, unique=True)


def document(data: Any, name: str = "Deployment/web") -> Document:
    return Document("kubernetes/Deployment", name, Tree("f.yaml", "yaml", data, {}), data)


def prints(
    data: Any, *pointers: str, path: str = "f.yaml", rule: str = "a/b", name: str = "Deployment/web"
) -> list[str]:
    maker = Fingerprints()
    return [maker.of(rule, path, document(data, name), pointer) for pointer in pointers]


@given(NAMES, st.randoms(use_true_random=False))
def test_reordered_items_keep_their_fingerprints(names: list[str], rng: random.Random) -> None:
    items = [{"name": name, "privileged": True, "ports": [1]} for name in names]
    shuffled = copy.deepcopy(items)
    rng.shuffle(shuffled)
    before = prints({"spec": items}, *(f"/spec/{i}/privileged" for i in range(len(items))))
    after = prints({"spec": shuffled}, *(f"/spec/{i}/privileged" for i in range(len(items))))
    assert sorted(before) == sorted(after)
    assert len(set(before)) == len(names)


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), min_size=1), min_size=1, max_size=5)
)
def test_items_without_a_name_keep_theirs_too(items: list[dict[str, int]]) -> None:
    data, backwards = {"x": items}, {"x": items[::-1]}
    pointers = [f"/x/{i}" for i in range(len(items))]
    assert sorted(prints(data, *pointers)) == sorted(prints(backwards, *pointers))
    assert len(set(prints(data, *pointers))) == len(items)


def test_what_many_findings_lie_in_is_written_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = json.dumps

    def counted(*given: Any, **options: Any) -> str:
        asked.append(given)
        return real(*given, **options)

    monkeypatch.setattr(json, "dumps", counted)
    large = document({"stages": [{"name": None, "steps": [{"run": n} for n in range(100)]}]})
    maker = Fingerprints()
    found = [maker.of("a/b", "f", large, f"/stages/0/steps/{n}") for n in range(100)]
    assert len(set(found)) == 100
    assert len(asked) == 101


def dockerfile(text: str, *pointers: str) -> list[str]:
    tree = parse_text("Dockerfile", text).tree
    maker, found = Fingerprints(), Document("docker/Dockerfile", "", tree, tree.data)
    return [maker.of("a/b", "Dockerfile", found, pointer) for pointer in pointers]


@pytest.mark.parametrize(
    ("changed", "pointers"),
    [
        ("FROM node:22\nRUN a\nRUN b\nRUN c\n", ("/stages/0/base", "/stages/0/instructions/1/command")),
        ("FROM node:24\nRUN x\nRUN b\n", ("/stages/0/base", "/stages/0/instructions/1/command")),
        ("FROM go AS x\nFROM node:22\nRUN b\n", ("/stages/1/base", "/stages/1/instructions/0/command")),
    ],
)
def test_other_lines_of_a_dockerfile_change_nothing(changed: str, pointers: tuple[str, str]) -> None:
    before = dockerfile("FROM node:22\nRUN a\nRUN b\n", "/stages/0/base", "/stages/0/instructions/1/command")
    assert dockerfile(changed, *pointers) == before


def test_another_image_or_command_is_another_finding() -> None:
    text = "FROM node:22\nRUN a\nRUN b\nCMD a\nFROM alpine\nRUN a\nFROM node:24\n"
    stages = dockerfile(text, *(f"/stages/{n}/base" for n in range(3)))
    assert len(set(stages)) == 3
    lines = dockerfile(
        text, *(f"/stages/0/instructions/{n}/command" for n in range(3)), "/stages/1/instructions/0/command"
    )
    assert len(set(lines)) == 4


def test_two_documents_by_turns_are_told_apart() -> None:
    first, second = (document({"x": [{"v": [n]}]}) for n in (1, 2))
    maker = Fingerprints()
    found = [maker.of("a/b", "f.yaml", one, "/x/0/v") for one in (first, second, first, second)]
    assert found == [
        *prints(first.data, "/x/0/v"),
        *prints(second.data, "/x/0/v"),
        *(f"{one}:2" for one in found[:2]),
    ]


def test_an_inserted_item_moves_no_other() -> None:
    before = prints({"x": [{"name": "a", "v": 1}]}, "/x/0/v")
    after = prints({"x": [{"name": "new"}, {"name": "a", "v": 1}]}, "/x/1/v")
    assert before == after


def test_a_changed_value_is_the_same_finding() -> None:
    assert prints({"x": [{"name": "a", "v": 1}]}, "/x/0/v") == prints(
        {"x": [{"name": "a", "v": 2}]}, "/x/0/v"
    )


def test_rule_path_resource_and_place_tell_findings_apart() -> None:
    data = {"a": 1, "b": 1}
    base = prints(data, "/a")
    others = [
        prints(data, "/b"),
        prints(data, "/a", path="g.yaml"),
        prints(data, "/a", rule="a/c"),
        prints(data, "/a", name="Deployment/api"),
    ]
    assert len({*base, *(o[0] for o in others)}) == 5


def test_a_second_violation_of_the_same_name_is_counted() -> None:
    first, second = prints({"a": 1}, "/a", "/a")
    assert second == f"{first}:2"


def test_a_place_that_is_absent_has_a_fingerprint() -> None:
    assert prints({"x": []}, "/x/0/y") != prints({"x": []}, "/x/0/z")
