"""A policy set: its rules, policies and controls, with the built-in ones at hand."""

from __future__ import annotations

import os
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from complygate.errors import Place, UsageError
from complygate.model.nearest import nearest
from complygate.policy import ahead, extends, folders, rule_checks
from complygate.policy import controls as control_files
from complygate.policy import policies as policy_files
from complygate.policy import rules as rule_files
from complygate.policy.files import Mistakes, read
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from complygate.model.policy import Control
    from complygate.model.rule import Rule
    from complygate.model.waiver import Waiver
    from complygate.policy.controls import PlaceOf
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
        brought_rules: what of the rules is not built in: its own, and those of the sets that it extends.
        brought_controls: likewise of the controls.
        waivers: its own waivers, and those of the sets that it extends.
    """

    source: str
    rules: Mapping[str, Rule]
    own: frozenset[str]
    policies: Mapping[str, PolicyFile]
    controls: Mapping[str, Control]
    default: str
    brought_rules: Mapping[str, Rule] = field(default_factory=dict)
    brought_controls: Mapping[str, Control] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True)
class Location:
    """Where a source leads.

    Attributes:
        root: the set's folder.
        policy: the policy that the source names, or "" for the set's default.
        shown: how messages name the root: relative to where the user stands, if that is above it.
        builtin: whether it is the built-in set.
        folder: what of the root is taken for a folder of Conftest's policies: "." for all of it, or a file's
            name; "" where the root is a set.
    """

    root: Path
    policy: str
    shown: str
    builtin: bool
    folder: str = ""


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
        return Location(builtin_root(), source.removeprefix(BUILTIN), BUILTIN[:-1], builtin=True)
    path = base / source
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
        path = path.resolve()
    except (OSError, ValueError):  # a name that no file system takes
        is_folder = is_file = False
    if is_folder:
        if not any((path / name).exists() for name in (_MANIFEST, "rules", "policies")):
            if folders.holds_policies(path):
                return Location(path, "", _shown(path, base), builtin=False, folder=".")
            hint = f"a policy set has {_MANIFEST}, rules/ or policies/; Conftest's folders hold .rego files"
            raise UsageError(f"{source}: is not a policy set", hint=hint)
        return Location(path, "", _shown(path, base), builtin=path == builtin_root())
    if is_file and path.parent.name == "policies" and path.suffix == ".yaml":
        root = path.parent.parent
        return Location(root, path.stem, _shown(root, base), builtin=root == builtin_root())
    if is_file and path.suffix == ".rego":
        return Location(path.parent, "", _shown(path.parent, base), builtin=False, folder=path.name)
    hint = f"name {BUILTIN}NAME, a policy set's folder, or a YAML file in its policies/"
    message = "is not in the policies/ folder of a policy set" if is_file else "no such policy"
    raise UsageError(f"{source}: {message}", hint=hint)


def _shown(path: Path, base: Path) -> str:
    inside = path.is_relative_to(base.resolve())
    shown = os.path.relpath(path, base.resolve()) if inside else str(path)
    return "" if shown == "." else Path(shown).as_posix()


class _Here:
    """Finds what is on this machine, and nothing else."""

    def locate(self, source: str, base: Path, inside: Location | None = None) -> Location:
        """Return where `source` leads. Raises as the function `locate` does."""
        if source.startswith("git+"):
            hint = "" if inside else "scan, gate and `policy show` read policies from git"
            raise UsageError(f"{source}: a git source cannot be read here", hint=hint)
        return locate(source, base)


HERE = _Here()


def load_set(source: str, *, base: Path, opener: extends.Opener = HERE) -> PolicySet:
    """Read the policy set that `source` leads to.

    Args:
        source: `builtin:NAME`, a set's folder, or a file in a set's `policies/`.
        base: what a relative path starts from.
        opener: what finds sources.

    Raises:
        UsageError: `source` leads nowhere.
        PolicyError: files of the set are wrong; every mistake is in it.
    """
    return read_set(source, opener.locate(source, base), extends.Stack(opener))


def read_set(source: str, location: Location, stack: extends.Stack | None = None) -> PolicySet:
    """Read the policy set at `location`, and those that it extends. Raises as `load_set` does."""
    stack = stack or extends.Stack(HERE)
    mistakes = Mistakes()
    built_in_rules = source.startswith(BUILTIN)
    ready = (ahead.known(location.root, location.shown) if built_in_rules else None) or {}
    manifest = next(iter(ready[ahead.MANIFEST]), None) if ready else _manifest(location, mistakes)
    own_controls = _controls(_read_or(ready, location, "controls", mistakes), mistakes)
    built = (
        rule_files.build(file, mistakes, built_in=built_in_rules, root=location.root / "rules")
        for file in _read_or(ready, location, "rules", mistakes)
    )
    own = {rule.id: rule for rule in built if rule is not None}
    policies = {
        file.name: policy_files.build(file, mistakes)
        for file in _read_or(ready, location, "policies", mistakes)
    }
    waivers = _waivers(location, mistakes)
    rules, controls = own, {name: control for name, (control, _) in own_controls.items()}
    brought_rules, brought_controls = own, controls
    bases = extends.Bases()
    if not location.builtin:
        built_in = _built_in(builtin_root())
        bases = extends.read_bases(manifest, location, stack, read_set, mistakes)
        known = {**built_in.controls, **bases.controls, **controls}
        own |= _adopted(location, manifest, known, policies, mistakes)
        _check_taken(own, own_controls, built_in, mistakes)
        _check_brought(own, own_controls, policies, bases, mistakes)
        brought_rules, brought_controls = {**bases.rules, **own}, {**bases.controls, **controls}
        rules, controls = {**built_in.rules, **brought_rules}, {**built_in.controls, **brought_controls}
    if not mistakes.found:  # else a name may be missing only because its file is wrong
        rule_checks.check_names(own, rules, controls, mistakes)
        if own and not location.builtin:  # it imports every format
            rule_checks.check_kinds(own.values(), mistakes)
        _check_default(manifest, {**bases.policies, **policies}, mistakes)
    mistakes.stop()
    return PolicySet(
        source=source,
        rules=dict(sorted(rules.items())),
        own=frozenset(own),
        policies={**bases.policies, **policies},
        controls=dict(sorted(controls.items())),
        default=_default(manifest, policies, bases),
        brought_rules=brought_rules,
        brought_controls=brought_controls,
        waivers=(*bases.waivers, *waivers),
    )


def _default(manifest: File | None, policies: Mapping[str, PolicyFile], bases: extends.Bases) -> str:
    """Return the policy that the set stands for: the named one, else its only own, else its only base's."""
    named = manifest.data.get("default", "") if manifest else ""
    if named or not bases.policies:
        return str(named)
    if policies:
        return next(iter(policies)) if len(policies) == 1 else ""
    return bases.default


