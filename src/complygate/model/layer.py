"""What a lower layer may do with a policy, and what the scanned repository's own file did with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.errors import Place
    from complygate.model.policy import Level, Policy, Waivable
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
        path: the file, from the scanned folder.
        digest: "sha256:…" of the policy with the file's changes; "" where it changed nothing.
        below: the policy without the file.
        floor: the same, with what the file loosened within terms that the policy allows: what it blocks
            is blocked, whatever else the file says.
        changed: the lines that changed a rule or added it, by the rule's id.
        whole: the lines that changed the policy as a whole: `undecided`, `scope`, `exclude`.
        refused: what was refused, in order of place.
    """

    path: str
    digest: str
    below: Policy
    floor: Policy
    changed: Mapping[str, tuple[Place, ...]]
    whole: tuple[Place, ...]
    refused: tuple[Refusal, ...]
