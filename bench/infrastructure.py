"""A generated repository of Terraform and Kubernetes files, as a platform team has."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bench.tree import deployment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MODULE = {
    "variables.tf": """\
variable "name" {{
  type    = string
  default = "svc-{n}"
}}

variable "vpc_id" {{
  type = string
}}

variable "allowed_cidrs" {{
  type    = list(string)
  default = ["10.{team}.0.0/16"]
}}

variable "tags" {{
  type    = map(string)
  default = {{ Team = "team-{team}" }}
}}

locals {{
  full_name = "${{var.name}}-{n}"
}}
""",
    "storage.tf": """\
resource "aws_kms_key" "data" {{
  description         = "Key of ${{local.full_name}}"
  enable_key_rotation = {flag}
}}

resource "aws_s3_bucket" "data" {{
  bucket = "${{local.full_name}}-data"
  tags   = var.tags
}}

resource "aws_s3_bucket_versioning" "data" {{
  bucket = aws_s3_bucket.data.id
  versioning_configuration {{
    status = "Enabled"
  }}
}}

resource "aws_s3_bucket_server_side_encryption_configuration" "data" {{
  bucket = aws_s3_bucket.data.id
  rule {{
    apply_server_side_encryption_by_default {{
      kms_master_key_id = aws_kms_key.data.arn
      sse_algorithm     = "aws:kms"
    }}
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
  identifier              = local.full_name
  engine                  = "postgres"
  instance_class          = "db.t4g.small"
  allocated_storage       = 20
  storage_encrypted       = {flag}
  publicly_accessible     = false
  backup_retention_period = 7
  vpc_security_group_ids  = [aws_security_group.database.id]
  tags                    = var.tags
}}

resource "aws_sqs_queue" "jobs" {{
  name              = "${{local.full_name}}-jobs"
  kms_master_key_id = aws_kms_key.data.id
}}
""",
    "network.tf": """\
resource "aws_security_group" "database" {{
  name        = "${{local.full_name}}-database"
  description = "Who may reach the database"
  vpc_id      = var.vpc_id

  ingress {{
    description = "PostgreSQL"
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = {cidrs}
  }}
}}
""",
    "iam.tf": """\
data "aws_iam_policy_document" "read" {{
  statement {{
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = {resources}
  }}
}}

resource "aws_iam_role" "service" {{
  name = local.full_name
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = {{ Service = "ecs-tasks.amazonaws.com" }}
    }}]
  }})
}}

resource "aws_iam_role_policy" "read" {{
  role   = aws_iam_role.service.id
  policy = data.aws_iam_policy_document.read.json
}}

output "role_arn" {{
  value = aws_iam_role.service.arn
}}
""",
}
"""A module of five files."""

_ROOT = """\
module "svc_{n}" {{
  source = "../../modules/svc-{n}"
  name   = "svc-{n}"
  vpc_id = aws_vpc.main_{n}.id
  tags = {{
    Environment = "production"
  }}
}}

resource "aws_vpc" "main_{n}" {{
  cidr_block = "10.{team}.0.0/16"
}}
"""

_OPERATIONS = """\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: cleanup-{n}
  namespace: team-{team}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          serviceAccountName: svc-{n}
          containers:
            - name: cleanup
              image: registry.example.com/team-{team}/cleanup:1.4.0
              resources:
                limits: {{cpu: 200m, memory: 128Mi}}
              securityContext:
                runAsNonRoot: {flag}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: svc-{n}
  namespace: team-{team}
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: {verbs}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: svc-{n}
  namespace: team-{team}
spec:
  podSelector:
    matchLabels:
      app: svc-{n}
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels: {{team: team-{team}}}
"""


def generate(root: Path, files: int) -> None:
    """Write a repository of `files` files below `root`, the same for the same number.

    Half are Kubernetes manifests: workloads with their services, jobs, roles and network policies. Half are
    Terraform: modules of five files, and for each a root in `live/` that calls it.
    """
    made = 0
    for number in range(files):
        for path, text in _unit(number):
            if made == files:
                return
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            made += 1


def _unit(n: int) -> Iterator[tuple[str, str]]:
    """Yield the files of one service: six of Terraform, six of Kubernetes."""
    rng = random.Random(n)  # noqa: S311 - not for secrets
    values = {"n": n, "team": n % 30, "flag": rng.choice(["true", "true", "true", "false"])}
    cidrs = rng.choice(["var.allowed_cidrs", '["0.0.0.0/0"]'])
    resources = rng.choice(["[aws_s3_bucket.data.arn]", '["*"]'])
    verbs = rng.choice(["[get, list]", '["*"]'])
    for name, text in _MODULE.items():
        yield f"modules/svc-{n}/{name}", text.format(cidrs=cidrs, resources=resources, **values)
    yield f"live/production/svc-{n}.tf", _ROOT.format(**values)
    for part in range(5):
        yield deployment(n * 5 + part, rng)
    yield f"deploy/team-{n % 30}/operations-{n}.yaml", _OPERATIONS.format(verbs=verbs, **values)
