"""The pages of the documentation that are written from the built-in rules and policies, whole.

`docs/rules/` has a page for each rule and `docs/policies/` one for each policy, each folder with an index.
`tools/reference.py` writes them, and removes those of what is no longer there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tools import policy_pages, rule_pages

from complygate import policy

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("rules", "policies")
_WRITTEN = "<!-- Written by tools/reference.py: change {source} instead. -->\n"


def written() -> dict[str, str]:
    """Return every page that should be there: its text by its path below `docs/`."""
    chosen = policy.load_set("builtin:", base=ROOT)
    used = {name: policy.load(f"builtin:{name}", base=ROOT) for name in sorted(chosen.policies)}
    pages = {}
    for rule in chosen.rules.values():
        note = _WRITTEN.format(source=f"rules/{rule.id}.yaml")
        pages[f"rules/{rule.id}.md"] = note + rule_pages.page(rule, chosen.controls, used)
    for name, resolved in used.items():
        note = _WRITTEN.format(source=f"policies/{name}.yaml")
        pages[f"policies/{name}.md"] = note + policy_pages.page(chosen.policies[name], resolved)
    pages["rules/README.md"] = _WRITTEN.format(source="rules/") + rule_pages.index(chosen.rules.values())
    pages["policies/README.md"] = _WRITTEN.format(source="policies/") + policy_pages.index(
        [(chosen.policies[name], resolved) for name, resolved in used.items()]
    )
    return pages


def stale(docs: Path, pages: dict[str, str]) -> Iterator[tuple[Path, str | None]]:
    """Yield each file below `docs` that is not as in `pages`, with the text it should have; None for none.

    Args:
        docs: the folder.
        pages: what `written` gives.
    """
    for name, text in pages.items():
        file = docs / name
        if not file.is_file() or file.read_text("utf-8") != text:
            yield file, text
    for folder in FOLDERS:
        for file in sorted((docs / folder).rglob("*.md")):
            if file.relative_to(docs).as_posix() not in pages:
                yield file, None
