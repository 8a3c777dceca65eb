"""Pods of Argo Workflows: a template's container, sidecars and settings, in the shape of a pod template.

A template says only what differs from its workflow: the controller makes a pod of both. See
https://argo-workflows.readthedocs.io/en/latest/fields/#template
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.model.document import View
from complygate.model.pointer import join, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GROUP = "argoproj.io"

_SPECS: Mapping[str, str] = {
    "Workflow": "/spec",
    "WorkflowTemplate": "/spec",
    "ClusterWorkflowTemplate": "/spec",
    "CronWorkflow": "/spec/workflowSpec",
}
# What a workflow says of all its pods; of these, a template may say otherwise what stands in both lists.
_OF_WORKFLOW = ("automountServiceAccountToken", "hostNetwork", "securityContext", "serviceAccountName")
_OF_TEMPLATE = ("automountServiceAccountToken", "securityContext", "serviceAccountName")
# With these, a pod holds what no template shows.
_UNSEEN = ("templateDefaults", "podSpecPatch")
_MOST = 10_000
"""Volumes of all pods together that a workflow's own are offered for: each template has them again, so that a
small file could make very many."""


def workflow_views(kind: str, data: Mapping[str, Any]) -> Iterator[View]:
    """Yield the pod of each template of a workflow that runs containers of its own.

    Args:
        kind: the object's kind; of others than those of Argo Workflows, nothing comes.
        data: the object.

    Yields:
        Views of the kind `kubernetes/Pod`. A template that is patched, or filled up with defaults, has none.
    """
    base = _SPECS.get(kind)
    spec = resolve(data, base) if base else None
    if not isinstance(spec, dict) or any(key in spec for key in _UNSEEN):
        return
    templates = spec.get("templates")
    templates = templates if isinstance(templates, list) else []
    volumes = spec.get("volumes")
    if isinstance(volumes, list) and len(volumes) * len(templates) > _MOST:
        spec = {key: value for key, value in spec.items() if key != "volumes"}
    for index, template in enumerate(templates):
        if isinstance(template, dict) and "podSpecPatch" not in template:
            pod = _Pod(spec, base or "", template, join(base or "", "templates", index))
            if pod.runs:
                yield View("kubernetes/Pod", pod.data, pod.base, pod.to_document)


class _Pod:
    """One template as a pod, and where each part of it stands."""

    def __init__(self, spec: dict[str, Any], spec_base: str, template: dict[str, Any], base: str) -> None:
        self.base = base
        self._origins: dict[str, str] = {}
        pod: dict[str, Any] = {}
        for source, place, keys in ((spec, spec_base, _OF_WORKFLOW), (template, base, _OF_TEMPLATE)):
            for key in keys:
                if key in source:
                    pod[key] = source[key]
                    self._origins[f"/spec/{key}"] = join(place, key)
        self._list(pod, "volumes", spec.get("volumes"), join(spec_base, "volumes"))
        self._list(pod, "volumes", template.get("volumes"), join(base, "volumes"))
        self._list(pod, "initContainers", template.get("initContainers"), join(base, "initContainers"))
        for key in ("container", "script"):
            if isinstance(template.get(key), dict):
                main = {"name": str(template.get("name", "")), **template[key]}
                self._list(pod, "containers", [main], base, key)
        several = template.get("containerSet")
        if isinstance(several, dict):
            self._list(pod, "containers", several.get("containers"), join(base, "containerSet", "containers"))
        self.runs = bool(pod.get("containers"))
        self._list(pod, "containers", template.get("sidecars"), join(base, "sidecars"))
        self.data = {"metadata": template.get("metadata") or {}, "spec": pod}

    def _list(self, pod: dict[str, Any], name: str, items: object, place: str, at: str = "") -> None:
        """Put `items`, which stand at `place` (or the one of them, under `at`), behind those of the list."""
        for index, item in enumerate(items if isinstance(items, list) else ()):
            found = pod.setdefault(name, [])
            self._origins[f"/spec/{name}/{len(found)}"] = join(place, at or index)
            found.append(item)

    def to_document(self, pointer: str) -> str:
        """Return where `pointer`, an address in the pod, stands in the workflow."""
        head, rest = pointer, ""
        while head and head not in self._origins:
            head, _, token = head.rpartition("/")
            rest = f"/{token}{rest}"
        if head:
            return self._origins[head] + rest
        return self.base + rest.removeprefix("/spec")
