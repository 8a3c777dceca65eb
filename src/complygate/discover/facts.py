"""What a policy may ask about the repository: its name, its catalogue file, who owns it.

A pull request writes the scanned tree, and could leave a group of repositories by editing them. So they are
read from the commit that it is compared with, wherever one is given.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from complygate.discover import base as bases
from complygate.discover.git import provenance
from complygate.discover.sources import read_text
from complygate.errors import SyntaxProblem, UndecidedError
from complygate.model.cohort import Facts
from complygate.model.owners import PATHS, UnclearError, owners_of
from complygate.syntax import codeowners, yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from complygate.discover.walk import Root

    Read = Callable[[str], str | None]

_T = TypeVar("_T")
_CATALOGUES = ("catalog-info.yaml", "catalog-info.yml")
_ANY_FILE = "any-file-that-no-line-names"


class UnreadError(Exception):
    """A file is there and cannot be read."""


def read_facts(root: Root, base: str, name: str, *, from_base: bool) -> Facts:
    """Return what is known of the repository at `root`.

    Args:
        root: the scanned folder.
        base: the commit that it is compared with, as the user names it; "" for none.
        name: the repository's name, where CI or the user gives it; "" for what git's remote says.
        from_base: whether the scanned tree itself is not believed.
    """
    reasons: dict[str, str] = {}
    found = name or name_of(provenance(root.folder).repository)
    if not found:
        reasons["name"] = "its name is not known: give --repository ORG/NAME"
    try:
        read = _reader(root, base, from_base=from_base)
    except UndecidedError as error:
        reasons |= dict.fromkeys(("entities", "owners"), str(error))
        return Facts(found or None, None, None, reasons)
    entities = _known("entities", lambda: catalogue_of(root, read), reasons)
    owners = _known("owners", lambda: _owners(root, read), reasons)
    return Facts(found or None, entities, owners, reasons)


def _known(what: str, read: Callable[[], _T], reasons: dict[str, str]) -> _T | None:
    try:
        return read()
    except (UnreadError, UndecidedError) as error:
        reasons[what] = str(error)
        return None


def name_of(url: str) -> str:
    """Return `org/name` of a repository's URL; "" where it holds none."""
    return urlsplit(url).path.strip("/").removesuffix(".git")


def _reader(root: Root, base: str, *, from_base: bool) -> Read:
    """Return what reads a file from git's top level: None where there is none.

    Raises:
        UndecidedError: the base is asked for and is not there.
    """
    if base:
        commit = bases.find(root.folder, base)

        def of_commit(path: str) -> str | None:
            data = commit.read(path)
            try:
                return None if data is None else data.decode("utf-8-sig")
            except UnicodeDecodeError:
                raise UnreadError(f"{path} in commit {commit.commit[:12]} is not UTF-8 text") from None

        return of_commit
    if from_base:
        raise UndecidedError("the policy reads this from the base commit: give --base REF")
    return tree_reader(root)


def tree_reader(root: Root) -> Read:
    """Return what reads a file of the work tree from git's top level: None where there is none.

    It raises `UnreadError` for what is there and cannot be read.
    """
    top = str(root.folder)
    top = top.removesuffix(f"/{root.prefix}".rstrip("/")) if root.prefix else top
    return lambda path: _of_tree(top, path)


def _of_tree(top: str, path: str) -> str | None:
    file = f"{top}/{path}"
    if not os.path.lexists(file):
        return None
    if os.path.realpath(file) != os.path.join(os.path.realpath(top), path):  # noqa: PTH118 - beside realpath
        raise UnreadError(f"{path} is a link, which is not followed")
    text, reason = read_text(file) if os.path.isfile(file) else ("", "no file")  # noqa: PTH113 - as above
    if reason:
        raise UnreadError(f"{path} cannot be read: {reason}")
    return text


def catalogue_of(root: Root, read: Read) -> tuple[Mapping[str, Any], ...]:
    """Return the entities of the catalogue file of the scanned folder, else of git's top level.

    Raises:
        UnreadError: there is one, and it cannot be read.
    """
    for folder in dict.fromkeys((root.prefix, "")):
        for path in (f"{folder}{name}" for name in _CATALOGUES):
            text = read(path)
            if text is not None:
                return tuple(_parsed(path, text))
    return ()


def _parsed(path: str, text: str) -> Iterable[Mapping[str, Any]]:
    try:
        trees = yaml.parse_text(path, text)
    except SyntaxProblem as problem:
        raise UnreadError(f"{problem.place}: {problem.message}") from None
    for tree in trees:
        if tree.notes or not isinstance(tree.data, dict | None):
            raise UnreadError(f"{path} is not a catalogue file that can be read without doubt")
        if tree.data is not None:
            yield tree.data


def _owners(root: Root, read: Read) -> frozenset[str]:
    """Return who owns the scanned folder as a whole: a file in it that no line of CODEOWNERS names."""
    found: set[frozenset[str]] = set()
    for path in PATHS:
        text = read(path)
        if text is not None:
            try:
                found.add(owners_of(f"{root.prefix}{_ANY_FILE}", codeowners.parse_text(path, text).data))
            except UnclearError as error:
                raise UnreadError(f"{path} has a pattern that platforms read differently: {error}") from None
    if len(found) > 1:
        raise UnreadError("there are several CODEOWNERS, which name different owners")
    return next(iter(found), frozenset())
