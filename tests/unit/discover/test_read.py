"""Reading a tree: a stream, an account, and a reader's crash that hides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from complygate.discover import Reader, list_tree
from complygate.discover.walk import Root
from complygate.formats import compose
from complygate.model.document import Document
from complygate.model.problem import Problem, ProblemKind

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n"


def reader(root: Path, **files: str | bytes) -> Reader:
    for name, content in files.items():
        target = root / name.replace("__", "/").replace("_yaml", ".yaml")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Reader(list_tree(Root(root)), watch="complygate:")


def test_documents_and_the_account_of_them(tmp_path: Path) -> None:
    found = reader(tmp_path, a_yaml=POD, b_yaml="just: data\n", c_yaml=f"{POD}# complygate: x\n")
    documents = [item for item in found if isinstance(item, Document)]
    assert [d.path for d in documents] == ["a.yaml", "c.yaml"]
    coverage = found.coverage({"r": 2})
    assert coverage.files == 2
    assert coverage.documents == {"kubernetes/Pod": 2}
    assert coverage.formats == {"kubernetes": 2}
    assert [(i.path, i.reason) for i in coverage.left_out] == [("b.yaml", "not-recognised")]
    assert found.watched == {"c.yaml": ("#",)}


def test_a_file_that_is_claimed_and_is_no_text_is_a_problem(tmp_path: Path) -> None:
    found = reader(tmp_path, **{".github/workflows/ci.yml": b"on: \xff\n"})
    (problem,) = list(found)
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.path) == (ProblemKind.PARSE_ERROR, ".github/workflows/ci.yml")
    assert found.coverage({}).unparsed == (".github/workflows/ci.yml",)


def test_a_crash_in_a_reader_is_a_problem_and_the_rest_is_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(sources: list[object]) -> Iterator[Document]:
        if sources:
            raise ZeroDivisionError("oops")
        yield from ()

    monkeypatch.setattr(compose, "read", crash)
    found = list(reader(tmp_path, compose_yaml="services: {}\n", pod_yaml=POD))
    (problem,) = [item for item in found if isinstance(item, Problem)]
    assert problem.kind is ProblemKind.ENGINE_ERROR
    assert "compose" in problem.message
    assert "ZeroDivisionError: oops" in problem.message
    assert [item.path for item in found if isinstance(item, Document)] == ["pod.yaml"]


def test_context_comes_ahead_of_the_stream(tmp_path: Path) -> None:
    entity = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec: {owner: x}\n"
    found = reader(tmp_path, **{"catalog-info_yaml": entity, "CODEOWNERS": "* @a\n", "a_yaml": POD})
    assert {d.kind for d in found.context()} == {"backstage/Component", "codeowners/file"}
    assert len([item for item in found if isinstance(item, Document)]) == 3
