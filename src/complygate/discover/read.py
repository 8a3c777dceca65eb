"""Files to documents: every file is offered to the formats, in their order, and read once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from complygate.discover.sources import DiskSource, read_text
from complygate.model import plugins
from complygate.model.document import Document
from complygate.model.problem import Problem, ProblemKind
from complygate.model.report import Coverage, LeftOut
from complygate.model.source import Files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.discover.walk import Tree

Progress = Callable[[int, int], None]
"""Told how many files are done, and how many there are."""

_CONTEXT_NAMES = frozenset({"catalog-info.yaml", "catalog-info.yml", "CODEOWNERS"})

_UNREAD = {
    "binary": "holds binary data where text is expected",
    "too-large": "is larger than 32 MiB",
    "unreadable": "cannot be opened",
    "not-utf-8": "is not UTF-8 text",
}


class Reader:
    """Reads a tree, as a stream of documents and problems, and keeps account of what it saw.

    A file whose format reads it alone is read and handed on at once, so that memory does not grow with
    the tree; files of a group (a Terraform tree, a Helm chart) follow when all are known.
    """

    def __init__(self, tree: Tree, *, watch: str = "", progress: Progress | None = None) -> None:
        """Start.

        Args:
            tree: the files.
            watch: files that hold this text are noted in `watched`.
            progress: is told, before each file, how many are done and how many there are.
        """
        self._tree = tree
        self._progress = progress
        self._files = Files(tree.root.folder, frozenset(tree.paths))
        self._formats: Counter[str] = Counter()
        self._documents: Counter[str] = Counter()
        self.with_documents: set[str] = set()
        """Files that gave at least one document."""
        self.watched: dict[str, tuple[str, ...]] = {}
        """Files that hold the watched text, with what starts a comment in each."""
        self._watch = watch
        self._unparsed: set[str] = set()
        self._current: dict[str, DiskSource] = {}
        self._left_out = list(tree.left_out)

    def __iter__(self) -> Iterator[Document | Problem]:
        """Yield every document and every problem of the tree."""
        groups: dict[tuple[str, str], list[DiskSource]] = defaultdict(list)
        readers: dict[str, plugins.Format] = {}
        for number, path in enumerate(self._tree.paths):
            if self._progress is not None:
                self._progress(number, len(self._tree.paths))
            source = DiskSource(path, self._files)
            form, group = self._claim(source)
            if form is None:
                continue
            if group == path:
                yield from self._read(form, [source])
            else:
                readers[form.NAME] = form
                groups[form.NAME, group].append(source)
        for (name, _), sources in groups.items():
            yield from self._read(readers[name], sources)

    def context(self) -> Iterator[Document]:
        """Yield the documents that rules on any kind may ask for, ahead of the stream: they are few.

        They come again in the stream, where they are judged and counted.
        """
        for path in self._tree.paths:
            if path.rpartition("/")[2] in _CONTEXT_NAMES:
                source = DiskSource(path, self._files)
                form = next((form for form in plugins.formats() if form.claims(source) == path), None)
                if form is not None and not source.unread:
                    yield from (item for item in form.read([source]) if isinstance(item, Document))

    def text(self, path: str) -> str:
        """Return the text of a file of the tree, or "" when it cannot be read.

        What is being read is at hand: its findings are placed in the very text that gave them.
        """
        source = self._current.get(path)
        return source.text if source is not None else read_text(f"{self._tree.root.folder}/{path}")[0]

    def _claim(self, source: DiskSource) -> tuple[plugins.Format | None, str]:
        """Return the format that takes `source` and its group; note it as left out when none does."""
        if not source.looks_binary:
            for form in plugins.formats_for(source.suffix):
                group = form.claims(source)
                if group is not None:
                    self._formats[form.NAME] += 1
                    return form, group
        reason = "binary" if source.looks_binary else (source.unread if source.opened else "")
        self._left_out.append(LeftOut(self._tree.root.prefix + source.path, reason or "not-recognised"))
        return None, ""

    def _read(self, form: plugins.Format, sources: Sequence[DiskSource]) -> Iterator[Document | Problem]:
        readable = []
        for source in sources:
            if source.unread:
                self._unparsed.add(source.path)
                yield Problem(
                    ProblemKind.PARSE_ERROR, f"{source.name} {_UNREAD[source.unread]}", path=source.path
                )
            else:
                readable.append(source)
        if not readable:
            return
        self._current = {source.path: source for source in readable}
        marked = {source.path for source in readable if self._watch and self._watch in source.text}
        for item in _guarded(form, readable):
            if isinstance(item, Document):
                self._documents[item.kind] += 1
                self.with_documents.add(item.path)
                if item.path in marked:
                    self.watched[item.path] = item.tree.comments
            elif item.kind is ProblemKind.PARSE_ERROR:
                self._unparsed.add(item.path)
            yield item

    def coverage(self, rules: Mapping[str, int]) -> Coverage:
        """Return the account, once the stream is used up.

        Args:
            rules: how many nodes each rule judged, by id.
        """
        prefix = self._tree.root.prefix
        return Coverage(
            files=len(self.with_documents),
            documents=dict(sorted(self._documents.items())),
            formats=dict(sorted(self._formats.items())),
            rules=dict(sorted(rules.items())),
            left_out=tuple(sorted(self._left_out, key=lambda item: (item.path, item.reason))),
            unparsed=tuple(sorted(prefix + path for path in self._unparsed)),
        )


def _guarded(form: plugins.Format, sources: Sequence[DiskSource]) -> Iterator[Document | Problem]:
    """Yield what `form` reads. Should it crash, the other files are still judged, and nothing is green."""
    try:
        yield from form.read(sources)
    except Exception as error:  # noqa: BLE001 - whatever a reader's bug raises is one file undecided
        what = f"{sources[0].path} and {len(sources) - 1} more" if len(sources) > 1 else sources[0].path
        yield Problem(
            ProblemKind.ENGINE_ERROR,
            f"the reader of {form.NAME} files failed on {what}: {type(error).__name__}: {error}",
            path=sources[0].path,
            hint="this is a bug in complygate: please report it with the file",
        )
