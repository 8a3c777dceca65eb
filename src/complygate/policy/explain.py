"""Structural mistakes, said so that a person can mend them: the place, the matter, the nearest right word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema
from jsonschema.exceptions import best_match

from complygate.model import pointer as ptr
from complygate.policy.nearest import nearest

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from complygate.policy.files import File, Mistakes

_TYPES = {
    "object": "a map", "array": "a list", "string": "a string", "integer": "a whole number",
    "number": "a number", "boolean": "true or false", "null": "empty",
}  # fmt: skip


def explain(file: File, schema: dict[str, Any], mistakes: Mistakes) -> None:
    """Add every way in which `file` does not meet `schema`."""
    for error in jsonschema.Draft202012Validator(schema).iter_errors(file.data):
        _add(file, _deepest(error), mistakes)


def _deepest(error: ValidationError) -> ValidationError:
    """Return the part of an `anyOf` that the author most likely meant."""
    if error.validator == "anyOf" and error.context:
        kinds = [e for e in error.context if e.validator != "type"]
        fitting = best_match(kinds) if kinds else None
        return _deepest(fitting) if fitting is not None else error
    return error


def _add(file: File, error: ValidationError, mistakes: Mistakes) -> None:
    pointer = ptr.build(error.absolute_path)
    trail = ".".join(str(part) for part in error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {})
        for key in error.instance:
            if key not in known:
                place = file.place(ptr.join(pointer, key), key=True)
                mistakes.add(place, f"{_dotted(trail, key)}: unknown key", nearest(key, known))
        return
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        key = missing[0] if len(missing) == 1 else next(k for k in missing if f"'{k}'" in error.message)
        mistakes.add(file.place(pointer), f"{_dotted(trail, key)}: is missing", _describe(error, key))
        return
    message, hint = _words(error)
    mistakes.add(file.place(pointer), f"{trail or 'the file'}: {message}", hint)


def _dotted(trail: str, key: str) -> str:
    return f"{trail}.{key}" if trail else key


def _describe(error: ValidationError, key: str) -> str:
    text = error.schema.get("properties", {}).get(key, {}).get("description", "")
    return str(text)


def _words(error: ValidationError) -> tuple[str, str]:
    """Return message and hint for one error that is not about a key."""
    wanted, value = error.validator_value, error.instance
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    match error.validator:
        case "enum":
            return f"{shown} is not one of {', '.join(map(str, wanted))}", nearest(
                str(value), map(str, wanted)
            )
        case "type":
            names = [wanted] if isinstance(wanted, str) else wanted
            return f"must be {' or '.join(_TYPES[name] for name in names)}, not {_kind(value)}", ""
        case "anyOf":
            names = [option["type"] for option in wanted if "type" in option]
            return f"must be {' or '.join(_TYPES[name] for name in names)}, not {_kind(value)}", ""
        case "minLength" | "minItems" | "minProperties":
            return "must not be empty", str(error.schema.get("description", ""))
        case "maxProperties":
            return f"must have one key, and has {', '.join(value)}", ""
        case "pattern" if re.match(r"\^\\d", wanted):
            return f"{shown} is not a date (YYYY-MM-DD)", ""
        case "uniqueItems":
            return "names something twice", ""
        case "const":
            return f"must be {str(wanted).lower()}", ""
        case "minimum":
            return f"must be at least {wanted}", ""
    return error.message, str(error.schema.get("description", ""))


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    for name, types in {"boolean": bool, "object": dict, "array": list, "string": str}.items():
        if isinstance(value, types):
            return _TYPES[name] if name != "boolean" else str(value).lower()
    return f"the number {value}"
