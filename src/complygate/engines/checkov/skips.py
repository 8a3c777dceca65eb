"""Checkov's own suppressions: taken out of the copy that checkov sees, and read here instead.

Checkov does not evaluate what is skipped, so whether a skip hides anything would stay unknown; and whether it
counts is the policy's to say. A skip changes no line and no column of the copy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complygate.model.remark import Skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMES = rb"checkov|bridgecrew|cortex"
_COMMENT = re.compile(rb"(?P<name>" + _NAMES + rb"):skip=")
_ANNOTATION = re.compile(rb"(?P<name>" + _NAMES + rb")\.io/skip")
_METADATA = re.compile(
    rb"(?m)(?P<name>\b(?:" + _NAMES + rb"))(?P<rest>[\"']?[ \t]*:[ \t]*(?:#[^\n]*)?(?:\r?\n|\{))"
)
_PRAGMA = re.compile(rb"pragma(?=:\s*(?:allow|white)list)")

_SAID = re.compile(
    r"(?:checkov|bridgecrew|cortex)(?::skip=|\.io/skip[^:=\s]*[\"']?[:=])\s*[\"']?"
    r"(?P<checks>[A-Za-z_\d-]+(?:,[A-Za-z_\d-]+)*)[:=]?(?P<reason>[^\n\"']*)"
)
_IN_METADATA = re.compile(r"[\"']?id[\"']?\s*:\s*[\"']?(?P<check>CKV\w*)")
_IN_TEMPLATE = re.compile(
    r"^\s*(?:\"checkov\"\s*:\s*)?\[?\s*\"(?P<check>CKV\w*)(?::(?P<reason>[^\"]*))?\"\s*[\],]*\s*$"
)
"""In the metadata of an ARM template: `"checkov": "CKV_AZURE_3:reason"`, or such texts in a list."""
_COMMENT_OF = re.compile(r"[\"']?comment[\"']?\s*:\s*[\"']?(?P<reason>[^\n\"']*)")
_ALLOWED = re.compile(r"pragma:\s*(?:allow|white)list")
HOW = "checkov:skip"


def without(content: bytes) -> bytes:
    """Return `content` with every suppression of checkov's spoiled, at the same length."""
    if b"skip" not in content and b"pragma" not in content:
        return content
    for pattern in (_COMMENT, _ANNOTATION, _METADATA):
        content = pattern.sub(lambda m: m[0].replace(m["name"], b"x" * len(m["name"]), 1), content)
    return _PRAGMA.sub(b"xragma", content)


def said(lines: Sequence[str], path: str) -> list[tuple[int, str, Skip]]:
    """Return line, check id and skip of each suppression that a file holds."""
    return list(_said(lines, path))


def _said(lines: Sequence[str], path: str) -> Iterator[tuple[int, str, Skip]]:
    for number, line in enumerate(lines, start=1):
        if "skip" in line:
            for found in _SAID.finditer(line):
                reason = found["reason"].strip().removesuffix("*/").strip()
                for check in found["checks"].split(","):
                    yield number, check, Skip(HOW, reason, path, number)
        if "CKV" in line and (listed := _IN_METADATA.search(line)):
            around = "\n".join(lines[max(0, number - 2) : number + 1])
            comment = _COMMENT_OF.search(around)
            yield (
                number,
                listed["check"],
                Skip(HOW, comment["reason"].strip() if comment else "", path, number),
            )
        if "CKV" in line and (written := _IN_TEMPLATE.search(line)):
            yield number, written["check"], Skip(HOW, written["reason"] or "", path, number)
        if _ALLOWED.search(line):
            yield number, "CKV_SECRET_", Skip("allowlist pragma", "", path, number)
            if "nextline" in line:
                yield number + 1, "CKV_SECRET_", Skip("allowlist pragma", "", path, number)


def skip_of(skips: Sequence[tuple[int, str, Skip]], check: str, first: int, last: int) -> Skip | None:
    """Return the skip that checkov would have applied to `check` on a block of lines, or None.

    Args:
        skips: those of the file.
        check: the check's id.
        first: the block's first line; 0 means the whole file.
        last: its last line.
    """
    for line, name, skip in skips:
        fits = check.startswith(name) if name.endswith("_") else check == name
        if fits and (first <= 0 or first <= line <= last):
            return skip
    return None
