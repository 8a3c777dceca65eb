"""Where Kubernetes objects carry pod templates, and what makes a workload whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.formats._argo_workflows import GROUP, workflow_views
from complygate.model.document import View
from complygate.model.pointer import join, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

POD = "kubernetes/Pod"

_SPEC_TEMPLATE = ("/spec/template",)
_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Pod": ("",),
    "PodTemplate": ("/template",),
    "CronJob": ("/spec/jobTemplate/spec/template",),
    "AdvancedCronJob": ("/spec/template/jobTemplate/spec/template",),  # OpenKruise
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
"""Pointers of the pod templates, {metadata, spec}, by kind, whatever the API group."""


def _ray(base: str) -> tuple[str, ...]:
    """Return where a Ray cluster's specification at `base` holds pod templates."""
    return (f"{base}/headGroupSpec/template", f"{base}/workerGroupSpecs/*/template")


_OF_GROUP: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "actions.github.com": {"AutoscalingRunnerSet": _SPEC_TEMPLATE},
    "agones.dev": {
        "GameServer": _SPEC_TEMPLATE,
        "GameServerSet": ("/spec/template/spec/template",),
        "Fleet": ("/spec/template/spec/template",),
    },
    "apps.kruise.io": {"BroadcastJob": _SPEC_TEMPLATE},
    "argoproj.io": {
        "AnalysisTemplate": ("/spec/metrics/*/provider/job/spec/template",),
        "ClusterAnalysisTemplate": ("/spec/metrics/*/provider/job/spec/template",),
        "Experiment": ("/spec/templates/*/template",),
    },
    "batch.volcano.sh": {"Job": ("/spec/tasks/*/template",)},
    "jobset.x-k8s.io": {"JobSet": ("/spec/replicatedJobs/*/template/spec/template",)},
    "keda.sh": {"ScaledJob": ("/spec/jobTargetRef/template",)},
    "kubeflow.org": {
        "JAXJob": ("/spec/jaxReplicaSpecs/*/template",),
        "MPIJob": ("/spec/mpiReplicaSpecs/*/template",),
        "Notebook": _SPEC_TEMPLATE,
        "PaddleJob": ("/spec/paddleReplicaSpecs/*/template",),
        "PyTorchJob": ("/spec/pytorchReplicaSpecs/*/template",),
        "TFJob": ("/spec/tfReplicaSpecs/*/template",),
        "XGBoostJob": ("/spec/xgbReplicaSpecs/*/template",),
    },
    "leaderworkerset.x-k8s.io": {
        "LeaderWorkerSet": (
            "/spec/leaderWorkerTemplate/leaderTemplate",
            "/spec/leaderWorkerTemplate/workerTemplate",
        )
    },
    "ray.io": {
        "RayCluster": _ray("/spec"),
        "RayJob": (*_ray("/spec/rayClusterSpec"), "/spec/submitterPodTemplate"),
        "RayService": _ray("/spec/rayClusterConfig"),
    },
    # What a revision may say of its pods is enough for the restricted Pod Security Standard.
    "serving.knative.dev": {"Configuration": _SPEC_TEMPLATE, "Service": _SPEC_TEMPLATE},
}
"""The same of custom resources, by API group and kind; `*` stands for every member of a list or map. Each
field is a PodTemplateSpec in its project's API. Left out are kinds whose operator fills in the rest of a pod,
such as Prometheus or Elasticsearch: a rule about pods would ask them for what is not theirs to say."""

_NEED_SELECTOR = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def pod_views(kind: str, data: Mapping[str, Any]) -> Iterator[View]:
    """Yield the pod templates that an object of `kind` holds."""
    for base in _places(kind, data):
        template = resolve(data, base)
        if isinstance(template, dict) and isinstance(template.get("spec"), dict):
            yield View(POD, template, base)
    if "Workflow" in kind and _group(data) == GROUP:
        yield from workflow_views(kind, data)


def _places(kind: str, data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the pointers at which an object of `kind` may hold a pod template."""
    for place in _OF_GROUP.get(_group(data), {}).get(kind) or _TEMPLATES.get(kind, ()):
        head, star, rest = place.partition("/*")
        members = resolve(data, head) if star else None
        if isinstance(members, dict):
            yield from (join(head, key) + rest for key in members)
        elif isinstance(members, list):
            yield from (join(head, index) + rest for index in range(len(members)))
        elif not star:
            yield place


def _group(data: Mapping[str, Any]) -> str:
    return str(data.get("apiVersion")).partition("/")[0]


def stands_alone(data: Mapping[str, Any]) -> bool:
    """Tell whether a cluster could take the object as it is. Of other kinds than workloads: unless a patch.

    A workload needs containers with images, and most kinds a selector; a patch has neither as a rule.
    """
    kind = data.get("kind")
    if "$patch" in data:  # how a strategic merge patch deletes or replaces an object
        return False
    if not isinstance(kind, str) or kind not in _TEMPLATES or kind in _OF_GROUP.get(_group(data), {}):
        return True
    (base,) = _TEMPLATES[kind]
    if kind in _NEED_SELECTOR and not isinstance(resolve(data, "/spec/selector"), dict):
        return False
    containers = resolve(data, f"{base}/spec/containers")
    return isinstance(containers, list) and all(isinstance(c, dict) and "image" in c for c in containers)
