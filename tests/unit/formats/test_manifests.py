"""Dockerfiles, package manifests, the catalogue and CODEOWNERS: recognition, kinds, views, problems."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from complygate.formats import backstage, codeowners, docker, go, npm, python
from complygate.model.document import Document
from complygate.model.pointer import resolve
from complygate.model.problem import Problem, ProblemKind
from complygate.model.source import Files, Source


def source(path: str, text: str, *others: str) -> Source:
    return Source(path, text, Files(Path("/"), frozenset({path, *others})))


def documents(module: ModuleType, item: Source) -> list[Document]:
    found = list(module.read([item]))
    assert all(isinstance(d, Document) for d in found)
    return found


def problem(module: ModuleType, item: Source) -> Problem:
    found = next(iter(module.read([item])))
    assert isinstance(found, Problem)
    return found


@pytest.mark.parametrize(
    ("module", "path", "text", "claimed"),
    [
        (docker, "Dockerfile", "", True),
        (docker, "a/b/Dockerfile.prod", "ARG A\nFROM x\n", True),
        (docker, "web.Dockerfile", "ARG A\nFROM x\n", True),
        (docker, "Containerfile", "", True),
        (docker, "Containerfile.debug", "ARG A\nFROM x\n", True),
        (docker, "dockerfile", "ARG A\nFROM x\n", True),
        (docker, "Dockerfile-alpine", "ARG A\nFROM x\n", True),
        (docker, "Dockerfile.py", "FROM python:3\n", True),
        (docker, "Dockerfile.py", '"""Read:\n\nFROM x\n"""\n', False),
        (docker, "Dockerfile.part", "RUN x\n", False),
        (docker, "Dockerfile.dockerignore", "*\n", False),
        (docker, "Dockerfile.md", "FROM x\n", False),
        (docker, "dockerfiles.go", "package x\n", False),
        (docker, "Makefile", "FROM x\n", False),
        (npm, "a/package.json", "", True),
        (npm, "yarn.lock", "", True),
        (npm, "tsconfig.json", "", False),
        (python, "requirements.txt", "", True),
        (python, "requirements-dev.txt", "", True),
        (python, "dev-requirements.in", "", True),
        (python, "requirements/base.txt", "", True),
        (python, "constraints.txt", "", True),
        (python, "pylock.dev.toml", "", True),
        (python, "notes.txt", "", False),
        (python, "Cargo.toml", "", False),
        (go, "x/go.mod", "", True),
        (go, "go.sum", "", False),
        (backstage, "catalog-info.yaml", "", True),
        (backstage, "a/catalog-info.yml", "", True),
        (backstage, "org.yaml", "---\napiVersion: backstage.io/v1alpha1\nkind: Group\n", True),
        (backstage, "x.yaml", "apiVersion: v1\n# backstage.io/v1\n", False),
        (codeowners, "CODEOWNERS", "", True),
        (codeowners, ".github/CODEOWNERS", "", True),
        (codeowners, "docs/CODEOWNERS", "", True),
        (codeowners, "src/CODEOWNERS", "", False),
    ],
)
def test_claims(module: ModuleType, path: str, text: str, claimed: bool) -> None:
    assert module.claims(source(path, text)) == (path if claimed else None)


def test_dockerfile_views_lead_to_their_data() -> None:
    text = "ARG A=1\nFROM a AS b\nRUN x\nFROM b\nONBUILD ADD https://x /y\n"
    (document,) = documents(docker, source("Dockerfile", text))
    assert document.kind == "docker/Dockerfile"
    assert [(v.kind, v.base) for v in document.views] == [
        ("docker/instruction", "/instructions/0"),
        ("docker/stage", "/stages/0"),
        ("docker/instruction", "/stages/0/instructions/0"),
        ("docker/stage", "/stages/1"),
        ("docker/instruction", "/stages/1/instructions/0"),
        ("docker/instruction", "/stages/1/instructions/0/trigger"),
    ]
    for view in document.views:
        assert resolve(document.data, view.base) is view.data
        assert view.base in document.tree.values


def test_dockerfile_unknowns_and_problems() -> None:
    (document,) = documents(docker, source("Dockerfile", "ARG T\nFROM a:$T\n"))
    assert "/stages/0/base/tag" in document.unknowns
    broken = problem(docker, source("Dockerfile", "RUN x\n"))
    assert (broken.kind, broken.span and broken.span.line) == (ProblemKind.PARSE_ERROR, 1)
    noted = list(docker.read([source("Dockerfile", "FROM a\nFOO x\n")]))
    assert isinstance(noted[0], Problem)
    assert isinstance(noted[1], Document)


def test_dockerfile_template_is_not_rendered() -> None:
    found = problem(docker, source("Dockerfile.j2", "FROM {{ base }}\n"))
    assert found.kind is ProblemKind.NOT_RENDERED
    assert documents(docker, source("Dockerfile.in", "FROM a\n"))
    found = problem(docker, source("Dockerfile-alpine.template", "FROM php:%%PHP_VERSION%%-alpine\n"))
    assert found.kind is ProblemKind.NOT_RENDERED


def test_package_json() -> None:
    text = '{\n  "name": "a",\n  "scripts": {"postinstall": "curl x | sh"}\n}\n'
    (document,) = documents(npm, source("package.json", text))
    assert document.kind == "npm/package"
    assert document.data["scripts"]["postinstall"] == "curl x | sh"
    assert document.tree.keys["/scripts/postinstall"].line == 3
    assert problem(npm, source("package.json", "[]")).message == "The file does not hold an object."
    assert problem(npm, source("package.json", "{")).kind is ProblemKind.PARSE_ERROR


def test_python_project_and_requirements() -> None:
    (project,) = documents(python, source("pyproject.toml", '[project]\nname = "a"\ndependencies = ["b"]\n'))
    assert project.kind == "python/pyproject"
    assert project.data["project"]["dependencies"] == ["b"]
    assert project.tree.values["/project/dependencies/0"].line == 3
    (wanted,) = documents(python, source("requirements.txt", "a==1\n"))
    assert wanted.kind == "python/requirements"
    assert wanted.data["requirements"][0]["pinned"]
    assert problem(python, source("pyproject.toml", "[project\n")).kind is ProblemKind.PARSE_ERROR
    assert problem(python, source("requirements.txt", "a b\n")).kind is ProblemKind.PARSE_ERROR


def test_go_module_knows_of_its_sums() -> None:
    (without,) = documents(go, source("x/go.mod", "module a\n"))
    (beside,) = documents(go, source("x/go.mod", "module a\n", "x/go.sum"))
    assert (without.data["sum"], beside.data["sum"]) == (False, True)
    assert problem(go, source("go.mod", "")).kind is ProblemKind.PARSE_ERROR


def test_catalogue_entities() -> None:
    text = (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: web}\nspec: {owner: a}\n---\n"
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: web, namespace: shop}\n---\n"
    )
    found = documents(backstage, source("catalog-info.yaml", text))
    assert [(d.kind, d.name) for d in found] == [
        ("backstage/Component", "Component/default/web"),
        ("backstage/API", "API/shop/web"),
    ]
    assert found[1].tree.values["/metadata/namespace"].line == 8


@pytest.mark.parametrize("text", ["", "kind: Component\n", "- a\n", "apiVersion: v1\nkind: Pod\n", "a: [\n"])
def test_a_catalogue_file_that_holds_no_entity_is_a_problem(text: str) -> None:
    assert problem(backstage, source("catalog-info.yaml", text)).kind is ProblemKind.PARSE_ERROR


def test_codeowners_document() -> None:
    (document,) = documents(codeowners, source("CODEOWNERS", "* @a\n"))
    assert (document.kind, document.data["rules"][0]["owners"]) == ("codeowners/file", ["@a"])
