"""Terraform: modules evaluated as far as their files decide, each value with its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from complygate.formats import _terraform_run as run
from complygate.formats import terraform
from complygate.model import pointer as ptr
from complygate.model.document import Document, Unknown
from complygate.model.problem import Problem, ProblemKind
from complygate.model.source import Files, Source

Texts = str | Mapping[str, str]


def read(root: Path, texts: Texts) -> list[Document | Problem]:
    """Return what the format gives for files by path (one text is main.tf); they are on disk as well."""
    files = {"main.tf": texts} if isinstance(texts, str) else texts
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    tree = Files(root, frozenset(files))
    sources = [Source(path, text, tree) for path, text in files.items()]
    return list(terraform.read([source for source in sources if terraform.claims(source)]))


def documents(root: Path, texts: Texts) -> dict[str, Document]:
    return {item.name: item for item in read(root, texts) if isinstance(item, Document)}


def problems(root: Path, texts: Texts) -> list[Problem]:
    return [item for item in read(root, texts) if isinstance(item, Problem)]


def resource(root: Path, body: str, rest: str = "") -> Document:
    """Return the resource aws_x.x with a body, among other blocks."""
    return documents(root, f'resource "aws_x" "x" {{\n{body}\n}}\n{rest}')["aws_x.x"]


def snippet(document: Document, pointer: str, text: str) -> str:
    span = document.tree.values[pointer]
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


class TestClaims:
    @pytest.mark.parametrize(
        ("path", "claimed"),
        [
            ("main.tf", True),
            ("a/main.tofu", True),
            ("x.tf.json", True),
            ("terraform.tfvars", True),
            ("x.auto.tfvars.json", True),
            ("main.tfstate", False),
            ("x.json", False),
            ("main.hcl", False),
        ],
    )
    def test_by_name(self, path: str, claimed: bool) -> None:
        source = Source(path, "", Files(Path(), frozenset({path})))
        assert (terraform.claims(source) == "terraform") is claimed


class TestValues:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ("a = 1", 1),
            ('a = "x-${var.d}"', "x-dev"),
            ("a = var.d", "dev"),
            ("a = upper(local.l)", "DEV!"),
            ("a = [for n in [1, 2] : n * 2]", [2, 4]),
            ('a = var.d == "dev" ? 1 : 2', 1),
            ("a = 12345678901234567890", 12345678901234567890),
            ("a = -1.5", -1.5),
            ("a = { k = var.d }", {"k": "dev"}),
            ("a = var.o.size", 3),
            ("a = aws_y.y.set", "here"),
            ("a = path.module", "."),
            ('a = merge({ x = 1 }, { y = "z" })', {"x": 1, "y": "z"}),
        ],
    )
    def test_known(self, tmp_path: Path, body: str, expected: object) -> None:
        rest = """
variable "d" { default = "dev" }
variable "o" {
  type    = object({ size = optional(number, 3) })
  default = {}
}
locals { l = "${var.d}!" }
resource "aws_y" "y" { set = "here" }
"""
        document = resource(tmp_path, body, rest)
        assert document.data == {"a": expected}
        assert not document.unknowns

    @pytest.mark.parametrize(
        "body",
        ["a = null", "a = var.n", "a = false ? 1 : null", "a = try(var.n, null)", "a = local.n", ""],
    )
    def test_null_is_absent(self, tmp_path: Path, body: str) -> None:
        document = resource(tmp_path, body, 'variable "n" { default = null }\nlocals { n = var.n }\n')
        assert document.data == {}
        assert not document.unknowns

    @pytest.mark.parametrize(
        ("body", "reason", "present"),
        [
            ("a = var.v", "var.v has no default", False),
            ('a = "x-${var.v}"', "var.v has no default", True),
            ("a = var.v == 1", "var.v has no default", True),
            ("a = var.v ? 1 : null", "var.v has no default", False),
            ("a = local.l", "var.v has no default", True),
            ("a = try(var.v, null)", "var.v has no default", False),
            ("a = aws_y.y.arn", "aws_y.y.arn is known after apply", True),
            ("a = aws_y.c[0].arn", "aws_y.c.arn is known after apply", True),
            ("a = aws_y.c[*].arn", "aws_y.c.arn is known after apply", True),
            ("a = substr(aws_y.y.id, 0, 4)", "aws_y.y.id is known after apply", True),
            ("a = merge({ x = 1 }, var.v)", "var.v has no default", True),
            ("a = coalesce(var.v, 1)", "var.v has no default", True),
            ("a = data.aws_z.z.name", "data.aws_z.z.name is read when Terraform plans", True),
            ("a = module.far.x", "module.far is not in the scanned tree", True),
            ("a = timestamp()", "timestamp() is known only when Terraform runs", True),
            ("a = terraform.workspace", "terraform.workspace depends on the run", True),
            ("a = path.cwd", "path.cwd depends on the run", True),
            ("a = aws_none.x.y", "aws_none.x is not declared", False),
            ("a = local.loop", "it refers to itself", False),
        ],
    )
    def test_unknown(self, tmp_path: Path, body: str, reason: str, present: bool) -> None:
        rest = """
