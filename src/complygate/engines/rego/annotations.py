"""OPA's annotations: the YAML in a comment block that starts with `# METADATA`.

https://www.openpolicyagent.org/docs/policy-language#annotations
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.errors import SyntaxProblem
from complygate.syntax import yaml
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complygate.engines.rego.module import Definition, Module
    from complygate.engines.rego.tokens import Token

_HEAD = "METADATA"


@dataclass(frozen=True, slots=True)
class Annotation:
    """What an annotation says.

    Attributes:
        data: all of it, as `rego.metadata.rule()` gives it.
    """

    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def custom(self) -> Mapping[str, Any]:
        """The keys under `custom`."""
        found = self.data.get("custom")
        return found if isinstance(found, dict) else {}

    def text(self, *keys: str) -> str:
        """Return the first of `keys` that is a text, in the annotation or under `custom`; else ""."""
        for key in keys:
            for group in (self.custom, self.data):
                value = group.get(key)
                if isinstance(value, str) and value.strip():
                    return value.strip()
                if isinstance(value, int) and not isinstance(value, bool):
                    return str(value)
        return ""

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return the texts in the first of `keys` that is a list, or the one text that it is."""
        for key in keys:
            for group in (self.custom, self.data):
                value = group.get(key)
                if isinstance(value, str) and value.strip():
                    return (value.strip(),)
                if isinstance(value, list) and value:
                    return tuple(item for item in value if isinstance(item, str) and item.strip())
        return ()


def annotation_of(definition: Definition, module: Module) -> Annotation:
    """Return the annotation above a definition; an empty one where there is none.

    Raises:
        CheckError: what stands there is no YAML map; with line and column.
    """
    return _read(definition.comments, module)


def heading_of(module: Module) -> Annotation:
    """Return the annotation above the package declaration. Raises as `annotation_of` does."""
    return _read(module.heading, module)


def _read(comments: Sequence[Token], module: Module) -> Annotation:
    start = next((i for i in range(len(comments) - 1, -1, -1) if _body(comments[i]).strip() == _HEAD), None)
    if start is None:
        return Annotation()
    lines = [_body(comment) for comment in comments[start + 1 :]]
    try:
        trees = yaml.parse_text("", "\n".join(lines))
    except SyntaxProblem as error:
        line = min(error.place.line if error.place else 1, len(lines) or 1)
        at = comments[min(start + line, len(comments) - 1)]
        raise module.source.error(at.start, f"the annotation is not YAML: {error.message}") from None
    data = trees[0].data if trees else None
    if data is None:
        return Annotation()
    if not isinstance(data, dict):
        raise module.source.error(comments[start].start, "the annotation is not a map of keys and values")
    return Annotation(data)


def _body(comment: Token) -> str:
    """Return a comment's text without its mark; YAML counts the spaces behind one."""
    return comment.text[1:].removeprefix(" ").rstrip()
