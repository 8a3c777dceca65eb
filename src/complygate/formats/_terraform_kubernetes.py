"""Terraform's `kubernetes_*` workloads in Kubernetes' own shape, as the view `kubernetes/Pod`.

The provider writes fields in snake case, single objects as blocks and lists as repeated blocks with a
singular name; see https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complygate.model import pointer as ptr
from complygate.model.document import View

if TYPE_CHECKING:
    from collections.abc import Mapping

_POD = ""
_TEMPLATE = "/spec/0/template/0"
_CRON = "/spec/0/job_template/0/spec/0/template/0"
_WORKLOADS: Mapping[str, str] = {
    "kubernetes_pod": _POD,
    "kubernetes_deployment": _TEMPLATE,
    "kubernetes_daemonset": _TEMPLATE,
    "kubernetes_daemon_set": _TEMPLATE,
    "kubernetes_stateful_set": _TEMPLATE,
    "kubernetes_replication_controller": _TEMPLATE,
    "kubernetes_job": _TEMPLATE,
    "kubernetes_cron_job": _CRON,
}
_VERSION = re.compile(r"_v\d+(?:(?:alpha|beta)\d+)?$")

# Repeated blocks, under the name of the list that Kubernetes has for them.
_LISTS: Mapping[str, str] = {
    "container": "containers",
    "init_container": "initContainers",
    "env": "env",
    "env_from": "envFrom",
    "port": "ports",
    "volume": "volumes",
    "volume_mount": "volumeMounts",
    "volume_device": "volumeDevices",
    "image_pull_secrets": "imagePullSecrets",
    "toleration": "tolerations",
    "host_aliases": "hostAliases",
    "readiness_gate": "readinessGates",
    "topology_spread_constraint": "topologySpreadConstraints",
    "items": "items",
    "sources": "sources",
    "sysctl": "sysctls",
    "option": "options",
    "http_header": "httpHeaders",
    "match_expressions": "matchExpressions",
    "match_fields": "matchFields",
    "node_selector_term": "nodeSelectorTerms",
    "preferred_during_scheduling_ignored_during_execution": "preferredDuringSchedulingIgnoredDuringExecution",
}
# Maps whose keys are the user's own.
_OPEN = frozenset(
    {
        "annotations",
        "labels",
        "limits",
        "match_labels",
        "node_selector",
        "requests",
        "selector",
        "volume_attributes",
    }
)
_TERMS = "required_during_scheduling_ignored_during_execution"
# Numbers that the provider keeps as strings, so that "unset" and 0 differ.
_NUMBERS = frozenset({"run_as_user", "run_as_group", "fs_group"})
_NAMES = {
    "host_ip": "hostIP",
    "pod_ip": "podIP",
    "host_ipc": "hostIPC",
    "host_pid": "hostPID",
    "fs_group": "fsGroup",
}


def views(type_: str, data: dict[str, Any]) -> tuple[View, ...]:
    """Return the pod template of a workload resource as a view; none for other resources."""
    base = _WORKLOADS.get(_VERSION.sub("", type_))
    if base is None:
        return ()
    template = ptr.resolve(data, base)
    if not isinstance(template, dict):
        return ()
    shape = _Shape(base)
    pod = {
        name: shape.value(template[name], name, f"/{name}", f"{base}/{name}")
        for name in ("metadata", "spec")
        if name in template
    }
    return (View("kubernetes/Pod", pod, base, shape.to_document),)


class _Shape:
    """Turns the provider's shape into Kubernetes', keeping where each part comes from."""

    def __init__(self, base: str) -> None:
        self._origins = {"": base}

    def to_document(self, pointer: str) -> str:
        """Return where `pointer` stands in the resource; what is absent there is put in snake case."""
        known, rest = pointer, []
        while known and known not in self._origins:
            known, _, token = known.rpartition("/")
            rest.append(token)
        return "/".join([self._origins.get(known, ""), *(_snake(token) for token in reversed(rest))])

    def value(self, value: Any, name: str, here: str, origin: str) -> Any:
        """Return `value`, the field `name`, in Kubernetes' shape."""
        self._origins[here] = origin
        if name in _OPEN:
            return self._open(value, here, origin)
        if isinstance(value, list) and name not in _LISTS and _is_block(value, name):
            # A block that may stand once: its one map is the object.
            return self.value(value[0], name, here, f"{origin}/0")
        if isinstance(value, list):
            return [self.value(v, "", f"{here}/{i}", f"{origin}/{i}") for i, v in enumerate(value)]
        if isinstance(value, dict):
            return {
                _camel(key): self.value(item, key, ptr.join(here, _camel(key)), ptr.join(origin, key))
                for key, item in value.items()
            }
        if name in _NUMBERS and isinstance(value, str) and value.isdigit():
            return int(value[:20])
        return value

    def _open(self, value: Any, here: str, origin: str) -> Any:
        if isinstance(value, list) and _is_block(value, ""):
            return self._open(value[0], here, f"{origin}/0")
        self._origins[here] = origin
        if isinstance(value, dict):
            for key in value:
                self._origins[ptr.join(here, key)] = ptr.join(origin, key)
        return value


def _is_block(value: list[Any], name: str) -> bool:
    if name == _TERMS and value and isinstance(value[0], dict) and "node_selector_term" not in value[0]:
        return False  # a pod's affinity terms are a list, a node's are not
    return len(value) == 1 and isinstance(value[0], dict)


def _camel(name: str) -> str:
    if name in _LISTS:
        return _LISTS[name]
    if name in _NAMES:
        return _NAMES[name]
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


def _snake(name: str) -> str:
    for own, kubernetes in (*_LISTS.items(), *_NAMES.items()):
        if name == kubernetes:
            return own
    return re.sub(r"(?<!^)([A-Z]+)", lambda match: f"_{match[1].lower()}", name)
