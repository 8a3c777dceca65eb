"""The scanned repository's own file: the last layer of a policy, written by those whom the policy judges.

It may add rules and tighten. What would loosen does not apply, and is told with its line. A file that is
broken is an error: nothing is judged as if it were not there.
"""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.errors import Place, PolicyError
from complygate.model.layer import Layer
from complygate.model.policy import DEFAULT_UNDECIDED, Effect
from complygate.model.problem import ProblemKind
from complygate.policy.files import File, Mistakes, read
from complygate.policy.overlay import overlay
from complygate.policy.policies import PolicyFile, entries_of
from complygate.policy.resolve import LAYER, Meant, digest
from complygate.policy.tighter import is_looser
from complygate.policy.tree_rules import MOST_BYTES, read_rules

if TYPE_CHECKING:
    from pathlib import Path

    from complygate.model.policy import Policy
    from complygate.model.rule import Rule
    from complygate.policy.overlay import Overlaid
    from complygate.policy.sets import PolicySet


def read_file(tree: Path) -> File:
    """Return the file of the scanned folder `tree`, which there is.

    Raises:
        PolicyError: it is a link or no file, too large, or not what the schema asks for.
    """
    path, mistakes = tree / LAYER, Mistakes()
    try:
        state = path.lstat()
    except OSError as error:
        raise PolicyError(f"cannot be read: {error.strerror}", place=Place(LAYER)) from error
    if not stat.S_ISREG(state.st_mode):
        what = "is a link" if stat.S_ISLNK(state.st_mode) else "is not a file"
        raise PolicyError(what, place=Place(LAYER), hint="put a file in its place, or remove it")
    if state.st_size > MOST_BYTES:
        raise PolicyError(f"is larger than {MOST_BYTES} bytes", place=Place(LAYER), hint="make it smaller")
    file = read(path, LAYER, LAYER, "repository", mistakes)
    mistakes.stop()
    if file is None:  # then there are mistakes
        raise PolicyError("cannot be read", place=Place(LAYER))
    return file


def apply(chosen: PolicySet, policy: Policy, tree: Path) -> Policy:
    """Return `policy` with the file of the scanned folder `tree` as its last layer.

    Args:
        chosen: the set that the policy is of: the layer may select its rules.
        policy: the policy.
        tree: the folder, in which there is such a file.

    Raises:
        PolicyError: the file, or a rule that it brings, is wrong.
    """
    file, mistakes = read_file(tree), Mistakes()
    rules = read_rules(file, tree, {**chosen.rules, **_of(policy)}, chosen.controls, mistakes)
    mistakes.stop()
    written = _written(file, policy, mistakes)
    known = replace(chosen, rules={**chosen.rules, **rules})
    layer = overlay(policy, written, known, Meant(written, None), mistakes)
    mistakes.stop()
    changed = bool(layer.changed or layer.whole)
    made = Layer(
        path=LAYER,
        digest=digest(layer.policy) if changed else "",
        below=policy,
        floor=_floor(policy, layer),
        changed=layer.changed,
        whole=layer.whole,
        refused=layer.refused,
    )
    return replace(layer.policy, layer=made)


def _of(policy: Policy) -> dict[str, Rule]:
    return {name: effective.rule for name, effective in policy.rules.items()}


def _written(file: File, policy: Policy, mistakes: Mistakes) -> PolicyFile:
    data = file.data
    stated = {ProblemKind(kind): Effect(effect) for kind, effect in data.get("undecided", {}).items()}
    return PolicyFile(
        file=file,
        name=policy.name,
        title=policy.title,
        entries=entries_of(file, mistakes),
        waivable={},
        undecided={**DEFAULT_UNDECIDED, **stated},
        exclude=tuple(data.get("exclude", ())),
        scope_paths=tuple(data.get("scope", {}).get("paths", ("**",))),
    )


def _floor(policy: Policy, layer: Overlaid) -> Policy:
    """Return `policy` with what of the layer is looser, which the policy allows, and with nothing else."""
    after = layer.policy
    rules = {
        name: after.rules[name] if is_looser(effective, after.rules[name]) else effective
        for name, effective in policy.rules.items()
    }
    undecided = {
        kind: Effect.WARN if after.undecided.get(kind) is Effect.WARN else effect
        for kind, effect in policy.undecided.items()
    }
    return replace(policy, rules=rules, undecided=undecided, exclude=after.exclude)
