"""A rule file, turned into a rule; and what a schema cannot say about it."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from complygate.errors import Place
from complygate.model import plugins
from complygate.model.document import REPOSITORY
from complygate.model.rule import Example, Rule, Severity
from complygate.policy.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complygate.model.policy import Control
    from complygate.policy.files import File, Mistakes

PLACEHOLDERS = ("self", "view", "document", "params", "value", "detail", "key", "resource", "path")
"""What a placeholder in a message may start with."""


def build(file: File, mistakes: Mistakes) -> Rule | None:
    """Return the rule in `file`, or None when it is wrong, which `mistakes` then says."""
    data = file.data
    before = len(mistakes.found)
    if data.get("id", file.name) != file.name:
        mistakes.add(file.place("/id"), f"id: is {data['id']}, and the path says {file.name}")
    engine, check = next(iter(data["check"].items()))
    engines = plugins.names("complygate.engines")
    if engine not in engines:
        place = file.place(f"/check/{engine}", key=True)
        mistakes.add(place, f"check.{engine}: there is no such engine", nearest(engine, engines))
    _check_select(file, mistakes)
    _check_message(file, mistakes)
    applies_to = _words(data["applies_to"])
    if "reads" in data and REPOSITORY not in applies_to:
        mistakes.add(file.place("/reads", key=True), "reads: is for rules that apply to repository")
    if len(mistakes.found) > before:
        return None
    examples = data.get("examples", {})
    return Rule(
        id=file.name,
        title=data["title"],
        severity=Severity(data["severity"]),
        applies_to=applies_to,
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
        since=str(data.get("since", "")),
        deprecated=data.get("deprecated", ""),
        replaced_by=data.get("replaced_by", ""),
        passing=tuple(_examples(file, "pass", examples)),
        failing=tuple(_examples(file, "fail", examples)),
        place=Place(file.shown, 1, 1),
        places=Places(file),
    )


class Places:
    """Where parts of a rule file stand, looked up when somebody asks: a mapping from pointer to place."""

    def __init__(self, file: File) -> None:
        self._file = file

    def __getitem__(self, pointer: str) -> Place:
        """Return the place of the key and value at `pointer`, or of the nearest that holds it."""
        return self._file.place(pointer, key=True)

    def inside(self, pointer: str, line: int, column: int) -> Place:
        """Return the place of a line and column, from 1, of the text that the scalar at `pointer` stands for."""
        return self._file.inside(pointer, line, column)


def check_names(
    own: Mapping[str, Rule], rules: Mapping[str, Rule], controls: Mapping[str, Control], mistakes: Mistakes
) -> None:
    """Add what is wrong between rules, or between a rule and the controls.

    Args:
        own: the set's own rules. Two of them must not share an alias; one may share it with a built-in
            rule, since both may stand for the same check of another tool.
        rules: those and the built-in ones.
        controls: every control that a rule may name.
        mistakes: gets what is wrong.
    """
    owners: dict[str, str] = {name: name for name in rules}
    for rule in own.values():
        for i, alias in enumerate(rule.aliases):
            owner = owners.setdefault(alias, rule.id)
            if owner != rule.id:
                mistakes.add(_at(rule, f"/aliases/{i}"), f'aliases: "{alias}" is a name of {owner} already')
        for i, control in enumerate(rule.controls):
            if control not in controls:
                place = _at(rule, f"/controls/{i}")
                mistakes.add(place, f'controls: there is no control "{control}"', nearest(control, controls))
        if rule.replaced_by and rule.replaced_by not in rules:
            place = _at(rule, "/replaced_by")
            mistakes.add(
                place, f'replaced_by: no rule "{rule.replaced_by}"', nearest(rule.replaced_by, rules)
            )


def _at(rule: Rule, pointer: str) -> Place | None:
    return rule.places[pointer] if rule.places else rule.place


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


def _check_select(file: File, mistakes: Mistakes) -> None:
    path = file.data.get("select", "$")
    if path == "$":
        return
    import jsonpath_rfc9535  # noqa: PLC0415 - 40 ms, saved where no rule selects

    try:
        jsonpath_rfc9535.compile(path)
    except jsonpath_rfc9535.JSONPathError as error:
        place = file.place("/select")
        offset = error.token.index if error.token is not None and error.token.index >= 0 else 0
        message = str(error).partition(", line")[0]
        mistakes.add(
            Place(place.path, place.line, place.column + offset),
            f"select: not a JSONPath of RFC 9535: {message}",
        )


def _check_message(file: File, mistakes: Mistakes) -> None:
    text = file.data["message"]
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]
    except ValueError as error:
        mistakes.add(file.place("/message"), f"message: {error}", "write {{ for a brace")
        return
    for field in fields:
        root = field.replace("[", ".").partition(".")[0]
        if root not in PLACEHOLDERS:
            mistakes.add(
                file.place("/message"),
                f"message: unknown placeholder {{{field}}}",
                nearest(root, PLACEHOLDERS),
            )
