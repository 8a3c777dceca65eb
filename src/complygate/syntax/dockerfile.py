"""Dockerfile and Containerfile: text to plain data with places.

The data:

    directives    {"syntax": ..., "escape": ..., "check": ...}, as far as given
    args          the ARGs before the first FROM: name to default, or null
    instructions  the records of those ARGs
    stages        one for each FROM:
      index, name (or null), final (whether it is the last), platform (or null)
      base          {raw, image, name, registry, repository, tag, digest, stage, scratch}
      user, group   of the last USER, here or in the stage that this one builds on; else null
      instructions  the records of the instructions after FROM

A record has the same keys whatever the instruction, so a rule need not ask whether they are there:

    instruction   "RUN"
    value         what follows the keyword and its flags, continuations joined
    flags         {"chown": "app"}: a flag without a value is "true"; mount, exclude and device are lists
    mounts        RUN's --mount flags: [{"type": "secret", "id": "npm"}]
    form          "exec" (a JSON array), "heredoc" or "shell"
    args          exec form: its elements; ADD, COPY, EXPOSE, VOLUME, USER, WORKDIR, STOPSIGNAL: the words
    command       RUN, CMD, ENTRYPOINT and HEALTHCHECK: everything that is run, here-documents included
    heredocs      [{name, content, expand, chomp}]
    keys          ENV, ARG, LABEL: name to value; an ARG without a default is null
    sources       ADD, COPY: what is copied, here-documents left out
    destination   ADD, COPY: where to, else ""
    from          COPY --from: as a stage's base, else null
    trigger       ONBUILD: the record of the instruction, else null
    stage         the index of the stage, or null before the first FROM
    overruled     CMD, ENTRYPOINT, HEALTHCHECK: whether a later one of the stage takes its place

Variables are substituted where the builder does it (not in RUN, CMD and ENTRYPOINT, which leave it to the
shell), from ARG defaults and ENV as far as the file tells. What it does not tell is null, with the reason
in `unknowns`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.errors import Place, SyntaxProblem
from complygate.model.document import Unknown
from complygate.model.pointer import join
from complygate.model.tree import Tree
from complygate.syntax._dockerfile_lines import Line, Reader
from complygate.syntax._dockerfile_records import KNOWN, Record, flags_of
from complygate.syntax._dockerfile_tables import Tables, Word
from complygate.syntax._dockerfile_words import HOLE, Scope, expand, split
from complygate.syntax.offsets import Offsets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.model.source import Source

COMMENTS = ("#",)
_ONCE = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK"})
_MOST_STAGES = 1000
_BUDGET = 4 << 20
_STAGE_NAME = re.compile(r"[a-z][a-z0-9_.-]*")

_SURROGATE = re.compile("[\ud800-\udfff]")


class Dockerfile(NamedTuple):
    """A parsed file: its tree, and what in its data cannot be known, by pointer."""

    tree: Tree
    unknowns: Mapping[str, Unknown]


def parse(source: Source) -> Dockerfile:
    """Return the parsed `source`.

    Raises:
        SyntaxProblem: the builder would refuse the file; the place is in it.
    """
    return parse_text(source.path, source.text)


def parse_text(path: str, text: str) -> Dockerfile:
    """Return the parsed `text` of the file at `path`.

    An instruction that the builder does not know, or refuses, is a note of the tree and not the end.

    Raises:
        SyntaxProblem: the text has no `FROM`, something but `ARG` before it, a `FROM` that is not one, a
            here-document without end, or a NUL.
    """
    offsets = Offsets(text)
    if HOLE in text:
        raise SyntaxProblem("The file holds a NUL character.", place=offsets.place(path, text.index(HOLE)))
    return _Builder(path, text, offsets).build()


class _Builder:
    """Puts the stages of one file together."""

    def __init__(self, path: str, text: str, offsets: Offsets) -> None:
        self._path = path
        self._reader = Reader(path, text, offsets)
        self._tables = Tables(path, offsets, self._reader.escape)
        self._tables.plain = not _SURROGATE.search(text)
        self._tables.values[""] = offsets.span(0, len(text))
        self._globals = Scope([_BUDGET], {})
        self._scopes: list[Scope] = []
        self._stages: list[dict[str, Any]] = []
        self._names: dict[str, int] = {}
        self._before: list[dict[str, Any]] = []
        self._once: dict[tuple[int | None, str], dict[str, Any]] = {}

    def build(self) -> Dockerfile:
        """Return the parsed file."""
        tables, directives = self._tables, {}
        for directive in self._reader.directives:
            directives[directive.name] = directive.value
            span = tables.offsets.span(directive.start, directive.end)
            tables.values[join("/directives", directive.name)] = span
        for line in self._reader.lines():
            if line.keyword == "FROM":
                self._from(line)
            else:
                self._instruction(line)
        if not self._stages:
            raise SyntaxProblem("The file has no FROM instruction.", place=Place(self._path, 1, 1))
        self._stages[-1]["final"] = True
        data = {
            "directives": directives,
            "args": {name: value for record in self._before for name, value in record["keys"].items()},
            "instructions": self._before,
            "stages": self._stages,
        }
        tree = Tree(
            self._path,
            "dockerfile",
            data,
            tables.values,
            tables.keys,
            comments=COMMENTS,
            notes=tuple(tables.notes),
            # A hole, which is a NUL, stands only in what is unknown.
            plain=tables.plain and not tables.unknowns,
        )
        return Dockerfile(tree, tables.unknowns)

    def _from(self, line: Line) -> None:
        """Begin a stage."""
        index, tables = len(self._stages), self._tables
        if index == _MOST_STAGES:
            raise SyntaxProblem(f"The file has more than {_MOST_STAGES} stages.", place=tables.place(line))
        pointer = join("/stages", index)
        tables.values[pointer] = tables.whole(line)
        flags, start = flags_of(tables, line, pointer)
        image, name = self._image_and_name(line, start)
        base = self._base(line, image, join(pointer, "base"))
        parent = self._names.get(base["image"].lower()) if base["stage"] else None
        stage: dict[str, Any] = {
            "index": index,
            "name": None,
            "final": False,
            "platform": self._platform(flags, pointer),
            "base": base,
            "user": None,
            "group": None,
            "instructions": [],
        }
        self._stages.append(stage)
        if name is not None:
            self._name(line, name, stage, pointer)
        image_below = parent is None and not base["scratch"]
        above = self._scopes[parent] if parent is not None else None
        self._scopes.append(Scope(self._globals.budget, self._globals.args, above, image=image_below))
        if parent is not None:
            self._inherit(stage, parent, pointer)

    def _image_and_name(self, line: Line, start: int) -> tuple[Word, Word | None]:
        """Return the words of `FROM image AS name`."""
        text = line.stretch.text
        match list(split(text, start, line.end, self._tables.escape)):
            case [image]:
                return image, None
            case [image, between, name] if text[slice(*between)].lower() == "as":
                return image, name
        raise SyntaxProblem("FROM needs an image, or an image AS a name.", place=self._tables.place(line))

    def _base(self, line: Line, word: Word, pointer: str) -> dict[str, Any]:
        """Return the image, or the earlier stage, that a `FROM` names."""
        expansion = self._tables.expand(line, word, pointer, self._globals)
        raw, span = line.stretch.text[slice(*word)], self._tables.span(line, *word)
        known = expansion.text.lower() in self._names
        return self._tables.image(raw, expansion, pointer, span, stage=known)

    def _platform(self, flags: dict[str, Any], pointer: str) -> str | None:
        raw = flags.get("platform")
        if raw is None:
            return None
        at = join(pointer, "platform")
        self._tables.values[at] = self._tables.values[join(pointer, "flags", "platform")]
        return self._tables.known(at, expand(raw, self._globals, self._tables.escape))

    def _name(self, line: Line, word: Word, stage: dict[str, Any], pointer: str) -> None:
        name = stage["name"] = line.stretch.text[slice(*word)].lower()
        self._tables.values[join(pointer, "name")] = self._tables.span(line, *word)
        if not _STAGE_NAME.fullmatch(name):
            self._tables.note(line, pointer, f"The builder refuses the stage name {name!r}.")
        elif name in self._names:
            self._tables.note(line, pointer, f"The stage name {name!r} is used before.")
        self._names[name] = stage["index"]

    def _inherit(self, stage: dict[str, Any], parent: int, pointer: str) -> None:
        """Take over the user of the stage that this one builds on."""
        values, unknowns = self._tables.values, self._tables.unknowns
        for key in ("user", "group"):
            above, here = join("/stages", parent, key), join(pointer, key)
            stage[key] = self._stages[parent][key]
            if above in values:
                values[here] = values[above]
            if above in unknowns:
                unknowns[here] = unknowns[above]

    def _instruction(self, line: Line) -> None:
        """Add an instruction to the current stage, or to those before the first."""
        stage = len(self._stages) - 1 if self._stages else None
        if stage is None and line.keyword != "ARG" and line.keyword in KNOWN:
            raise SyntaxProblem(
                f"{line.keyword} stands before the first FROM.", place=self._tables.place(line)
            )
        base = "" if stage is None else join("/stages", stage)
        scope = self._globals if stage is None else self._scopes[stage]
        into = self._before if stage is None else self._stages[stage]["instructions"]
        pointer = join(base, "instructions", len(into))
        record = Record(self._tables, line, pointer, scope, stage=stage, names=self._names)
        into.append(record.data)
        if line.keyword in _ONCE:
            if earlier := self._once.get((stage, line.keyword)):
                earlier["overruled"] = True
            self._once[stage, line.keyword] = record.data
        if line.keyword == "USER":
            self._user(record.data, base, pointer)
        for name, worth in record.pairs.items():
            self._variable(line, scope, name, worth)
            if stage is None:
                self._argument(name, worth, join(pointer, "keys", name))

    def _variable(self, line: Line, scope: Scope, name: str, worth: str | Unknown | None) -> None:
        if line.keyword == "ARG":
            scope.declare(name, worth)
        elif line.keyword == "ENV" and worth is not None:
            scope.assign(name, worth)

    def _argument(self, name: str, worth: str | Unknown | None, origin: str) -> None:
        """Give an entry of `args` its places."""
        tables, at = self._tables, join("/args", name)
        tables.values[at], tables.keys[at] = tables.values[origin], tables.keys[origin]
        tables.unknowns.pop(at, None)
        if isinstance(worth, Unknown):
            tables.unknowns[at] = worth

    def _user(self, record: dict[str, Any], base: str, pointer: str) -> None:
        """Set the stage's user from a `USER` record."""
        if not record["args"]:
            return
        tables, stage, first = self._tables, self._stages[-1], join(pointer, "args", 0)
        user, _, group = (record["args"][0] or "").partition(":")
        unknown = tables.unknowns.get(first)
        for key, text in (("user", user), ("group", group)):
            at = join(base, key)
            stage[key] = text or None
            tables.values[at] = tables.values[first]
            tables.unknowns.pop(at, None)
            if unknown:
                tables.unknowns[at] = Unknown(unknown.reason, present=key == "user")
