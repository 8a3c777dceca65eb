"""The page of a rule, and the index of all of them."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

import yaml
from tools.markdown_parts import cell, fenced, row, table

from complygate.model.policy import Level
from complygate.prove import default_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from complygate.model.policy import Control, Policy
    from complygate.model.rule import Example, Rule

_EXPECT = re.compile(r"(#|//|;)\s*expect\b")
GROUPS = {
    "aws": "AWS, in Terraform and CloudFormation",
    "azure": "Azure, in Terraform",
    "azure-pipelines": "Azure Pipelines",
    "backstage": "Backstage catalogue files",
    "bitbucket-pipelines": "Bitbucket Pipelines",
    "cargo": "Rust, with Cargo",
    "circleci": "CircleCI",
    "codeowners": "CODEOWNERS",
    "compose": "Compose",
    "containers": "Containers, wherever they are named",
    "dependabot": "Dependabot",
    "dependencies": "Dependencies and lock files of every language",
    "docker": "Dockerfiles",
    "github-actions": "GitHub Actions",
    "gitlab-ci": "GitLab CI",
    "go": "Go",
    "golden-path": "The golden path: what the organisation has agreed on",
    "google": "Google Cloud, in Terraform",
    "helm": "Helm charts",
    "kubernetes": "Kubernetes",
    "kustomize": "Kustomize",
    "npm": "npm",
    "pipelines": "Pipelines of every platform",
    "pre-commit": "Hooks of pre-commit",
    "python": "Python",
    "repository": "The repository as a whole",
    "secrets": "Secrets, wherever they stand",
    "terraform": "Terraform",
}
"""What the folders of `rules/` are about."""
_WAYS = {
    "fewer": "fewer items", "more": "more items", "lower": "lower", "higher": "higher", "true": "`true`",
    "false": "`false`", "given": "any value, where there is none",
}  # fmt: skip


def group(rule_id: str) -> str:
    """Return the title of the folder that the rule stands in."""
    folder = rule_id.partition("/")[0]
    return GROUPS.get(folder, folder)


def page(rule: Rule, controls: Mapping[str, Control], policies: Mapping[str, Policy]) -> str:
    """Return the page of `rule`, in Markdown.

    Args:
        rule: the rule.
        controls: every control, by id.
        policies: the built-in policies by name, which may select the rule.
    """
    up = "../" * (rule.id.count("/") + 1)
    return "\n\n".join([
        f"# {rule.id}",
        f"**{rule.title}**",
        table(["", ""], _facts(rule, policies, up)),
        *_prose(rule),
        *_examples(rule),
        *_params(rule),
        *_differs(rule),
        *_list("Evidence for", (_control(controls[name]) for name in rule.controls)),
        *_list("Read more", (f"<{url}>" for url in rule.references)),
    ]) + "\n"  # fmt: skip


def _facts(rule: Rule, policies: Mapping[str, Policy], up: str) -> Iterator[tuple[str, str]]:
    yield "severity", str(rule.severity)
    if rule.deprecated:
        yield "deprecated", rule.deprecated
    if rule.replaced_by:
        yield "replaced by", f"[{rule.replaced_by}]({up}rules/{rule.replaced_by}.md)"
    yield "reads", ", ".join(f"`{kind}`" for kind in rule.applies_to)
    if rule.reads:
        yield "looks into", ", ".join(f"`{kind}`" for kind in rule.reads)
    if rule.select != "$":
        yield "judges each", f"`{rule.select}`"
    yield "tags", ", ".join(f"`{tag}`" for tag in rule.tags)
    uses = {name: one.rules[rule.id] for name, one in policies.items() if rule.id in one.rules}
    levels = (f"[{name}]({up}policies/{name}.md) ({level_of(use.enforcement)})" for name, use in uses.items())
    yield "policies", ", ".join(levels) or "none of the built-in ones"
    if rule.aliases:
        yield "also known as", ", ".join(f"`{alias}`" for alias in rule.aliases)
    yield "since", rule.since
    yield "written in", f"[rules/{rule.id}.yaml]({up}../rules/{rule.id}.yaml)"


def level_of(calendar: Any) -> Level:
    """Return the last level of a calendar: built-in policies have no dates."""
    level: Level = calendar.steps[-1][1]
    return level


def _prose(rule: Rule) -> Iterator[str]:
    yield from ("## Why", rule.why, "## How to comply", rule.fix)
    if rule.unknown_complies:
        yield "A value that cannot be known from the files complies."


def _examples(rule: Rule) -> Iterator[str]:
    for title, examples in (("Does not comply", rule.failing), ("Complies", rule.passing)):
        if examples:
            yield f"## {title}"
            yield from _example(rule, examples[0])


def _example(rule: Rule, example: Example) -> Iterator[str]:
    files = dict(example.files or {})
    if example.params:
        yield f"With the parameters `{_short(dict(example.params))}`:"
    if example.text or not files:
        yield from _file(example.path or default_path(rule), example.text, named=bool(files or example.path))
    for path, text in files.items():
        yield from _file(path, text, named=True)
    if example.params:
        yield f"With the parameters `{_short(dict(example.params))}`."
    if example.expect:
        yield f"Reported: line {', '.join(map(str, example.expect))}."


def _file(path: str, text: str, *, named: bool) -> Iterator[str]:
    if named:
        yield f"`{path}`:"
    yield fenced(_EXPECT.sub(r"\1 reported", text), path)


def _params(rule: Rule) -> Iterator[str]:
    if not rule.params:
        return
    yield "## Parameters"
    tighter = rule.tighter or {}
    rows = (
        (f"`{name}`", f"`{_short(value)}`", _WAYS.get(tighter.get(name, ""), ""))
        for name, value in rule.params.items()
    )
    yield table(["parameter", "default", "stricter is"], rows)


def _short(value: Any) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, width=10**9, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def _differs(rule: Rule) -> Iterator[str]:
    if rule.differs:
        yield "## Where other tools differ"
        yield from (f"**{tool}**: {text}" for tool, text in rule.differs.items())


def _control(control: Control) -> str:
    framework = " ".join(filter(None, (control.framework_title, control.framework_version)))
    name = f"[`{control.id}`](<{control.url}>)" if control.url else f"`{control.id}`"
    return f"{name}: {control.title} ({framework})"


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    lines = [f"- {item}" for item in items]
    if lines:
        yield f"## {title}"
        yield "\n".join(lines)


def index(rules: Iterable[Rule]) -> str:
    """Return the index of all rules, by folder."""
    parts = ["# Built-in rules", _INTRODUCTION]
    for title, members in groupby(rules, key=lambda rule: group(rule.id)):
        rows = (
            (f"[{one.id}]({one.id}.md)", str(one.severity), cell(one.title), ", ".join(one.tags))
            for one in members
        )
        parts += [f"## {title}", table(["rule", "severity", "what a compliant file meets", "tags"], rows)]
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = """\
Each rule has a page that says what it reads, why it matters and how to comply, with an example of both, and
where other tools judge otherwise. `complygate explain RULE` says the same; `complygate rules list` filters by
tag, control and kind. [Policies](../policies/README.md) say which rules apply, and whether they block.
[rules.md](../rules.md) says how to write others."""


def groups(rules: Iterable[Rule]) -> str:
    """Return a table of the folders of rules, with how many each has, for `docs/rules.md`."""
    lines = [row(["about", "rules"]), row(["---", "---"])]
    for title, members in groupby(rules, key=lambda rule: group(rule.id)):
        lines.append(row([f"[{title}](rules/README.md#{heading_anchor(title)})", str(len(list(members)))]))
    return "\n".join(lines)


def heading_anchor(title: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
