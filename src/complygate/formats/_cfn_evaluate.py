"""Intrinsic functions of CloudFormation, in long and short form, evaluated as far as the file tells."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from complygate.formats._cfn_facts import Facts
from complygate.model.document import Unknown
from complygate.model.pointer import MISSING, join

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from complygate.model.tree import Tree

_DEEPEST = 200
_LONGEST = 1 << 16
_BUDGET = 8 << 20
_VARIABLE = re.compile(r"\$\{(!?)([^${}]*)\}")
_EVALUATED = ("Resources", "Outputs")
_NO_VALUE = "AWS::NoValue"
_CONDITIONS = frozenset({"Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not", "Condition"})


class Evaluated:
    """A template with its functions evaluated.

    Attributes:
        data: the template. What cannot be known is None.
        unknowns: why, by pointer.
    """

    def __init__(self, tree: Tree) -> None:
        """Evaluate the template in `tree`, whose data is a map."""
        self._tags: Mapping[str, str] = tree.tags
        # Asked for each place, while the table is worked out anew each time that it is looked through.
        self._tagged = bool(tree.tags)
        self._origins: dict[str, str] = {}
        self._budget = _BUDGET
        self._decided: dict[str, bool | Unknown] = {}
        self.unknowns: dict[str, Unknown] = {}
        self._long = {key: self._lengthen(value, join("", key), 0) for key, value in tree.data.items()}
        self._facts = Facts(self._long)
        self.data: dict[str, Any] = {}
        for key, value in self._long.items():
            at = join("", key)
            self.data[key] = self._section(value, at) if key in _EVALUATED else value

    def origin(self, pointer: str) -> str:
        """Return where the value at `pointer` stands in the tree that the template was read from."""
        rest = ""
        while True:
            if pointer in self._origins:
                return self._shorten(self._origins[pointer] + rest)
            if not pointer:
                return self._shorten(rest)
            pointer, slash, last = pointer.rpartition("/")
            rest = f"{slash}{last}{rest}"

    # Short forms

    def _lengthen(self, value: Any, at: str, depth: int) -> Any:
        """Return `value`, at the pointer `at` of the tree, with `!Name x` written as `{"Fn::Name": x}`."""
        if depth > _DEEPEST:
            return None
        tag = self._tags.get(at, "")
        inner = value
        if isinstance(value, dict):
            inner = {key: self._lengthen(item, join(at, key), depth + 1) for key, item in value.items()}
        elif isinstance(value, list):
            inner = [self._lengthen(item, join(at, i), depth + 1) for i, item in enumerate(value)]
        if not tag.startswith("!"):
            return inner
        name = _long_name(tag)
        if name == "Fn::GetAtt" and isinstance(inner, str):
            inner = inner.split(".", 1)
        return {name: inner}

    def _shorten(self, pointer: str) -> str:
        """Return `pointer`, an address in the long form, as one of the tree."""
        if not self._tagged:
            return pointer
        out = ""
        for token in pointer.split("/")[1:]:
            tag = self._tags.get(out, "")
            # The name of a function that the tree has as a tag is no step there.
            if not (tag.startswith("!") and token == _long_name(tag)):
                out = f"{out}/{token}"
        return out

    # Evaluation

    def _section(self, section: Any, at: str) -> Any:
        if not isinstance(section, dict):
            return section
        out: dict[str, Any] = {}
        for name, value in section.items():
            here = join(at, name)
            if name.startswith("Fn::"):
                self.unknowns[here] = Unknown(f"{name} is expanded only at the deployment")
                out[name] = None
            else:
                out[name] = self._value(value, here, here, 0)
        return {name: value for name, value in out.items() if value is not MISSING}

    def _value(self, value: Any, source: str, at: str, depth: int) -> Any:
        """Return the worth of `value`.

        Args:
            value: a value of the long form.
            source: its pointer there.
            at: its pointer in the result.
            depth: how deeply it is nested.

        Returns:
            The worth, None with an entry in `unknowns`, or MISSING for AWS::NoValue.
        """
        if depth > _DEEPEST:
            self.unknowns[at] = Unknown("the value is nested too deeply")
            return None
        if source != at and self.origin(at) != self._shorten(source):
            self._origins[at] = source
        if isinstance(value, dict):
            if len(value) == 1:
                name, argument = next(iter(value.items()))
                if name == "Ref" or name.startswith("Fn::"):
                    return self._function(name, argument, join(source, name), at, depth)
            return self._map(value, source, at, depth)
        if isinstance(value, list):
            return self._list(value, source, at, depth)
        return value

    def _map(self, value: dict[str, Any], source: str, at: str, depth: int) -> dict[str, Any]:
        out = {}
        for key, item in value.items():
            worth = self._value(item, join(source, key), join(at, key), depth + 1)
            if worth is not MISSING:
                out[key] = worth
        return out

    def _list(self, value: list[Any], source: str, at: str, depth: int) -> list[Any]:
        out: list[Any] = []
        for index, item in enumerate(value):
            worth = self._value(item, join(source, index), join(at, len(out)), depth + 1)
            if worth is not MISSING:
                out.append(worth)
        return out

    def _function(self, name: str, argument: Any, source: str, at: str, depth: int) -> Any:
        if name == "Ref" and argument == _NO_VALUE:
            return MISSING
        if name == "Fn::If":
            return self._if(argument, source, at, depth)
        if name == "Fn::Base64":
            # What is encoded is what rules ask about; the encoding itself is never written in a template.
            return {name: self._value(argument, source, join(at, name), depth + 1)}
        worth = self._known(name, argument, depth)
        if isinstance(worth, Unknown):
            self.unknowns[at] = worth
            return None
        return worth

    def _if(self, argument: Any, source: str, at: str, depth: int) -> Any:
        match argument:
            case [str() | dict() as condition, yes, no]:
                decided = self._decide(_condition(condition), depth)
                if isinstance(decided, bool):
                    index = 1 if decided else 2
                    return self._value(argument[index], join(source, index), at, depth + 1)
                absent = {"Ref": _NO_VALUE} in (yes, no)
                self.unknowns[at] = Unknown(decided.reason, present=not absent)
            case _:
                self.unknowns[at] = Unknown("Fn::If is not of the form [condition, value, value]")
        return None

    def _known(self, name: str, argument: Any, depth: int) -> Any:
        """Return the worth of a function as plain data, or why it cannot be known."""
        if depth > _DEEPEST:
            return Unknown("the value is nested too deeply")
        if name in _CONDITIONS:
            return self._decide({name: argument}, depth)
        if name == "Fn::Sub":
            return self._sub(argument, depth)
        if name in _NAMES:
            return _NAMES[name](self._facts, argument)
        if name in _FUNCTIONS:
            values = self._plain(argument, depth)
            return (
                values
                if isinstance(values, Unknown)
                else self._bounded(_FUNCTIONS[name](self._facts, values))
            )
        return Unknown(f"{name} is evaluated only at the deployment")

    def _plain(self, value: Any, depth: int) -> Any:
        """Return `value` with every function in it evaluated, or why that cannot be."""
        if isinstance(value, list):
            items = [self._plain(item, depth + 1) for item in value]
            return next((item for item in items if isinstance(item, Unknown)), items)
        if isinstance(value, dict):
            if len(value) == 1:
                name, argument = next(iter(value.items()))
                if name == "Fn::If":
                    return self._plain_if(argument, depth)
                if name == "Ref" or name.startswith("Fn::"):
                    return self._known(name, argument, depth + 1)
            return Unknown("a map stands where a text is needed")
        return value

    def _plain_if(self, argument: Any, depth: int) -> Any:
        match argument:
            case [str(condition), yes, no]:
                decided = self._decide({"Condition": condition}, depth)
                return (
                    self._plain(yes if decided else no, depth + 1) if isinstance(decided, bool) else decided
                )
        return Unknown("Fn::If is not of the form [condition, value, value]")

    def _sub(self, argument: Any, depth: int) -> Any:
        text, names = argument, {}
        if isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004 - a text and its variables
            text, names = argument
        if not isinstance(text, str) or not isinstance(names, dict):
            return Unknown("Fn::Sub is not of the form text, or [text, variables]")
        missing: list[Unknown] = []
        size = 0

        def replace(match: re.Match[str]) -> str:
            nonlocal size
            name = match[2].strip()
            if match[1] or missing:
                return f"${{{match[2]}}}"
            worth = self._plain(names[name], depth + 1) if name in names else self._named(name)
            found = _text(worth)
            size += len(found)
            if isinstance(worth, Unknown) or size > _LONGEST:
                missing.append(worth if isinstance(worth, Unknown) else Unknown("the text is too long"))
            return found

        result = _VARIABLE.sub(replace, text)
        return missing[0] if missing else self._bounded(result)

    def _named(self, name: str) -> Any:
        """Return the worth of `${name}`, a parameter, a resource, or a resource's attribute."""
        if "." in name:
            return Unknown(f"the attribute {name} exists only after the deployment")
        return self._facts.ref(name)

    def _bounded(self, worth: Any) -> Any:
        """Return `worth`, unless it is too long a text: doubling variables must not fill the memory."""
        if not isinstance(worth, str):
            return worth
        self._budget -= len(worth)
        return Unknown("the text is too long") if len(worth) > _LONGEST or self._budget < 0 else worth

    # Conditions

    def _decide(self, condition: Any, depth: int) -> bool | Unknown:
        """Return whether a condition holds, or why that cannot be known."""
        if depth > _DEEPEST or not isinstance(condition, dict) or len(condition) != 1:
            return Unknown("the condition is not of a known form")
        name, argument = next(iter(condition.items()))
        if name == "Condition":
            return self._named_condition(str(argument), depth)
        if name == "Fn::Equals" and isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004 - two sides
            left, right = (self._plain(side, depth + 1) for side in argument)
            unknown = next((side for side in (left, right) if isinstance(side, Unknown)), None)
            return unknown or _text(left) == _text(right)
        parts = [self._decide(part, depth + 1) for part in argument] if isinstance(argument, list) else []
        if name == "Fn::Not" and len(parts) == 1:
            return parts[0] if isinstance(parts[0], Unknown) else not parts[0]
        if name in ("Fn::And", "Fn::Or") and parts:
            decisive = name == "Fn::Or"
            unknown = next((part for part in parts if isinstance(part, Unknown)), None)
            return decisive if decisive in parts else unknown or not decisive
        return Unknown("the condition is not of a known form")

    def _named_condition(self, name: str, depth: int) -> bool | Unknown:
        conditions = self._long.get("Conditions")
        if not isinstance(conditions, dict) or name not in conditions:
            return Unknown(f"the condition {name} is not defined in this template")
        if name not in self._decided:
            # Stands while the condition itself is worked out, so that a circle ends.
            self._decided[name] = Unknown(f"the condition {name} refers to itself")
            self._decided[name] = self._decide(conditions[name], depth + 1)
        return self._decided[name]


