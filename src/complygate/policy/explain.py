"""Structural mistakes, said so that a person can mend them: the place, the matter, the nearest right word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema

from complygate.model import pointer as ptr
from complygate.model.nearest import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import ValidationError

    from complygate.policy.files import File, Mistakes

_TYPES: dict[str, type] = {"object": dict, "array": list, "string": str, "null": type(None)}
_WORDS = {
    "object": "a map", "array": "a list", "string": "a string", "integer": "a whole number",
    "number": "a number", "boolean": "true or false", "null": "empty",
}  # fmt: skip
_FIXED = {
    "pattern": "must not be empty",  # of the patterns, only the one for any visible character has no title
    "minItems": "must not be empty",
    "minProperties": "must not be empty",
    "uniqueItems": "names something twice",
}
_LONGEST = 60


def explain(file: File, schema: dict[str, Any], mistakes: Mistakes) -> None:
    """Add every way in which `file` does not meet `schema`."""
    validator = jsonschema.Draft202012Validator(schema)
    for error in validator.iter_errors(file.data):
        for part in _meant(error):
            _add(file, part, mistakes)


def _meant(error: ValidationError) -> Iterator[ValidationError]:
    """Yield the errors of the alternative that the author most likely meant: the one of the right type."""
    if error.validator != "anyOf":
        yield error
        return
    fitting = [e for e in error.context or () if not _of_wrong_type(e, error.instance)]
    places = {e.schema_path[0] for e in fitting}
    if len(places) != 1:
        yield error
        return
    for part in fitting:
        yield from _meant(part)


def _of_wrong_type(error: ValidationError, value: Any) -> bool:
    """Tell whether `error` says that the alternative is for values of another type."""
    if len(error.path) > 0:
        return False
    if error.validator == "type":
        return True
    return error.validator == "enum" and not isinstance(value, str)


def _add(file: File, error: ValidationError, mistakes: Mistakes) -> None:
    if error.validator == "additionalProperties":
        _add_unknown(file, error, mistakes)
    elif error.validator == "required":
        _add_missing(file, error, mistakes)
    else:
        trail = ".".join(map(str, error.absolute_path))
        message, hint = _words(error)
        mistakes.add(file.place(ptr.build(error.absolute_path)), f"{trail}: {message}", hint)


def _add_unknown(file: File, error: ValidationError, mistakes: Mistakes) -> None:
    value: Any = error.instance
    for key in value:
        if key not in _keys(error):
            path = [*error.absolute_path, key]
            place = file.place(ptr.build(path), key=True)
            mistakes.add(place, f"{'.'.join(map(str, path))}: unknown key", nearest(key, _keys(error)))


def _add_missing(file: File, error: ValidationError, mistakes: Mistakes) -> None:
    """Add the key that is missing, unless a wrong key stands there that means it."""
    value: Any = error.instance
    key = error.message.split("'")[1]
    known = _keys(error)
    if any(f'"{key}"' in nearest(wrong, known) for wrong in value if wrong not in known):
        return
    trail = ".".join(map(str, [*error.absolute_path, key]))
    description = known[key].get("description", "")
    mistakes.add(file.place(ptr.build(error.absolute_path)), f"{trail}: is missing", str(description))


def _keys(error: ValidationError) -> dict[str, Any]:
    """Return the keys that the map concerned may have, each with its schema."""
    schema: Any = error.schema
    keys: dict[str, Any] = schema.get("properties", {})
    return keys


def _words(error: ValidationError) -> tuple[str, str]:
    """Return message and hint for one error that is not about a key."""
    wanted: Any = error.validator_value
    value: Any = error.instance
    schema: Any = error.schema
    description = str(schema.get("description", ""))
    match error.validator:
        case "enum":
            message = f"{_shown(value)} is not one of {', '.join(map(str, wanted))}"
            return message, did_you_mean(str(value), wanted)  # the message has named them all
        case "type" | "anyOf":
            message, description = f"must be {_types(wanted)}, not {_kind(value)}", ""
        case "maxProperties":
            message = f"must have one key, and has {', '.join(value)}"
        case "pattern" if "title" in schema:
            message, description = f"{_shown(value)} is not {schema['title']}", ""
        case "const":
            message = f"must be {_shown(wanted)}, not {_shown(value)}"
        case "minimum":
            message = f"must be at least {wanted}, and is {value}"
        case _:
            message = _FIXED.get(str(error.validator), error.message)
    return message, description


def _types(wanted: Any) -> str:
    """Say which types the value of a `type` or an `anyOf` takes."""
    if isinstance(wanted, str):
        return _WORDS[wanted]
    names = [option.get("type", "string" if "enum" in option else "object") for option in wanted]
    return " or ".join(_WORDS[name] for name in dict.fromkeys(names))


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _kind(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return _shown(value)
    return next(_WORDS[name] for name, types in _TYPES.items() if isinstance(value, types))
