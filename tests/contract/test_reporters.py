"""What every reporter must do; a new module in `reporters/` is tried by itself."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from tests.unit.reporters import reports

from complygate.model import plugins
from complygate.model.report import Report

NAMES = plugins.names("complygate.reporters")
CASES = [(name, profile) for name in NAMES for profile in (plugins.reporter(name).PROFILES or ("",))]
REPORTS: dict[str, Callable[[], Report]] = {
    "empty": reports.empty,
    "rich": reports.rich,
    "undecided": reports.undecided,
    "baselined": reports.baselined,
    "hostile": reports.hostile,
    "many": lambda: reports.many(300),
}
RENDERINGS = [(*case, which) for case in CASES for which in REPORTS]


def rendered(name: str, profile: str, report: Report, *, color: bool = False) -> str:
    out = io.StringIO()
    plugins.reporter(name).render(report, out, profile=profile, color=color)
    return out.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_offers_what_the_protocol_says(name: str) -> None:
    reporter = plugins.reporter(name)
    assert name == reporter.NAME
    assert reporter.SUFFIX.startswith(".")
    assert len(set(reporter.PROFILES)) == len(reporter.PROFILES)


def test_the_reporters_are_there() -> None:
    assert {"text", "json", "sarif", "markdown", "github"} <= set(NAMES)


@pytest.mark.parametrize(("name", "profile", "which"), RENDERINGS)
def test_renders_the_same_text_each_time(name: str, profile: str, which: str) -> None:
    first = rendered(name, profile, REPORTS[which]())
    assert first == rendered(name, profile, REPORTS[which]())
    assert first.endswith("\n")
    assert not first.endswith("\n\n")


@pytest.mark.parametrize(("name", "profile", "which"), RENDERINGS)
def test_can_be_written_as_utf8_and_carries_no_control_character(name: str, profile: str, which: str) -> None:
    text = rendered(name, profile, REPORTS[which]())
    text.encode("utf-8")
    assert not [c for c in text if c != "\n" and (ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0)]


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_the_default_profile_is_the_first(name: str, profile: str) -> None:
    if profile == (plugins.reporter(name).PROFILES or ("",))[0]:
        assert rendered(name, "", reports.rich()) == rendered(name, profile, reports.rich())


@pytest.mark.parametrize(("name", "profile", "which"), [r for r in RENDERINGS if r[0] in {"json", "sarif"}])
def test_machine_formats_are_json_and_take_no_colour(name: str, profile: str, which: str) -> None:
    plain = rendered(name, profile, REPORTS[which]())
    assert isinstance(json.loads(plain), dict)
    assert rendered(name, profile, REPORTS[which](), color=True) == plain


@pytest.mark.parametrize(("name", "profile", "which"), RENDERINGS)
def test_tells_the_verdict(name: str, profile: str, which: str) -> None:
    report = REPORTS[which]()
    assert str(report.verdict.outcome) in rendered(name, profile, report)


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_names_every_blocking_rule_and_its_file(name: str, profile: str) -> None:
    report = reports.rich()
    text = rendered(name, profile, report)
    for finding in report.findings:
        if finding.blocks:
            assert finding.rule in text
            assert "deployment.yaml" in text


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_tells_every_problem_that_blocks(name: str, profile: str) -> None:
    text = rendered(name, profile, reports.undecided())
    assert "mapping values are not allowed here" in text
    assert "no such key: spec" in text


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_shows_no_credentials_of_the_remote(name: str, profile: str) -> None:
    assert "user:secret" not in rendered(name, profile, reports.rich())
