"""Modules that were checked and compiled, and what asking one of their rules gives."""

from __future__ import annotations

import hashlib
import json
import math
import re
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from complygate.engines.rego import builtins, dialect, reads
from complygate.engines.rego.process import LOAD_LIMIT, TIME_LIMIT, StoppedError, interpreter
from complygate.engines.rego.unbound import Unbound, unbound
from complygate.errors import CheckError
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_STOPPED = 3
"""After so many evaluations of a rule that took too long or ended the interpreter, it is not asked again."""

_CHARACTERS_PER_SECOND = 100_000
"""How fast, at the least, an input is read."""
_ERROR = re.compile(r"\(error \d+:([^|\n]*)\|(\d+)\|\d+\s*\(errormsg \d+:(.*?)\)\n", re.DOTALL)
_WORDS = {
    "Invalid rule body for set rule": "a rule is a set in one place and something else in another",
}


class EvaluationError(Exception):
    """A rule has no value: its evaluation failed, or was stopped."""


@dataclass(frozen=True)
class Named:
    """A module under the name that the interpreter knows it by.

    Attributes:
        file: the module's file, as errors name it; "" for a text inside a rule.
        translated: what the interpreter reads.
    """

    file: str
    translated: dialect.Translated


class Program:
    """Compiled modules with their data."""

    def __init__(self, modules: Sequence[Named], data: Mapping[str, Any], entries: Sequence[str]) -> None:
        """Take the modules; `compile` tells whether they are right.

        Args:
            modules: the modules.
            data: what `data` holds besides what the modules define.
            entries: addresses of the rules that may be asked: `main/deny`.
        """
        self._modules = {str(number): module for number, module in enumerate(modules)}
        texts = {name: module.translated.text for name, module in self._modules.items()}
        if any(dialect.SUPPORT_PACKAGE in text for text in texts.values()):
            texts["support"] = dialect.SUPPORT
        self._request = {"do": "load", "modules": texts, "data": to_json(data), "entries": list(entries)}
        self._key = hashlib.sha256(json.dumps(self._request).encode()).hexdigest()
        self._entries = frozenset(entries)
        self._loaded = -1
        self._input: tuple[int, Any] = (-1, None)
        self._reads: dict[str, reads.Reads] = {}
        self._stopped: dict[str, int] = {}

    @property
    def digest(self) -> str:
        """What tells these modules and data from others."""
        return self._key

    def has(self, entry: str) -> bool:
        """Tell whether the rule at `entry` may be asked."""
        return entry in self._entries

    @cached_property
    def plan(self) -> Mapping[str, Any]:
        """The compiled plan.

        Raises:
            CheckError: the modules do not compile, or call what they may not.
        """
        try:
            answer = interpreter.ask({**self._request, "key": self._key}, LOAD_LIMIT)
        except StoppedError as error:
            raise CheckError(f"it cannot be compiled: {error}") from None
        if "error" in answer:
            raise self._mistake(answer["error"])
        plan: Mapping[str, Any] = answer["plan"]
        self._loaded = interpreter.generation
        for place in unbound(plan):
            raise self._unsafe(place)
        for name in sorted(reads.called(plan)):
            if name not in builtins.ALLOWED | builtins.INTERNAL:
                raise CheckError(f"{name} {builtins.reason(name)}: a rule may not call it")
        return plan

    def _unsafe(self, place: Unbound) -> CheckError:
        module = self._modules.get(place.file)
        message = "a variable here is bound by nothing, and so the expression never holds"
        if module is None:
            return CheckError(message)
        lines = module.translated.text.encode().split(b"\n")
        offset = sum(len(line) + 1 for line in lines[: place.row]) + place.column
        error = module.translated.error(offset, message)
        error.hint = "is it a slip of the pen?"
        error.file = module.file
        return error

    def _mistake(self, text: str) -> CheckError:
        found = _ERROR.search(text)
        if found is None or found[1] not in self._modules:
            message = " ".join(text.split()) or "the interpreter refuses it"
            return CheckError(_WORDS.get(message, message))
        module = self._modules[found[1]]
        error = module.translated.error(int(found[2]), " ".join(found[3].split()))
        error.file = module.file
        return error

    def reads(self, entry: str) -> reads.Reads:
        """Return what of the input the rule at `entry` can look at."""
        if entry not in self._reads:
            self._reads[entry] = reads.analyse(self.plan, entry)
        return self._reads[entry]

    def value(self, entry: str, node: Any) -> Any:
        """Return the value of the rule at `entry` for the input `node`, and None where it is undefined.

        Args:
            entry: the rule's address.
            node: the input, cleaned. As long as the same object is given, it is handed over only once.

        Raises:
            EvaluationError: it has none.
        """
        if self._stopped.get(entry, 0) >= MAX_STOPPED:
            raise EvaluationError(f"it is not tried after {MAX_STOPPED} others that took too long or crashed")
        try:
            answer = self._asked(entry, node)
            if "gone" in answer:
                self._loaded = -1
                answer = self._asked(entry, node)
        except StoppedError as error:
            self._stopped[entry] = self._stopped.get(entry, 0) + 1
            raise EvaluationError(str(error)) from None
        return _checked(answer)["value"]

    def _asked(self, entry: str, node: Any) -> dict[str, Any]:
        answer = self._ready(node)
        return (
            answer if "gone" in answer else interpreter.ask({"do": "eval", "key": self._key, "entry": entry})
        )

    def _ready(self, node: Any) -> dict[str, Any]:
        """Have the interpreter hold these modules and this input."""
        if self._loaded != interpreter.generation or interpreter.pid is None:
            _checked(interpreter.ask({**self._request, "key": self._key}, LOAD_LIMIT))
            self._loaded = interpreter.generation
            self._input = (-1, None)
        if self._input[0] == interpreter.generation and self._input[1] is node:
            return {}
        text = to_json(node)
        limit = TIME_LIMIT + len(text) / _CHARACTERS_PER_SECOND
        answer = interpreter.ask(f'{{"do": "input", "key": "{self._key}", "input": {text}}}', limit)
        self._input = (interpreter.generation, node)
        return _checked(answer)


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    """Return `answer`.

    Raises:
        EvaluationError: it is an error.
    """
    if "error" in answer:
        raise EvaluationError(" ".join(str(answer["error"]).split()) or "it failed")
    return answer


def to_json(value: Any) -> str:
    """Return `value` as JSON text that the interpreter reads as the same numbers: it takes 1e+20 for none.

    Raises:
        EvaluationError: it holds a number that JSON does not know.
    """
    return "".join(_written(value))


def _written(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for number, (key, item) in enumerate(value.items()):
            yield f"{', ' if number else ''}{json.dumps(key)}: "
            yield from _written(item)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            yield ", " if number else ""
            yield from _written(item)
        yield "]"
    elif isinstance(value, float):
        yield _float(value)
    else:
        yield json.dumps(value)


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise EvaluationError("the data holds a number that JSON does not know")
    text = repr(value)
    if value.is_integer() and "e" in text:
        return str(int(value))
    return format(Decimal(text), "f") if "e" in text else text
