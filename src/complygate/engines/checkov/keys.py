"""Where to point for checks of which Checkov names no key: what they look at, by their own code and names.

Only what is certain stands here. A key that is not written leads to the block that should hold it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODULES = {
    "CKV_ANSIBLE_1": ("uri", "validate_certs"),
    "CKV_ANSIBLE_2": ("get_url", "validate_certs"),
    "CKV_ANSIBLE_3": ("yum", "validate_certs"),
    "CKV_ANSIBLE_4": ("yum", "sslverify"),
    "CKV_ANSIBLE_5": ("apt", "allow_unauthenticated"),
    "CKV_ANSIBLE_6": ("apt", "force"),
    "CKV2_ANSIBLE_1": ("uri", "url"),
    "CKV2_ANSIBLE_2": ("get_url", "url"),
    "CKV2_ANSIBLE_4": ("dnf", "disable_gpg_check"),
    "CKV2_ANSIBLE_5": ("dnf", "sslverify"),
    "CKV2_ANSIBLE_6": ("dnf", "validate_certs"),
}
"""Checks of Ansible's tasks: the built-in module, by its short name, and its argument."""
_KEYS = {
    "CKV2_ANSIBLE_3": ("block",),
    "CKV_PAN_16": ("paloaltonetworks.panos.panos_security_rule", "log_start"),
    "CKV_PAN_17": ("paloaltonetworks.panos.panos_security_rule",),
    "CKV_ARGO_1": ("serviceAccountName",),
    "CKV_ARGO_2": ("securityContext", "runAsNonRoot"),
    "CKV_OPENAPI_1": ("securityDefinitions",),
    "CKV_OPENAPI_4": ("security",),
    "CKV_OPENAPI_18": ("schemes",),
}
"""The others, from the block that Checkov names the lines of."""


def keys_of(check: str) -> Iterator[tuple[str, ...]]:
    """Yield the ways to what the check called `check` looks at, from the block that it names."""
    if check in _MODULES:
        module, argument = _MODULES[check]
        yield f"ansible.builtin.{module}", argument
        yield module, argument
    elif check in _KEYS:
        yield _KEYS[check]
