"""A rule file, turned into a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from complygate.errors import Place
from complygate.model.rule import Example, Rule, Severity
from complygate.policy.ahead import Ahead
from complygate.policy.beside import read_beside
from complygate.policy.rule_checks import check_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complygate.policy.files import File, Mistakes


def build(file: File, mistakes: Mistakes, *, built_in: bool = False, root: Path | None = None) -> Rule | None:
    """Return the rule in `file`, or None when it is wrong, which `mistakes` then says.

    Args:
        file: the file.
        mistakes: gets what is wrong.
        built_in: whether it came with the program.
        root: the set's `rules/` folder, for files beside the rule file.
    """
    data = file.data
    before = len(mistakes.found)
    if not isinstance(file, Ahead):  # one that was checked when it was read
        check_file(file, mistakes)
    if len(mistakes.found) > before:
        return None
    engine, check = next(iter(data["check"].items()))
    if root is not None and isinstance(check, dict):
        shown = file.shown.removesuffix(f"/{file.name}.yaml")
        check = read_beside(file, root, shown, mistakes)
    return Rule(
        id=file.name,
        title=data["title"].strip(),
        severity=Severity(data.get("severity", Severity.MEDIUM)),
        applies_to=_words(data.get("applies_to", [])),
        engine=engine,
        check=check,
        message=data["message"].strip(),
        why=data["why"].strip(),
        fix=data["fix"].strip(),
        select=data.get("select", "$"),
        reads=tuple(data.get("reads", ())),
        at=data.get("at", ""),
        unknown_complies="unknown" in data,
        tags=tuple(data.get("tags", ())),
        controls=tuple(data.get("controls", ())),
        references=tuple(data.get("references", ())),
        aliases=tuple(data.get("aliases", ())),
        params=data.get("params", {}),
        since=data.get("since", ""),
        deprecated=data.get("deprecated", ""),
        replaced_by=data.get("replaced_by", ""),
        passing=Examples(file, "pass"),
        failing=Examples(file, "fail"),
        place=Place(file.shown, 1, 1),
        places=Places(file),
        built_in=built_in,
        severity_from_tool="severity" not in data,
        tighter={name: str(way).lower() for name, way in data.get("tighter", {}).items()} or None,
        differs=Texts(file, "differs"),
        equivalent=Texts(file, "equivalent"),
    )


class Places:
    """Where parts of a rule file stand, looked up when somebody asks."""

    def __init__(self, file: File) -> None:
        self._file = file

    def __getitem__(self, pointer: str) -> Place:
        """Return the place of the value at `pointer`, or of the nearest that should hold it."""
        return self._file.place(pointer)

    def key(self, pointer: str) -> Place:
        """Return the place of the key that introduces the value at `pointer`."""
        return self._file.place(pointer, key=True)

    def inside(self, pointer: str, line: int, column: int) -> Place:
        """Return the place of a line and column, from 1, of the text of the scalar at `pointer`."""
        return self._file.inside(pointer, line, column)


class Examples(Sequence[Example]):
    """A rule's examples, made when somebody asks: a scan does not, and their places take a while to find."""

    def __init__(self, file: File, word: str) -> None:
        self._file = file
        self._word = word

    @cached_property
    def _made(self) -> tuple[Example, ...]:
        written = self._file.tree.data.get("examples", {}).get(self._word, ())
        return tuple(self._make(i, example) for i, example in enumerate(written))

    def _make(self, number: int, example: str | dict[str, Any]) -> Example:
        place = self._file.place(f"/examples/{self._word}/{number}")
        if isinstance(example, str):
            return Example(example, place=place)
        return Example(
            text=example.get("text", ""),
            path=example.get("path", ""),
            expect=tuple(example.get("expect", ())),
            files=example.get("files"),
            params=example.get("params"),
            place=place,
        )

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Example, ...]: ...
    def __getitem__(self, index: int | slice) -> Example | tuple[Example, ...]:
        """Return one of them, or some."""
        return self._made[index]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._made)


class Texts(Mapping[str, str]):
    """A map of texts in a rule's file, read when somebody asks: no scan does."""

    def __init__(self, file: File, key: str) -> None:
        self._file = file
        self._key = key

    @cached_property
    def _said(self) -> dict[str, str]:
        written = self._file.tree.data.get(self._key, {})
        return {name: text.strip() for name, text in written.items()}

    def __getitem__(self, name: str) -> str:
        """Return the text of that name."""
        return self._said[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names as they are written."""
        return iter(self._said)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._said)

    def __eq__(self, other: object) -> bool:
        """Tell whether the same is said; the built-in files of one program need not be read for that."""
        if isinstance(other, Texts) and isinstance(self._file, Ahead) and isinstance(other._file, Ahead):
            return self._file.shown == other._file.shown or self._said == other._said
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]


def _words(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
