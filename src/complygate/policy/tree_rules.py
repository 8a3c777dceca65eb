"""Rules that a scanned repository brings for itself. Whoever wrote them may mean ill: all is bounded."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from complygate.errors import Place
from complygate.policy import rule_checks
from complygate.policy import rules as rule_files
from complygate.policy.files import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complygate.model.policy import Control
    from complygate.model.rule import Rule
    from complygate.policy.files import File, Mistakes

MOST_BYTES = 0x40000
"""The size of one file, of those that a repository writes for its policy."""
MOST_FILES = 500
_HINT = "a rule has a file of its own in the repository"


def read_rules(
    file: File, tree: Path, known: Mapping[str, Rule], controls: Mapping[str, Control], mistakes: Mistakes
) -> dict[str, Rule]:
    """Return the rules below the folder that `rules_from` names, by id.

    Args:
        file: the repository's file.
        tree: the scanned folder.
        known: the rules there are: a name means one thing, and no rule of a repository takes another's.
        controls: the controls that a rule may name.
        mistakes: gets what is wrong.
    """
    below = file.data.get("rules_from")
    if below is None:
        return {}
    place, folder = file.place("/rules_from"), tree / below
    if not folder.is_dir() or folder.resolve() != tree.resolve() / Path(below):
        message = f"rules_from: {below} is not a folder of the repository, or a link leads there"
        mistakes.add(place, message, "name a folder, without links on the way")
        return {}
    found: dict[str, Rule] = {}
    for path, name, shown in _files(tree, folder, mistakes):
        text = read(path, shown, name, "rule", mistakes)
        rule = rule_files.build(text, mistakes, root=folder) if text else None
        if rule is not None and rule.id in known:
            mistakes.add(rule.place, f"there is a rule {rule.id} already", "give it another name")
        elif rule is not None:
            found[rule.id] = rule
    if not mistakes.found:
        rule_checks.check_names(found, {**known, **found}, controls, mistakes)
        rule_checks.check_kinds(found.values(), mistakes)
    return found


def _files(tree: Path, folder: Path, mistakes: Mistakes) -> Iterator[tuple[Path, str, str]]:
    """Yield each rule file's path, its name as a rule's id, and its path in messages."""
    count = 0
    for current, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*names, *folders]):
            path = Path(current, name)
            shown = path.relative_to(tree).as_posix()
            if name in folders and not path.is_symlink():
                continue
            count += 1
            if count > MOST_FILES:
                mistakes.add(Place(shown), f"there are more than {MOST_FILES} files", "bring fewer rules")
                return
            why = _refused(path)
            if why:
                mistakes.add(Place(shown), why, _HINT)
            elif name.endswith(".yml"):
                mistakes.add(Place(shown), "is not read", "call it .yaml")
            elif name.endswith(".yaml"):
                yield path, path.relative_to(folder).as_posix().removesuffix(".yaml"), shown


def _refused(path: Path) -> str:
    state = path.lstat()
    if stat.S_ISLNK(state.st_mode):
        return "is a link"
    if not stat.S_ISREG(state.st_mode):
        return "is not a file"
    return f"is larger than {MOST_BYTES} bytes" if state.st_size > MOST_BYTES else ""
