"""Where the resource of each finding stands, and what the finding was called before its file was renamed.

Only scans that compare with another commit ask for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.findings.fingerprint import Fingerprints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.model.document import Document


class Follow:
    """Takes notes while findings are made.

    Attributes:
        extents: first and last line of the resource, by the finding's fingerprint.
        former: fingerprints as they would be under the file's path before, by fingerprint.
    """

    def __init__(self, renamed: Mapping[str, str]) -> None:
        """Take the former paths of files, by path."""
        self.extents: dict[str, tuple[int, int]] = {}
        self.former: dict[str, str] = {}
        self._renamed = renamed
        self._names = Fingerprints()

    def note(
        self, fingerprint: str, rule: str, path: str, document: Document, pointer: str, *more: str
    ) -> None:
        """Take note of one finding; the arguments are those of its fingerprint."""
        extent = _extent(document)
        if extent is not None:
            self.extents[fingerprint] = extent
        former = self._renamed.get(path)
        if former is not None:
            self.former[fingerprint] = self._names.of(rule, former, document, pointer, *more)


def _extent(document: Document) -> tuple[int, int] | None:
    """Return the first and last line of a document that is a part of its file; None for a whole file."""
    tree, at = document.tree, document.base
    span = tree.values.get(at) if document.name else None
    if span is None:
        return None
    head = tree.keys.get(at, span)
    # A stretch that ends before the first column of a line ends with the line before.
    last = span.end_line - 1 if span.end_column == 1 and span.end_line > span.line else span.end_line
    return min(head.line, span.line), last
