"""The attributes of a graph's blocks, laid flat in one walk.

Checkov lays a block's values flat (`spec.containers.0.image`) by merging a map for each level into the one
above, and does so once more for each of the flat keys: for a custom resource definition, which is deep and
wide, tens of thousands of maps. It is most of what manifests cost.
"""

from __future__ import annotations

import importlib
from typing import Any


def quicken() -> None:
    """Replace how blocks lay their attributes flat."""
    base: Any = importlib.import_module("checkov.common.graph.graph_builder.graph_components.blocks").Block
    kubernetes: Any = importlib.import_module(
        "checkov.kubernetes.graph_builder.graph_components.blocks"
    ).KubernetesBlock
    terraform: Any = importlib.import_module(
        "checkov.terraform.graph_builder.graph_components.blocks"
    ).TerraformBlock
    if getattr(base, "complygate_flat", False):
        return
    base.complygate_flat = True
    _inner_attributes(base, terraform)
    _origin_attributes(base, kubernetes)


def _inner_attributes(base: Any, terraform: Any) -> None:
    whole, of_terraform = base.get_inner_attributes.__func__, terraform.get_inner_attributes.__func__

    def get_inner_attributes(
        cls: Any, attribute_key: str, attribute_value: Any, *strip_list: Any, **named: Any
    ) -> dict[str, Any]:
        own = cls.get_inner_attributes.__func__
        if own not in {get_inner_attributes, of_terraform}:  # a class that we do not know
            found: dict[str, Any] = whole(cls, attribute_key, attribute_value, *strip_list, **named)
            return found
        out: dict[str, Any] = {}
        flatten(out, attribute_key, attribute_value, strip=own is of_terraform)
        return out

    base.get_inner_attributes = classmethod(get_inner_attributes)


def flatten(out: dict[str, Any], key: str, value: Any, *, strip: bool) -> int:
    """Put `value` into `out` at `key`, and all that it holds at dotted keys; return how many keys were set.

    Args:
        out: gets the keys, a container's before those of what it holds.
        key: the dotted key of the value.
        value: a value of a document. Empty keys are deleted from its maps, as Checkov does.
        strip: take lists of one value for the value.
    """
    if isinstance(value, dict):
        made: Any = {}
        steps: Any = list(value)
    elif isinstance(value, list):
        made = [None] * len(value)
        steps = range(len(value))
    else:
        out[key] = value
        return 1
    out[key] = made
    count = 1
    for step in steps:
        if step == "":
            del value[step]
            continue
        inner, inner_key = value[step], f"{key}.{step}"
        if strip and isinstance(inner, list) and len(inner) == 1:
            inner = inner[0]
        count += flatten(out, inner_key, inner, strip=strip)
        made[step] = out[inner_key]
    return count


def _origin_attributes(base: Any, kubernetes: Any) -> None:
    """Lay manifests flat once: nothing changes their attributes, as Terraform's variables do with blocks."""
    whole_extract, whole_origin = base._extract_inner_attributes, base.get_origin_attributes  # noqa: SLF001
    whole_dict = base.get_attribute_dict
    calculate_hash = importlib.import_module("checkov.common.graph.graph_builder.utils").calculate_hash
    hash_key = importlib.import_module("checkov.common.graph.graph_builder").CustomAttributes.HASH

    def _extract_inner_attributes(self: Any, *arguments: Any, **named: Any) -> dict[str, Any]:
        given = set(self.attributes)
        expected = 0
        counted: dict[str, Any] = {}
        for key, value in self.attributes.items():
            if self.should_run_get_inner_attributes(value):
                expected += flatten(counted, key, value, strip=False)
        added: dict[str, Any] = whole_extract(self, *arguments, **named)
        # Two ways to the same key (`a: {b: 1}` and `a.b: 1`) are left to Checkov.
        plain = expected == len(added) == len(counted) and not any("." in str(key) for key in given)
        self.complygate_flat_keys = added.keys() - given if plain else frozenset()
        return added

    def get_origin_attributes(self: Any, base_attributes: dict[str, Any]) -> None:
        flat = self.complygate_flat_keys
        if not flat:
            whole_origin(self, base_attributes)
            return
        attributes = self.attributes
        self.attributes = {key: value for key, value in attributes.items() if key not in flat}
        try:
            whole_origin(self, base_attributes)
        finally:
            self.attributes = attributes
        base_attributes.update((key, attributes[key]) for key in attributes if key in flat)

    def get_attribute_dict(self: Any, *add_hash: Any, **named: Any) -> dict[str, Any]:
        """Hash what is written once, and not again for each level above it; hashes are only compared."""
        found: dict[str, Any] = whole_dict(self, add_hash=False)
        if all((*add_hash, *named.values())):
            flat = self.complygate_flat_keys
            found[hash_key] = calculate_hash({key: found[key] for key in found if key not in flat})
        return found

    kubernetes.get_attribute_dict = get_attribute_dict
    kubernetes._extract_inner_attributes = _extract_inner_attributes  # noqa: SLF001
    kubernetes.get_origin_attributes = get_origin_attributes
