"""`complygate rules list|show|new` and `complygate explain`."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complygate import policy
from complygate.cli.layers import of_layer
from complygate.cli.options import SET_HELP, policy_source, set_named
from complygate.cli.sources import opener, source_options
from complygate.errors import UsageError
from complygate.model import plugins
from complygate.model.glob import any_matches, matches
from complygate.model.nearest import closest, nearest
from complygate.model.policy import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from complygate.model.policy import EffectiveRule, Policy
    from complygate.model.rule import Example, Rule
    from complygate.policy import PolicySet


@click.group()
def rules() -> None:
    """Look at rules, and write new ones."""


@rules.command(name="list")
@click.argument("ids", metavar="[RULE]...", nargs=-1)
@policy_source(SET_HELP)
@source_options
@click.option("--tag", "tags", multiple=True, help="Only rules with this tag.")
@click.option(
    "--control",
    "controls",
    multiple=True,
    help="Only rules that give evidence for this control; a glob is allowed.",
)
@click.option("--kind", "kinds", multiple=True, help="Only rules that apply to this kind; a glob is allowed.")
@click.option("--engine", "engines", multiple=True, help="Only rules of this engine; `checkov` has its own.")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def list_rules(  # noqa: PLR0917 - click passes options by name
    ids: tuple[str, ...],
    source: str | None,
    lock: Path | None,
    allowed_signers: Path | None,
    tags: tuple[str, ...],
    controls: tuple[str, ...],
    kinds: tuple[str, ...],
    engines: tuple[str, ...],
    format_: str,
) -> None:
    """List the rules of a policy set, or those of them that RULE (an id, a glob or an alias) names.

    What a tool brings with it is listed where it is asked for: `--engine checkov`, `checkov/*`.
    """
    for engine in engines:
        if engine not in plugins.names("complygate.engines"):
            known = plugins.names("complygate.engines")
            raise UsageError(f"there is no engine {engine!r}", hint=nearest(engine, known))
    offered = _all_rules(
        _set(source, lock, allowed_signers), [*engines, *(word.partition("/")[0] for word in ids)]
    )
    found = [
        rule
        for rule in offered
        if _wanted(rule, tags, controls, kinds)
        and (not engines or rule.engine in engines)
        and (not ids or any(any_matches(ids, name) for name in rule.names))
    ]
    if format_ == "json":
        click.echo(json.dumps([_plain(rule) for rule in found], indent=2, ensure_ascii=False))
        return
    if not found:
        click.echo("no rule is like that; `complygate rules list` names all", err=True)
    width = max((len(rule.id) for rule in found), default=0)
    for rule in found:
        click.echo(f"{rule.id:{width}}  {rule.severity:8}  {rule.title}")


@rules.command()
@click.argument("rule_id", metavar="RULE")
@policy_source(SET_HELP)
@source_options
def show(rule_id: str, source: str | None, lock: Path | None, allowed_signers: Path | None) -> None:
    """Print one rule as JSON."""
    click.echo(
        json.dumps(_plain(_rule(_set(source, lock, allowed_signers), rule_id)), indent=2, ensure_ascii=False)
    )


@rules.command()
@click.argument("kind")
@click.argument("title")
@click.option(
    "--rules", "folder", type=click.Path(path_type=Path), default=Path("rules"), show_default=True,
    help="The folder that holds the rules.",
)  # fmt: skip
def new(kind: str, title: str, folder: Path) -> None:
    """Write the skeleton of a rule on KIND (`kubernetes/Pod`) with the statement TITLE."""
    rule_id, text = policy.scaffold(kind, title)
    file = folder / f"{rule_id}.yaml"
    if file.exists():
        raise UsageError(f"{file}: there is such a rule already", hint="choose another title")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    built_in = folder.resolve() == policy.builtin_root() / "rules"
    option = "" if built_in else f" --policy {folder.parent.as_posix()}"
    click.echo(f"{file}: fill it in, then run `complygate policy test{option} {rule_id}`")


@click.command()
@click.argument("rule_id", metavar="RULE")
@policy_source(SET_HELP)
@source_options
def explain(rule_id: str, source: str | None, lock: Path | None, allowed_signers: Path | None) -> None:
    """Say what a rule wants, why, how to comply, with an example of each, whom to ask and when it blocks."""
    chosen, policies = policy.load_all(
        set_named(source), base=Path.cwd(), opener=opener(lock, allowed_signers)
    )
    policies = tuple(policy.with_layer(chosen, one, Path.cwd()) for one in policies)
    today = dt.datetime.now(tz=dt.UTC).date()
    own = next((one.rules[rule_id].rule for one in policies if rule_id in one.rules), None)
    click.echo("\n".join(_explanation(own or _rule(chosen, rule_id), chosen, policies, today)))


def _set(source: str | None, lock: Path | None, allowed_signers: Path | None) -> PolicySet:
    opened = opener(lock, allowed_signers)
    return policy.load_set(set_named(source), base=Path.cwd(), opener=opened)


def _rule(chosen: PolicySet, name: str) -> Rule:
    """Return the rule with the id, or the alias, `name`."""
    for rule in chosen.rules.values():
        if name in rule.names:
            return rule
    checks = plugins.catalogues()
    for engine, offered in checks.items():
        if (found := offered.get(name) or offered.get(f"{engine}/{name}")) is not None:
            return found
    names = [*chosen.rules, *(check for offered in checks.values() for check in _short(offered))]
    close = closest(name, names, count=3)
    hint = f"did you mean {' or '.join(close)}?" if close else "`complygate rules list` names all"
    raise UsageError(f"there is no rule {name!r}", hint=hint)


def _short(offered: Mapping[str, Rule]) -> Iterator[str]:
    return (name.partition("/")[2] for name in offered)


def _all_rules(chosen: PolicySet, engines: Iterable[str]) -> Iterator[Rule]:
    """Yield the set's rules and the built-in ones, and the checks of the tools behind those of `engines`."""
    yield from chosen.rules.values()
    for engine in dict.fromkeys(engines):
        if engine in plugins.names("complygate.engines"):
            yield from (plugins.catalogue(engine) or {}).values()


