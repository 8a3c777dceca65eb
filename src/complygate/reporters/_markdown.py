"""Markdown: a rule's prose as plain text, and foreign text made harmless inside Markdown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from complygate.reporters._links import rule_url
from complygate.reporters._plain import cut, one_line

if TYPE_CHECKING:
    from complygate.model.policy import EffectiveRule, Policy
    from complygate.model.rule import Example

_FENCE = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]*)\)")
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_EXPECT = re.compile(r"[ \t]*#[ \t]*expect\b.*$", re.MULTILINE)
_SPECIAL = re.compile(r"([\\`*_\[\]~|#!])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MENTION = re.compile(r"(@|\\#)(?=\w)")
_BACKTICKS = re.compile(r"`+")
_EXAMPLE_LINES = 40


def plain(markdown: str) -> str:
    """Return prose without its Markdown marks: for fields and terminals that show text as it is."""
    text = _FENCE.sub("", markdown)
    text = _LINK.sub(lambda m: m[1] if m[1] == m[2] else f"{m[1]} ({m[2]})", text)
    text = _EMPHASIS.sub(r"\2", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def first_paragraph(markdown: str) -> str:
    """Return the first paragraph of some prose as one plain line."""
    for part in re.split(r"\n\s*\n", markdown.strip()):
        line = one_line(plain(part))
        if line:
            return line
    return ""


def escape(text: str) -> str:
    """Return foreign text so that it shows as itself in Markdown, a table cell included.

    No HTML, no emphasis, no link, no table border, and nobody is mentioned: GitHub looks for names in the
    rendered text, so a zero-width space follows each "@" and "#" that might begin one.
    """
    line = _SPECIAL.sub(r"\\\1", one_line(text).translate(_ENTITIES))
    return _MENTION.sub("\\1\u200b", line)


def code(text: str) -> str:
    """Return foreign text as code, for names and paths."""
    return f"<code>{_SPECIAL.sub(_numeric, one_line(text).translate(_ENTITIES))}</code>"


def _numeric(match: re.Match[str]) -> str:
    return f"&#{ord(match[1])};"


def fenced(text: str) -> str:
    """Return `text` as a code block; the fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.rstrip()}\n{fence}"


def rule_help(effective: EffectiveRule, policy: Policy) -> str:
    """Return what a person needs to know about a rule: why, how to fix, examples, controls, references."""
    rule = effective.rule
    parts = [f"**{rule.title}**", rule.why.strip(), "### How to fix", rule.fix.strip()]
    if rule.failing:
        parts += ["### Does not comply", _example(rule.failing[0])]
    if rule.passing:
        parts += ["### Complies", _example(rule.passing[0])]
    if rule.controls:
        parts += ["### Evidence for", "\n".join(_control(control, policy) for control in rule.controls)]
    references = list(dict.fromkeys([rule_url(rule), *rule.references]))
    parts += ["### References", "\n".join(f"- <{reference}>" for reference in references)]
    parts.append(f"Rule `{rule.id}`, severity {effective.severity}.")
    return "\n\n".join(part for part in parts if part)


def _example(example: Example) -> str:
    lines = _EXPECT.sub("", example.text).rstrip().split("\n")
    if len(lines) > _EXAMPLE_LINES:
        lines = [*lines[:_EXAMPLE_LINES], "…"]
    if example.params:
        lines = [f"# params: {json.dumps(example.params)}", *lines]
    return fenced("\n".join(lines))


def _control(control_id: str, policy: Policy) -> str:
    control = policy.controls.get(control_id)
    if control is None:
        return f"- `{control_id}`"
    title = cut(escape(control.title), 200)
    framework = escape(" ".join(filter(None, (control.framework_title, control.framework_version))))
    name = f"[`{control_id}`](<{control.url}>)" if control.url else f"`{control_id}`"
    return f"- {name}: {title} ({framework})"
