"""A policy set: its rules, policies and controls, with the built-in ones at hand."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from complygate.errors import PolicyError, UsageError
from complygate.policy import controls as control_files
from complygate.policy import policies as policy_files
from complygate.policy import rules as rule_files
from complygate.policy.files import Mistakes, read
from complygate.policy.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complygate.model.policy import Control
    from complygate.model.rule import Rule
    from complygate.policy.files import File
    from complygate.policy.policies import PolicyFile

BUILTIN = "builtin:"
_MANIFEST = "policyset.yaml"


@dataclass(frozen=True)
class PolicySet:
    """A set that was read and is right.

    Attributes:
        source: how it was asked for.
        rules: its own rules and the built-in ones, by id, in order of id.
        own: ids of its own rules.
        policies: its own policies by name.
        controls: its own controls and the built-in ones, by id.
        default: name of the policy that the set stands for, or "".
    """

    source: str
    rules: Mapping[str, Rule]
    own: frozenset[str]
    policies: Mapping[str, PolicyFile]
    controls: Mapping[str, Control]
    default: str


@dataclass(frozen=True)
class Location:
    """Where a source leads.

    Attributes:
        root: the set's folder.
        policy: the policy that the source names, or "" for the set's default.
        shown: how messages name the root: relative to where the user stands, if that is above it.
        builtin: whether it is the built-in set.
    """

    root: Path
    policy: str
    shown: str
    builtin: bool


def builtin_root() -> Path:
    """Return the folder of the built-in set: inside the package, or the project's root in a checkout."""
    packaged = Path(__file__).parents[1] / "_builtin"
    return packaged if packaged.is_dir() else Path(__file__).parents[3]


def locate(source: str, base: Path) -> Location:
    """Return where `source` leads.

    Args:
        source: `builtin:NAME`, a set's folder, or a file in a set's `policies/`.
        base: what a relative path starts from.

    Raises:
        UsageError: it leads nowhere.
    """
    if source.startswith(BUILTIN):
        root = builtin_root()
        return Location(root, source.removeprefix(BUILTIN), f"{BUILTIN[:-1]}", builtin=True)
    path = (base / source).resolve()
    if path.is_dir():
        if not any((path / name).exists() for name in (_MANIFEST, "rules", "policies")):
            hint = f"a policy set has {_MANIFEST}, rules/ or policies/"
            raise UsageError(f"{source}: is not a policy set", hint=hint)
        return Location(path, "", _shown(path, base), builtin=path == builtin_root())
    if path.is_file() and path.parent.name == "policies":
        root = path.parent.parent
        return Location(root, path.stem, _shown(root, base), builtin=root == builtin_root())
    if path.is_file():
        raise UsageError(f"{source}: is not in the policies/ folder of a policy set")
    hint = f"name {BUILTIN}NAME, a policy set's folder, or a file in its policies/"
    raise UsageError(f"{source}: no such policy", hint=hint)


def _shown(path: Path, base: Path) -> str:
    inside = path.is_relative_to(base.resolve())
    shown = os.path.relpath(path, base.resolve()) if inside else str(path)
    return "" if shown == "." else Path(shown).as_posix()


def load_set(source: str, *, base: Path) -> PolicySet:
    """Read the policy set that `source` leads to.

    Args:
        source: `builtin:NAME`, a set's folder, or a file in a set's `policies/`.
        base: what a relative path starts from.

    Raises:
        UsageError: `source` leads nowhere.
        PolicyError: files of the set are wrong; every mistake is in it.
    """
    return read_set(source, locate(source, base))


def read_set(source: str, location: Location) -> PolicySet:
    """Read the policy set at `location`. Raises as `load_set` does."""
    mistakes = Mistakes()
    default = _manifest(location, mistakes)
    own_controls = {
        control.id: control
        for file in _files(location, "controls", "control", mistakes)
        for control in control_files.build(file, mistakes)
    }
    own: dict[str, Rule] = {}
    for file in _files(location, "rules", "rule", mistakes):
        rule = rule_files.build(file, mistakes)
        if rule is not None:
            own[rule.id] = rule
    policies = {
        file.name: policy_files.build(file, mistakes)
        for file in _files(location, "policies", "policy", mistakes)
    }
    mistakes.stop()
    rules, controls = dict(own), dict(own_controls)
    if not location.builtin:
        built_in = read_set(f"{BUILTIN}", Location(builtin_root(), "", BUILTIN[:-1], builtin=True))
        for name in sorted(own.keys() & built_in.rules.keys()):
            mistakes.add(own[name].place, f"there is a built-in rule {name} already", "give it another name")
        rules = {**built_in.rules, **own}
        controls = {**built_in.controls, **own_controls}
    rule_files.check_names(own, rules, controls, mistakes)
    if default and default not in policies:
        raise PolicyError(f"default: there is no policy {default}", hint=nearest(default, policies))
    mistakes.stop()
    ordered = dict(sorted(rules.items()))
    return PolicySet(source, ordered, frozenset(own), policies, controls, default)


def _manifest(location: Location, mistakes: Mistakes) -> str:
    path = location.root / _MANIFEST
    if not path.is_file():
        return ""
    file = read(path, _join(location.shown, _MANIFEST), "policyset", "policyset", mistakes)
    return str(file.data.get("default", "")) if file else ""


def _files(location: Location, folder: str, schema: str, mistakes: Mistakes) -> Iterator[File]:
    """Yield the files of one folder of the set that have the right structure, in order of path."""
    root = location.root / folder
    for current, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = Path(current) / name
            below = path.relative_to(root).as_posix()
            if path.suffix == ".yml":
                mistakes.add(None, f"{_join(location.shown, folder)}/{below}: must be called .yaml")
            if path.suffix != ".yaml":
                continue
            shown = f"{_join(location.shown, folder)}/{below}"
            file = read(path, shown, below.removesuffix(".yaml"), schema, mistakes)
            if file is not None:
                yield file


def _join(shown: str, name: str) -> str:
    return f"{shown}/{name}" if shown else name