variable "v" {}
locals {
  l    = "l-${var.v}"
  loop = local.loop
}
resource "aws_y" "y" {}
resource "aws_y" "c" { count = 2 }
data "aws_z" "z" {}
module "far" { source = "terraform-aws-modules/vpc/aws" }
"""
        document = resource(tmp_path, body, rest)
        assert document.data == {"a": None}
        assert document.unknowns == {"/a": Unknown(reason, present)}

    def test_what_is_known_in_a_list_or_object_stays(self, tmp_path: Path) -> None:
        body = "tags = local.tags\nlist = [1, var.v]\n"
        rest = 'variable "v" {}\nlocals {\n  tags = { a = "x", b = var.v }\n}\n'
        document = resource(tmp_path, body, rest)
        assert document.data == {"tags": {"a": "x", "b": None}, "list": [1, None]}
        assert set(document.unknowns) == {"/tags/b", "/list/1"}

    def test_a_known_condition_picks_its_side(self, tmp_path: Path) -> None:
        body = "a = var.on ? 1 : aws_y.y.arn\nb = var.on ? aws_y.y.arn : 1\nc = var.on ? null : aws_y.y.arn"
        document = resource(tmp_path, body, 'variable "on" { default = true }\nresource "aws_y" "y" {}\n')
        assert document.data == {"a": 1, "b": None}
        assert set(document.unknowns) == {"/b"}

    def test_meta_arguments_are_left_out(self, tmp_path: Path) -> None:
        body = 'depends_on = [aws_y.y]\nprovider = aws.x\nversion = "1"\nsource = "s"'
        assert resource(tmp_path, body, 'resource "aws_y" "y" {}').data == {"version": "1", "source": "s"}

    def test_names_in_a_lifecycle_are_words(self, tmp_path: Path) -> None:
        body = "lifecycle {\n  ignore_changes = [\n    tags, # why\n    a[0].b,\n  ]\n}"
        words = ["tags", "a[0].b"]
        assert resource(tmp_path, body).data == {"lifecycle": [{"ignore_changes": words}]}
        body = "lifecycle {\n  ignore_changes = all\n}"
        assert resource(tmp_path, body).data == {"lifecycle": [{"ignore_changes": "all"}]}

    def test_values_are_the_same_on_every_run(self, tmp_path: Path) -> None:
        text = 'resource "a" "b" {\n  x = aws_y.y.id\n  y = "${aws_y.y.id}-${timestamp()}"\n}\n'
        text += 'resource "aws_y" "y" {}\n'
        first, second = documents(tmp_path, text), documents(tmp_path, text)
        assert first == second


class TestBlocks:
    def test_nested_blocks_are_lists_whatever_their_number(self, tmp_path: Path) -> None:
        document = resource(
            tmp_path, 'one {\n a = 1\n}\ntwo {\n a = 1\n}\ntwo {\n a = upper("x")\n deep {}\n}'
        )
        assert document.data == {"one": [{"a": 1}], "two": [{"a": 1}, {"a": "X", "deep": [{}]}]}

    def test_labels_are_levels(self, tmp_path: Path) -> None:
        text = 'terraform {\n  required_version = ">= 1"\n  backend "s3" {\n    bucket = "b"\n  }\n}\n'
        document = documents(tmp_path, text)["terraform"]
        assert document.kind == "terraform/settings"
        assert document.data == {"required_version": ">= 1", "backend": [{"s3": {"bucket": "b"}}]}

    def test_dynamic_blocks_are_spread_out_in_place(self, tmp_path: Path) -> None:
        body = """
  dynamic "ingress" {
    for_each = var.ports
    content {
      port = ingress.value
      dynamic "deep" {
        for_each = { p = 1 }
        iterator = it
        content {
          v = "${ingress.key}${it.key}"
        }
      }
      flat {
        w = ingress.value
      }
    }
  }
  ingress {
    port = 22
  }
  dynamic "egress" {
    for_each = [1, 2, 3]
    content {
      n = egress.value
    }
  }
  last {}
