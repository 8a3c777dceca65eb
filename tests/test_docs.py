"""What must be documented is: commands, options, problem kinds, reporters, reasons, pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from complygate.cli.main import command
from complygate.model import plugins
from complygate.model.problem import ProblemKind

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
CLI = (DOCS / "cli.md").read_text("utf-8")


def commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for word in group.list_commands(context):
        found = group.get_command(context, word)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, f"{name} {word}")
        else:
            yield f"{name} {word}", found


@pytest.mark.parametrize(("name", "found"), list(commands(command, "complygate")))
def test_every_command_and_option_is_described(name: str, found: click.Command) -> None:
    assert f"`{name}" in CLI
    assert found.help
    for parameter in found.params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[-1] in CLI, f"{name} {parameter.opts[-1]}"
            assert parameter.help or parameter.name == "format_"


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_kind_of_problem_is_described(kind: ProblemKind) -> None:
    assert f"`{kind}`" in CLI


def test_every_reason_for_leaving_a_file_out_is_described() -> None:
    code = "".join(
        (ROOT / "src/complygate/discover" / f"{name}.py").read_text() for name in ("walk", "sources")
    )
    used = {
        *re.findall(r'reason = "([a-z-]+)"', code),
        *re.findall(r'return "([a-z-]+)"', code),
        *re.findall(r'return "", "([a-z0-9-]+)"', code),
        *re.findall(r'"(vendored|ignored|missing|not-recognised)"', code),
    } - {"unread"}  # the memo's key, not a reason
    assert {"link", "ignored", "vendored", "binary", "not-utf-8", "excluded"} <= used
    for reason in used:
        assert f"`{reason}`" in CLI, reason


@pytest.mark.parametrize("name", plugins.names("complygate.reporters"))
def test_every_output_is_described(name: str) -> None:
    assert f"`{name}`" in (DOCS / "output.md").read_text("utf-8")
    assert f"`{name}`" in CLI


def test_every_page_is_on_the_map_and_every_link_leads_somewhere() -> None:
    overview = (DOCS / "README.md").read_text("utf-8")
    for page in DOCS.glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in overview, page.name
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"
