"""`data "aws_iam_policy_document"`: a data source that reads nothing, so its JSON can be worked out.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from typing import Any

from complygate.model.document import Unknown

DATA_TYPE = "aws_iam_policy_document"

_LISTS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_OTHERS = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")
_DEFAULT_VERSION = "2012-10-17"


def policy(data: dict[str, Any]) -> Any:
    """Return the policy that the data source's own data makes; an `Unknown` may stand in either.

    A policy that merges others is an `Unknown` as a whole.
    """
    if any(data.get(name) not in (None, []) for name in _OTHERS):
        return Unknown("the policy document merges others")
    statements = data.get("statement", [])
    if isinstance(statements, Unknown):
        return Unknown(statements.reason)
    out: dict[str, Any] = {"Version": data.get("version", _DEFAULT_VERSION)}
    if "policy_id" in data:
        out["Id"] = data["policy_id"]
    out["Statement"] = [item if isinstance(item, Unknown) else _statement(item) for item in statements]
    return out


def _statement(item: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if item.get("sid"):
        out["Sid"] = item["sid"]
    out["Effect"] = item.get("effect", "Allow")
    for name, key in _LISTS.items():
        if item.get(name):
            out[key] = _single(item[name])
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if name in item:
            out[key] = _principals(item[name])
    if "condition" in item:
        out["Condition"] = _conditions(item["condition"])
    return out


def _single(value: Any) -> Any:
    """Return a list of one as its one member, as the provider writes it."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _principals(items: Any) -> Any:
    if isinstance(items, Unknown):
        return items
    out: dict[str, Any] = {}
    for item in items:
        kind = item if isinstance(item, Unknown) else item.get("type")
        if not isinstance(kind, str):
            return kind if isinstance(kind, Unknown) else Unknown("a principal without a type")
        names = item.get("identifiers")
        if kind == "*":
            return "*"
        before = out.get(kind)
        if isinstance(names, list) and before is not None and not isinstance(before, Unknown):
            names = [*(before if isinstance(before, list) else [before]), *names]
        out[kind] = _single(names)
    return out


def _conditions(items: Any) -> Any:
    if isinstance(items, Unknown):
        return items
    out: dict[str, dict[str, Any]] = {}
    for item in items:
        test, variable = (
            (None, None) if isinstance(item, Unknown) else (item.get("test"), item.get("variable"))
        )
        if not isinstance(test, str) or not isinstance(variable, str):
            return Unknown("a condition whose test or variable cannot be known")
        out.setdefault(test, {})[variable] = _single(item.get("values"))
    return out
