"""docs/rules.md and docs/policy.md: what they show loads, and what they list is what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tools import pages

from complygate import policy
from complygate.errors import PolicyError
from complygate.model.rule import PLACEHOLDERS
from complygate.prove import prove
from complygate.reporters._links import RULES_URL, rule_url

ROOT = Path(__file__).resolve().parents[3]
PAGES = ("rules", "policy", "policy-sources", "waivers", "baseline", "tighten-only")
DOCS = {name: (ROOT / f"docs/{name}.md").read_text("utf-8") for name in PAGES}
BLOCK = re.compile(r"```yaml\n# file: (\S+)\n(.*?)```", re.DOTALL)
SHOWN = {path: text for page in DOCS.values() for path, text in BLOCK.findall(page)}


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """Write every file that the pages show; together they are a policy set."""
    for path, text in SHOWN.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return tmp_path


def test_the_tables_are_those_of_the_rules_and_the_schemas() -> None:
    command = [sys.executable, str(ROOT / "tools/reference.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_built_in_rule_has_a_page_where_reports_link_to() -> None:
    index = (ROOT / "docs/rules/README.md").read_text("utf-8")
    docs = RULES_URL.removesuffix("/rules.md")
    for rule in policy.load_set("builtin:", base=ROOT).rules.values():
        url = rule_url(rule)
        assert (ROOT / "docs" / url.removeprefix(f"{docs}/")).is_file()
        assert f"[{rule.id}]({url.removeprefix(f'{docs}/rules/')})" in index


def test_every_link_of_the_written_pages_leads_somewhere() -> None:
    written = [*(ROOT / "docs/rules").rglob("*.md"), *(ROOT / "docs/policies").glob("*.md")]
    assert len(written) > 100
    for page in written:
        # Not what an example or a rule's text quotes as code.
        text = re.sub(
            r"^(```+).*?^\1$|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
        )
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            assert "://" in link or (page.parent / link).exists(), f"{page}: {link}"


def test_a_page_that_is_old_or_without_a_rule_is_stale(tmp_path: Path) -> None:
    for name in ("rules/a/old.md", "rules/a/gone.md", "rules/a/same.md", "policies/gone.md", "rules.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    wanted = {"rules/a/old.md": "other", "rules/a/same.md": "text", "rules/a/new.md": "new"}
    found = [(file.relative_to(tmp_path).as_posix(), text) for file, text in pages.stale(tmp_path, wanted)]
    assert sorted(found) == [
        ("policies/gone.md", None),
        ("rules/a/gone.md", None),
        ("rules/a/new.md", "new"),
        ("rules/a/old.md", "other"),
    ]


def test_a_rules_page_says_what_a_reader_needs() -> None:
    page = (ROOT / "docs/rules/kubernetes/run-as-non-root.md").read_text("utf-8")
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert [h for h in headings if h != "Where other tools differ"] == [
        "Why", "How to comply", "Does not comply", "Complies", "Evidence for", "Read more",
    ]  # fmt: skip
    assert "runAsNonRoot: false  # reported\n" in page
    assert "| severity | high |" in page
    assert "`CKV_K8S_23`" in page
    assert "[strict](../../policies/strict.md) (enforce)" in page


def test_every_schema_has_a_table() -> None:
    tables = {name for page in DOCS.values() for name in re.findall(r"<!-- keys: (\w+)", page)}
    schemas = (ROOT / "src/complygate/policy/schemas").glob("*.json")
    assert tables == {file.name.partition("-v1")[0] for file in schemas}


def test_the_set_that_the_pages_show_loads(shown: Path) -> None:
    chosen = policy.load(".", base=shown)
    assert (chosen.name, set(SHOWN)) == (
        "shop",
        {"policyset.yaml", "policies/shop.yaml", "rules/shop/team-label.yaml", "controls/shop-handbook.yaml"},
    )
    assert chosen.rules["github-actions/pinned-uses"].params["trusted_owners"] == ["actions", "example-org"]


def test_the_rule_that_the_page_shows_is_proven(shown: Path) -> None:
    rule = policy.load_set(".", base=shown).rules["shop/team-label"]
    assert list(prove(rule)) == []
    assert rule.passing
    assert rule.failing


def test_the_forms_of_examples_that_the_page_shows_are_read(shown: Path) -> None:
    (block,) = re.findall(r"```yaml\n(examples:.*?)```", DOCS["rules"], re.DOTALL)
    file = shown / "rules/shop/team-label.yaml"
    file.write_text(file.read_text().partition("examples:")[0] + block)
    rule = policy.load_set(".", base=shown).rules["shop/team-label"]
    assert [(e.path, e.expect) for e in (*rule.passing, *rule.failing)] == [
        ("package.json", ()), ("package.json", (2,)), ("", ()),
    ]  # fmt: skip
    assert set(rule.failing[1].files or {}) == {"catalog-info.yaml", "CODEOWNERS"}


def test_the_mistakes_that_the_page_shows_are_said_so(shown: Path) -> None:
    for path, old, new in (
        ("policies/shop.yaml", "enforcement: {audit", "enforcment: {audit"),
        ("rules/shop/team-label.yaml", "severity: medium", "severity: hihg"),
    ):
        text = (shown / path).read_text()
        assert old in text
        (shown / path).write_text(text.replace(old, new))
    (block,) = re.findall(r"```text\n(.*?)```", DOCS["policy"], re.DOTALL)
    with pytest.raises(PolicyError) as caught:
        policy.load(".", base=shown)
    errors = (caught.value, *caught.value.others)
    assert "".join(f"error: {error}\n  help: {error.hint}\n" for error in errors) == block


def test_the_placeholders_are_those_that_messages_know() -> None:
    table = DOCS["rules"].partition("| placeholder |")[2].partition("\n\n")[0]
    listed = re.findall(r"`(\w+)`(?=[^|]*\|[^|]*\|$)", table, re.MULTILINE)
    assert set(listed) == set(PLACEHOLDERS)


def test_the_built_in_frameworks_are_listed() -> None:
    text = DOCS["rules"].partition("The built-in frameworks:")[2].partition(". Where")[0]
    controls = policy.load_set("builtin:", base=ROOT).controls.values()
    assert set(re.findall(r"`([^`]+)`", text)) == {control.framework for control in controls}


@pytest.mark.parametrize("page", DOCS)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", DOCS[page]):
        path, _, anchor = target.partition("#")
        file = (ROOT / "docs" / path).resolve() if path else ROOT / f"docs/{page}.md"
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}, target
