"""Folders of policies written for Conftest, as parts of a policy set or in the place of one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from complygate.errors import Place, PolicyError, SyntaxProblem
from complygate.model import plugins
from complygate.model.folder import PolicyFolder
from complygate.model.glob import any_matches
from complygate.policy.files import File, read_text
from complygate.policy.policies import PolicyFile
from complygate.policy.policies import build as build_policy
from complygate.syntax import json, yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.model.policy import Control
    from complygate.model.rule import Rule
    from complygate.policy.files import Mistakes

ENGINE = "rego"
NAME = "conftest"
"""What the ids of adopted rules start with, and the name of the policy that takes all of them."""

_ENDING = ".rego"
_PARSERS = {".json": json.parse_text, ".yaml": yaml.parse_text, ".yml": yaml.parse_text}
_POLICY = """\
name: {name}
title: Every rule of {shown}
rules:
  - select: {{ids: [{ids}]}}
"""


def holds_policies(path: Path) -> bool:
    """Tell whether there is a Rego file in the folder at `path` or below."""
    return next(_walk(path, _ENDING), None) is not None


def _walk(root: Path, *endings: str) -> Iterator[str]:
    """Yield the paths below `root` of files with one of these endings; links to folders are passed over."""
    for current, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted(names):
            if name.endswith(endings):
                yield Path(current, name).relative_to(root).as_posix()


def adopt(
    entries: Sequence[Mapping[str, Any]],
    root: Path,
    shown: str,
    manifest: File | None,
    controls: Mapping[str, Control],
    mistakes: Mistakes,
) -> dict[str, Rule]:
    """Return the rules of the folders that `entries` name, by id.

    Args:
        entries: the entries under `conftest` in a set's manifest.
        root: the set's folder.
        shown: its path in messages.
        manifest: the manifest, or None where a folder is taken in the place of a set.
        controls: the controls that rules may name; in an annotation the word may mean anything else.
        mistakes: gets what is wrong.
    """
    found: dict[str, Rule] = {}
    for number, entry in enumerate(entries):
        at = f"/conftest/{number}"
        reader = _Folder(root, shown, manifest, at, mistakes)
        folder = reader.read(entry)
        if folder is None:
            continue
        for rule in _rules(folder, mistakes):
            if rule.id in found:
                message = f"{rule.id}: a folder before gives a rule of this id"
                mistakes.add(reader.place(""), message, "give this folder another `name`")
            known = tuple(control for control in rule.controls if control in controls)
            found[rule.id] = replace(rule, controls=known)
    return found


def _rules(folder: PolicyFolder, mistakes: Mistakes) -> tuple[Rule, ...]:
    try:
        return plugins.adopter(ENGINE).adopt(folder)
    except PolicyError as error:
        for one in (error, *error.others):
            mistakes.add(one.place, one.message, one.hint)
        return ()


class _Folder:
    """Reads one folder."""

    def __init__(self, root: Path, shown: str, manifest: File | None, at: str, mistakes: Mistakes) -> None:
        self._root, self._shown, self._manifest = root, shown, manifest
        self._at, self._mistakes = at, mistakes

    def place(self, key: str) -> Place | None:
        """Return where `key` of the entry stands."""
        return self._manifest.place(f"{self._at}{key}") if self._manifest else None

    def read(self, entry: Mapping[str, Any]) -> PolicyFolder | None:
        """Return the folder that `entry` names, or None where it is wrong."""
        before = len(self._mistakes.found)
        path = self._inside(entry["directory"], "/directory")
        if path is None:
            return None
        files = self._files(path, tuple(entry.get("ignore", ())))
        data = self._data(entry.get("data", ()))
        if len(self._mistakes.found) > before:
            return None
        below = path.relative_to(self._root).as_posix() if path != self._root else ""
        shown = "/".join(part for part in (self._shown, below) if part)
        if path.is_file():
            shown = shown.rpartition("/")[0]
        namespaces = tuple(entry.get("namespaces", ()))
        return PolicyFolder(shown, entry.get("name", NAME), files, data, namespaces, self.place(""))

    def _inside(self, name: str, key: str) -> Path | None:
        """Return the path in the set's folder that `name` means, or None and note why not."""
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or "\\" in name or "\0" in name:
            self._mistakes.add(self.place(key), f"{name}: is not a path inside the policy set")
            return None
        path = self._root / name
        if not path.exists():
            self._mistakes.add(self.place(key), f"{name}: there is no such file or folder")
            return None
        if not path.resolve().is_relative_to(self._root.resolve()):
            self._mistakes.add(self.place(key), f"{name}: leads out of the policy set")
            return None
        return path

    def _files(self, path: Path, ignored: tuple[str, ...]) -> dict[str, str]:
        root, names = (path.parent, iter([path.name])) if path.is_file() else (path, _walk(path, _ENDING))
        return {
            name: text
            for name in names
            if not any_matches(ignored, name) and (text := self._text(root / name)) is not None
        }

    def _text(self, path: Path) -> str | None:
        if not path.resolve().is_relative_to(self._root.resolve()):
            self._mistakes.add(Place(self._named(path)), "leads out of the policy set")
            return None
        return read_text(path, self._named(path), self._mistakes)

    def _named(self, path: Path) -> str:
        below = path.relative_to(self._root).as_posix()
        return f"{self._shown}/{below}" if self._shown else below

    def _data(self, names: Sequence[str]) -> dict[str, Any]:
        """Return what the data files hold together, maps of one name joined."""
        joined: dict[str, Any] = {}
        for number, name in enumerate(names):
            path = self._inside(name, f"/data/{number}")
            if path is None:
                continue
            files = [path] if path.is_file() else [path / below for below in _walk(path, *_PARSERS)]
            for file in files:
                if (text := self._text(file)) is not None:
                    self._join(joined, self._parsed(file, text), file)
        return joined

    def _parsed(self, path: Path, text: str) -> dict[str, Any]:
        named = self._named(path)
        parse = _PARSERS.get(path.suffix)
        if parse is None:
            self._mistakes.add(Place(named), "is neither JSON nor YAML")
            return {}
        try:
            trees = [tree for tree in parse(named, text) if tree.data is not None]
        except SyntaxProblem as error:
            self._mistakes.add(error.place, error.message, error.hint)
            return {}
        if len(trees) != 1 or not isinstance(trees[0].data, dict):
            self._mistakes.add(Place(named, 1, 1), "must be one map of keys and values")
            return {}
        found: dict[str, Any] = trees[0].data
        return found

    def _join(self, into: dict[str, Any], data: Mapping[str, Any], path: Path) -> None:
        for key, value in data.items():
            known = into.get(key)
            if isinstance(known, dict) and isinstance(value, dict):
                self._join(known, value, path)
            elif key in into and known != value:
                self._mistakes.add(
                    Place(self._named(path)), f"{key}: another data file gives it a value already"
                )
            else:
                into[key] = value


def policy_of_all(names: Sequence[str], shown: str, mistakes: Mistakes) -> PolicyFile:
    """Return the policy that takes every adopted rule, for folders that come without one.

    Args:
        names: what the ids of the rules start with.
        shown: the set's path in messages.
        mistakes: gets what is wrong.
    """
    ids = ", ".join(f'"{name}/**"' for name in names)
    text = _POLICY.format(name=NAME, shown=shown or "this folder", ids=ids)
    tree = yaml.parse_text(shown, text)[0]
    return build_policy(File(shown or ".", NAME, tree, text), mistakes)
