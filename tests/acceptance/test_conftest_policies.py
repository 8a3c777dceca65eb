"""Policy folders written for Conftest, scanned as a user would: the example's, and smaller ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.acceptance.conftest import Run

EXAMPLE = Path(__file__).parents[2] / "examples" / "conftest"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: app
          image: app:1
        - name: side
          image: side:latest
"""
OLDER = """\
package main

deny[msg] {
  input.kind == "Deployment"
  container := input.spec.template.spec.containers[_]
  endswith(container.image, ":latest")
  msg := sprintf("%s is not pinned", [container.name])
}

deny[msg] {
  input.spec.replicas < 2
  msg = "one replica is none"
}

warn[{"msg": "no team", "path": "metadata.labels.team"}] { not input.metadata.labels.team }
"""


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def findings(report: str) -> list[tuple[str, str, int, int, str]]:
    found = json.loads(report)["findings"]
    return [
        (
            f["rule"].removeprefix("conftest/main/"),
            f["level"],
            f["span"]["line"],
            f["span"]["column"],
            f["message"],
        )
        for f in found
    ]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_the_example_is_judged_as_the_set_says(run: Run, example: Path) -> None:
    result = run("scan", "--policy", ".", "--format", "json", ".")
    assert result.code == 1, result.err
    report = json.loads(result.out)
    assert report["problems"] == []
    excused = [f for f in report["findings"] if f["excuse"] and f["excuse"]["how"] == "conftest"]
    told = {(f["rule"], f["path"], f["span"]["line"]) for f in report["findings"] if f not in excused}
    [excepted] = excused
    assert (excepted["rule"], excepted["path"], excepted["excuse"]["reason"]) == (
        "conftest/main/workloads/deny-single-replica",
        "deploy/reports.yaml",
        "exception in policy/exceptions.rego",
    )
    lines = (example / "deploy/shop.yaml").read_text().splitlines()
    assert lines[19].strip() == "runAsNonRoot: false"
    assert told == {
        ("conftest/main/hv-001", "deploy/shop.yaml", 20),
        ("conftest/main/hv-001", "deploy/reports.yaml", 40),
        ("conftest/main/hv-002", "deploy/shop.yaml", 24),
        ("conftest/main/workloads/deny-single-replica", "deploy/shop.yaml", 9),
        ("conftest/main/workloads/warn", "deploy/reports.yaml", 26),
        ("conftest/main/limits/violation", "deploy/shop.yaml", 23),
        ("conftest/main/limits/warn-latest", "deploy/shop.yaml", 23),
        ("conftest/main/dockerfile/deny", "deploy/Dockerfile", 1),
    }
    levels = {f["rule"].removeprefix("conftest/main/"): f["level"] for f in report["findings"]}
    assert levels["limits/violation"] == "audit"  # as the policy says
    assert levels["workloads/warn"] == levels["limits/warn-latest"] == "warn"  # by the rule's name
    waived = [f for f in report["findings"] if f["disposition"] == "waived"]
    assert [f["span"]["line"] for f in waived] == [9, 40]  # an exception; an ignore by the annotation's id


def test_a_folder_is_enough(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {"policy/main.rego": OLDER, "policy/main_test.rego": "not Rego", "app.yaml": DEPLOYMENT})
    result = run("scan", "--policy", "policy", "--format", "json", "app.yaml")
    assert result.code == 1, result.err
    assert findings(result.out) == [
        ("warn", "warn", 3, 1, "no team"),
        ("deny-one-replica-is-none", "enforce", 6, 3, "one replica is none"),
        ("deny-is-not-pinned", "enforce", 13, 11, "side is not pinned"),
    ]
    same = run("scan", "--policy", "policy/main.rego", "--format", "json", "app.yaml")
    assert findings(same.out) == findings(result.out)