def _wanted(rule: Rule, tags: tuple[str, ...], controls: tuple[str, ...], kinds: tuple[str, ...]) -> bool:
    by_tag = not tags or not set(tags).isdisjoint(rule.tags)
    by_control = not controls or any(any_matches(controls, control) for control in rule.controls)
    by_kind = not kinds or any(_overlap(kind, applied) for kind in kinds for applied in rule.applies_to)
    return by_tag and by_control and by_kind


def _overlap(asked: str, applied: str) -> bool:
    """Tell whether two kinds, each perhaps a glob, can mean the same."""
    return matches(asked, applied) or matches(applied, asked)


def _plain(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "tags": rule.tags,
        "controls": rule.controls,
        "applies_to": rule.applies_to,
        "select": rule.select,
        "check": {rule.engine: rule.check},
        "message": rule.message,
        "why": rule.why,
        "fix": rule.fix,
        "references": rule.references,
        "aliases": rule.aliases,
        "params": rule.params or {},
        "differs": dict(rule.differs or {}),
        "since": rule.since,
        "deprecated": rule.deprecated,
        "replaced_by": rule.replaced_by,
        "file": str(rule.place) if rule.place else "",
    }


def _explanation(rule: Rule, chosen: PolicySet, policies: Sequence[Policy], today: dt.date) -> Iterator[str]:
    yield f"{rule.id}  ({rule.severity})"
    yield rule.title
    if rule.deprecated:
        yield f"Deprecated: {rule.deprecated}"
    if rule.applies_to:
        yield f"Applies to: {', '.join(rule.applies_to)}"
    else:
        yield f"Judged by: {rule.engine}"
    uses = {one.name: one.rules.get(rule.id) for one in policies}
    for owner in dict.fromkeys(use.owner for use in uses.values() if use and use.owner):
        yield f"Owner: {owner}"
    for name, use in uses.items():
        yield f"Policy {name}: {_enforcement(use, today) if use else 'not selected'}"
    yield from _changed_here(policies, rule.id)
    yield from ("", "Why", _indent(rule.why), "", "How to comply", _indent(rule.fix))
    for word, examples in (("Reported", rule.failing), ("Complies", rule.passing)):
        if examples:
            yield from ("", word, _indent(_text(examples[0])))
    lists = {
        "Where other tools differ": [
            _indent(f"{tool}: {said}") for tool, said in (rule.differs or {}).items()
        ],
        "Evidence for": [f"  {name}  {chosen.controls[name].title}" for name in rule.controls],
        "Read more": [f"  {url}" for url in rule.references],
    }
    for title, lines in lists.items():
        if lines:
            yield from ("", title, *lines)
    if rule.aliases:
        yield from ("", f"Also known as {', '.join(rule.aliases)}")


def _changed_here(policies: Sequence[Policy], rule: str) -> Iterator[str]:
    """Yield what the repository's own file changed of the rule, in each policy."""
    for one in policies:
        if one.layer is not None:
            yield from of_layer(one.layer, rule)


_MEANS = {
    Level.ENFORCE: "which blocks",
    Level.WARN: "which is shown and blocks nothing",
    Level.AUDIT: "which is recorded and blocks nothing",
    Level.OFF: "which is not looked for",
}


def _enforcement(use: EffectiveRule, today: dt.date) -> str:
    """Say what a finding does today, what it will do from which day, and what else the policy changed."""
    level = use.enforcement.on(today)
    steps = [f"{level}, {_MEANS[level]}"]
    coming = [(day, step) for day, step in use.enforcement.steps if day > today]
    steps += [f"{step}, {_MEANS[step]}, from {day.isoformat()}" for day, step in coming]
    changed = [f"severity {use.severity}"] if use.severity is not use.rule.severity else []
    changed += [f"in {', '.join(use.paths)}"] if use.paths != ("**",) else []
    return "; ".join(steps) + (f" ({', '.join(changed)})" if changed else "")


def _text(example: Example) -> str:
    parts = [f"# params: {json.dumps(example.params)}"] if example.params else []
    parts += [example.text] if example.text else []
    parts += [f"# {path}\n{text}" for path, text in (example.files or {}).items()]
    return "\n".join(parts)


def _indent(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.strip("\n").split("\n"))
