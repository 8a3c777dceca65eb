"""What a lower layer may do with a policy, and what the scanned repository's own file did with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.errors import Place
    from complygate.model.policy import Level, Waivable
    from complygate.model.problem import ProblemKind
    from complygate.model.rule import Severity


@dataclass(frozen=True, slots=True)
class Overridable:
    """How far a lower layer may loosen a rule, or a policy. What is not named here it may only tighten.

    Attributes:
        enforcement: the lowest level that it may set, or None.
        severity: the lowest severity that it may set, or None.
        params: the parameters that it may set to anything.
        paths: it may narrow the paths.
        waivable: the most generous terms that it may set, or None.
        undecided: the kinds of problem that it may let stand; of a whole policy only.
        exclude: globs of paths that it may leave out; of a whole policy only.
    """

    enforcement: Level | None = None
    severity: Severity | None = None
    params: tuple[str, ...] = ()
    paths: bool = False
    waivable: Waivable | None = None
    undecided: tuple[ProblemKind, ...] = ()
    exclude: tuple[str, ...] = ()


NOTHING = Overridable()
"""The terms of what may only be tightened."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A loosening that does not apply.

    Attributes:
        place: the line that asks for it.
        message: what was asked for, and what holds instead.
        hint: what to do.
        rules: ids of the rules concerned; () where it is about the policy as a whole.
    """

    place: Place
    message: str
    hint: str = ""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """What the scanned repository's own file made of the policy.

    Attributes:
        path: the file, from the scanned root.
        digest: "sha256:…" of the policy with the file's changes; "" where it changed nothing.
        added: ids of the rules that the policy does not have.
        changed: the lines that changed a rule, by its id; those that added it included.
        policy: the lines that changed the policy as a whole: `undecided`, `scope`, `exclude`.
        refused: what was refused, in order of place.
        scope_paths: the paths that the policy by itself looks at.
        exclude: the paths that the policy by itself leaves out.
    """

    path: str
    digest: str
    added: frozenset[str]
    changed: Mapping[str, tuple[Place, ...]]
    policy: tuple[Place, ...]
    refused: tuple[Refusal, ...]
    scope_paths: tuple[str, ...]
    exclude: tuple[str, ...]