def test_a_namespace_without_rules_is_no_pass(run: Run, tmp_path: Path) -> None:
    manifest = "name: s\nconftest: [{directory: policy, namespaces: [mian]}]\n"
    write(tmp_path, {"policyset.yaml": manifest, "policy/a.rego": OLDER, "app.yaml": DEPLOYMENT})
    result = run("scan", "--policy", ".", "app.yaml")
    assert result.code == 2
    assert "policyset.yaml:2:12: policy: no rule called deny, violation or warn in mian" in result.err
    assert "there are such rules in main" in result.err


MISTAKES: dict[str, tuple[str, str]] = {
    "a module that is not Rego": ("package main\n\ndeny contains x if {\n  x :=\n}\n", "policy/a.rego:4:5: "),
    "a bracket that stays open": (
        "package main\ndeny[msg] {\n  msg := f(1\n}\n",
        'policy/a.rego:4:1: this "}" closes nothing',
    ),
    "no package": ("deny[msg] { msg := 1 }", "policy/a.rego:1:1: no package is declared"),
    "the network": (
        "package main\ndeny[msg] {\n  http.send({})\n  msg := 1\n}",
        "policy/a.rego:3:3: http.send asks the network",
    ),
    "the environment": (
        "package main\nx := opa.runtime().env\ndeny[1] { x }",
        "policy/a.rego:2:6: opa.runtime reads the environment",
    ),
    "the clock": (
        "package main\ndeny[1] { time.now_ns() > 0 }",
        "policy/a.rego:2:11: time.now_ns reads the clock",
    ),
    "chance": (
        'package main\ndeny[1] { rand.intn("a", 2) == 1 }',
        "policy/a.rego:2:11: rand.intn is left to chance",
    ),
    "files": (
        'package main\ndeny[1] { parse_config_file("a") }',
        "policy/a.rego:2:11: parse_config_file reads files",
    ),
    "what the interpreter lacks": (
        'package main\ndeny[1] { net.cidr_contains("10.0.0.0/8", input.a) }',
        "policy/a.rego:2:11: net.cidr_contains is not in the interpreter",
    ),
    "a network call in disguise": (
        "package main\ndeny[1] { count([1]) == 1 with count as http.send }",
        "policy/a.rego:2:41: http.send asks the network",
    ),
    "a map for a set": ("package main\ndeny[msg] if { msg := 1 }", "policy/a.rego:2:1: deny[…] makes a map"),
    "a slip of the pen": (
        "package main\ndeny contains msg if {\n  input.a\n  msg := massage\n}",
        "policy/a.rego:4:3: a variable here is bound by nothing",
    ),
    "an annotation that is no YAML": (
        "package main\n# METADATA\n# title: [\ndeny contains 1 if input.a\n",
        "policy/a.rego:3:1: the annotation is not YAML",
    ),
}


