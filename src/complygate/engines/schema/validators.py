"""Compiling schemas, whole and in parts, with the validator."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from complygate.engines.schema.vocabulary import LISTS, MAPS, ONE, POINTER, resolve
from complygate.errors import CheckError
from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jsonschema_rs import Draft202012Validator, Registry, ValidationError

_ROOT = "urn:complygate:schema"
_LINEAR = "patterns run in linear time: there is no look-around and there are no back-references"


class Schema:
    """A schema whose parts can be run on their own.

    Attributes:
        root: the schema, with references that hold from any other schema as well.
        whole: its validator.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Compile `schema`, which has passed `vocabulary.check`.

        Raises:
            CheckError: the validator does not take it.
        """
        self.root = _absolute(schema)
        self.whole = _compile(self.root, None if self.root == schema else self._registry)
        self._parts: dict[tuple[int, str], tuple[Any, Draft202012Validator]] = {}
        self._patterns: dict[str, Draft202012Validator] = {}

    @cached_property
    def _registry(self) -> Registry:
        from jsonschema_rs import Registry  # noqa: PLC0415 - loaded by the first rule that needs it

        return Registry([(_ROOT, self.root)])

    def part(self, schema: Any, keyword: str = "") -> Draft202012Validator:
        """Return the validator of a part of `root`, or of one keyword of it."""
        key = (id(schema), keyword)
        if key not in self._parts:
            wanted = {keyword: schema[keyword]} if keyword else schema
            # The part is kept as well: an id is one object's only as long as that lives.
            self._parts[key] = (schema, _compile(wanted, self._registry))
        return self._parts[key][1]

    def pattern(self, pattern: str) -> Draft202012Validator:
        """Return the validator of the strings that `pattern` matches."""
        if pattern not in self._patterns:
            self._patterns[pattern] = _compile({"pattern": pattern})
        return self._patterns[pattern]

    def resolve(self, reference: str) -> Any:
        """Return the part of `root` that a reference found in it leads to."""
        return resolve(self.root, reference.removeprefix(_ROOT))


def _absolute(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    absolute = {keyword: _absolute_value(keyword, value) for keyword, value in schema.items()}
    if schema.get("additionalProperties") is False:
        # Without it the validator (0.60) names neither the surplus members nor their number.
        absolute.setdefault("properties", {})
    return absolute


def _absolute_value(keyword: str, value: Any) -> Any:
    if keyword in {"$ref", "$dynamicRef"}:
        return _ROOT + value
    if keyword in ONE:
        return _absolute(value)
    if keyword in LISTS:
        return [_absolute(part) for part in value]
    if keyword in MAPS:
        return {name: _absolute(part) for name, part in value.items()}
    return value


def _compile(schema: Any, registry: Registry | None = None) -> Draft202012Validator:
    import jsonschema_rs  # noqa: PLC0415 - loaded by the first rule that needs it

    try:
        return jsonschema_rs.Draft202012Validator(
            schema,
            registry=registry,
            validate_formats=True,
            ignore_unknown_formats=False,
            pattern_options=jsonschema_rs.RegexOptions(),
            offline=True,
        )
    except jsonschema_rs.ValidationError as error:
        raise _check_error(error) from None
    except (jsonschema_rs.ReferencingError, ValueError, TypeError) as error:
        raise CheckError(f"not a usable schema: {error}", pointer=POINTER) from None


def _check_error(error: ValidationError) -> CheckError:
    at = ptr.join(POINTER, *error.instance_path)
    pattern, found, _ = error.message.partition(' is not a "regex"')
    if found:
        return CheckError(f"not a usable pattern: {pattern}", pointer=at, hint=_LINEAR)
    return CheckError(" ".join(error.message.split()), pointer=at)
