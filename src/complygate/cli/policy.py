"""`complygate policy show|lint|test`."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from complygate import api, prove
from complygate import policy as policies
from complygate.cli.layers import of_layer
from complygate.cli.options import (
    SET_HELP,
    policy_source,
    repository_name,
    repository_option,
    set_named,
)
from complygate.cli.policy_diff import diff
from complygate.cli.sources import lock_option, opener, settings, signers_option, source_options, users_cache
from complygate.discover import find_root
from complygate.errors import PolicyError, UsageError
from complygate.gate.exit_codes import ExitCode
from complygate.model.glob import any_matches, matches
from complygate.model.nearest import nearest
from complygate.sources.loading import load, place
from complygate.sources.lock import LOCK, Pin, read_lock
from complygate.sources.lock import write_lock as write_pins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complygate.model.rule import Rule


@click.group()
def policy() -> None:
    """Look at a policy, and prove its rules."""


policy.add_command(diff)


@policy.command()
@policy_source("builtin:NAME, a policy set's directory, or a policy file.  [default: builtin:baseline]")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Levels as on this date.")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option("--base", metavar="REF", help="The commit to compare with.  [default: COMPLYGATE_BASE]")
@repository_option
@lock_option
@signers_option
def show(
    source: str | None,
    as_of: dt.datetime | None,
    format_: str,
    base: str | None,
    repository: str | None,
    lock: Path | None,
    allowed_signers: Path | None,
) -> None:
    """Print the rules that apply to this repository, each with its level and the line that decided it."""
    from complygate.cli.judging import base_named  # noqa: PLC0415 - as the next
    from complygate.policy import shown  # noqa: PLC0415 - no other command needs it

    held = settings(lock, allowed_signers, cache=users_cache())
    cwd = Path.cwd()
    root, name, ref = find_root((), cwd), repository_name(repository), base_named(base)
    chosen = load(
        set_named(source),
        base=cwd,
        settings=held,
        audience=lambda: api.audience_of(root, ref, name),
        tree=root.folder,
    ).policy
    day = as_of.date() if as_of else dt.datetime.now(tz=dt.UTC).date()
    api.compile_policy(chosen.rules.values(), day)
    if format_ == "json":
        click.echo(json.dumps(shown.to_data(chosen, day), indent=2, ensure_ascii=False, default=str))
        return
    click.echo(f"{chosen.name}: {chosen.title}\n{chosen.source}  {chosen.digest}\n")
    if chosen.elsewhere:
        click.echo(f"the policy is for {chosen.elsewhere}, and this repository is not")
    for unclear in chosen.unclear:
        click.echo(f"{unclear.place}: for {unclear.criteria}: {unclear.reason}")
    width = max((len(name) for name in chosen.rules), default=0)
    for name, rule in chosen.rules.items():
        level = shown.line(rule, day)
        click.echo(f"{name:{width}}  {rule.severity:8}  {level:7}  {rule.decided_by or ''}")
    if chosen.layer is not None:
        click.echo("\n".join(("", *of_layer(chosen.layer))))


@policy.command()
@click.argument("ids", metavar="[RULE]...", nargs=-1)
@policy_source(SET_HELP)
@source_options
@click.option(
    "--mutants",
    is_flag=True,
    help="Change each rule in one thing at a time as well, and say which changes no example notices.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Processes for --mutants.  [default: 1]",
)
@click.pass_context
def test(
    context: click.Context,
    ids: tuple[str, ...],
    source: str | None,
    lock: Path | None,
    allowed_signers: Path | None,
    mutants: bool,
    jobs: int,
) -> None:
    """Run the examples of the set's own rules, or of those that RULE (an id or a glob) names."""
    chosen = policies.load_set(set_named(source), base=Path.cwd(), opener=opener(lock, allowed_signers))
    rules = _named(chosen, ids)
    if not rules:
        click.echo("the set has no rules of its own; the built-in ones are tested without --policy")
        return
    failures = list(prove.prove_all(rules))
    for failure in failures:
        where = f"{failure.place}: " if failure.place else ""
        click.echo(f"{where}{failure.rule}, example {failure.example}: {failure.message}")
    examples = sum(len(rule.passing) + len(rule.failing) for rule in rules)
    bare = [rule.id for rule in rules if not (rule.passing and rule.failing)]
    for name in bare:
        click.echo(f"{name}: has no passing and failing example; nothing proves it")
    failed = len({(failure.rule, failure.example) for failure in failures})
    click.echo(f"{len(rules)} rules, {examples} examples, {failed} failed, {len(bare)} rules unproven")
    failing = bool(failures or bare)
    if mutants and not failing:
        failing = _mutants(rules, jobs)
    elif mutants:
        click.echo("no mutants were tried: they tell something only where every example holds")
    context.exit(int(ExitCode.FAIL if failing else ExitCode.PASS))


def _mutants(rules: Sequence[Rule], jobs: int) -> bool:
    """Print which mutants of `rules` no example notices; tell whether any, or a reason, is too many."""
    from complygate.mutation import mutate_all  # noqa: PLC0415 - no other command needs it

    tried = alive = explained = needless = 0
    for run in mutate_all(rules, jobs):
        tried += run.tried
        explained += sum(bool(one.reason) for one in run.survivors)
        for one in run.survivors:
            if not one.reason:
                alive += 1
                where = f"{one.place}: " if one.place else ""
                click.echo(f"{where}{one.rule}, mutant: {one.name}")
        for name in run.needless:
            needless += 1
            click.echo(f"{run.rule}: equivalent names no mutant that survives: {name}")
    click.echo(f"{tried} mutants, {alive} not noticed by any example, {explained} explained as equivalent")
    return bool(alive or needless)