"""
        document = resource(tmp_path, body, 'variable "ports" { default = [80, 443] }\n')
        assert document.data["ingress"] == [
            {"port": 80, "deep": [{"v": "0p"}], "flat": [{"w": 80}]},
            {"port": 443, "deep": [{"v": "1p"}], "flat": [{"w": 443}]},
            {"port": 22},
        ]
        assert document.data["egress"] == [{"n": 1}, {"n": 2}, {"n": 3}]
        assert document.data["last"] == [{}]
        assert not document.unknowns

    def test_values_over_several_lines_stay_whole(self, tmp_path: Path) -> None:
        body = """
  dynamic "d" {
    for_each = (
      true
      ? [1] : [] # one
    )
    content {
      a = (
        d.value == 1
        ? "x"
        : "y"
      )
      b = <<-EOT
        text ${d.value}
      EOT
      c = [ # comment
        d.key,
      ]
    }
  }
  e = (
    local.on
    ? aws_y.y.arn
    : 1
  )
"""
        document = resource(tmp_path, body, 'locals { on = false }\nresource "aws_y" "y" {}\n')
        assert document.data == {"d": [{"a": "x", "b": "text 1\n", "c": [0]}], "e": 1}

    def test_a_dynamic_block_that_cannot_be_known(self, tmp_path: Path) -> None:
        dynamic = 'dynamic "{}" {{\n for_each = var.v\n content {{\n a = 1\n }}\n}}\n'
        body = dynamic.format("only") + dynamic.format("also") + "also {\n a = 2\n}\n"
        document = resource(tmp_path, body, 'variable "v" {}\n')
        assert document.data == {"only": None, "also": [None, {"a": 2}]}
        assert document.unknowns == {
            "/only": Unknown("var.v has no default", present=False),
            "/also/0": Unknown("var.v has no default", present=False),
        }

    def test_an_empty_dynamic_block_is_absent(self, tmp_path: Path) -> None:
        body = 'dynamic "x" {\n for_each = var.v\n content {}\n}'
        document = resource(tmp_path, body, 'variable "v" { default = [] }\n')
        assert (document.data, document.unknowns) == ({}, {})

    def test_values_of_a_dynamic_block_may_be_unknown(self, tmp_path: Path) -> None:
        body = 'dynamic "x" {\n for_each = { k = aws_y.y.arn }\n content {\n k = x.key\n v = x.value\n }\n}'
        document = resource(tmp_path, body, 'resource "aws_y" "y" {}\n')
        assert document.data == {"x": [{"k": "k", "v": None}]}
        assert set(document.unknowns) == {"/x/0/v"}


class TestPolicies:
    def test_jsonencode_is_given_as_what_it_says(self, tmp_path: Path) -> None:
        body = 'policy = jsonencode({ Statement = [{ Effect = "Allow", Resource = "${aws_y.y.arn}/*" }] })'
        document = resource(tmp_path, body, 'resource "aws_y" "y" {}\n')
        assert document.data == {"policy": {"Statement": [{"Effect": "Allow", "Resource": None}]}}
        assert set(document.unknowns) == {"/policy/Statement/0/Resource"}
        text = f'resource "aws_x" "x" {{\n{body}\n}}\n'
        assert snippet(document, "/policy/Statement/0/Effect", text) == '"Allow"'

    def test_json_in_a_heredoc(self, tmp_path: Path) -> None:
        document = resource(tmp_path, 'assume_role_policy = <<EOT\n{"Statement": []}\nEOT\nother = "{}"')
        assert document.data == {"assume_role_policy": {"Statement": []}, "other": "{}"}

    def test_a_policy_document(self, tmp_path: Path) -> None:
        rest = """
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:*"]
    resources = [aws_y.y.arn]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["true"]
    }
  }
  statement {
    effect    = "Deny"
    actions   = ["a", "b"]
    resources = ["*"]
  }
}
resource "aws_y" "y" {}
"""
        document = resource(tmp_path, "policy = data.aws_iam_policy_document.d.json", rest)
        assert document.data["policy"] == {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "s3:*",
                    "Resource": None,
                    "Principal": {"AWS": "*"},
                    "Condition": {"Bool": {"aws:SecureTransport": "true"}},
                },
                {"Effect": "Deny", "Action": ["a", "b"], "Resource": "*"},
            ],
        }
        assert set(document.unknowns) == {"/policy/Statement/0/Resource"}

    def test_a_policy_document_with_a_count(self, tmp_path: Path) -> None:
        rest = 'data "aws_iam_policy_document" "d" {\n count = 1\n statement {\n actions = ["a"]\n }\n}\n'
        document = resource(tmp_path, "policy = data.aws_iam_policy_document.d[0].json", rest)
        statement = {"Effect": "Allow", "Action": "a"}
        assert document.data == {"policy": {"Version": "2012-10-17", "Statement": [statement]}}

    def test_a_policy_document_that_merges_others_is_unknown(self, tmp_path: Path) -> None:
        rest = 'data "aws_iam_policy_document" "d" {\n source_policy_documents = ["{}"]\n}\n'
        document = resource(tmp_path, "policy = data.aws_iam_policy_document.d.json", rest)
        assert set(document.unknowns) == {"/policy"}


class TestInstances:
    def test_count_and_for_each(self, tmp_path: Path) -> None:
        text = """