def _read_or(
    ready: Mapping[str, Iterable[File]], location: Location, folder: str, mistakes: Mistakes
) -> Iterable[File]:
    """Return the files of `folder` as they were read ahead, else read them."""
    return ready[folder] if folder in ready else _files(location, folder, ahead.FOLDERS[folder], mistakes)


def _adopted(
    location: Location,
    manifest: File | None,
    controls: Mapping[str, Control],
    policies: dict[str, PolicyFile],
    mistakes: Mistakes,
) -> dict[str, Rule]:
    """Return the rules of folders written for Conftest; where there is no policy, add one that takes them."""
    written = manifest.data.get("conftest", []) if manifest else []
    entries = [{"directory": location.folder}] if location.folder else written
    if entries and not policies:
        names = dict.fromkeys(entry.get("name", folders.NAME) for entry in entries)
        policies[folders.NAME] = folders.policy_of_all(tuple(names), location.shown, mistakes)
    return folders.adopt(entries, location.root, location.shown, manifest, controls, mistakes)


def read_ahead() -> None:
    """Write the record that lets the built-in set load without reading its files; see `ahead`.

    Raises:
        PolicyError: files of the set are wrong.
    """
    root = builtin_root()
    location = Location(root, "", BUILTIN[:-1], builtin=True)
    mistakes = Mistakes()
    files = {name: list(_read_or({}, location, name, mistakes)) for name in ahead.FOLDERS}
    manifest = _manifest(location, mistakes)
    for file in files["rules"]:
        rule_files.build(file, mistakes, built_in=True)
    for file in files["policies"]:
        policy_files.build(file, mistakes)
    mistakes.stop()
    files[ahead.MANIFEST] = [manifest] if manifest else []
    ahead.write(root, files)


