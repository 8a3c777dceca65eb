"""A file of the scanned tree, as formats see it."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any

from complygate.values import dataclass


@dataclass(frozen=True)
class Files:
    """The scanned tree's file list.

    Attributes:
        root: the directory on disk, for a tool that reads a tree by itself.
        paths: every file that is scanned, relative to `root`, with "/" between parts.
    """

    root: Path
    paths: frozenset[str]

    def __contains__(self, path: object) -> bool:
        """Tell whether `path` is one of the files."""
        return path in self.paths


@dataclass(frozen=True)
class Source:
    """One file: its path, its text, and the tree around it.

    Attributes:
        path: relative to the root, with "/" between parts.
        text: the decoded text, without a byte-order mark. Line ends are as in the file. Read from disk when
            first asked for, so a format that looks at the path first costs nothing for other files.
        files: the tree that it belongs to.
        memo: what parsers leave for one another, so that a text is parsed once however many formats look
            at it.
    """

    path: str
    text: str
    files: Files
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    # Twenty formats ask each file for the next two: they are worked out once, and without a path object.

    @cached_property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @cached_property
    def suffix(self) -> str:
        """The ending of the name, in lower case, with its dot."""
        stem, dot, ending = self.name.rpartition(".")
        return f".{ending.lower()}" if dot and stem and ending else ""

    @property
    def folder(self) -> str:
        """The path of the folder that holds it; "" for the root."""
        head, _, _ = self.path.rpartition("/")
        return head
