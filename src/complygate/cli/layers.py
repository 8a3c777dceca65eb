"""What the repository's own file made of a policy, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.model.layer import Layer


def of_layer(layer: Layer, rule: str = "") -> Iterator[str]:
    """Yield lines that say what `layer` changed and what it was refused, each with its place.

    Args:
        layer: what the file did.
        rule: only what concerns this rule; "" for all.
    """
    if not rule:
        digest = f", together {layer.digest}" if layer.digest else ", which changes nothing"
        yield f"With {layer.path}{digest}"
        yield from (f"  changed, of the policy as a whole: {place}" for place in layer.whole)
    for name, places in layer.changed.items():
        if rule in {"", name}:
            word = "changed" if name in layer.below.rules else "added"
            yield f"  {word}, {name}: {', '.join(map(str, places))}"
    for one in layer.refused:
        if not rule or rule in one.rules:
            yield f"  refused, {one.place}: {one.message}"
