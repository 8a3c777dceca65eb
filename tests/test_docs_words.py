"""The words of the vocabulary that users meet are in the documentation, by name."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from complygate.gate.exit_codes import ExitCode
from complygate.model import plugins
from complygate.model.finding import Disposition
from complygate.model.policy import Effect, Level
from complygate.model.problem import ProblemKind
from complygate.model.report import Outcome
from complygate.model.rule import Severity

ROOT = Path(__file__).resolve().parents[1]
PAGES = {page.name: page.read_text("utf-8") for page in (ROOT / "docs").glob("*.md")}
ALL = "\n".join(PAGES.values())
CODE = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "src/complygate").rglob("*.py")))
ENVIRONMENT = {
    *re.findall(r'\benviron(?:\.get\(|\[)"(\w+)"', CODE),
    *re.findall(r'"(\w+)" (?:not )?in os\.environ\b', CODE),
    *re.findall(r'\bgetenv\("(\w+)"', CODE),
}


@pytest.mark.parametrize("words", [Disposition, Level, Effect, Outcome, ProblemKind, Severity])
def test_every_word_of_a_kind_is_described(words: type[StrEnum]) -> None:
    missing = [word for word in words if f"`{word}`" not in ALL]
    assert missing == []


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_described(code: ExitCode) -> None:
    assert re.search(rf"^\| {int(code)} \|", PAGES["ci.md"], re.MULTILINE)


@pytest.mark.parametrize("form", plugins.formats(), ids=lambda form: form.NAME)
def test_every_format_is_described(form: plugins.Format) -> None:
    assert re.search(rf"^\| {re.escape(form.NAME)} \|", PAGES["architecture.md"], re.MULTILINE)
    named = [kind for kind in form.KINDS if not kind.endswith("*")]
    families = [kind.removesuffix("*") for kind in form.KINDS if kind.endswith("*")]
    assert any(f"`{kind}`" in PAGES["formats.md"] for kind in named) or any(
        f"`{family}<" in PAGES["formats.md"] for family in families
    )


@pytest.mark.parametrize("name", plugins.names("complygate.engines"))
def test_every_engine_is_described(name: str) -> None:
    assert f"`{name}`" in PAGES["rules.md"].partition("### check")[2].partition("###")[0]


def test_every_environment_variable_is_described() -> None:
    assert {"COMPLYGATE_POLICY", "NO_COLOR", "TERM"} <= ENVIRONMENT
    set_by_us = {"HOME", "TMPDIR"}  # for Checkov's process, in which nothing of the user's is read
    assert [name for name in sorted(ENVIRONMENT - set_by_us) if name not in PAGES["cli.md"]] == []
