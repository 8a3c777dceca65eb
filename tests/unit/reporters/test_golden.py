"""Whole outputs, as files to read. `UPDATE_GOLDEN=1 make test` writes them anew; read the diff."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from tests.unit.reporters import reports

from complygate.model import plugins

GOLDEN = Path(__file__).parent / "golden"
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
CASES = [
    (which, name, profile)
    for which in ("empty", "rich", "undecided", "hostile")
    for name in plugins.names("complygate.reporters")
    for profile in (plugins.reporter(name).PROFILES or ("",))
]


@pytest.mark.parametrize(("which", "name", "profile"), CASES)
def test_output_is_as_agreed(which: str, name: str, profile: str) -> None:
    reporter = plugins.reporter(name)
    out = io.StringIO()
    reporter.render(getattr(reports, which)(), out, profile=profile)
    path = GOLDEN / f"{which}{f'.{profile}' if profile else ''}{reporter.SUFFIX}"
    if UPDATE:
        path.write_text(out.getvalue(), "utf-8", newline="\n")
    assert out.getvalue() == path.read_bytes().decode("utf-8")
