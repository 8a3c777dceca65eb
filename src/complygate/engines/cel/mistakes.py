"""What the compiler says about an expression, as a `CheckError` with a place and a next step."""

from __future__ import annotations

import re

from complygate.engines.cel.environment import FUNCTIONS, METHODS, VARIABLES
from complygate.errors import CheckError
from complygate.model.nearest import closest, did_you_mean

POINTER = "/cel"

_ERROR = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_SIMPLER = "break it up, with cel.bind(name, value, expression) or as several rules"
_WORDS_OF_OTHER_LANGUAGES = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "True": "true",
    "False": "false",
    "None": "null",
    "nil": "null",
    "undefined": "null",
    "len": "size",
    "length": "size",
    "input": "self",
    "this": "self",
    "object": "self",
    "any": "exists",
    "some": "exists",
    "every": "all",
    "lower": "lowerAscii",
    "upper": "upperAscii",
}


def check_error(text: str, said: str) -> CheckError:
    """Return the error for expression `text`, of which the compiler `said` this.

    The compiler reports what follows from a mistake as well; the first report with a place counts. Of
    several undeclared names in one call it is the function's, because `x` in `list.exist(x, ...)` is
    undeclared only as long as `exist` is.
    """
    found = [(int(line), int(column), message) for line, column, message in _ERROR.findall(said)]
    found = [item for item in found if item[0] > 0]
    if not found:
        return CheckError(_without_place(said), pointer=POINTER)
    line, column, message = next((f for f in found if _is_unknown_call(text, *f)), found[0])
    message = _short(message)
    undeclared = _UNDECLARED.match(message)
    hint = _hint(text, line, column, message)
    if undeclared:
        name = undeclared[1]
        column = _start(text, line, column, name)
        what = "function" if _calls(text, line, column, name) else "name"
        if name in METHODS or name in FUNCTIONS:
            message = f"{name}() is not called like this"
            hint = "" if f'"{name}"' in hint else hint
        else:
            message = f'unknown {what} "{name.split(".")[0]}"'
    return CheckError(message, pointer=POINTER, line=line, column=column, hint=hint)


def _hint(text: str, line: int, column: int, message: str) -> str:
    undeclared = _UNDECLARED.match(message)
    if undeclared:
        return _hint_for_name(text, line, _start(text, line, column, undeclared[1]), undeclared[1])
    overload = _OVERLOAD.match(message)
    if overload:
        return f"the operands are {overload[2]}: convert one of them, as in int(x), double(x) or string(x)"
    if message.startswith("Syntax error"):
        return _hint_for_syntax(_line(text, line), message)
    if message.startswith("has()"):
        return "write has(self.field); for a computed key write 'key' in self.map"
    return ""


def _hint_for_syntax(source: str, message: str) -> str:
    for word in ("and", "or", "not"):
        if re.search(rf"\b{word}\b", source):
            return f'CEL writes "{_WORDS_OF_OTHER_LANGUAGES[word]}" for "{word}"'
    if "===" in source or re.search(r"[^=!<>]=[^=~]", source):
        return 'CEL compares with "=="'
    if "<>" in source:
        return 'CEL writes "!=" for "<>"'
    if "in (" in source:
        return "a list is written in brackets: x in ['a', 'b']"
    return "the string is not closed" if "at: '" in message and ("''" in message or "'\"" in message) else ""


def _hint_for_name(text: str, line: int, column: int, name: str) -> str:
    head = name.split(".", maxsplit=1)[0]
    if head in _WORDS_OF_OTHER_LANGUAGES:
        return f'CEL writes "{_WORDS_OF_OTHER_LANGUAGES[head]}" for "{head}"'
    before = _line(text, line)[: column - 1]
    after = _line(text, line)[column - 1 + len(name) :]
    if before.endswith("."):
        space = re.search(r"\b(\w+)\.$", before)
        full = f"{space[1]}.{name}" if space else name
        in_namespace = full != name and _is_namespace(space)
        return did_you_mean(full, FUNCTIONS) if in_namespace else did_you_mean(name, METHODS)
    if after.startswith("("):
        return did_you_mean(name, [*FUNCTIONS, *(m for m in METHODS if m in FUNCTIONS)]) or _as_method(name)
    return did_you_mean(head, VARIABLES) or f"an expression knows the names {', '.join(VARIABLES)}"


def _is_namespace(found: re.Match[str] | None) -> bool:
    return found is not None and any(name.startswith(f"{found[1]}.") for name in FUNCTIONS)


def _as_method(name: str) -> str:
    close = closest(name, METHODS)
    return f"{close[0]} is called on a value: x.{close[0]}(...)" if close else ""


def _is_unknown_call(text: str, line: int, column: int, message: str) -> bool:
    undeclared = _UNDECLARED.match(message)
    if undeclared is None:
        return False
    return _calls(text, line, _start(text, line, column, undeclared[1]), undeclared[1])


def _calls(text: str, line: int, column: int, name: str) -> bool:
    return _line(text, line)[column - 1 + len(name) :].startswith("(")


def _start(text: str, line: int, column: int, name: str) -> int:
    """Return the column where `name` begins; the compiler points at the "." or "(" that follows a part."""
    before = _line(text, line)[: column - 1]
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        head = ".".join(parts[:count])
        if before.endswith(head):
            return column - len(head)
    return column


def _line(text: str, line: int) -> str:
    lines = text.split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _short(message: str) -> str:
    message = re.sub(r" expecting \{.*\}", "", message)
    message = message.replace(" (in container '')", "").replace("<EOF>", "end of the expression")
    return " ".join(message.split())


def _without_place(said: str) -> str:
    said = re.sub(r"^[A-Z_]+: ", "", said.split("\n", maxsplit=1)[0])
    said = re.sub(r"ERROR: <input>:-1:-1: ", "", said)
    said = re.sub(r" \[[A-Z_]+\]$", "", said)
    if "recursion" in said:
        return f"the expression is nested too deep; {_SIMPLER}"
    if "@mapInsert" in said:
        return "transformMap and transformMapEntry do not exist here; transformList does"
    return said
