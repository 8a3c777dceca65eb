"""What configuration and plan have in common: one shape of data, so that one rule serves both."""

from __future__ import annotations

import json
from typing import Any

_DECODED = frozenset(
    {
        "access_policies",
        "container_definitions",
        "event_pattern",
        "policies",
        "policy",
        "policy_data",
        "policy_document",
        "policy_json",
        "policy_rule",
    }
)


def is_decoded(name: str) -> bool:
    """Tell whether a JSON string under this attribute is given to rules as what it says."""
    return name in _DECODED or name.endswith("_policy")


def decode(text: Any, otherwise: Any) -> Any:
    """Return what a JSON object or list in a string says; `otherwise` for anything else."""
    if isinstance(text, str) and text.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return otherwise
    return otherwise
