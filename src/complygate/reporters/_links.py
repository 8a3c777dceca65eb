"""Addresses that reports name. Defined once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from complygate.model.remote import public_url

if TYPE_CHECKING:
    from complygate.model.report import Provenance
    from complygate.model.rule import Rule

PROJECT_URL = "https://github.com/complygate/complygate"
_DOCS_URL = f"{PROJECT_URL}/blob/main/docs"
RULES_URL = f"{_DOCS_URL}/rules.md"

_HOSTED = re.compile(r"(?:^|\.)(?:github|gitlab)\.")


def rule_url(rule: Rule) -> str:
    """Return an absolute URL to read about `rule`.

    That of a built-in rule is its page in the project's documentation; that of a tool's own check the page
    about the tool; that of another its first reference, else the page about rules.
    """
    if rule.built_in and not rule.applies_to:
        return f"{_DOCS_URL}/{rule.engine}.md"
    if rule.built_in:
        return f"{_DOCS_URL}/rules/{rule.id}.md"
    for reference in rule.references:
        if reference.startswith(("http://", "https://")):
            return reference
    return RULES_URL


def path_uri(path: str) -> str:
    """Return `path`, relative to the scanned root, as a relative URI reference.

    A name that is no UTF-8 keeps its bytes; the root itself is ".".
    """
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "replace")
    return quote(raw, safe="/") or "."


def line_url(provenance: Provenance, path: str, line: int) -> str:
    """Return the web page of a line on GitHub or GitLab, or "" when the remote is neither."""
    parts = urlsplit(public_url(provenance.repository))
    if not provenance.commit or not parts.hostname or not _HOSTED.search(parts.hostname):
        return ""
    name = parts.path.removesuffix("/").removesuffix(".git")
    blob = "-/blob" if "gitlab" in parts.hostname else "blob"
    return f"https://{parts.hostname}{name}/{blob}/{provenance.commit}/{path_uri(path)}#L{line}"
