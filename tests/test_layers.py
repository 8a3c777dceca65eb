"""Plug-ins do not know one another: a new one is a module, and no other module learns of it."""

from __future__ import annotations

import ast
from pathlib import Path

import grimp
import pytest

from complygate.model import plugins

PACKAGES = ("complygate.formats", "complygate.engines", "complygate.reporters")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("complygate", cache_dir=None)


@pytest.mark.parametrize("package", PACKAGES)
def test_plug_ins_do_not_import_one_another(graph: grimp.ImportGraph, package: str) -> None:
    found = {f"{package}.{name}" for name in plugins.names(package)}
    assert found
    for plugin in found:
        inside = {plugin, *graph.find_descendants(plugin)}
        reached = {m for module in inside for m in graph.find_upstream_modules(module)} - inside
        assert reached.isdisjoint(found), f"{plugin} imports {reached & found}"


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_imports_a_plug_in_by_name(graph: grimp.ImportGraph, package: str) -> None:
    for name in plugins.names(package):
        plugin = f"{package}.{name}"
        inside = {plugin, *graph.find_descendants(plugin)}
        importers = {m for module in inside for m in graph.find_modules_that_directly_import(module)} - inside
        assert not importers, f"{importers} import {plugin}"


@pytest.mark.parametrize(
    ("library", "module"), [("git", "sources/mirror.py"), ("cryptography", "attest/keys.py")]
)
def test_a_library_is_imported_in_one_module_alone(library: str, module: str) -> None:
    package = Path(plugins.__file__).parents[1]
    found = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if any(name.partition(".")[0] == library for name in names):
                found.add(file.relative_to(package).as_posix())
    assert found == {module}
