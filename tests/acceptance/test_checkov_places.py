"""Where Checkov's findings point: to the key that the check looked at, for every framework."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.acceptance.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

TREE = {
    "infra/main.tf": """\
resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}

resource "aws_db_instance" "main" {
  allocated_storage   = 10
  publicly_accessible = true
}

resource "aws_security_group" "open" {
  description = "x"
  ingress {
    description = "ssh"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
""",
    "plan/tfplan.json": """\
{
  "format_version": "1.2",
  "terraform_version": "1.6.0",
  "planned_values": {
    "root_module": {
      "resources": [
        {
          "address": "aws_db_instance.main",
          "mode": "managed",
          "type": "aws_db_instance",
          "name": "main",
          "values": {
            "publicly_accessible": true
          }
        }
      ]
    }
  },
  "resource_changes": [
    {
      "address": "aws_db_instance.main",
      "mode": "managed",
      "type": "aws_db_instance",
      "name": "main",
      "change": {
        "actions": ["create"],
        "before": null,
        "after": {
          "publicly_accessible": true
        },
        "after_unknown": {}
      }
    }
  ],
  "configuration": {"root_module": {"resources": []}}
}
""",
    "cfn/stack.yaml": """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceClass: db.t3.micro
      PubliclyAccessible: true
""",
    "deploy/web.yaml": """\
apiVersion: v1
kind: Service
metadata:
  name: first
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostNetwork: true
      containers:
        - name: app
          image: registry.example.com/app:1.0
          securityContext:
            privileged: true
""",
    "Dockerfile": """\
FROM registry.example.com/base:1.0
RUN true
EXPOSE 22
""",
    ".github/workflows/ci.yml": """\
on: push
permissions: write-all
jobs:
  build:
    runs-on: ubuntu-24.04
    env:
      ACTIONS_ALLOW_UNSECURE_COMMANDS: 'true'
    steps:
      - run: make
""",
    ".gitlab-ci.yml": """\
build:
  script:
    - curl "https://example.com/?t=$CI_JOB_TOKEN"
""",
    "azure-pipelines.yml": """\
pool:
  vmImage: ubuntu-24.04
container: python:latest
jobs:
  - job: build
    container: ubuntu:latest
    steps:
      - script: make
""",
    ".circleci/config.yml": """\
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/base:latest
    steps:
      - checkout
      - run: make
""",
    "bitbucket-pipelines.yml": """\
image: atlassian/default-image:latest
pipelines:
  default:
    - step:
        script:
          - make
""",
    "arm/azuredeploy.json": """\
{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.Storage/storageAccounts",
      "apiVersion": "2022-09-01",
      "name": "logs",
      "location": "westeurope",
      "properties": {
        "supportsHttpsTrafficOnly": false
      }
    }
  ]
}
""",
    "bicep/main.bicep": """\
resource logs 'Microsoft.Storage/storageAccounts@2022-09-01' = {
  name: 'logs'
  location: 'westeurope'
  kind: 'StorageV2'
  properties: {
    supportsHttpsTrafficOnly: false
  }
}
""",
    "sls/serverless.yml": """\
service: shop
provider:
  name: aws
  iamRoleStatements:
    - Effect: Allow
      Action:
        - "*"
      Resource:
        - "*"
functions:
  hello:
    handler: index.handler
""",
    "ansible/site.yml": """\
- name: Fetch
  hosts: all
  tasks:
    - name: Get
      ansible.builtin.get_url:
        url: https://example.com/a
        dest: /tmp/a
        validate_certs: false
    - name: Get in the clear
      ansible.builtin.get_url:
        url: http://example.com/b
        dest: /tmp/b
""",
    "ansible/tasks.yml": """\
- name: Force
  become: true
  apt:
    name: curl
    force: true
""",
    "argo/flow.yaml": """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: hello-
spec:
  entrypoint: main
  serviceAccountName: default
  templates:
    - name: main
      container:
        image: alpine:3.20
""",
    "api/openapi.yaml": """\
openapi: 3.0.0
info: {title: Shop, version: "1"}
servers:
  - url: http://api.example.com
paths:
  /orders:
    get:
      parameters:
        - name: ids
          in: query
          schema:
            type: array
            items: {type: string}
      responses:
        "200": {description: ok}
""",
    "api/open.yaml": """\
openapi: 3.0.0
info:
  title: Shop
  version: "1"
security: []
paths: {}
""",
    "api/items.yaml": """\
openapi: 3.0.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    get:
      parameters:
        - name: ids
          in: query
          type: array