@pytest.mark.parametrize(("text", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_shown_at_its_place(run: Run, tmp_path: Path, text: str, told: str) -> None:
    write(tmp_path, {"policy/a.rego": text, "app.yaml": DEPLOYMENT})
    result = run("scan", "--policy", "policy", "app.yaml")
    assert result.code == 2, result.out
    assert told in result.err


def test_every_kind_of_document_is_given_as_conftest_gives_it(run: Run, tmp_path: Path) -> None:
    policy = """\
package main
import rego.v1
deny contains msg if {
  some command in input
  command.Cmd == "run"
  contains(command.Value[0], "curl")
  msg := "curl"
}
deny contains msg if {
  some name
  some bucket in input.resource.aws_s3_bucket[name]
  bucket.acl == "public-read"
  msg := sprintf("bucket %s is public", [name])
}
deny contains msg if {
  input.services[name].privileged
  msg := sprintf("%s is privileged", [name])
}
"""
    write(tmp_path, {
        "policy/p.rego": policy,
        "Dockerfile": "FROM a:1\nUSER 1\nRUN curl -s x\n",
        "main.tf": 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n  acl    = "public-read"\n}\n',
        "compose.yaml": "services:\n  db:\n    image: db:1\n    privileged: true\n",
    })  # fmt: skip
    result = run("scan", "--policy", "policy", "--format", "json", ".")
    found = {(f["path"], f["span"]["line"], f["message"]) for f in json.loads(result.out)["findings"]}
    assert found == {
        ("Dockerfile", 3, "curl"),
        ("main.tf", 3, "bucket logs is public"),
        ("compose.yaml", 4, "db is privileged"),
    }


def test_an_unknown_value_is_no_pass(run: Run, tmp_path: Path) -> None:
    rule = 'deny[msg] { input.resource.aws_s3_bucket[_][_].acl == "public-read"; msg := "public" }'
    policy = f"package main\n{rule}\n"
    text = 'variable "acl" {}\nresource "aws_s3_bucket" "logs" {\n  acl = var.acl\n}\n'
    write(tmp_path, {"policy/p.rego": policy, "main.tf": text})
    report = json.loads(run("scan", "--policy", "policy", "--format", "json", "main.tf").out)
    assert report["findings"] == []
    [problem] = report["problems"]
    assert (problem["kind"], problem["span"]["line"]) == ("unknown-value", 3)


def test_an_endless_policy_is_stopped_and_said(run: Run, tmp_path: Path) -> None:
    policy = 'package main\ndeny[msg] { regex.match("(a+)+$", input.metadata.name); msg := "x" }\n'
    text = f"apiVersion: v1\nkind: Service\nmetadata:\n  name: {'a' * 60}!\n"
    write(tmp_path, {"policy/p.rego": policy, "app.yaml": text})
    result = run("scan", "--policy", "policy", "--format", "json", "app.yaml")
    assert result.code == 3
    [problem] = json.loads(result.out)["problems"]
    assert problem["kind"] == "engine-error"
    assert "takes more than 5 seconds" in problem["message"]


def test_what_an_exception_lets_pass_is_shown_as_waived(run: Run, tmp_path: Path) -> None:
    policy = """\
package main
import rego.v1
deny_replicas contains msg if {
  input.replicas < 2
  msg := sprintf("%d replicas are too few", [input.replicas])
}
deny_owner contains "no owner" if not input.owner
exception contains rules if {
  input.team == "data"
  rules := ["replicas"]
}
"""
    write(tmp_path, {
        "policy/p.rego": policy,
        "tree/data.yaml": "kind: Deployment\napiVersion: v1\nreplicas: 1\nteam: data\n",
        "tree/shop.yaml": "kind: Deployment\napiVersion: v1\nreplicas: 1\nteam: shop\nowner: a\n",
        "tree/fine.yaml": "kind: Deployment\napiVersion: v1\nreplicas: 2\nteam: data\nowner: a\n",
    })  # fmt: skip
    result = run("scan", "--policy", "policy", "--format", "json", "tree")
    assert result.code == 1, result.err
    found = json.loads(result.out)["findings"]
    said = sorted((f["path"], f["message"], f["disposition"], f["span"]["line"]) for f in found)
    assert said == [
        ("data.yaml", "1 replicas are too few", "waived", 3),
        ("data.yaml", "no owner", "active", 1),
        ("shop.yaml", "1 replicas are too few", "active", 3),
    ]
    [excuse] = [f["excuse"] for f in found if f["excuse"]]
    assert (excuse["how"], excuse["reason"]) == ("conftest", "exception in policy/p.rego")
    text = run("scan", "--policy", "policy", "tree").out
    assert "exception in policy/p.rego" in text


def test_nothing_of_the_scanned_tree_is_run_or_read(run: Run, tmp_path: Path) -> None:
    """A tree that brings a module of the interpreter's name, or policies of its own, changes nothing."""
    write(tmp_path, {
        "policies-of-ours/p.rego": OLDER,
        "tree/regopy/__init__.py": "raise SystemExit('run')\n",
        "tree/regopy.py": "raise SystemExit('run')\n",
        "tree/policy/main.rego": 'package main\nexception[x] { x := [""] }\n',
        "tree/app.yaml": DEPLOYMENT,
    })  # fmt: skip
    result = run("scan", "--policy", "policies-of-ours", "--format", "json", "tree")
    assert result.code == 1, result.err
    assert len(findings(result.out)) == 3


def test_a_rule_has_rego_in_a_file_beside_it(run: Run, tmp_path: Path) -> None:
    rule = """\
title: Images are pinned
severity: high
applies_to: kubernetes/Pod
check:
  rego: {file: pinned.rego, libraries: [lib/images.rego]}
message: "{detail}"
params: {mark: latest}
why: Because.
fix: Pin it.
examples:
  fail:
    - |
      kind: Pod
      apiVersion: v1
      metadata: {name: a}
      spec:
        containers:
          - image: x:latest  # expect
  pass:
    - |
      kind: Pod
      apiVersion: v1
      metadata: {name: a}
      spec: {containers: [{image: "x:1"}]}
"""
    rego = """\
package rule
import rego.v1
import data.lib.images
deny contains {"msg": sprintf("%s moves", [c.image]), "path": ["spec", "containers", i, "image"]} if {
  some i, c in input.spec.containers
  images.tag(c.image) == data.params.mark
}
"""
    library = 'package lib.images\nimport rego.v1\ntag(image) := split(image, ":")[1]\n'
    write(tmp_path, {
        "set/rules/own/pinned.yaml": rule,
        "set/rules/own/pinned.rego": rego,
        "set/rules/own/lib/images.rego": library,
        "set/policies/p.yaml": "name: p\ntitle: P\nrules: [{select: {ids: [own/*]}}]\n",
        "app.yaml": DEPLOYMENT,
    })  # fmt: skip
    assert run("policy", "test", "--policy", "set").code == 0
    result = run("scan", "--policy", "set", "--format", "json", "app.yaml")
    assert [(f["rule"], f["span"]["line"], f["message"]) for f in json.loads(result.out)["findings"]] == [
        ("own/pinned", 13, "side:latest moves")
    ]
    digest = json.loads(result.out)["policy"]["digest"]
    write(tmp_path, {"set/rules/own/lib/images.rego": library + "# changed\n"})
    again = run("scan", "--policy", "set", "--format", "json", "app.yaml")
    assert json.loads(again.out)["policy"]["digest"] != digest
    write(tmp_path, {"set/rules/own/lib/images.rego": library + "\nx := http.send({})\n"})
    wrong = run("scan", "--policy", "set", "app.yaml")
    assert wrong.code == 2
    assert "set/rules/own/lib/images.rego:5:6: " in wrong.err


@pytest.mark.parametrize("name", ["../../secret.rego", "/etc/passwd", "nowhere.rego"])
def test_a_rule_reads_no_file_outside_of_its_set(run: Run, tmp_path: Path, name: str) -> None:
    head = "title: T\nseverity: low\napplies_to: kubernetes/Pod\nmessage: m\nwhy: w\nfix: f\n"
    rule = f"{head}check:\n  rego:\n    file: {name}\n"
    write(tmp_path, {
        "set/rules/own/a.yaml": rule,
        "set/policies/p.yaml": "name: p\ntitle: P\nrules: [{select: {ids: [own/*]}}]\n",
        "secret.rego": OLDER,
    })  # fmt: skip
    result = run("scan", "--policy", "set", ".")
    assert result.code == 2
    assert "set/rules/own/a.yaml:9:11: " in result.err


def test_links_do_not_lead_out_of_the_set(run: Run, tmp_path: Path) -> None:
    write(
        tmp_path, {"outside.rego": OLDER, "set/policyset.yaml": "name: s\nconftest: [{directory: policy}]\n"}
    )
    (tmp_path / "set/policy").mkdir()
    (tmp_path / "set/policy/a.rego").symlink_to(tmp_path / "outside.rego")
    result = run("scan", "--policy", "set", ".")
    assert result.code == 2
    assert "set/policy/a.rego: leads out of the policy set" in result.err