resource "a" "two" {
  count = 2
  n     = count.index
}
resource "a" "none" { count = 0 }
resource "a" "each" {
  for_each = { k = "v", l = aws_y.y.arn }
  key      = each.key
  value    = each.value
}
resource "a" "set" {
  for_each = toset(["q"])
  x        = "${each.key}-${each.value}"
}
resource "aws_y" "y" {}
"""
        found = documents(tmp_path, text)
        assert set(found) == {"a.two[0]", "a.two[1]", 'a.each["k"]', 'a.each["l"]', 'a.set["q"]', "aws_y.y"}
        assert found["a.two[1]"].data == {"n": 1}
        assert found['a.each["k"]'].data["key"] == "k"
        assert set(found['a.each["l"]'].unknowns) == {"/value"}
        assert found['a.set["q"]'].data == {"x": "q-q"}

    @pytest.mark.parametrize(
        "meta",
        [
            "count = var.v",
            "count = var.v ? 1 : 0",
            "for_each = toset(var.v)",
            "for_each = var.v",
            "count = 100000",
        ],
    )
    def test_an_unknown_number_gives_one_for_all(self, tmp_path: Path, meta: str) -> None:
        text = f'resource "a" "b" {{\n  {meta}\n  lit = upper("x")\n  k = try(each.key, count.index)\n}}\n'
        text += 'variable "v" {}\n'
        document = documents(tmp_path, text)["a.b"]
        assert document.data == {"lit": "X", "k": None}
        assert set(document.unknowns) == {"/k"}

    def test_no_resource_is_lost_when_the_evaluator_drops_it(self, tmp_path: Path) -> None:
        found = documents(tmp_path, 'resource "a" "b" {\n  for_each = "text"\n  x = 1\n}\n')
        assert found["a.b"].data == {"x": 1}


class TestModules:
    CHILD = """
