"""Where Kubernetes objects carry pod templates, and what makes a workload whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.model.document import View
from complygate.model.pointer import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

POD = "kubernetes/Pod"

_SPEC_TEMPLATE = "/spec/template"
_TEMPLATES = {
    "Pod": "",
    "PodTemplate": "/template",
    "CronJob": "/spec/jobTemplate/spec/template",
    "AdvancedCronJob": "/spec/template/jobTemplate/spec/template",  # OpenKruise
    **dict.fromkeys(
        (
            "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job",
            "Rollout",  # Argo Rollouts
            "DeploymentConfig",  # OpenShift
            "CloneSet",  # OpenKruise
        ),
        _SPEC_TEMPLATE,
    ),
}  # fmt: skip
"""Pointer of the pod template, {metadata, spec}, by kind. Kinds that take only part of a pod's spec, such as
Knative's Service, are left out: a rule about pods would ask them for what they may not say."""

_NEED_SELECTOR = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def pod_views(kind: str, data: Mapping[str, Any]) -> Iterator[View]:
    """Yield the pod template of an object of `kind`, if it holds one."""
    base = _TEMPLATES.get(kind)
    if base is None:
        return
    template = resolve(data, base)
    if isinstance(template, dict) and isinstance(template.get("spec"), dict):
        yield View(POD, template, base)


def stands_alone(data: Mapping[str, Any]) -> bool:
    """Tell whether a cluster could take the object as it is. Of other kinds than workloads: yes.

    A workload needs containers with images, and most kinds a selector; a patch has neither as a rule.
    """
    kind = data.get("kind")
    base = _TEMPLATES.get(kind) if isinstance(kind, str) else None
    if base is None:
        return True
    if kind in _NEED_SELECTOR and not isinstance(resolve(data, "/spec/selector"), dict):
        return False
    containers = resolve(data, f"{base}/spec/containers")
    return isinstance(containers, list) and all(isinstance(c, dict) and "image" in c for c in containers)
