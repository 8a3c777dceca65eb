"""The repository as one document: what rules on `repository` judge, and what `repo` means in all rules."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from complygate.evaluate import ecosystems
from complygate.model import pointer as ptr
from complygate.model.document import REPOSITORY, Document
from complygate.model.glob import any_matches, compile_glob
from complygate.model.tree import Span, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from complygate.evaluate.judge import Judged

_ANCHORS = ("catalog-info.yaml", "catalog-info.yml", "README.md", "README.rst", "README")
_OWNERS = "codeowners/file"
"""A rule that reads this asks who owns files."""
_TOP = (".github/", ".gitlab/", ".well-known/", "LICENSES/", "legal/")
"""Folders whose files count as standing at the top."""
_START = Span(1, 1, 1, 1)


def _at_top(path: str) -> bool:
    return path.startswith(_TOP) or "/" not in path.removeprefix("docs/")


class Repository:
    """Collects what the whole repository is made of, while its documents stream by.

    Documents are kept only for the kinds that some rule reads, since the places of ten thousand files
    would not fit into memory. A finding inside a kept document is located through `rehome`.
    """

    def __init__(self, files: Sequence[str], context: Iterable[Document], reads: Iterable[str]) -> None:
        """Start.

        Args:
            files: the tree's files.
            context: the documents that every rule may ask for: the catalogue's, and CODEOWNERS.
            reads: the kinds, or globs of kinds, that rules on the repository name.
        """
        self._files = list(files)
        self._reads = tuple(sorted(set(reads)))
        self._read: dict[str, bool] = {}
        self._kept: dict[str, list[Document]] = defaultdict(list)
        for pattern in self._reads:
            if compile_glob(pattern).pattern.replace("\\", "") == pattern:
                self._kept[pattern] = []
        known = tuple(context)
        self._context_paths = {document.path for document in known}
        self._catalog = [document for document in known if document.kind.startswith("backstage/")]
        self._codeowners = [document for document in known if document.kind == "codeowners/file"][:1]

    def add(self, document: Document) -> None:
        """Take note of `document`."""
        if document.kind.startswith("backstage/") and document.path not in self._context_paths:
            self._catalog.append(document)
        kind = document.kind
        if kind not in self._read:
            self._read[kind] = any_matches(self._reads, kind)
        if self._read[kind]:
            self._kept[kind].append(document)

    def facts(self) -> dict[str, Any]:
        """Return `repo` for rules on other kinds: files, catalog and codeowners."""
        owners = self._codeowners[0].data.get("rules", []) if self._codeowners else []
        return {
            "files": self._files,
            "catalog": [document.data for document in self._catalog],
            "codeowners": owners,
        }

    def document(self) -> Document:
        """Return the document of kind `repository`."""
        data = self.facts()
        data["top"] = [path for path in self._files if _at_top(path)]
        data["ecosystems"] = ecosystems.of(self._files)
        data["documents"] = {
            kind: [{"path": d.path, "name": d.name, "data": d.data} for d in documents]
            for kind, documents in sorted(self._kept.items())
        }
        if _OWNERS in self._reads:
            self._add_owners(data["documents"])
        anchor = next((name for name in _ANCHORS if name in self._files), None)
        path = anchor or (self._files[0] if self._files else "")
        tree = Tree(path, "repository", data, {"": _START})
        return Document(REPOSITORY, "", tree, data)

    def _add_owners(self, documents: dict[str, list[dict[str, Any]]]) -> None:
        """Give each document its owners by CODEOWNERS: none where there is no such file, null if unclear."""
        from complygate.model.owning import Owning  # noqa: PLC0415 - only where it is asked

        owning = Owning(self._codeowners[0].data) if self._codeowners else None
        owners: dict[str, list[str] | None] = {}
        for document in (one for kept in documents.values() for one in kept):
            path = document["path"]
            if path not in owners:
                owners[path] = owning.of(path) if owning else []
            document["owners"] = owners[path]

    def rehome(self, judged: Judged) -> Judged:
        """Return `judged`, which speaks of the repository, as speaking of the document that it lies in."""
        owner = self._owner(judged.pointer)
        return judged if owner is None else replace(judged, document=owner[0], pointer=owner[1])

    def _owner(self, pointer: str) -> tuple[Document, str] | None:
        """Return the document that `pointer`, an address in the repository document, lies in.

        Returns:
            The document and the rest of the pointer inside it, or None when the pointer is about the
            repository itself.
        """
        match ptr.split(pointer):
            case ["documents", kind, index, *rest] if kind in self._kept:
                inner = rest[1:] if rest[:1] == ["data"] else []
                return self._kept[kind][int(index)], ptr.build(inner)
            case ["catalog", index, *rest]:
                return self._catalog[int(index)], ptr.build(rest)
            case ["codeowners", *rest] if self._codeowners:
                return self._codeowners[0], ptr.build(["rules", *rest])
        return None
