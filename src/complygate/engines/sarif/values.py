"""Looking into data that may hold anything: what is not of the expected type is as good as absent."""

from __future__ import annotations

from typing import Any


def mapping(value: Any, key: str) -> dict[str, Any]:
    """Return the map under `key` of `value`, or {}."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def items(value: Any, key: str) -> list[Any]:
    """Return the list under `key` of `value`, or []."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def text(value: Any, key: str) -> str:
    """Return the string under `key` of `value`, or ""."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def number(value: Any, key: str) -> int | None:
    """Return the whole number under `key` of `value`, or None."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def at(values: list[Any], index: int | None) -> dict[str, Any]:
    """Return the map at `index` of `values`, or {}."""
    found = values[index] if index is not None and 0 <= index < len(values) else None
    return found if isinstance(found, dict) else {}


def line(value: str, longest: int = 400) -> str:
    """Return `value` as one line of visible text, cut to a length."""
    whole = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return whole if len(whole) <= longest else f"{whole[: longest - 1]}…"
