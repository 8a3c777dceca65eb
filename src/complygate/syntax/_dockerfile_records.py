"""One instruction of a Dockerfile as plain data; the shape is described in `dockerfile`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from complygate.model.document import Unknown
from complygate.model.pointer import join
from complygate.syntax._dockerfile_words import JSON_LIST, JSON_STRING, Scope, expand, split

if TYPE_CHECKING:
    from collections.abc import Collection

    from complygate.syntax._dockerfile_lines import Line
    from complygate.syntax._dockerfile_tables import Tables, Word

_LISTS = frozenset({"mount", "exclude", "device"})
_RUNS = frozenset({"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"})
_COPIES = frozenset({"ADD", "COPY"})
_PAIRS = frozenset({"ENV", "ARG", "LABEL"})
_WORDS = frozenset({"EXPOSE", "VOLUME", "USER", "WORKDIR", "STOPSIGNAL"})
_EXEC = _RUNS | _COPIES | {"SHELL", "VOLUME"}
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"|'([^']*+)'")
KNOWN = _RUNS | _COPIES | _PAIRS | _WORDS | {"SHELL", "MAINTAINER", "ONBUILD"}
"""Every instruction but FROM."""


def flags_of(tables: Tables, line: Line, pointer: str) -> tuple[dict[str, Any], int]:
    """Return an instruction's flags, and where what follows them begins."""
    flags: dict[str, Any] = {}
    text = line.stretch.text
    for start, end in split(text, line.start, line.end, tables.escape):
        word = text[start:end]
        if not word.startswith("--"):
            return flags, start
        name, _, value = word[2:].partition("=")
        if not name:
            continue
        value = _unquote(value) or "true"
        at = join(pointer, "flags", name)
        span = tables.span(line, start, end)
        tables.values.setdefault(at, span)
        if name not in _LISTS:
            flags[name], tables.values[at] = value, span
            continue
        flags.setdefault(name, []).append(value)
        tables.values[join(at, len(flags[name]) - 1)] = span
        if name == "mount":
            tables.values[join(pointer, "mounts", len(flags[name]) - 1)] = span
    return flags, line.end


