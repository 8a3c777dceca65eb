"""Templates of Argo Workflows as pods, and the way back to their places."""

from __future__ import annotations

from typing import Any

import pytest

from complygate.formats._kubernetes import pod_views
from complygate.model.pointer import MISSING, resolve

IMAGE = "registry.example.com/build:1.4.2"


def workflow(templates: list[dict[str, Any]], **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "spec": {**spec, "templates": templates},
    }


def pods(data: dict[str, Any]) -> list[Any]:
    return [view.data["spec"] for view in pod_views(data["kind"], data)]


def test_each_template_with_containers_is_a_pod() -> None:
    data = workflow(
        [
            {"name": "main", "dag": {"tasks": []}},
            {"name": "build", "container": {"image": IMAGE}, "metadata": {"labels": {"a": "b"}}},
            {"name": "test", "script": {"image": IMAGE, "source": "true"}, "sidecars": [{"name": "db"}]},
            {"name": "both", "containerSet": {"containers": [{"name": "a"}, {"name": "b"}]}},
        ]
    )
    assert [[one["name"] for one in pod["containers"]] for pod in pods(data)] == [
        ["build"],
        ["test", "db"],
        ["a", "b"],
    ]
    assert next(pod_views("Workflow", data)).data["metadata"] == {"labels": {"a": "b"}}


def test_a_template_has_what_its_workflow_says_unless_it_says_otherwise() -> None:
    data = workflow(
        [
            {"name": "a", "container": {"image": IMAGE}, "serviceAccountName": "own"},
            {"name": "b", "container": {"image": IMAGE}, "securityContext": {"runAsNonRoot": False}},
        ],
        serviceAccountName="shared",
        hostNetwork=True,
        securityContext={"runAsNonRoot": True},
    )
    first, second = pods(data)
    assert (first["serviceAccountName"], first["securityContext"]) == ("own", {"runAsNonRoot": True})
    assert (second["serviceAccountName"], second["securityContext"]) == ("shared", {"runAsNonRoot": False})
    assert first["hostNetwork"] is True


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/spec/containers/0/image", "/spec/templates/1/container/image"),
        (
            "/spec/containers/0/securityContext/privileged",
            "/spec/templates/1/container/securityContext/privileged",
        ),
        ("/spec/containers/1/image", "/spec/templates/1/sidecars/0/image"),
        ("/spec/initContainers/0/image", "/spec/templates/1/initContainers/0/image"),
        ("/spec/volumes/0/hostPath", "/spec/volumes/0/hostPath"),
        ("/spec/volumes/1/emptyDir", "/spec/templates/1/volumes/0/emptyDir"),
        ("/spec/securityContext", "/spec/securityContext"),
        ("/spec/automountServiceAccountToken", "/spec/templates/1/automountServiceAccountToken"),
        ("/spec", "/spec/templates/1"),
        ("/metadata/labels", "/spec/templates/1/metadata/labels"),
        ("", "/spec/templates/1"),
    ],
)
def test_every_part_leads_back_to_its_place(pointer: str, place: str) -> None:
    template = {
        "name": "build",
        "container": {"image": IMAGE, "securityContext": {"privileged": True}},
        "sidecars": [{"image": "db:1"}],
        "initContainers": [{"image": "init:1"}],
        "volumes": [{"emptyDir": {}}],
        "metadata": {"labels": {}},
    }
    data = workflow(
        [{"name": "main", "steps": []}, template],
        volumes=[{"hostPath": {}}],
        securityContext={"runAsUser": 1},
    )
    (view,) = pod_views("Workflow", data)
    assert view.to_document(pointer) == place
    seen = resolve(view.data, pointer)
    if seen is not MISSING and pointer not in {"", "/spec"}:
        assert seen == resolve(data, place)


@pytest.mark.parametrize(
    "data",
    [
        workflow([{"container": {"image": IMAGE}}], templateDefaults={"container": {}}),
        workflow([{"container": {"image": IMAGE}}], podSpecPatch="{}"),
        workflow([{"container": {"image": IMAGE}, "podSpecPatch": "{}"}]),
        workflow([{"sidecars": [{"image": IMAGE}], "resource": {}}]),
        {**workflow([{"container": {"image": IMAGE}}]), "apiVersion": "example.com/v1"},
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "spec": {"templates": "all"}},
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Workflow",
            "spec": {"templates": [1, {"container": 2}]},
        },
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "CronWorkflow", "spec": []},
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "WorkflowEventBinding", "spec": {"templates": []}},
    ],
)
def test_what_shows_no_whole_pod_is_none(data: dict[str, Any]) -> None:
    assert pods(data) == []


def test_volumes_of_a_workflow_are_not_repeated_without_bound() -> None:
    def held(count: int) -> int:
        data = workflow([{"container": {"image": IMAGE}}] * 100, volumes=[{"emptyDir": {}}] * count)
        return sum(len(pod.get("volumes", [])) for pod in pods(data))

    assert held(100) == 10_000
    assert held(101) == 0


def test_a_cron_workflow_keeps_its_workflow_inside() -> None:
    inner = workflow([{"name": "nightly", "container": {"image": IMAGE}}])["spec"]
    data = {"apiVersion": "argoproj.io/v1alpha1", "kind": "CronWorkflow", "spec": {"workflowSpec": inner}}
    (view,) = pod_views("CronWorkflow", data)
    assert view.to_document("/spec/containers/0") == "/spec/workflowSpec/templates/0/container"
