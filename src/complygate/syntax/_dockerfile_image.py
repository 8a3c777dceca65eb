"""An image reference, taken apart.

Grammar: distribution/reference, `[registry/]repository[:tag][@digest]`; the defaults (`docker.io`,
`library/`) are those that Docker applies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.syntax._dockerfile_words import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.document import Unknown
    from complygate.syntax._dockerfile_words import Expansion


def image_parts(raw: str, expansion: Expansion, *, stage: bool) -> dict[str, Any]:
    """Return the parts of an image reference.

    Args:
        raw: the reference as written.
        expansion: the reference with its variables substituted.
        stage: whether it names an earlier stage of the same file.
    """
    text = expansion.text
    rest, _, digest = text.partition("@")
    head, slash, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    name = f"{head}{slash}{last}"
    registry, repository = _home(name)
    own = not stage and text != "scratch"
    return {
        "raw": raw,
        "image": text,
        "name": name,
        "registry": registry if own else None,
        "repository": repository if own else None,
        "tag": tag or None,
        "digest": digest or None,
        "stage": stage,
        "scratch": text == "scratch",
    }


def unknown_parts(parts: dict[str, Any], reason: Unknown) -> Iterator[tuple[str, Unknown]]:
    """Blank each part that cannot be known, and yield its name with the reason."""
    text: str = parts["image"]
    whole = HOLE in parts["name"]
    for key, value in parts.items():
        unknown = isinstance(value, str) and HOLE in value
        if key == "raw" or parts["scratch"]:
            continue
        if text.endswith(HOLE) and "@" not in text:
            # The variable may bring a tag or a digest with it.
            unknown = unknown or key == "digest" or (key == "tag" and whole)
        if key == "stage":
            unknown = whole
        if unknown:
            parts[key] = None
            yield key, reason


def _home(name: str) -> tuple[str, str]:
    """Return registry and repository of an image's name."""
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost" or HOLE in first):
        return first, rest
    return "docker.io", name if slash else (name if HOLE in name else f"library/{name}")