variable "n" {}
resource "a" "b" {
  n = var.n
  m = path.module
}
output "o" { value = var.n }
"""

    def test_a_called_module_is_judged_with_its_arguments(self, tmp_path: Path) -> None:
        files = {
            "envs/prod/main.tf": 'module "m" {\n  source = "../../modules/m"\n  n = var.x\n}\n'
            'variable "x" {}\nresource "a" "c" {\n  o = module.m.o\n}\n',
            "envs/prod/terraform.tfvars": 'x = "from tfvars"\n',
            "envs/prod/b.auto.tfvars": 'x = "from auto"\n',
            "envs/prod/other.tfvars": 'x = "not loaded"\n',
            "modules/m/main.tf": self.CHILD,
        }
        found = documents(tmp_path, files)
        assert found["module.m.a.b"].data == {"n": "from auto", "m": "../../modules/m"}
        assert found["module.m.a.b"].path == "modules/m/main.tf"
        assert found["a.c"].data == {"o": "from auto"}
        assert found["module.m"].kind == "terraform/module"
        assert found["module.m"].data == {"source": "../../modules/m", "n": "from auto"}
        assert "a.b" not in found

    def test_instances_of_a_module(self, tmp_path: Path) -> None:
        files = {
            "main.tf": 'module "m" {\n  for_each = toset(["p", "q"])\n  source = "./m"\n  n = each.key\n}\n',
            "m/main.tf": self.CHILD,
        }
        found = documents(tmp_path, files)
        assert found['module.m["p"].a.b'].data["n"] == "p"
        assert found['module.m["q"].a.b'].data["n"] == "q"

    def test_callers_that_agree_give_one_document(self, tmp_path: Path) -> None:
        call = 'module "m" {\n  source = "../m"\n  n = "%s"\n}\n'
        files = {"x/main.tf": call % 1, "y/main.tf": call % 1, "z/main.tf": call % 2, "m/main.tf": self.CHILD}
        found = [i for i in read(tmp_path, files) if isinstance(i, Document) and i.name == "module.m.a.b"]
        assert [document.data["n"] for document in found] == ["1", "2"]

    def test_examples_do_not_make_the_root_a_child(self, tmp_path: Path) -> None:
        files = {
            "main.tf": self.CHILD,
            "examples/full/main.tf": 'module "root" {\n  source = "../.."\n  n = 1\n}\n'
            'resource "a" "e" { x = 1 }\n',
        }
        found = documents(tmp_path, files)
        assert set(found["a.b"].unknowns) == {"/n"}
        assert found["a.e"].data == {"x": 1}
        assert "module.root.a.b" not in found

    def test_a_module_that_is_never_made_is_judged_as_written(self, tmp_path: Path) -> None:
        files = {
            "main.tf": 'module "m" {\n  count = 0\n  source = "./m"\n  n = 1\n}\n',
            "m/main.tf": self.CHILD,
        }
        assert set(documents(tmp_path, files)["a.b"].unknowns) == {"/n"}

    def test_modules_that_call_each_other_end(self, tmp_path: Path) -> None:
        files = {
            "a/main.tf": 'module "b" { source = "../b" }\nresource "r" "a" { x = module.b.y }\n',
            "b/main.tf": 'module "a" { source = "../a" }\nresource "r" "b" { x = 1 }\n',
            "c/main.tf": 'module "c" { source = "./" }\nresource "r" "c" { x = 1 }\n',
        }
        found = documents(tmp_path, files)
        assert {"r.a", "module.b.r.b", "r.c"} <= set(found)

    def test_calls_that_lead_out_are_summed_up(self, tmp_path: Path) -> None:
        files = {
            "main.tf": 'module "a" { source = "x/y/aws" }\n\nmodule "b" { source = "../elsewhere" }\n',
        }
        (problem,) = problems(tmp_path, files)
        assert (problem.kind, problem.count, problem.path) == (ProblemKind.NOT_RENDERED, 2, "main.tf")
        assert problem.span is not None
        assert problem.span.line == 3

    def test_arguments_of_a_call_that_leads_out_are_worked_out(self, tmp_path: Path) -> None:
        text = 'module "%s" {\n  source = "%s"\n  n = upper("x")\n}\n'
        found = documents(
            tmp_path, text % ("a", "x/y/aws") + text % ("b", "../elsewhere") + text % ("c", "./")
        )
        assert {name: document.data["n"] for name, document in found.items()} == {
            "module.a": "X",
            "module.b": "X",
            "module.c": "X",
        }


class TestPlaces:
    TEXT = """resource "aws_x" "x" {
  name = "é"
  list = [1, { deep = true }]
  rule {
    on = false
  }
  dynamic "more" {
    for_each = [1, 2]
    content {
      n = more.value
    }
  }
}
"""

    @pytest.mark.parametrize(
        ("pointer", "expected"),
        [
            ("/name", '"é"'),
            ("/list/1/deep", "true"),
            ("/rule/0/on", "false"),
            ("/more/1/n", "more.value"),
            ("/rule/0", "rule {\n    on = false\n  }"),
        ],
    )
    def test_values(self, tmp_path: Path, pointer: str, expected: str) -> None:
        document = documents(tmp_path, self.TEXT)["aws_x.x"]
        assert snippet(document, pointer, self.TEXT) == expected

    def test_every_value_has_a_place_or_an_ancestor_with_one(self, tmp_path: Path) -> None:
        document = documents(tmp_path, self.TEXT)["aws_x.x"]
        for pointer in document.tree.values:
            assert ptr.resolve(document.data, pointer) is not ptr.MISSING
        assert document.tree.keys[""][:2] == (1, 1)
        assert document.tree.keys["/rule/0"] == (4, 3, 4, 7)


class TestOtherKinds:
    def test_each_kind(self, tmp_path: Path) -> None:
        text = """