@cache
def _built_in(root: Path) -> PolicySet:
    """Return the built-in set, read once however many sets of users stand on it."""
    return read_set(BUILTIN, Location(root, "", BUILTIN[:-1], builtin=True))


def built_in_set() -> PolicySet:
    """Return the built-in set."""
    return _built_in(builtin_root())


def _controls(files: Iterable[File], mistakes: Mistakes) -> dict[str, tuple[Control, PlaceOf]]:
    """Return the controls in `files` by id, each with what finds its place."""
    return {
        control.id: (control, place)
        for file in files
        for control, place in control_files.build(file, mistakes)
    }


def _waivers(location: Location, mistakes: Mistakes) -> tuple[Waiver, ...]:
    """Return the set's own waivers; the module that reads them is only imported where there are some."""
    if location.folder or not (location.root / "waivers").is_dir():
        return ()
    from complygate.policy import waivers  # noqa: PLC0415

    files = _files(location, "waivers", waivers.SCHEMA, mistakes)
    return tuple(waiver for file in files for waiver in waivers.build(file, mistakes))


def _check_taken(
    own: Mapping[str, Rule],
    own_controls: Mapping[str, tuple[Control, PlaceOf]],
    built_in: PolicySet,
    mistakes: Mistakes,
) -> None:
    """A name means one thing: nothing of a set replaces a built-in rule or control in silence."""
    for name in own.keys() & built_in.rules.keys():
        mistakes.add(own[name].place, f"there is a built-in rule {name} already", "give it another name")
    for name in own_controls.keys() & built_in.controls.keys():
        mistakes.add(own_controls[name][1](), f"there is a built-in control {name} already", "leave it out")


def _check_brought(
    own: Mapping[str, Rule],
    own_controls: Mapping[str, tuple[Control, PlaceOf]],
    policies: Mapping[str, PolicyFile],
    bases: extends.Bases,
    mistakes: Mistakes,
) -> None:
    """Nothing of a set replaces in silence what a set brings that it extends."""
    hint = "give it another name"
    for name in own.keys() & bases.rules.keys():
        mistakes.add(own[name].place, f"a set that is extended has a rule {name} already", hint)
    for name in own_controls.keys() & bases.controls.keys():
        mistakes.add(own_controls[name][1](), f"a set that is extended has a control {name} already", hint)
    for name in policies.keys() & bases.policies.keys():
        place = policies[name].file.place("/name")
        mistakes.add(place, f"a set that is extended has a policy {name} already", hint)


def _manifest(location: Location, mistakes: Mistakes) -> File | None:
    path = location.root / _MANIFEST
    if location.folder or not path.exists():
        return None
    return read(path, _join(location.shown, _MANIFEST), ahead.MANIFEST, ahead.MANIFEST, mistakes)


def _check_default(manifest: File | None, policies: Mapping[str, PolicyFile], mistakes: Mistakes) -> None:
    default = manifest.data.get("default") if manifest else None
    if manifest and default is not None and default not in policies:
        message = f'default: there is no policy "{default}"'
        mistakes.add(manifest.place("/default"), message, nearest(default, policies))


def _files(location: Location, folder: str, schema: str, mistakes: Mistakes) -> Iterator[File]:
    """Yield the files of one folder of the set that have the right structure, in order of path."""
    if location.folder:
        return
    root = location.root / folder
    for current, below_it, names in os.walk(root):
        below_it.sort()
        for name in sorted(names):
            path = Path(current, name)
            below = path.relative_to(root).as_posix()
            shown = f"{_join(location.shown, folder)}/{below}"
            if name.endswith(".yml"):
                mistakes.add(Place(shown), "is not read", "call it .yaml")
            elif name.endswith(".yaml"):
                if schema != "rule" and "/" in below:
                    mistakes.add(Place(shown), "is not read", f"put it into {folder}/ itself")
                    continue
                file = read(path, shown, below.removesuffix(".yaml"), schema, mistakes)
                if file is not None:
                    yield file


def _join(shown: str, name: str) -> str:
    return f"{shown}/{name}" if shown else name
