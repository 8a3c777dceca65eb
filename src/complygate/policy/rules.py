"""A rule file, turned into a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from complygate.errors import Place
from complygate.model.rule import Example, Rule, Severity
from complygate.policy.rule_checks import check_file

if TYPE_CHECKING:
    from complygate.policy.files import File, Mistakes


def build(file: File, mistakes: Mistakes) -> Rule | None:
    """Return the rule in `file`, or None when it is wrong, which `mistakes` then says."""
    data = file.data
    before = len(mistakes.found)
    check_file(file, mistakes)
    if len(mistakes.found) > before:
        return None
    engine, check = next(iter(data["check"].items()))
    examples = data.get("examples", {})
    return Rule(
        id=file.name,
        title=data["title"].strip(),
        severity=Severity(data["severity"]),
        applies_to=_words(data["applies_to"]),
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
        passing=tuple(_examples(file, "pass", examples)),
        failing=tuple(_examples(file, "fail", examples)),
        place=Place(file.shown, 1, 1),
        places=Places(file),
    )


class Places(Mapping[str, Place]):
    """Where parts of a rule file stand, looked up when somebody asks: a mapping from pointer to place."""

    def __init__(self, file: File) -> None:
        self._file = file

    def __getitem__(self, pointer: str) -> Place:
        """Return the place of the value at `pointer`, or of the nearest that should hold it."""
        return self._file.place(pointer)

    def __iter__(self) -> Iterator[str]:
        """Yield the pointer of each value in the file."""
        return iter(self._file.tree.values)

    def __len__(self) -> int:
        """Return how many values the file holds."""
        return len(self._file.tree.values)

    def key(self, pointer: str) -> Place:
        """Return the place of the key that introduces the value at `pointer`."""
        return self._file.place(pointer, key=True)

    def inside(self, pointer: str, line: int, column: int) -> Place:
        """Return the place of a line and column, from 1, of the text of the scalar at `pointer`."""
        return self._file.inside(pointer, line, column)


def _words(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _examples(file: File, word: str, examples: dict[str, Any]) -> Iterator[Example]:
    for i, example in enumerate(examples.get(word, ())):
        place = file.place(f"/examples/{word}/{i}")
        if isinstance(example, str):
            yield Example(example, place=place)
        else:
            yield Example(
                text=example.get("text", ""),
                path=example.get("path", ""),
                expect=tuple(example.get("expect", ())),
                files=example.get("files"),
                place=place,
            )
