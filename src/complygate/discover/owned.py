"""Whose a file is: by CODEOWNERS of the scanned tree, else by its catalogue file."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from complygate.discover.facts import UnreadError, catalogue_of, tree_reader
from complygate.model.owners import PATHS, UnclearError, owners_of
from complygate.syntax import codeowners

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.discover.walk import Root


class Owners:
    """The owners of one repository's files. Who they are is for people to read; nothing is decided by it."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._read = tree_reader(root)
        self.of = cache(self._of)

    def _of(self, path: str) -> str:
        """Return who owns the file at `path`, from git's top level; "" where nobody is named."""
        for data in self._codeowners:
            try:
                found = owners_of(path, data)
            except UnclearError:
                continue
            if found:
                return ", ".join(sorted(found))
        return self._by_catalogue

    @cached_property
    def _codeowners(self) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for path in PATHS:
            try:
                text = self._read(path)
            except UnreadError:
                continue
            if text is not None:
                found.append(codeowners.parse_text(path, text).data)
        return found

    @cached_property
    def _by_catalogue(self) -> str:
        try:
            entities = catalogue_of(self._root, self._read)
        except UnreadError:
            return ""
        specs = (entity.get("spec") for entity in entities)
        named = (spec.get("owner") for spec in specs if isinstance(spec, dict))
        return next((owner for owner in named if isinstance(owner, str) and owner), "")