terraform {}
provider "aws" {
  region = "a"
}
provider "aws" {
  alias  = "b"
  region = "b"
}
variable "v" {
  type      = list(string)
  sensitive = true
}
output "o" {
  value     = upper("x")
  sensitive = true
}
data "aws_z" "z" { q = 1 }
"""
        found = documents(tmp_path, text)
        assert {name: (d.kind, d.data) for name, d in found.items()} == {
            "terraform": ("terraform/settings", {}),
            "provider.aws": ("terraform/provider", {"region": "a"}),
            "provider.aws.b": ("terraform/provider", {"alias": "b", "region": "b"}),
            "variable.v": ("terraform/variable", {"name": "v", "sensitive": True, "type": "list(string)"}),
            "output.o": ("terraform/output", {"value": "X", "sensitive": True}),
            "data.aws_z.z": ("terraform/data.aws_z", {"q": 1}),
        }

    def test_opentofu_and_json(self, tmp_path: Path) -> None:
        body = {"n": "${upper(local.x)}", "list": [1], "p": "$${x}"}
        files = {
            "a.tofu": 'resource "a" "t" { n = local.x }\nlocals { x = "v" }\n',
            "b.tf.json": json.dumps(
                {"resource": {"a": {"j": body}}, "variable": {"w": {"default": "${x}"}}}, indent=1
            ),
            "terraform.tfvars.json": "{}",
        }
        found = documents(tmp_path, files)
        assert found["a.t"].data == {"n": "v"}
        assert found["a.j"].data == {"n": "V", "list": [1], "p": "${x}"}
        assert found["variable.w"].data == {"name": "w", "default": "${x}"}
        assert found["a.j"].tree.values["/n"].line > 1


class TestValueFiles:
    def test_a_file_of_values_is_a_document(self, tmp_path: Path) -> None:
        text = (
            'a = "shop"\nsizes = [1, null]\ndb = {\n  user = "u"\n  off = null\n  "a/b" = 1\n}\nno = null\n'
        )
        found = documents(tmp_path, {"main.tf": "", "envs/prod.tfvars": text})
        document = found["prod.tfvars"]
        assert document.kind == "terraform/values"
        assert document.data == {"a": "shop", "sizes": [1, None], "db": {"user": "u", "a/b": 1}}
        assert document.tree.values["/db/user"][:2] == (4, 10)
        assert document.tree.keys["/db/a~1b"][:2] == (6, 3)
        assert not document.unknowns

    def test_in_json_as_well(self, tmp_path: Path) -> None:
        found = documents(tmp_path, {"a.tfvars.json": '{\n  "name": "shop"\n}'})
        assert found["a.tfvars.json"].data == {"name": "shop"}
        assert found["a.tfvars.json"].tree.values["/name"].line == 2

    def test_what_is_no_literal_is_unknown(self, tmp_path: Path) -> None:
        document = documents(tmp_path, {"a.tfvars": 'a = upper("x")\nb = [var.c]\n'})["a.tfvars"]
        assert document.data == {"a": None, "b": [None]}
        assert document.unknowns.keys() == {"/a", "/b/0"}

    def test_an_empty_one_is_none(self, tmp_path: Path) -> None:
        assert documents(tmp_path, {"a.tfvars": "# nothing\n"}) == {}


class TestMistakes:
    def test_a_broken_file_leaves_the_others(self, tmp_path: Path) -> None:
        files = {
            "bad.tf": 'resource "a" "ok" { x = 1 }\nresource "a" "bad" {\n  x = [1,\n}\n',
            "good.tf": 'resource "a" "good" {\n  x = upper("x")\n  y = a.bad.x\n}\n',
        }
        found = read(tmp_path, files)
        (problem,) = (item for item in found if isinstance(item, Problem))
        assert (problem.kind, problem.path) == (ProblemKind.PARSE_ERROR, "bad.tf")
        by_name = {item.name: item for item in found if isinstance(item, Document)}
        assert by_name["a.ok"].data == {"x": 1}
        assert by_name["a.good"].data == {"x": "X", "y": None}
        assert "bad.tf" in by_name["a.good"].unknowns["/y"].reason

    @pytest.mark.parametrize("name", ["terraform.tfvars", "x.auto.tfvars.json"])
    def test_broken_values_leave_no_variable_known(self, tmp_path: Path, name: str) -> None:
        files = {
            "main.tf": 'variable "v" { default = 1 }\nresource "a" "b" {\n  x = var.v\n}\n',
            name: "x = [{",
        }
        found = read(tmp_path, files)
        (problem,) = (item for item in found if isinstance(item, Problem))
        assert (problem.kind, problem.path) == (ProblemKind.PARSE_ERROR, name)
        (document,) = (item for item in found if isinstance(item, Document) and item.name == "a.b")
        assert name in document.unknowns["/x"].reason

    def test_broken_parts_are_not_evaluated(self, tmp_path: Path) -> None:
        (tmp_path / "secret.txt").write_text("SECRET")
        root = tmp_path / "root"
        root.mkdir()
        bad = 'locals {\n  s = file("../secret.txt")\n  t = [1,\n}\n'
        found = read(root, {"bad.tf": bad, "main.tf": 'resource "a" "b" {\n  x = local.s\n}\n'})
        assert "SECRET" not in repr(found)

    def test_broken_json(self, tmp_path: Path) -> None:
        (problem,) = problems(tmp_path, {"a.tf.json": "{"})
        assert problem.kind is ProblemKind.PARSE_ERROR

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "resource {}\n",
            'resource "a" {}\n',
            "module {}\n",
            "variable {}\n",
            'nonsense "x" {}\n',
            "a = 1\n",
        ],
    )
    def test_odd_blocks_give_nothing_and_do_no_harm(self, tmp_path: Path, text: str) -> None:
        assert [item for item in read(tmp_path, text) if isinstance(item, Problem)] == []

    def test_a_null_default_in_a_set_of_strings(self, tmp_path: Path) -> None:
        """What crashes the evaluator by itself; more modules than may crash."""
        text = """
            variable "primary" {
              type    = string
              default = null
            }
            variable "others" {
              type    = list(string)
              default = ["b"]
            }
            locals {
              all = toset(concat([var.primary], var.others))
            }
            resource "aws_x" "x" {
              first = var.primary
              name  = "n-${var.others[0]}"
            }
            """
        found = read(tmp_path, {f"m{number}/main.tf": text for number in range(run.MAX_FAILURES + 2)})
        assert not [item for item in found if isinstance(item, Problem)]
        resources = [item for item in found if isinstance(item, Document) and item.kind == "terraform/aws_x"]
        assert len(resources) == run.MAX_FAILURES + 2
        assert all(item.data["name"] == "n-b" and item.data.get("first") is None for item in resources)

    def test_a_crash_is_a_problem_and_the_rest_goes_on(self, tmp_path: Path) -> None:
        laughs = "".join(
            f'  l{i} = "{"".join(f"${{local.l{i - 1}}}" for _ in range(9))}"\n' for i in range(1, 12)
        )
        bomb = f'locals {{\n  l0 = "{"x" * 99}"\n{laughs}}}\nresource "a" "bomb" {{\n  x = local.l11\n}}\n'
        found = read(
            tmp_path, {"a/main.tf": bomb, "b/main.tf": 'resource "a" "fine" {\n  x = upper("x")\n}\n'}
        )
        (problem,) = (item for item in found if isinstance(item, Problem))
        assert (problem.kind, problem.path) == (ProblemKind.ENGINE_ERROR, "a/main.tf")
        assert [item.data for item in found if isinstance(item, Document)] == [{"x": "X"}]

    def test_a_time_out_names_the_module_and_the_limit(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(run, "TIME_LIMIT", 0.5)
        text = 'locals { n = 3000000 }\nresource "a" "b" {\n  count = local.n\n}\n'
        (problem,) = problems(tmp_path, {"deep/main.tf": text})
        assert problem.kind is ProblemKind.ENGINE_ERROR
        assert "in deep" in problem.message
        assert "0.5 seconds" in problem.message


class TestOutside:
    @pytest.mark.parametrize(
        "call",
        [
            'file("../secret.txt")',
            'file("/etc/hostname")',
            'file("${path.module}/../secret.txt")',
            "file(var.p)",
            'file("${path.module}/${var.p}")',
            'fileset("..", "*")',
            'templatefile("../secret.txt", {})',
            'templatefile("sly.tpl", {})',
            'try(file("../secret.txt"), "x")',
            'filebase64("link.txt")',
            '[for n in [1] : file("../secret.txt")][0]',
        ],
    )
    def test_nothing_outside_the_tree_is_read(self, tmp_path: Path, call: str) -> None:
        (tmp_path / "secret.txt").write_text("SECRET")
        root = tmp_path / "root"
        root.mkdir()
        (root / "link.txt").symlink_to("../secret.txt")
        text = f'variable "p" {{ default = "../secret.txt" }}\nlocals {{\n  f = {call}\n}}\n'
        text += (
            f'resource "a" "b" {{\n  x = {call}\n  y = local.f\n  dynamic "d" {{\n    for_each = [{call}]\n'
        )
        text += f"    content {{\n      z = d.value\n      w = {call}\n    }}\n  }}\n}}\n"
        found = read(root, {"main.tf": text, "sly.tpl": '${file("../secret.txt")}'})
        assert "SECRET" not in repr(found)
        assert "U0VDUkVU" not in repr(found)
        (document,) = (item for item in found if isinstance(item, Document) and item.name == "a.b")
        assert {"/x", "/y"} <= set(document.unknowns)

    def test_a_file_of_the_tree_is_read(self, tmp_path: Path) -> None:
        files = {
            "main.tf": 'module "m" { source = "./m" }\n',
            "m/main.tf": 'resource "a" "b" {\n  x = file("${path.module}/a.txt")\n  y = file("top.txt")\n}\n',
            "m/a.txt": "inner",
            "top.txt": "outer",
        }
        assert documents(tmp_path, files)["module.m.a.b"].data == {"x": "inner", "y": "outer"}

    def test_a_file_that_is_not_scanned_is_not_read(self, tmp_path: Path) -> None:
        (tmp_path / "ignored.txt").write_text("SECRET")
        document = resource(tmp_path, 'a = file("ignored.txt")')
        assert document.data == {"a": None}

    def test_a_module_outside_the_tree_is_not_read(self, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "main.tf").write_text('output "o" { value = "SECRET" }\n')
        root = tmp_path / "root"
        root.mkdir()
        text = 'module "m" { source = "../other" }\nresource "a" "b" {\n  x = module.m.o\n}\n'
        assert "SECRET" not in repr(read(root, text))


def pods(document: Document) -> Any:
    (view,) = document.views
    return view


class TestKubernetes:
    TEXT = """resource "kubernetes_deployment_v1" "web" {
  metadata {
    name = "web"
  }
  spec {
    template {
      metadata {
        labels = { my_app = "web" }
      }
      spec {
        automount_service_account_token = false
        host_pid                        = true
        init_container {
          name = "init"
        }
        container {
          name  = "web"
          image = var.image
          security_context {
            run_as_user = "1000"
            capabilities {
              drop = ["ALL"]
            }
          }
          resources {
            limits = { cpu = "1" }
          }
          env {
            name = "A"
          }
          volume_mount {
            mount_path = "/x"
            name       = "v"
          }
          liveness_probe {
            http_get {
              path = "/"
            }
          }
        }
        volume {
          name = "v"
          host_path {
            path = "/"
          }
        }
      }
    }
  }
}
variable "image" {}
"""

    def test_the_view_has_kubernetes_shape(self, tmp_path: Path) -> None:
        view = pods(documents(tmp_path, self.TEXT)["kubernetes_deployment_v1.web"])
        assert view.kind == "kubernetes/Pod"
        assert view.data == {
            "metadata": {"labels": {"my_app": "web"}},
            "spec": {
                "automountServiceAccountToken": False,
                "hostPID": True,
                "initContainers": [{"name": "init"}],
                "containers": [
                    {
                        "name": "web",
                        "image": None,
                        "securityContext": {"runAsUser": 1000, "capabilities": {"drop": ["ALL"]}},
                        "resources": {"limits": {"cpu": "1"}},
                        "env": [{"name": "A"}],
                        "volumeMounts": [{"mountPath": "/x", "name": "v"}],
                        "livenessProbe": {"httpGet": {"path": "/"}},
                    }
                ],
                "volumes": [{"name": "v", "hostPath": {"path": "/"}}],
            },
        }

    def test_pointers_lead_back(self, tmp_path: Path) -> None:
        document = documents(tmp_path, self.TEXT)["kubernetes_deployment_v1.web"]
        view = pods(document)
        base = "/spec/0/template/0"
        context = f"{base}/spec/0/container/0/security_context/0"
        expected = {
            "": base,
            "/spec/containers/0/image": f"{base}/spec/0/container/0/image",
            "/spec/containers/0/securityContext": context,
            "/spec/containers/0/securityContext/runAsUser": f"{context}/run_as_user",
            "/spec/containers/0/securityContext/readOnlyRootFilesystem": (
                f"{context}/read_only_root_filesystem"
            ),
            "/metadata/labels/my_app": f"{base}/metadata/0/labels/my_app",
        }
        assert {pointer: view.to_document(pointer) for pointer in expected} == expected
        assert set(document.unknowns) == {view.to_document("/spec/containers/0/image")}

    def test_pods_and_cron_jobs(self, tmp_path: Path) -> None:
        spec = 'spec {\n container {\n name = "c"\n }\n}\n'
        cron = f"spec {{\n job_template {{\n spec {{\n template {{\n {spec} }}\n }}\n }}\n}}\n"
        text = f'resource "kubernetes_pod" "p" {{\n{spec}}}\n'
        text += f'resource "kubernetes_cron_job_v1" "c" {{\n{cron}}}\n'
        found = documents(tmp_path, text)
        for name in ("kubernetes_pod.p", "kubernetes_cron_job_v1.c"):
            assert pods(found[name]).data == {"spec": {"containers": [{"name": "c"}]}}

    def test_other_resources_have_no_view(self, tmp_path: Path) -> None:
        assert (
            documents(tmp_path, 'resource "kubernetes_service" "s" {}\n')["kubernetes_service.s"].views == ()
        )
