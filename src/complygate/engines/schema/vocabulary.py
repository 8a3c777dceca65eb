"""The keywords of JSON Schema 2020-12, and what this engine refuses although the standard would not.

JSON Schema ignores what it does not know. A rule with a misspelt keyword would then pass everything, so
here a keyword that has no effect is a mistake. https://json-schema.org/draft/2020-12/json-schema-core
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from complygate.errors import CheckError
from complygate.model import pointer as ptr
from complygate.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

POINTER = "/schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_DEPTH = 60

ONE = frozenset(
    {"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"}
    | {"unevaluatedItems", "unevaluatedProperties"}
)
"""Keywords whose value is a schema."""
LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords whose value is a list of schemas."""
MAPS = frozenset({"$defs", "dependentSchemas", "patternProperties", "properties"})
"""Keywords whose value is a map of schemas."""
ANNOTATIONS = frozenset(
    {"$anchor", "$comment", "$defs", "$dynamicAnchor", "$id", "$schema", "default", "deprecated"}
    | {"description", "examples", "readOnly", "title", "writeOnly"}
)
"""Keywords that by themselves never object to a value."""
ASSERTIONS = frozenset(
    {"$dynamicRef", "$ref", "const", "dependentRequired", "enum", "exclusiveMaximum", "exclusiveMinimum"}
    | {"format", "maxContains", "maxItems", "maxLength", "maxProperties", "maximum", "minContains"}
    | {"minItems", "minLength", "minProperties", "minimum", "multipleOf", "pattern", "required", "type"}
    | {"uniqueItems"}
)
KEYWORDS = ONE | LISTS | MAPS | ANNOTATIONS | ASSERTIONS
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
FORMATS = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
]

_INSTEAD = {
    "additionalItems": 'use "items" beside "prefixItems"',
    "definitions": 'use "$defs"',
    "dependencies": 'use "dependentRequired" or "dependentSchemas"',
    "id": 'use "$id"',
    "nullable": "use type: [string, 'null']",
    "contentEncoding": "it checks nothing in JSON Schema 2020-12",
    "contentMediaType": "it checks nothing in JSON Schema 2020-12",
    "contentSchema": "it checks nothing in JSON Schema 2020-12",
    "$recursiveRef": 'use "$dynamicRef"',
    "$recursiveAnchor": 'use "$dynamicAnchor"',
    "$vocabulary": "vocabularies are for meta-schemas",
}
_NEEDS = {"then": "if", "else": "if", "minContains": "contains", "maxContains": "contains"}


def check(schema: Mapping[str, Any]) -> None:
    """Look through a whole schema for what would have no effect, or would leave this file.

    Raises:
        CheckError: there is such a thing; its pointer leads there.
    """
    for at, part in walk(schema, POINTER, 0):
        if isinstance(part, dict):
            _check_keywords(part, at)
            _check_reference(part, at, schema)
            _check_words(part, at)


def walk(schema: Any, at: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield every schema inside `schema`, itself first, with its pointer.

    Raises:
        CheckError: a part is not a schema, or the nesting is too deep.
    """
    if not isinstance(schema, dict | bool):
        raise CheckError(f"a schema is a mapping or true or false, not {_name(schema)}", pointer=at)
    if depth > MAX_DEPTH:
        raise CheckError(f"the schema is nested deeper than {MAX_DEPTH} levels", pointer=at)
    yield at, schema
    if isinstance(schema, dict):
        for place, part in _parts(schema, at):
            yield from walk(part, place, depth + 1)


def _parts(schema: Mapping[Any, Any], at: str) -> Iterator[tuple[str, Any]]:
    for keyword, value in schema.items():
        place = ptr.join(at, str(keyword))
        if keyword in ONE:
            yield place, value
        elif keyword in LISTS:
            if not isinstance(value, list):
                raise CheckError(f'"{keyword}" takes a list of schemas, not {_name(value)}', pointer=place)
            yield from ((ptr.join(place, i), part) for i, part in enumerate(value))
        elif keyword in MAPS:
            if not isinstance(value, dict):
                raise CheckError(f'"{keyword}" takes a map of schemas, not {_name(value)}', pointer=place)
            yield from ((ptr.join(place, str(name)), part) for name, part in value.items())


def _check_keywords(schema: Mapping[Any, Any], at: str) -> None:
    for keyword in schema:
        place = ptr.join(at, str(keyword))
        if not isinstance(keyword, str):
            raise CheckError(f"a keyword is a string, not {_name(keyword)}", pointer=place)
        if keyword not in KEYWORDS:
            hint = _INSTEAD.get(keyword) or did_you_mean(keyword, KEYWORDS)
            message = f"{_quoted(keyword)} is not a keyword of JSON Schema 2020-12"
            raise CheckError(message, pointer=place, hint=hint)
        needed = _NEEDS.get(keyword)
        if needed and needed not in schema:
            raise CheckError(f'"{keyword}" has no effect without "{needed}"', pointer=place)
    if schema.get("$schema", DIALECT) != DIALECT:
        raise CheckError("the dialect is JSON Schema 2020-12", pointer=f"{at}/$schema", hint=f"use {DIALECT}")
    if "$id" in schema:
        hint = 'reach a part by "$ref": "#/$defs/NAME"'
        raise CheckError('"$id" is not used here: a check is one schema', pointer=f"{at}/$id", hint=hint)


def _check_reference(schema: Mapping[str, Any], at: str, root: Mapping[str, Any]) -> None:
    for keyword in ("$ref", "$dynamicRef"):
        target = schema.get(keyword)
        if target is None:
            continue
        place = f"{at}/{keyword}"
        if not isinstance(target, str) or not target.startswith("#"):
            message = "a reference stays inside the schema: nothing is read from the network or from files"
            raise CheckError(message, pointer=place, hint='use "#/$defs/NAME"')
        if resolve(root, target) is None:
            defined = [f"#/$defs/{ptr.escape(name)}" for name in root.get("$defs", {})]
            raise CheckError(
                f"nothing stands at {_quoted(target)}", pointer=place, hint=did_you_mean(target, defined)
            )


def _check_words(schema: Mapping[str, Any], at: str) -> None:
    kinds = schema.get("type", [])
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str) and kind not in TYPES:
            raise CheckError(
                f"{_quoted(kind)} is not a type", pointer=f"{at}/type", hint=did_you_mean(kind, TYPES)
            )
    form = schema.get("format")
    if isinstance(form, str) and form not in FORMATS:
        raise CheckError(
            f"{_quoted(form)} is not a format", pointer=f"{at}/format", hint=did_you_mean(form, FORMATS)
        )


def resolve(root: Mapping[str, Any], reference: str) -> Any:
    """Return the schema that a reference inside `root` leads to ("#", "#/pointer", "#anchor"), or None."""
    target = reference[1:]
    if not target or target.startswith("/"):
        found = ptr.resolve(root, target)
        return found if isinstance(found, dict | bool) else None
    for _, part in walk(root, POINTER, 0):
        if isinstance(part, dict) and target in (part.get("$anchor"), part.get("$dynamicAnchor")):
            return part
    return None


def _quoted(word: str) -> str:
    return f'"{word}"' if word.isprintable() else json.dumps(word)


def _name(value: Any) -> str:
    return "null" if value is None else type(value).__name__
