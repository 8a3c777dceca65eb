"""Terraform plans: the plan, and each planned resource in the shape that configuration gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from complygate.formats import terraform_plan
from complygate.model.document import Document, Unknown
from complygate.model.problem import Problem, ProblemKind
from complygate.model.source import Files, Source

PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_s3_bucket.b",
                    "mode": "managed",
                    "type": "aws_s3_bucket",
                    "name": "b",
                    "values": {
                        "bucket": "logs",
                        "acl": None,
                        "policy": '{"Statement": []}',
                        "rule": [{"on": True, "off": None}, {}],
                        "tags": {},
                    },
                },
                {"address": "data.aws_x.x", "mode": "data", "type": "aws_x", "values": {"q": 1}},
            ],
            "child_modules": [
                {
                    "address": "module.m",
                    "resources": [
                        {
                            "address": 'module.m.kubernetes_pod.p["a"]',
                            "mode": "managed",
                            "type": "kubernetes_pod",
                            "values": {"spec": [{"container": [{"name": "c"}]}]},
                        }
                    ],
                }
            ],
        }
    },
    "resource_changes": [
        {
            "address": "aws_s3_bucket.b",
            "change": {
                "actions": ["create"],
                "after_unknown": {"arn": True, "rule": [{"id": True}, {}], "empty": [], "tags": {}},
            },
        },
        {"address": "aws_s3_bucket.gone", "change": {"actions": ["delete"], "after": None}},
    ],
}


def source(text: str, path: str = "plan.json") -> Source:
    return Source(path, text, Files(Path(), frozenset({path})))


def read(plan: object) -> dict[str, Document]:
    text = json.dumps(plan, indent=2)
    found = list(terraform_plan.read([source(text)]))
    assert all(isinstance(item, Document) for item in found)
    return {item.name: item for item in found if isinstance(item, Document)}


def test_claims_by_content() -> None:
    assert terraform_plan.claims(source(json.dumps(PLAN))) == "plan.json"
    assert terraform_plan.claims(source(json.dumps(PLAN), "plan.txt")) is None
    assert terraform_plan.claims(source('{"format_version": "1.0"}')) is None


def test_one_document_for_the_plan_and_each_resource() -> None:
    found = read(PLAN)
    assert {name: document.kind for name, document in found.items()} == {
        "": "terraform-plan/plan",
        "aws_s3_bucket.b": "terraform/aws_s3_bucket",
        "data.aws_x.x": "terraform/data.aws_x",
        'module.m.kubernetes_pod.p["a"]': "terraform/kubernetes_pod",
    }
    assert found[""].data == PLAN


def test_null_is_absent_and_what_is_computed_is_unknown() -> None:
    document = read(PLAN)["aws_s3_bucket.b"]
    assert document.data == {
        "bucket": "logs",
        "policy": {"Statement": []},
        "rule": [{"on": True, "id": None}, {}],
        "tags": {},
        "arn": None,
    }
    assert document.unknowns == {
        "/arn": Unknown("aws_s3_bucket.b.arn is known after apply"),
        "/rule/0/id": Unknown("aws_s3_bucket.b.rule.0.id is known after apply"),
    }


def test_places_lead_into_the_plan() -> None:
    document = read(PLAN)["aws_s3_bucket.b"]
    span = document.tree.values[f"{document.base}/bucket"]
    line = json.dumps(PLAN, indent=2).split("\n")[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == '"logs"'


def test_workloads_have_the_pod_view() -> None:
    document = read(PLAN)['module.m.kubernetes_pod.p["a"]']
    (view,) = document.views
    assert view.data == {"spec": {"containers": [{"name": "c"}]}}
    assert view.to_document("/spec/containers/0/name") == "/spec/0/container/0/name"


def test_broken_json_is_a_problem() -> None:
    (problem,) = terraform_plan.read([source('{"format_version": "1", "planned_values": {')])
    assert isinstance(problem, Problem)
    assert problem.kind is ProblemKind.PARSE_ERROR


@pytest.mark.parametrize(
    "plan",
    [
        [],
        {"planned_values": None},
        {"planned_values": {"root_module": {"resources": [1, {}, {"values": 1}], "child_modules": [3, {}]}}},
        {"planned_values": {"root_module": {}}, "resource_changes": [None, {"change": 1}, {"address": 1}]},
        {"planned_values": {"root_module": {"resources": {}, "child_modules": {}}}, "resource_changes": {}},
    ],
)
def test_odd_plans_do_no_harm(plan: object) -> None:
    assert set(read(plan)) == {""}
