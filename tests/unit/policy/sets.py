"""Policy sets for tests: a small right one, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

from complygate import policy
from complygate.errors import PolicyError

RULE = """\
title: A title
severity: high
applies_to: kubernetes/Pod
select: $.spec.containers[*]
check:
  cel: 'true'
message: "{self.name} is wrong"
why: Because.
fix: Do it.
"""
POLICY = """\
name: p
title: P
rules:
  - select: {ids: [t/r]}
    enforcement: enforce
"""
Files = dict[str, "str | bytes | None"]


def rule(old: str, new: str) -> Files:
    """Return the rule with `old` replaced by `new`."""
    assert RULE.count(old) == 1, old
    return {"rules/t/r.yaml": RULE.replace(old, new)}


def policy_(old: str, new: str) -> Files:
    """Return the policy with `old` replaced by `new`."""
    assert POLICY.count(old) == 1, old
    return {"policies/p.yaml": POLICY.replace(old, new)}


def write(folder: Path, files: Files | None = None) -> Path:
    """Write the right set, with `files` in place of its own; None leaves a file out."""
    right: Files = {"rules/t/r.yaml": RULE, "policies/p.yaml": POLICY}
    for name, text in {**right, **(files or {})}.items():
        if text is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def mistakes(folder: Path, files: Files) -> list[tuple[str, str]]:
    """Return what loading says of the set with `files`: each message with its place, and its hint."""
    write(folder, files)
    try:
        policy.load(".", base=folder)
    except PolicyError as error:
        return [(str(one), one.hint) for one in (error, *error.others)]
    return []


def told(found: list[tuple[str, str]], said: list[str]) -> list[str]:
    """Return what was `found` as texts: with the hint where that of `said` has one."""
    with_hint = [" | " in text for text in said] + [True] * len(found)
    return [f"{m} | {h}" if full and h else m for (m, h), full in zip(found, with_hint, strict=False)]
