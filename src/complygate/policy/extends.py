"""The sets that a set stands on: their rules, controls and policies are at hand as its own are.

A name means one thing. Where two sets bring the same, that is an error, with its place; which one wins is not
left to an order. A set that is reached twice is read once.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol, TypeVar

from complygate.errors import ComplygateError, PolicyError, UndecidedError
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from complygate.errors import Place
    from complygate.model.policy import Control
    from complygate.model.rule import Rule
    from complygate.model.waiver import Waiver
    from complygate.policy.files import File, Mistakes
    from complygate.policy.policies import PolicyFile
    from complygate.policy.sets import Location, PolicySet

_T = TypeVar("_T")
MAX_DEPTH = 8
MAX_SETS = 32


class Opener(Protocol):
    """What finds sources that are not on this machine."""

    def locate(self, source: str, base: Path, inside: Location | None = None) -> Location:
        """Return where `source` leads; `inside` is the set that extends it."""


@dataclass
class Bases:
    """What a set's bases bring.

    Attributes:
        rules: by id, without the built-in ones.
        controls: by id, without the built-in ones.
        policies: by name.
        default: the policy that stands for the one base that there is, or "".
        waivers: their waivers, each once.
    """

    rules: dict[str, Rule] = field(default_factory=dict)
    controls: dict[str, Control] = field(default_factory=dict)
    policies: dict[str, PolicyFile] = field(default_factory=dict)
    default: str = ""
    waivers: tuple[Waiver, ...] = ()


@dataclass
class Stack:
    """The way down to the set that is being read.

    Attributes:
        opener: what finds sources.
        above: the folders of the sets that led here.
        seen: sets that were read, by folder.
    """

    opener: Opener
    above: tuple[Path, ...] = ()
    seen: dict[Path, PolicySet] = field(default_factory=dict)

    def below(self, root: Path) -> Stack:
        """Return the stack for a set that the one at `root` extends."""
        return Stack(self.opener, (*self.above, root), self.seen)


def read_bases(
    manifest: File | None,
    location: Location,
    stack: Stack,
    read: Callable[[str, Location, Stack], PolicySet],
    mistakes: Mistakes,
) -> Bases:
    """Return what the sets bring that `manifest` extends; mistakes go to `mistakes`, with the entry's place.

    Raises:
        PolicyError: a set that is extended is wrong.
        UndecidedError: one cannot be reached.
    """
    bases = Bases()
    entries = manifest.data.get("extends", []) if manifest else []
    for index, source in enumerate(entries):
        place = manifest.place(f"/extends/{index}") if manifest else None
        try:
            found = stack.opener.locate(source, location.root, location)
            base = _read(found, source, location, stack, read)
        except UndecidedError:
            raise
        except PolicyError as error:
            if error.place is not None:
                raise
            mistakes.add(place, f"extends: {error.message}", error.hint)
        except ComplygateError as error:
            mistakes.add(place, f"extends: {error.message}", error.hint)
        else:
            _take(bases, base, found, place, mistakes)
            bases.default = (found.policy or base.default) if len(entries) == 1 else ""
    return bases


def _read(
    found: Location,
    source: str,
    location: Location,
    stack: Stack,
    read: Callable[[str, Location, Stack], PolicySet],
) -> PolicySet:
    below = stack.below(location.root)
    if found.root in below.above:
        raise PolicyError(f"{source}: extends a set that extends this one", hint="leave one of the two out")
    if len(below.above) > MAX_DEPTH or len(stack.seen) >= MAX_SETS:
        raise PolicyError(f"{source}: more than {MAX_DEPTH} sets deep, or {MAX_SETS} sets in all")
    if found.root not in stack.seen:
        stack.seen[found.root] = read(source, found, below)
    return stack.seen[found.root]


def _take(bases: Bases, base: PolicySet, found: Location, place: Place | None, mistakes: Mistakes) -> None:
    """Add what `base` brings. The same object by two ways is one thing."""
    policies: Mapping[str, PolicyFile] = base.policies
    if found.builtin:  # its rules and controls are there in any case
        policies = {found.policy: policies[found.policy]} if found.policy in policies else {}
        if not policies:
            mistakes.add(place, f'extends: there is no built-in policy "{found.policy}"')
    if not found.builtin:
        _merge("rule", bases.rules, base.brought_rules, place, mistakes)
        _merge("control", bases.controls, base.brought_controls, place, mistakes)
    _merge("policy", bases.policies, policies, place, mistakes)
    bases.waivers = tuple(dict.fromkeys((*bases.waivers, *base.waivers)))


def _merge(
    what: str, known: dict[str, _T], new: Mapping[str, _T], place: Place | None, mistakes: Mistakes
) -> None:
    for name, value in new.items():
        if known.get(name, value) is not value:
            mistakes.add(place, f"extends: another set has a {what} {name} already", "rename one of them")
        known[name] = value
