"""A generated repository: files of every kind, varied, with some mistakes, the same for the same size."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: {kind}
metadata:
  name: svc-{n}
  namespace: team-{team}
  labels: {{app: svc-{n}, team: team-{team}}}
spec:
  replicas: {replicas}
  selector:
    matchLabels:
      app: svc-{n}
  template:
    metadata:
      labels:
        app: svc-{n}
    spec:
      serviceAccountName: svc-{n}
      automountServiceAccountToken: {flag}
      containers:
        - name: app
          image: registry.example.com/team-{team}/svc-{n}:{tag}
          ports:
            - containerPort: 8080
              name: http
          env:
            - name: LOG_LEVEL
              value: info
            - name: DATABASE_PASSWORD
              valueFrom:
                secretKeyRef: {{name: svc-{n}, key: password}}
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          securityContext:
            runAsNonRoot: {flag}
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          livenessProbe:
            httpGet: {{path: /healthz, port: http}}
---
apiVersion: v1
kind: Service
metadata:
  name: svc-{n}
  namespace: team-{team}
spec:
  selector:
    app: svc-{n}
  ports:
    - port: 80
      targetPort: http
"""

_TERRAFORM = {
    "variables.tf": """\
variable "name" {{
  type    = string
  default = "svc-{n}"
}}

variable "cidr" {{
  type    = string
  default = "10.{team}.0.0/16"
}}
""",
    "storage.tf": """\
resource "aws_s3_bucket" "data" {{
  bucket = "${{var.name}}-data"

  tags = {{
    Team = "team-{team}"
  }}
}}

resource "aws_s3_bucket_public_access_block" "data" {{
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = {flag}
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}}
""",
    "database.tf": """\
resource "aws_db_instance" "main" {{
  identifier          = var.name
  engine              = "postgres"
  instance_class      = "db.t4g.small"
  storage_encrypted   = {flag}
  publicly_accessible = false
}}
""",
    "network.tf": """\
resource "aws_security_group" "web" {{
  name = var.name

  ingress {{
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [var.cidr]
  }}
}}
""",
}
"""A module of four files, as modules are."""

_WORKFLOW = """\
name: ci-{n}
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@{ref}
        with:
          persist-credentials: false
      - run: make build
      - run: make test
        env:
          TEAM: team-{team}
"""

_DOCKERFILE = """\
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements.txt .
RUN pip install --no-cache-dir --prefix=/install -r requirements.txt
FROM python:3.12-slim
COPY --from=build /install /usr/local
COPY svc_{n} /app
{user}
ENTRYPOINT ["python", "-m", "svc_{n}"]
"""

_CLOUDFORMATION = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage:
    Type: String
    Default: dev
Resources:
  Queue{n}:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "svc-{n}-${{Stage}}"
      KmsMasterKeyId: alias/aws/sqs
  Bucket{n}:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration:
        BlockPublicAcls: {flag}
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
"""


def generate(root: Path, files: int) -> None:
    """Write a repository of `files` files below `root`.

    Of ten files five are Kubernetes manifests, two Terraform (four files to a module), one each a workflow, a
    Dockerfile and a CloudFormation template. One in five has a mistake of some kind.
    """
    shapes: list[Callable[[int, random.Random], tuple[str, str]]] = [
        *[deployment] * 5, *[_terraform] * 2, _workflow, _dockerfile, _cloudformation,
    ]  # fmt: skip
    for number in range(files):
        path, text = shapes[number % len(shapes)](number, random.Random(number))  # noqa: S311 - not for secrets
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _flag(rng: random.Random) -> str:
    return "false" if rng.random() < 0.2 else "true"


def deployment(n: int, rng: random.Random) -> tuple[str, str]:
    """Return the path and the text of a manifest: a workload and its service."""
    kind = rng.choice(["Deployment", "StatefulSet", "Deployment"])
    tag = rng.choice(["1.2.3", "2.0.1", "latest", "1.0.0"])
    values = {"n": n, "team": n % 30, "kind": kind, "replicas": rng.randint(1, 5), "tag": tag}
    return f"deploy/team-{n % 30}/svc-{n}.yaml", _DEPLOYMENT.format(flag=_flag(rng), **values)


def _terraform(n: int, rng: random.Random) -> tuple[str, str]:
    # Files 5 and 6 of each ten are Terraform: count them, and put four into a module.
    count = n // 10 * 2 + n % 10 - 5
    name, text = list(_TERRAFORM.items())[count % len(_TERRAFORM)]
    module = count // len(_TERRAFORM)
    return f"infra/svc-{module}/{name}", text.format(n=module, team=module % 30, flag=_flag(rng))


def _workflow(n: int, rng: random.Random) -> tuple[str, str]:
    ref = rng.choice(["v4", "11bd71901bbe5b1630ceea73d27597364c9af683"])
    return f".github/workflows/ci-{n}.yml", _WORKFLOW.format(n=n, team=n % 30, ref=ref)


def _dockerfile(n: int, rng: random.Random) -> tuple[str, str]:
    user = "" if _flag(rng) == "false" else "USER 10001"
    return f"services/svc-{n}/Dockerfile", _DOCKERFILE.format(n=n, user=user)


def _cloudformation(n: int, rng: random.Random) -> tuple[str, str]:
    return f"cloudformation/svc-{n}.yaml", _CLOUDFORMATION.format(n=n, flag=_flag(rng))