""",
    "api/v2.json": """\
{
  "swagger": "2.0",
  "info": {
    "title": "Shop",
    "version": "1"
  },
  "paths": {},
  "securityDefinitions": {
    "plain": {
      "type": "basic"
    }
  }
}
""",
    "conf/app.yaml": """\
name: app
aws_access_key: AKIAZXCVBNMASDFGHJKL
""",
}
"""A fault for each framework, at a line that the table below names."""
PLACES = {
    "terraform": ("CKV_AWS_17", "infra/main.tf", 7, 3),
    "terraform, in a nested block": ("CKV_AWS_24", "infra/main.tf", 14, 5),
    "terraform_plan": ("CKV_AWS_17", "plan/tfplan.json", 13, 13),
    "cloudformation": ("CKV_AWS_17", "cfn/stack.yaml", 7, 7),
    "kubernetes, in a second document": ("CKV_K8S_16", "deploy/web.yaml", 21, 13),
    "dockerfile": ("CKV_DOCKER_1", "Dockerfile", 3, 1),
    "github_actions": ("CKV2_GHA_1", ".github/workflows/ci.yml", 2, 1),
    "gitlab_ci": ("CKV_GITLABCI_1", ".gitlab-ci.yml", 3, 7),
    "azure_pipelines": ("CKV_AZUREPIPELINES_1", "azure-pipelines.yml", 5, 5),
    "circleci_pipelines": ("CKV_CIRCLECIPIPELINES_1", ".circleci/config.yml", 5, 9),
    "bitbucket_pipelines": ("CKV_BITBUCKETPIPELINES_1", "bitbucket-pipelines.yml", 1, 1),
    "arm": ("CKV_AZURE_3", "arm/azuredeploy.json", 11, 9),
    "arm, of an absent key": ("CKV_AZURE_35", "arm/azuredeploy.json", 10, 7),
    "bicep, which no format of ours reads": ("CKV_AZURE_3", "bicep/main.bicep", 6, 5),
    "serverless": ("CKV_AWS_49", "sls/serverless.yml", 11, 3),
    "ansible": ("CKV_ANSIBLE_2", "ansible/site.yml", 8, 9),
    "ansible, of a module by its short name": ("CKV_ANSIBLE_6", "ansible/tasks.yml", 5, 5),
    "ansible, of a check of graphs": ("CKV2_ANSIBLE_2", "ansible/site.yml", 11, 9),
    "argo_workflows": ("CKV_ARGO_1", "argo/flow.yaml", 7, 3),
    "argo_workflows, of an absent key": ("CKV_ARGO_2", "argo/flow.yaml", 5, 1),
    "openapi, of an absent key": ("CKV_OPENAPI_4", "api/openapi.yaml", 1, 1),
    "openapi, of a key of the whole": ("CKV_OPENAPI_4", "api/open.yaml", 5, 1),
    "openapi, of an operation's parameter": ("CKV_OPENAPI_21", "api/openapi.yaml", 11, 11),
    "openapi, of an item of a list": ("CKV_OPENAPI_21", "api/items.yaml", 7, 11),
    "openapi, of a definition": ("CKV_OPENAPI_13", "api/v2.json", 9, 5),
    "secrets": ("CKV_SECRET_2", "conf/app.yaml", 2, 1),
}
"""Of the last frameworks Checkov names no key: then it is one that our table holds, or the block."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, int, int]]:
    """The findings of one scan of the whole tree: check, path, line and column."""
    folder = tmp_path_factory.mktemp("places")
    for path, text in TREE.items():
        write(folder / "tree", path, text)
    checks = sorted({check for check, *_ in PLACES.values()})
    write(
        folder,
        "set/policies/p.yaml",
        f"name: p\ntitle: P\nrules: [{{select: {{checkov: [{', '.join(checks)}]}}}}]\n",
    )
    said = json.loads(_scan(folder))
    assert said["problems"] == []
    return {
        (f["rule"].removeprefix("checkov/"), f["path"], f["span"]["line"], f["span"]["column"])
        for f in said["findings"]
    }


def _scan(folder: Path) -> str:
    arguments = ["scan", folder / "tree", "--policy", folder / "set", "--format", "json", "--no-cache"]
    done = subprocess.run(
        [sys.executable, "-m", "complygate", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    return done.stdout


@pytest.mark.parametrize("framework", PLACES)
def test_a_finding_points_at_what_the_check_looked_at(
    framework: str, found: set[tuple[str, str, int, int]]
) -> None:
    assert PLACES[framework] in found
