"""docs/ignores.md is true: its example is scanned, its notices and terms are the program's."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from complygate import api, policy
from complygate.model.report import Report
from complygate.model.rule import Severity

PAGE = (Path(__file__).resolve().parents[1] / "docs/ignores.md").read_text("utf-8")
EXAMPLE = PAGE.partition("## An example")[2]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """What the page's own command says about the page's own files."""
    for text in re.findall(r"```yaml\n(.*?)```", EXAMPLE, re.DOTALL):
        head, _, body = text.partition("\n")
        file = tmp_path / head.removeprefix("# file: ")
        file.parent.mkdir(parents=True, exist_ok=True)
        # The first line says which file it is; lines count as the page shows them.
        file.write_text(f"{head}\n{body}")
    command = re.search(r"`complygate scan (\S+) --policy (\S+) --as-of (\S+)`", EXAMPLE)
    assert command is not None
    day = dt.date.fromisoformat(command[3])
    request = api.ScanRequest((Path(command[1]),), command[2], tmp_path, day)
    return api.scan(request)


def test_the_example_is_judged_as_the_page_says(report: Report) -> None:
    (said,) = re.findall(r"```text\n(.*?)```", EXAMPLE, re.DOTALL)
    findings = [f"{f.region.span.line} {f.rule} {f.disposition}" for f in report.findings]
    notices = [f"{notice.line} {notice.message}" for notice in report.notices]
    assert sorted(findings, key=lambda line: int(line.split()[0])) + notices == said.splitlines()


@pytest.mark.parametrize("name", ["baseline", "strict"])
def test_the_terms_of_the_built_in_policies_are_those_of_the_page(name: str) -> None:
    rules = policy.load(f"builtin:{name}", base=Path()).rules.values()
    said = re.search(
        rf"`builtin:{name}` has `\{{(.*?)\}}`(?:, and `\{{(.*?)\}}` for critical findings)?", PAGE
    )
    assert said
    usual, critical = said[1], said[2] or said[1]
    for shown, is_critical in ((usual, False), (critical, True)):
        written = dict(pair.split(": ") for pair in shown.split(", "))
        (found,) = {r.waivable for r in rules if (r.severity is Severity.CRITICAL) is is_critical}
        assert written == {
            key: str(getattr(found, key)).lower()
            for key in ("inline", "max_days", "require_until")
            if getattr(found, key)
        }


def test_every_notice_is_one_that_the_program_gives() -> None:
    code = "".join(path.read_text("utf-8") for path in Path(api.__file__).parent.glob("triage/*.py"))
    shown = re.findall(r"^\| `(the ignore [^`]*)`", PAGE, re.MULTILINE)
    assert len(shown) == 9
    for notice in shown:
        _, _, reason = notice.partition(": ")
        # What stands in the notice for a value (a date, a number, a word) is another in the program.
        words = re.split(r"\d{4}-\d{2}-\d{2}|\d+|=soon|kubernetes/host-path", reason)
        assert all(word.strip() in code for word in words), notice