def _condition(written: str | dict[str, Any]) -> dict[str, Any]:
    """Return the condition of an `Fn::If`: a name by the book, but functions in place are accepted too."""
    return written if isinstance(written, dict) else {"Condition": written}


def _long_name(tag: str) -> str:
    """Return the long name of a short form: `!Ref` is `Ref`, `!GetAtt` is `Fn::GetAtt`."""
    name = tag.removeprefix("!")
    return name if name in ("Ref", "Condition") else f"Fn::{name}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _find_in_map(facts: Facts, values: Any) -> Any:
    match values:
        case [table, first, second, *_]:
            return facts.find(table, first, second)
    return Unknown("Fn::FindInMap is not of the form [map, key, key]")


def _join(_facts: Facts, values: Any) -> Any:
    match values:
        case [str(between), list(items)]:
            texts = [_text(item) for item in items]
            if len(between) * len(texts) + sum(map(len, texts)) > _LONGEST:
                return Unknown("the text is too long")
            return between.join(texts)
    return Unknown("Fn::Join is not of the form [text, list]")


def _select(_facts: Facts, values: Any) -> Any:
    match values:
        case [index, list(items)] if str(index).isdecimal() and len(str(index)) < 6:  # noqa: PLR2004 - no list is longer
            return (
                items[int(index)]
                if int(index) < len(items)
                else Unknown("Fn::Select asks for what is not there")
            )
    return Unknown("Fn::Select is not of the form [number, list]")


def _split(_facts: Facts, values: Any) -> Any:
    match values:
        case [str(between), str(text)] if between:
            return text.split(between)
    return Unknown("Fn::Split is not of the form [text, text]")


def _length(_facts: Facts, values: Any) -> Any:
    return len(values) if isinstance(values, list) else Unknown("Fn::Length needs a list")


def _to_json(_facts: Facts, values: Any) -> Any:
    return json.dumps(values, separators=(",", ":"))


def _get_att(_facts: Facts, argument: Any) -> Unknown:
    parts = argument if isinstance(argument, list) else [argument]
    return Unknown(f"the attribute {'.'.join(map(str, parts))} exists only after the deployment")


_NAMES: dict[str, Callable[[Facts, Any], Any]] = {
    "Ref": lambda facts, argument: facts.ref(str(argument)),
    "Fn::GetAtt": _get_att,
}
_FUNCTIONS: dict[str, Callable[[Facts, Any], Any]] = {
    "Fn::FindInMap": _find_in_map,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Length": _length,
    "Fn::ToJsonString": _to_json,
}
