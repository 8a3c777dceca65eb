"""go.mod: text to plain data with places.

Grammar: https://go.dev/ref/mod#go-mod-file-grammar. The data:

    module      path
    go          version, or null
    toolchain   name, or null
    require     [{path, version, indirect}]
    replace     [{path, version (or null), with: {path, version (or null), local}}]
    exclude     [{path, version}]
    retract     [{low, high, reason}]
    tool        [path]
    godebug     {name: value}
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from complygate.errors import SyntaxProblem
from complygate.model.pointer import join
from complygate.syntax._builder import TreeBuilder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from complygate.model.source import Source
    from complygate.model.tree import Tree

COMMENTS = ("//",)
_TOKEN = re.compile(
    r'//[^\r\n]*|"(?:[^"\\\r\n]|\\[^\r\n])*+"|`[^`]*+`|=>|[()\[\],]|(?:(?!//|=>)[^\s()\[\],"`])++|\S'
)
_BLOCKS = frozenset({"require", "replace", "exclude", "retract", "tool", "godebug", "ignore"})
_SINGLE = frozenset({"module", "go", "toolchain"})


class _Token(NamedTuple):
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The token without quotes."""
        return self.text[1:-1] if self.text[0] in '"`' and len(self.text) > 1 else self.text


def parse(source: Source) -> Tree:
    """Return the parsed `source`.

    Raises:
        SyntaxProblem: it names no module, or a block does not end.
    """
    return parse_text(source.path, source.text)


def parse_text(path: str, text: str) -> Tree:
    """Return the parsed `text` of the file at `path`; a line that is no directive is a note.

    Raises:
        SyntaxProblem: the text names no module, or a block does not end.
    """
    return _Builder(path, text).build()


class _Builder(TreeBuilder):
    def __init__(self, path: str, text: str) -> None:
        super().__init__(path, text)
        self._data: dict[str, Any] = {
            "module": None,
            "go": None,
            "toolchain": None,
            "require": [],
            "replace": [],
            "exclude": [],
            "retract": [],
            "tool": [],
            "godebug": {},
        }

    def build(self) -> Tree:
        block: _Token | None = None
        for tokens, comment in self._lines():
            first = tokens[0]
            if block is not None:
                if first.text == ")":
                    block = None
                else:
                    self._directive(block.text, tokens, comment)
            elif first.text in _BLOCKS and [token.text for token in tokens[1:]] == ["("]:
                block = first
            elif first.text in _BLOCKS | _SINGLE:
                self._directive(first.text, tokens[1:], comment, key=first)
            else:
                self._refuse(tokens, f"{first.text!r} is no directive of go.mod.")
        if block is not None:
            place = self._offsets.place(self._path, block.start)
            raise SyntaxProblem(f"The block {block.text} ( does not end.", place=place)
        if self._data["module"] is None:
            raise SyntaxProblem("The file names no module.", place=self._offsets.place(self._path, 0))
        return self._tree("go.mod", self._data, COMMENTS)

    def _lines(self) -> Iterator[tuple[list[_Token], str]]:
        """Yield the tokens of each line that has some, and its comment."""
        tokens: list[_Token] = []
        line = 0
        for match in _TOKEN.finditer(self._text):
            number, _ = self._offsets.at(match.start())
            if number != line and tokens:
                yield tokens, ""
                tokens = []
            line = number
            if not match[0].startswith("//"):
                tokens.append(_Token(match[0], *match.span()))
            elif tokens:
                yield tokens, match[0].removeprefix("//").strip()
                tokens = []
        if tokens:
            yield tokens, ""

    def _directive(self, verb: str, tokens: list[_Token], comment: str, key: _Token | None = None) -> None:
        words = [token.word for token in tokens]
        if verb in _SINGLE and len(words) == 1:
            self._data[verb] = words[0]
            self._place(f"/{verb}", tokens[0])
            if key is not None:
                self._keys[f"/{verb}"] = self._span(key.start, key.end)
            return
        if verb == "ignore" and len(words) == 1:
            return
        entry = _ENTRIES[verb](words, comment) if verb in _ENTRIES else None
        if entry is None:
            self._refuse(tokens or ([key] if key else []), f"This is not a form of {verb}.")
        else:
            self._add(verb, entry, tokens)

    def _add(self, verb: str, entry: Any, tokens: list[_Token]) -> None:
        whole = self._span(tokens[0].start, tokens[-1].end)
        if isinstance(entry, tuple):
            self._data[verb][entry[0]] = entry[1]
            self._values[join("", verb, entry[0])] = whole
            return
        at = join("", verb, len(self._data[verb]))
        self._data[verb].append(entry)
        self._values[at] = whole
        if isinstance(entry, dict) and "path" in entry:
            self._place(join(at, "path"), tokens[0])
            if entry.get("version") is not None:
                self._place(join(at, "version"), tokens[1])
        if isinstance(entry, dict) and "with" in entry:
            arrow = next(i for i, token in enumerate(tokens) if token.text == "=>")
            self._values[join(at, "with")] = self._span(tokens[arrow + 1].start, tokens[-1].end)
            self._place(join(at, "with", "path"), tokens[arrow + 1])

    def _place(self, pointer: str, token: _Token) -> None:
        self._values[pointer] = self._span(token.start, token.end)

    def _refuse(self, tokens: list[_Token], message: str) -> None:
        self._note(message, self._span(tokens[0].start, tokens[-1].end))


def _requirement(words: list[str], comment: str) -> dict[str, Any] | None:
    """Return the entry for `path version // indirect`."""
    indirect = comment == "indirect" or comment.startswith("indirect;")
    entry = _version(words, comment)
    return None if entry is None else entry | {"indirect": indirect}


def _version(words: list[str], _comment: str) -> dict[str, Any] | None:
    """Return the entry for `path version`."""
    match words:
        case [path, version]:
            return {"path": path, "version": version}
    return None


def _replacement(words: list[str], _comment: str) -> dict[str, Any] | None:
    """Return the entry for `old [version] => new [version]`, or None when it is not one."""
    if "=>" not in words:
        return None
    arrow = words.index("=>")
    old, new = words[:arrow], words[arrow + 1 :]
    if not 1 <= len(old) <= 2 or not 1 <= len(new) <= 2:  # noqa: PLR2004 - a path and perhaps a version
        return None
    target = new[0]
    local = (
        target.startswith(("./", "../", "/", ".\\", "..\\")) or target in (".", "..") or target[1:2] == ":"
    )
    return {
        "path": old[0],
        "version": old[1] if len(old) > 1 else None,
        "with": {"path": target, "version": new[1] if len(new) > 1 else None, "local": local},
    }


def _retraction(words: list[str], reason: str) -> dict[str, Any] | None:
    """Return the entry for `version` or `[low, high]`, or None when it is neither."""
    match words:
        case [version]:
            return {"low": version, "high": version, "reason": reason}
        case ["[", low, ",", high, "]"]:
            return {"low": low, "high": high, "reason": reason}
    return None


def _tool(words: list[str], _comment: str) -> str | None:
    return words[0] if len(words) == 1 else None


def _setting(words: list[str], _comment: str) -> tuple[str, str] | None:
    """Return name and value of `name=value`."""
    name, equals, value = "".join(words).partition("=")
    return (name, value) if equals else None


_ENTRIES: dict[str, Callable[[list[str], str], Any]] = {
    "require": _requirement,
    "exclude": _version,
    "replace": _replacement,
    "retract": _retraction,
    "tool": _tool,
    "godebug": _setting,
}
