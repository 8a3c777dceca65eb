"""SARIF's object model (sarif_om), with its one wrong class mended, and its JSON.

sarif_om 1.0.4 was made from a draft of the schema: its `Suppression` has `state` where SARIF 2.1.0 has
`status`. It offers no JSON of its own; the package made for it leaves out every value that equals the
class's default, so that `level: warning` is lost and a result takes its rule's level instead.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import attr
import sarif_om as om

from complygate.reporters import _json

Node = Any
"""An object of sarif_om, which has no types."""

Suppression = attr.make_class(
    "Suppression",
    {"status": attr.ib(default=None, metadata={"schema_property_name": "status"})},
    bases=(om.Suppression,),
)
"""`sarif_om.Suppression` with `status`. Its `state` is never set."""

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"

_SAID = frozenset({"level", "kind"})
"""Written even where they equal the class's default: who reads may have another."""


def dumps(log: Node) -> str:
    """Return a SARIF log as JSON text; keys keep the order of the model's fields."""
    return _json.dumps(plain(log))


def plain(node: Any) -> Any:
    """Return an object of sarif_om, or a list or dict of them, as plain data.

    What is None or a sentinel (-1) is left out.
    """
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [plain(item) for item in node]
    cls: Any = type(node)
    if not attr.has(cls):
        return node
    data = {}
    for name, key, default in _fields(cls):
        value = getattr(node, name)
        if value is not None and (key in _SAID or value != default):
            data[key] = plain(value)
    return data


@cache
def _fields(cls: Any) -> tuple[tuple[str, str, Any], ...]:
    """Return (attribute, JSON name, default) of each field of a class."""
    found = []
    for field in attr.fields(cls):
        default = field.default
        if isinstance(default, attr.Factory):  # type: ignore[arg-type]
            default = default.factory()
        elif default is attr.NOTHING:
            default = None
        found.append((field.name, field.metadata["schema_property_name"], default))
    return tuple(found)


def text(words: str, markdown: str | None = None) -> Node:
    """Return a `multiformatMessageString`."""
    return om.MultiformatMessageString(text=words, markdown=markdown)


def escape(words: str) -> str:
    """Return words for a plain-text message, where brackets would make a link (SARIF 2.1.0, 3.11.6)."""
    return words.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def sentence(words: str, longest: int = 1024) -> str:
    """Return `words` ending in a full stop and no longer than GitHub shows."""
    words = words.strip().rstrip(".").rstrip()
    return f"{words[: longest - 2].rstrip()}…." if len(words) >= longest else f"{words}."


def pascal(words: str) -> str:
    """Return a name in PascalCase: each part a capital and at least one small letter or digit."""
    parts: list[str] = []
    for part in "".join(c if c.isascii() and c.isalnum() else " " for c in words).lower().split():
        if parts and (len(part) == 1 or not part[0].isalpha()):
            parts[-1] += part
        else:
            parts.append(part)
    name = "".join(part.capitalize() for part in parts)
    return name if name[:1].isalpha() and len(parts[0]) > 1 else f"Rule{name.lower()}"