@policy.command()
@policy_source(SET_HELP)
@source_options
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Dates as on this date.")
@click.pass_context
def lint(
    context: click.Context,
    source: str | None,
    lock: Path | None,
    allowed_signers: Path | None,
    format_: str,
    as_of: dt.datetime | None,
) -> None:
    """Report what is no error in a policy set and still worth a look.

    Exits with 1 where there is something, with 2 where the set is wrong.
    """
    from complygate.cli import linting  # noqa: PLC0415 - no other command needs it

    chosen = policies.load_set(set_named(source), base=Path.cwd(), opener=opener(lock, allowed_signers))
    # A scan compiles only what is in force: what begins next month would break it then.
    prove.compile_all(chosen.rules[name] for name in sorted(chosen.own))
    today = as_of.date() if as_of else dt.datetime.now(tz=dt.UTC).date()
    own = [chosen.rules[name] for name in sorted(chosen.own)]
    remarks = policies.in_order(
        [
            *policies.lint(chosen, today=today),
            *linting.waivers(chosen, today),
            *(policies.Remark(*said) for said in prove.unresolved(own)),
        ]
    )
    if format_ == "json":
        click.echo(json.dumps([remark.to_data() for remark in remarks], indent=2, ensure_ascii=False))
    else:
        for remark in remarks:
            click.echo(str(remark))
        click.echo(f"{len(chosen.own)} rules, {len(remarks)} remarks")
    context.exit(int(ExitCode.FAIL if remarks else ExitCode.PASS))


@policy.command("lock")
@policy_source("What is locked.  [default: COMPLYGATE_POLICY]")
@click.option(
    "--lock",
    type=click.Path(path_type=Path),
    default=Path(LOCK),
    metavar="FILE",
    help="The lock file.  [default: complygate.lock]",
)
@signers_option
def write_lock(source: str | None, lock: Path, allowed_signers: Path | None) -> None:
    """Write down which commit and content a policy from git, and the sets it extends, stand for now.

    With allowed signers, their signature becomes part of the lock. A serial never goes down.
    """
    held = dataclasses.replace(settings(None, allowed_signers, cache=users_cache()), lock=None)
    opened, _ = place(set_named(source), base=Path.cwd(), settings=held)
    found = list(opened.origins.values())
    if not found:
        raise UsageError("nothing of this policy comes from git, so there is nothing to lock")
    before = read_lock(lock).pins if lock.exists() else {}
    pins = []
    for origin in found:
        old = before.get(origin.source)
        if old is not None and (origin.serial < old.minimum_serial or (old.signer and not origin.signer)):
            raise PolicyError(
                f"{origin.source}: serial {origin.serial}, signed by {origin.signer or 'nobody checked'};"
                f" the lock asks for {old.minimum_serial} and {old.signer or 'no signer'}: not written",
                place=old.place,
                hint="an older or an unsigned policy is locked only after the old lock was removed",
            )
        pins.append(
            Pin(origin.source, origin.commit, origin.digest, origin.serial, origin.tag_object, origin.signer)
        )
    write_pins(lock, pins)
    for pin in pins:
        click.echo(_pinned(pin.source, pin.commit, pin.digest, pin.signer))


@policy.command()
@policy_source("What is verified.  [default: COMPLYGATE_POLICY]")
@click.option(
    "--lock",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The lock file.  [default: COMPLYGATE_LOCK, else complygate.lock]",
)
@signers_option
def verify(source: str | None, lock: Path | None, allowed_signers: Path | None) -> None:
    """Check that a policy from git is what the lock says, and signed as it asks."""
    held = settings(lock, allowed_signers, cache=users_cache())
    held = held if held.lock else dataclasses.replace(held, lock=Path(LOCK))
    opened, _ = place(set_named(source), base=Path.cwd(), settings=held)
    if not opened.origins:
        raise UsageError("nothing of this policy comes from git, so there is nothing to verify")
    for notice in opened.notices:
        click.echo(notice.message)
    for origin in opened.origins.values():
        click.echo(_pinned(origin.source, origin.commit, origin.digest, origin.signer))


def _pinned(source: str, commit: str, digest: str, signer: str) -> str:
    signed = f"signed by {signer}" if signer else "signature not checked"
    return f"{source}\n  commit {commit}\n  {digest}\n  {signed}"


def _named(chosen: policies.PolicySet, ids: tuple[str, ...]) -> list[Rule]:
    """Return the set's own rules, or those of them that `ids` name; each of `ids` must name one."""
    for word in ids:
        if not any(matches(word, name) for name in chosen.own):
            built_in = "it is a built-in rule, which is tested without --policy"
            hint = built_in if word in chosen.rules else nearest(word, chosen.own)
            raise UsageError(f"the set has no rule of its own called {word!r}", hint=hint)
    return [chosen.rules[name] for name in sorted(chosen.own) if not ids or any_matches(ids, name)]
