"""The page of a policy, and the index of all of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tools.markdown_parts import cell, table
from tools.rule_pages import level_of

from complygate.model.policy import Effect, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from complygate.model.policy import EffectiveRule, Policy, Waivable
    from complygate.policy.policies import PolicyFile

_DOES = {
    Level.ENFORCE: ("Blocks", "A finding of these rules fails the scan."),
    Level.WARN: ("Warns", "A finding of these rules is shown, and blocks nothing."),
    Level.AUDIT: ("Records", "A finding of these rules is counted in reports, and blocks nothing."),
}
_LINK = "../rules/{}.md"
_CHECKS = "../checkov.md"


def page(written: PolicyFile, resolved: Policy) -> str:
    """Return the page of a policy, in Markdown.

    Args:
        written: the policy as its file says it.
        resolved: what comes of it.
    """
    data = written.file.data
    parts = [f"# {resolved.name}", f"**{resolved.title}**", str(data.get("description", "")).strip()]
    parts += ["## How to use it", _use(resolved.name)]
    parts += ["## What it selects", _ENTRIES, table(["rules", "level"], _entries(data["rules"], written))]
    parts += ["## Excusing a finding", *_excuses(resolved)]
    parts += ["## What cannot be decided", _undecided(resolved)]
    for level, (title, meaning) in _DOES.items():
        uses = [use for use in resolved.rules.values() if level_of(use.enforcement) is level]
        if uses:
            parts += [f"## {title}: {_count(len(uses), 'rule')}", meaning, table(_HEADS, map(_row, uses))]
    parts.append(f"Written in [policies/{resolved.name}.yaml](../../policies/{resolved.name}.yaml).")
    return "\n\n".join(filter(None, parts)) + "\n"


_HEADS = ["rule", "severity", "what a compliant file meets"]
_ENTRIES = "Where several lines select a rule, the last one says its level."


def _use(name: str) -> str:
    return f"""\
```sh
complygate scan --policy builtin:{name}
complygate policy show --policy builtin:{name}
```

A policy of one's own can stand on it and tighten it (`base: builtin:{name}`, see
[tighten-only.md](../tighten-only.md)), or select as it does and decide otherwise: see
[policy.md](../policy.md)."""


def _entries(entries: Iterable[Mapping[str, Any]], written: PolicyFile) -> Iterator[tuple[str, str]]:
    default = level_of(written.enforcement) if written.enforcement else Level.ENFORCE
    for number, entry in enumerate(entries):
        left_out = str(default) if not number else f"{default}, or as an earlier line says"
        level = str(entry.get("enforcement", left_out))
        yield _selected(entry["select"]) + _where(entry.get("scope", {})), level


def _where(scope: Mapping[str, Any]) -> str:
    """Return in which repositories and where an entry holds, in words; "" for everywhere."""
    fields = [f"`{name}` {_values(value)}" for name, value in scope.get("catalog", {}).items()]
    words = [f"where the catalogue entry says {' and '.join(fields)}"] if fields else []
    words += [f"for {key} {_values(value)}" for key, value in scope.items() if key != "catalog"]
    return f", {', '.join(words)}" if words else ""


def _selected(select: Mapping[str, Any]) -> str:
    if select.get("all"):
        return "all rules"
    words = {
        "ids": "the rules", "tags": "tagged", "severity": "of severity", "controls": "with controls",
        "checkov": "Checkov's",
    }  # fmt: skip
    return ", ".join(f"{words.get(key, key)} {_values(value)}" for key, value in select.items())


def _values(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return " or ".join(f"`{one}`" for one in values) if len(values) < _MANY else ", ".join(
        f"`{one}`" for one in values
    )  # fmt: skip


_MANY = 4
_NO_WAIVERS = (
    "Waivers are for a policy of one's own, which says who may grant them ([waivers.md](../waivers.md))."
)


def _excuses(resolved: Policy) -> Iterator[str]:
    """Yield a paragraph for each set of terms that rules of the policy have, the most frequent first."""
    terms = Counter(use.waivable for use in resolved.rules.values())
    for number, (one, count) in enumerate(terms.most_common()):
        some = "" if number == 0 else f"For {_count(count, 'rule')} other terms hold. "
        yield some + " ".join(_terms(one))


def _terms(terms: Waivable) -> Iterator[str]:
    needs = [
        word for word, asked in (("a reason", terms.require_reason), ("an end", terms.require_until)) if asked
    ]
    said = f", with {' and '.join(needs)}" if needs else ""
    if terms.inline:
        yield f"An ignore comment in the file counts{said} ([ignores.md](../ignores.md))."
    if terms.repository:
        yield "So does a waiver in the repository, by an owner of its file ([waivers.md](../waivers.md))."
    if terms.max_days:
        yield f"It lasts {terms.max_days} days at most."
    if not (terms.approvers or terms.repository):
        yield _NO_WAIVERS


def _undecided(resolved: Policy) -> str:
    fails = [f"`{kind}`" for kind, effect in resolved.undecided.items() if effect is Effect.FAIL]
    shows = [f"`{kind}`" for kind, effect in resolved.undecided.items() if effect is not Effect.FAIL]
    return (
        f"The scan is not green on {', '.join(fails)}; it shows {', '.join(shows)}. "
        "[cli.md](../cli.md) says what they are."
    )


def _row(use: EffectiveRule) -> tuple[str, str, str]:
    own = bool(use.rule.applies_to)
    link = _LINK.format(use.rule.id) if own else _CHECKS
    return f"[{use.rule.id}]({link})", str(use.severity), cell(use.rule.title)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def index(policies: Iterable[tuple[PolicyFile, Policy]]) -> str:
    """Return the index of the built-in policies."""
    rows = []
    for written, resolved in policies:
        levels = Counter(level_of(use.enforcement) for use in resolved.rules.values())
        numbers = [str(levels[level]) for level in _DOES]
        rows.append((f"[{resolved.name}]({resolved.name}.md)", cell(written.title), *numbers))
    heads = ["policy", "what for", *(title.lower() for title, _ in _DOES.values())]
    return "\n\n".join(["# Built-in policies", _INDEX, table(heads, rows)]) + "\n"


_INDEX = """\
`complygate scan --policy builtin:NAME` judges by one of them; without a policy it is `baseline`. The last
columns count the rules that block, warn and are recorded. [policy.md](../policy.md) says how to write another
policy."""