class Record:
    """Builds the record of one instruction.

    Attributes:
        data: the record.
        pairs: for ENV and ARG: name to value, to why it cannot be known, or to None.
    """

    def __init__(
        self,
        tables: Tables,
        line: Line,
        pointer: str,
        scope: Scope,
        *,
        stage: int | None,
        names: Collection[str],
        nested: bool = False,
    ) -> None:
        """Read `line`.

        Args:
            tables: where places, notes and unknown values go.
            line: the instruction.
            pointer: the record's address.
            scope: what variables are worth here.
            stage: the index of the stage, or None before the first.
            names: the names of the stages so far.
            nested: whether the instruction stands behind ONBUILD.
        """
        self._tables = tables
        self._line = line
        self._pointer = pointer
        self._scope = scope
        self._names = names
        self._nested = nested
        self.pairs: dict[str, str | Unknown | None] = {}
        flags, self._start = flags_of(tables, line, pointer)
        self.data: dict[str, Any] = {
            "instruction": line.keyword,
            "value": line.stretch.text[self._start : line.end],
            "flags": flags,
            "mounts": [_mount(text) for text in flags.get("mount", ())],
            "form": "heredoc" if line.heredocs else "shell",
            "args": [],
            "command": "",
            "heredocs": [],
            "keys": {},
            "sources": [],
            "destination": "",
            "from": None,
            "trigger": None,
            "stage": stage,
            "overruled": False,
        }
        values = tables.values
        values[pointer] = tables.whole(line)
        values[self._at("instruction")] = tables.span(
            line, line.keyword_at, line.keyword_at + len(line.keyword)
        )
        values[self._at("value")] = tables.span(line, self._start, line.end)
        if line.keyword not in KNOWN:
            tables.note(line, pointer, f"The builder does not know the instruction {line.keyword}.")
        elif self._start >= line.end:
            tables.note(line, pointer, f"{line.keyword} needs an argument.")
        else:
            self._fill()

    def _at(self, *tokens: str | int) -> str:
        return join(self._pointer, *tokens)

    def _words(self) -> list[Word]:
        return list(split(self._line.stretch.text, self._start, self._line.end, self._tables.escape))

    def _fill(self) -> None:
        keyword = self._line.keyword
        self._heredocs()
        if keyword == "HEALTHCHECK":
            self._skip_cmd()
        if keyword in _EXEC:
            self._exec()
        if keyword in _RUNS:
            self._command()
        elif keyword in _COPIES:
            self._copy()
        elif keyword in _PAIRS:
            self._read_pairs()
        elif keyword in _WORDS:
            self._read_words()
        elif keyword == "ONBUILD":
            self._onbuild()

    def _heredocs(self) -> None:
        for index, doc in enumerate(self._line.heredocs):
            span = self._tables.offsets.span(doc.start, doc.end)
            self._tables.values[self._at("heredocs", index)] = span
            self._tables.values[self._at("heredocs", index, "content")] = span
            self.data["heredocs"].append(
                {"name": doc.name, "content": doc.content, "expand": doc.expand, "chomp": doc.chomp}
            )

    def _exec(self) -> None:
        """Read a JSON array, if it is one."""
        line, args = self._line, []
        text = line.stretch.text
        if not JSON_LIST.fullmatch(text, self._start, line.end):
            return
        for index, match in enumerate(JSON_STRING.finditer(text, self._start, line.end)):
            try:
                args.append(json.loads(match[0]))
                if "\\u" in match[0]:  # such as a NUL or half a surrogate pair
                    self._tables.plain = False
            except ValueError:  # an escape that JSON does not know: the builder falls back to the shell form
                return
            self._tables.values[self._at("args", index)] = self._tables.span(
                line, match.start() + 1, match.end() - 1
            )
        self._tables.values[self._at("args")] = self._tables.span(line, self._start, line.end)
        self.data["form"] = "exec"
        self.data["args"] = args

    def _skip_cmd(self) -> None:
        """Go to the command of a HEALTHCHECK, behind CMD."""
        words = self._words()
        if self._line.stretch.text[slice(*words[0])].upper() == "CMD":
            self._start = words[1][0] if len(words) > 1 else self._line.end

    def _command(self) -> None:
        line = self._line
        text = line.stretch.text[self._start : line.end]
        if line.keyword == "HEALTHCHECK" and text.upper() == "NONE":
            return
        if self.data["form"] == "exec":
            text = " ".join(self.data["args"])
        self.data["command"] = "\n".join([text, *(doc.content for doc in line.heredocs)])
        self._tables.values[self._at("command")] = self._tables.span(line, self._start, line.end)

    def _read_words(self) -> None:
        if self.data["form"] == "exec":
            self._expand_args()
            return
        words = [(self._start, self._line.end)] if self._line.keyword == "WORKDIR" else self._words()
        self.data["args"] = [self._word(word, self._at("args", i)) for i, word in enumerate(words)]

    def _word(self, word: Word, pointer: str) -> str | None:
        return self._tables.word(self._line, word, pointer, self._scope)

    def _expand_args(self) -> None:
        """Substitute variables in the exec form of instructions where the builder does so."""
        args = self.data["args"]
        for index, text in enumerate(args):
            # In a JSON string quotes are text; only variables and escapes mean something to the builder.
            plain = text.replace("'", "").replace('"', "")
            if "$" in plain and plain == text:
                args[index] = self._tables.known(
                    self._at("args", index), expand(text, self._scope, self._tables.escape)
                )

    def _copy(self) -> None:
        line, values = self._line, self._tables.values
        text = line.stretch.text
        if self.data["form"] == "exec":
            self._expand_args()
        else:
            names = {doc.name for doc in line.heredocs}
            words = [word for word in self._words() if not _opens(text[slice(*word)], names)]
            self.data["args"] = [self._word(word, self._at("args", i)) for i, word in enumerate(words)]
        args = self.data["args"]
        if len(args) + len(line.heredocs) < 2:  # noqa: PLR2004 - a source and a destination
            self._tables.note(line, self._pointer, f"{line.keyword} needs a source and a destination.")
        for index in range(len(args)):
            at = self._at("destination") if index == len(args) - 1 else self._at("sources", index)
            values[at] = values[self._at("args", index)]
            if unknown := self._tables.unknowns.get(self._at("args", index)):
                self._tables.unknowns[at] = unknown
        self.data["sources"] = args[:-1]
        self.data["destination"] = args[-1] if args else ""
        if "from" in self.data["flags"]:
            self._copied_from()

    def _copied_from(self) -> None:
        raw = self.data["flags"]["from"]
        expansion = expand(raw, self._scope, self._tables.escape)
        stage = expansion.text.isdigit() or expansion.text.lower() in self._names
        span = self._tables.values[self._at("flags", "from")]
        self.data["from"] = self._tables.image(raw, expansion, self._at("from"), span, stage=stage)

    def _read_pairs(self) -> None:
        """Read ENV, LABEL and ARG; `ENV name value` is the old form with one pair."""
        line, text, words = self._line, self._line.stretch.text, self._words()
        if line.keyword != "ARG" and "=" not in text[slice(*words[0])]:
            rest = words[1][0] if len(words) > 1 else line.end
            self._pair(words[0], (rest, line.end))
            if len(words) == 1:
                self._tables.note(line, self._pointer, f"{line.keyword} needs a name and a value.")
            return
        for start, end in words:
            equals = text.find("=", start, end)
            if equals >= 0:
                self._pair((start, equals), (equals + 1, end))
            elif line.keyword == "ARG":
                self._pair((start, end), None)
            else:
                self._tables.note(
                    line, self._pointer, f"{line.keyword} needs name=value: {text[start:end]!r}."
                )

    def _pair(self, key: Word, value: Word | None) -> None:
        name = _unquote(self._line.stretch.text[slice(*key)])
        at = self._at("keys", name)
        self._tables.unknowns.pop(at, None)
        self._tables.keys[at] = self._tables.span(self._line, *key)
        self._tables.values[at] = self._tables.span(self._line, *(value or key))
        result = self._word(value, at) if value else None
        self.data["keys"][name] = result
        self.pairs[name] = self._tables.unknowns.get(at, result)

    def _onbuild(self) -> None:
        inner = self._line.inner(self._start)
        if self._nested or inner.keyword in ("ONBUILD", "FROM", "MAINTAINER"):
            self._tables.note(self._line, self._pointer, f"ONBUILD {inner.keyword} is not allowed.")
            return
        # What it triggers runs in another file's build, whose variables are not here.
        scope = Scope(self._scope.budget, {}, self._scope, image=True)
        trigger = Record(
            self._tables,
            inner,
            self._at("trigger"),
            scope,
            stage=self.data["stage"],
            names=self._names,
            nested=True,
        )
        self.data["trigger"] = trigger.data


def _mount(text: str) -> dict[str, str]:
    """Return the fields of a `--mount` flag; one without a value is "true"."""
    fields = (field.partition("=") for field in text.split(","))
    return {name: value if equals else "true" for name, equals, value in fields}


def _unquote(text: str) -> str:
    """Return `text` without the quotes around its parts."""
    return _QUOTED.sub(lambda match: match[1] if match[1] is not None else match[2], text)


def _opens(word: str, names: set[str]) -> bool:
    """Tell whether `word` opens one of the here-documents called `names`."""
    _, mark, rest = word.partition("<<")
    return bool(mark) and re.sub(r"['\"\\]", "", rest.removeprefix("-")) in names
