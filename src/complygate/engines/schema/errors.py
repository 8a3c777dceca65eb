"""A validator's errors as violations: where a person would look, in words that say what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.model import pointer as ptr
from complygate.model.outcome import Outcome, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from jsonschema_rs import ValidationError

_MAX_DETAIL = 240
_MAX_ALTERNATIVES = 4


def violations(errors: Iterable[ValidationError], base: str = "") -> Iterator[Violation]:
    """Yield the violations that `errors` mean, `base` being the pointer of the validated value."""
    for error in errors:
        at = ptr.join(base, *error.instance_path)
        yield from _SPECIAL.get(error.kind.name, _plain)(error, at)


def settle(found: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Return the outcomes in order of place, the violations of one place joined into one."""
    details: dict[str, list[str]] = {}
    others: list[Outcome] = []
    for outcome in found:
        if isinstance(outcome, Violation):
            known = details.setdefault(outcome.pointer, [])
            if outcome.detail not in known:
                known.append(outcome.detail)
        elif outcome not in others:
            others.append(outcome)
    joined = (Violation(at, shorten("; ".join(sorted(words)))) for at, words in sorted(details.items()))
    return (*joined, *others)


def common(pointers: Sequence[str]) -> str:
    """Return the pointer of the innermost value that holds all of `pointers`."""
    first, *others = (ptr.split(pointer) for pointer in pointers)
    shared = len(first)
    for tokens in others:
        while tokens[:shared] != first[:shared]:
            shared -= 1
    return ptr.build(first[:shared])


def alternatives(at: str, branches: Sequence[Sequence[Violation]]) -> Violation:
    """Return the one violation that stands for a value matching none of several schemas."""
    found = [violation for branch in branches for violation in branch]
    place = common([violation.pointer for violation in found]) if found else at
    words = ["; ".join(v.detail for v in branch) for branch in branches if branch]
    told = " or ".join(dict.fromkeys(words[:_MAX_ALTERNATIVES]))
    return Violation(place, shorten(f"matches no alternative: {told}" if told else "matches no alternative"))


def shorten(text: str) -> str:
    """Return `text` on one line, cut where a value it quotes makes it long."""
    text = " ".join(text.split())
    return text if len(text) <= _MAX_DETAIL else text[: _MAX_DETAIL - 1] + "…"


def missing(at: str, name: str) -> Violation:
    """Return the violation for a member that is not there; it points at the place it would have."""
    return Violation(ptr.join(at, name), f'"{name}" is missing')


def surplus(at: str) -> Violation:
    """Return the violation for a value that may not be there."""
    tokens = ptr.split(at)
    return Violation(at, f'"{tokens[-1]}" is not allowed here' if tokens else "is not allowed")


def _plain(error: ValidationError, at: str) -> Iterator[Violation]:
    yield Violation(at, shorten(error.message))


def _required(error: ValidationError, at: str) -> Iterator[Violation]:
    yield missing(at, error.kind.as_dict()["property"])


def _surplus(error: ValidationError, at: str) -> Iterator[Violation]:
    for name in error.kind.as_dict()["unexpected"]:
        yield surplus(ptr.join(at, name))


def _unevaluated_items(_: ValidationError, at: str) -> Iterator[Violation]:
    # The validator names these items by value, not by index.
    yield Violation(at, "holds items that are not allowed here")


def _false(_: ValidationError, at: str) -> Iterator[Violation]:
    yield surplus(at)


def _property_names(error: ValidationError, at: str) -> Iterator[Violation]:
    inner = error.kind.as_dict()["error"]
    yield Violation(ptr.join(at, str(inner.instance)), shorten(f"as a name, {inner.message}"))


def _none_valid(error: ValidationError, at: str) -> Iterator[Violation]:
    branches = error.kind.as_dict()["context"]
    # The errors of the branches have addresses relative to the whole validated value, as `error` has.
    base = at[: len(at) - len(ptr.join("", *error.instance_path))]
    yield alternatives(at, [list(violations(branch, base)) for branch in branches])


def _many_valid(_: ValidationError, at: str) -> Iterator[Violation]:
    yield Violation(at, "matches more than one alternative where it may match one")


def _not(error: ValidationError, at: str) -> Iterator[Violation]:
    refused: Any = error.kind.as_dict()["schema"]
    names = refused.get("required") if isinstance(refused, dict) and len(refused) == 1 else None
    if names and len(names) == 1:  # the usual way to say "without this member"
        yield surplus(ptr.join(at, names[0]))
    else:
        yield Violation(at, "is of a form that is not allowed")


_SPECIAL: dict[str, Callable[[ValidationError, str], Iterator[Violation]]] = {
    "required": _required,
    "additionalProperties": _surplus,
    "unevaluatedProperties": _surplus,
    "unevaluatedItems": _unevaluated_items,
    "falseSchema": _false,
    "propertyNames": _property_names,
    "anyOf": _none_valid,
    "oneOfNotValid": _none_valid,
    "oneOfMultipleValid": _many_valid,
    "not": _not,
}
