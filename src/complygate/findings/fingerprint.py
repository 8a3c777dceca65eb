"""A finding's name: the same as long as it is the same violation, wherever its lines move to.

Made of the rule, the file, the resource and the address of the place, in which an item of a list stands
under its own identity (its name, else a digest of its content) instead of its index. So inserted lines,
reordered items and moved blocks leave it as it is. Two violations that share all of this are told apart
by a count.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from complygate.model import pointer as ptr

if TYPE_CHECKING:
    from complygate.model.document import Document

_IDENTITY = (
    "name", "id", "key", "Sid", "sid", "alias", "address", "path", "mountPath", "containerPort", "image",
    "uses", "host", "pattern", "package-ecosystem",
)  # fmt: skip
"""Keys whose value names an item among its siblings, the surest first."""


class Fingerprints:
    """Gives fingerprints, and numbers those that would be the same."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._data: Any = None
        self._known: dict[int, str] = {}

    def of(self, rule: str, path: str, document: Document, pointer: str, *more: str) -> str:
        """Return the fingerprint of a violation of `rule` at `pointer` in `document`.

        `more` is what else tells it from others, such as a tool's own id of the check.
        """
        parts = [
            "v1",
            rule,
            path,
            document.kind,
            document.name,
            *self._identities(document.data, pointer),
            *more,
        ]
        base = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
        self._seen[base] += 1
        count = self._seen[base]
        return f"sha256:{base}" if count == 1 else f"sha256:{base}:{count}"

    def _identities(self, data: Any, pointer: str) -> list[str]:
        """Return the tokens of `pointer`, with each index of a list replaced by the item's identity."""
        if (
            data is not self._data
        ):  # which also keeps the objects, and so their numbers, as long as they are used
            self._data, self._known = data, {}
        value = data
        found: list[str] = []
        for token in ptr.split(pointer):
            inner = ptr.resolve(value, ptr.join("", token))
            found.append(self._identity(inner) if isinstance(value, list) else token)
            value = None if inner is ptr.MISSING else inner
        return found

    def _identity(self, item: Any) -> str:
        """Return the identity of an item, worked out once: many findings may lie in one large item."""
        if not isinstance(item, dict | list):
            return _identity(item)
        known = self._known.get(id(item))
        if known is None:
            known = self._known[id(item)] = _identity(item)
        return known


def _identity(item: Any) -> str:
    if isinstance(item, dict):
        for key in _IDENTITY:
            value = item.get(key)
            if isinstance(value, str | int) and value != "":
                return f"[{key}={value}]"
        item = _of_dockerfile(item)
    if item is ptr.MISSING:
        return "[]"
    text = json.dumps(item, sort_keys=True, ensure_ascii=True)
    return f"[#{hashlib.sha256(text.encode()).hexdigest()[:16]}]"


def _of_dockerfile(item: dict[str, Any]) -> Any:
    """Return what stands for `item`, if it is a part of a Dockerfile.

    Of a stage that is its image without the version, of an instruction its text: the rest changes with lines
    that have nothing to do with the finding.
    """
    base = item.get("base")
    if isinstance(base, dict) and "instructions" in item:
        return ["FROM", base.get("name") or base.get("raw")]
    if "instruction" in item and "value" in item:
        return [item["instruction"], item["value"]]
    return item
