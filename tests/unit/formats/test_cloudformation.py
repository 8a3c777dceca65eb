"""CloudFormation templates: recognition, functions, places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.formats import cloudformation
from complygate.model.document import Document
from complygate.model.pointer import resolve
from complygate.model.problem import Problem, ProblemKind
from complygate.model.source import Files, Source

HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Env: {Type: String, Default: prod}
  Size: {Type: Number, Default: "20"}
  Zones: {Type: CommaDelimitedList, Default: "a, b"}
  Ports: {Type: List<Number>, Default: "80,443"}
  Key: {Type: String}
  Ami: {Type: "AWS::SSM::Parameter::Value<String>", Default: /aws/ami}
Mappings:
  ByEnv:
    prod: {Encrypted: true, Class: large}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  InEurope: !Equals [!Ref "AWS::Region", eu-west-1]
  NotProd: !Not [!Condition IsProd]
  Both: !And [!Condition IsProd, !Condition InEurope]
  Either: !Or [!Condition IsProd, !Condition InEurope]
  Loop: !Not [!Condition Loop]
Resources:
  Other: {Type: "AWS::SNS::Topic"}
  It:
    Type: AWS::X::Y
    Properties:
      P: """


def source(text: str, name: str = "template.yaml") -> Source:
    return Source(name, text, Files(Path("/"), frozenset({name})))


def read(text: str, name: str = "template.yaml") -> Document:
    (document,) = cloudformation.read([source(text, name)])
    assert isinstance(document, Document)
    return document


def worth(function: str) -> Any:
    """Return the worth of a property, or the reason why it is unknown."""
    document = read(HEAD + function + "\n")
    reason = document.unknowns.get("/Resources/It/Properties/P")
    properties = document.data["Resources"]["It"]["Properties"]
    assert reason is None or properties["P"] is None
    return reason.reason if reason else properties.get("P", "ABSENT")


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("!Ref Env", "prod"),
        ("{Ref: Env}", "prod"),
        ("!Ref Size", 20),
        ("!Ref Zones", ["a", "b"]),
        ("!Ref Ports", [80, 443]),
        ("!Ref AWS::NoValue", "ABSENT"),
        ("[1, !Ref AWS::NoValue, 2]", [1, 2]),
        ("!FindInMap [ByEnv, !Ref Env, Encrypted]", True),
        ("!Sub 'x-${Env}-${!Literal}-${Size}'", "x-prod-${Literal}-20"),
        ("!Sub ['${A}/${Env}', {A: !FindInMap [ByEnv, prod, Class]}]", "large/prod"),
        ("!Join ['-', [a, !Ref Env, !Ref Size]]", "a-prod-20"),
        ("!Join ['', !Ref Zones]", "ab"),
        ("!Select [1, !Ref Zones]", "b"),
        ("!Select ['0', !Split [',', 'x,y']]", "x"),
        ("{'Fn::Length': !Ref Zones}", 2),
        ("!If [IsProd, yes-prod, no]", "yes-prod"),
        ("!If [NotProd, 1, !If [Either, 2, 3]]", 2),
        ("!If [!Equals [!Ref Env, prod], 1, 2]", 1),
        ("!If [NotProd, 1, !Ref 'AWS::NoValue']", "ABSENT"),
        ("!Join ['', [!If [IsProd, p, q], x]]", "px"),
        ("!Base64 'curl x'", {"Fn::Base64": "curl x"}),
        ("{Condition: {StringEquals: {a: b}}}", {"Condition": {"StringEquals": {"a": "b"}}}),
    ],
)
def test_known(function: str, value: Any) -> None:
    assert worth(function) == value


@pytest.mark.parametrize(
    ("function", "part"),
    [
        ("!Ref Key", "the parameter Key has no default"),
        ("!Ref Ami", "parameter store"),
        ("!Ref Other", "resource Other"),
        ("!Ref Nobody", "not defined"),
        ("!Ref AWS::Region", "AWS::Region is known only at the deployment"),
        ("!GetAtt Other.TopicName", "the attribute Other.TopicName"),
        ("!GetAtt [Other, A.B]", "the attribute Other.A.B"),
        ("!ImportValue x", "Fn::ImportValue"),
        ("!Sub '${Other}-${Env}'", "resource Other"),
        ("!Sub '${Other.Arn}'", "attribute Other.Arn"),
        ("!Join ['', [a, !Ref 'AWS::AccountId']]", "AWS::AccountId"),
        ("!FindInMap [ByEnv, dev, Class]", "no entry dev.Class"),
        ("!FindInMap [ByEnv, !Ref Key, Class]", "Key has no default"),
        ("!If [InEurope, 1, 2]", "AWS::Region"),
        ("!If [Both, 1, 2]", "AWS::Region"),
        ("!If [Loop, 1, 2]", "refers to itself"),
        ("!If [Nobody, 1, 2]", "Nobody is not defined"),
        ("!If [IsProd]", "not of the form"),
        ("!Select [9, [a]]", "not there"),
        ("!GetAZs ''", "Fn::GetAZs"),
    ],
)
def test_unknown(function: str, part: str) -> None:
    assert part in worth(function)


def test_an_undecided_choice_of_nothing_may_be_absent() -> None:
    document = read(HEAD + "!If [InEurope, !Ref 'AWS::NoValue', 2]\n")
    assert not document.unknowns["/Resources/It/Properties/P"].present
    assert read(HEAD + "!Ref Other\n").unknowns["/Resources/It/Properties/P"].present


@pytest.mark.parametrize(
    ("function", "pointer", "shown"),
    [
        ("!If [IsProd, {Deep: [x, bad]}, y]", "/Deep/1", "bad"),
        ("{'Fn::If': [NotProd, y, {Deep: bad}]}", "/Deep", "bad"),
        ("!Ref Env", "", "Env"),
        ("[!Ref 'AWS::NoValue', bad]", "/0", "bad"),
        ("[!If [NotProd, 1, !Ref 'AWS::NoValue'], {A: bad}]", "/0/A", "bad"),
        ("!Base64 bad", "/Fn::Base64", "bad"),
    ],
)
def test_places_lead_to_the_written_value(function: str, pointer: str, shown: str) -> None:
    text = HEAD + function + "\n"
    document = read(text)
    at = "/Resources/It/Properties/P" + pointer
    span = document.tree.values[document.tree.nearest(at)]
    line = text.split("\n")[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1].removeprefix("!Ref ").removeprefix("!Base64 ") == shown


def test_views_are_the_resources() -> None:
    document = read(HEAD + "1\n")
    assert [(v.kind, v.base) for v in document.views] == [
        ("cloudformation/AWS::SNS::Topic", "/Resources/Other"),
        ("cloudformation/AWS::X::Y", "/Resources/It"),
    ]
    assert document.views[1].data == {"Type": "AWS::X::Y", "Properties": {"P": 1}}
    assert document.tree.keys["/Resources/It"].line == 21


def test_conditions_stay_as_they_are_written() -> None:
    conditions = read(HEAD + "1\n").data["Conditions"]
    assert conditions["IsProd"] == {"Fn::Equals": [{"Ref": "Env"}, "prod"]}
    assert conditions["NotProd"] == {"Fn::Not": [{"Condition": "IsProd"}]}


def test_json_and_sam() -> None:
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Globals": {"Function": {"Timeout": 3}},
        "Resources": {
            "F": {"Type": "AWS::Serverless::Function", "Properties": {"Role": {"Fn::GetAtt": ["R", "Arn"]}}}
        },
    }
    text = json.dumps(template, indent=1)
    assert cloudformation.claims(source(text, "t.json"))
    document = read(text, "t.json")
    assert document.views[0].kind == "cloudformation/AWS::Serverless::Function"
    assert "/Resources/F/Properties/Role" in document.unknowns


@pytest.mark.parametrize(
    ("name", "text", "claimed"),
    [
        ("a.yaml", "Resources:\n  A: {Type: 'AWS::S3::Bucket'}\n", True),
        ("a.template", '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}', True),
        ("a.yaml", 'AWSTemplateFormatVersion: "2010-09-09"\nResources: [\n', True),
        ("a.json", '{"AWSTemplateFormatVersion": "2010-09-09", ', True),
        ("a.yaml", "kind: ConfigMap\ndata:\n  t: |\n    AWSTemplateFormatVersion: x\n", False),
        ("a.yaml", "Resources:\n  A: {Type: thing}\n# AWS::\n", False),
        ("a.md", "AWSTemplateFormatVersion: x", False),
        ("a.yaml", "a: [AWS::\n", False),
    ],
)
def test_recognition(name: str, text: str, claimed: bool) -> None:
    assert (cloudformation.claims(source(text, name)) is not None) == claimed


def test_broken_templates_are_problems() -> None:
    for text, part in (
        ('AWSTemplateFormatVersion: "x"\nResources: [\n', ""),
        ('AWSTemplateFormatVersion: "x"\n', "no map of Resources"),
        ("Resources:\n  A: {Type: 'AWS::A::B'}\n  B: {Properties: {}}\n", "B has no type"),
    ):
        problem = next(iter(cloudformation.read([source(text)])))
        assert isinstance(problem, Problem)
        assert problem.kind is ProblemKind.PARSE_ERROR
        assert part in problem.message
        assert problem.span is not None


def test_a_template_for_another_tool_is_not_rendered() -> None:
    text = "AWSTemplateFormatVersion: x\nResources:\n  {% for a in b %}\n  A: 1\n  {% endfor %}\n"
    assert cloudformation.claims(source(text))
    (problem,) = cloudformation.read([source(text)])
    assert isinstance(problem, Problem)
    assert problem.kind is ProblemKind.NOT_RENDERED


def test_resources_that_a_module_makes_are_not_rendered() -> None:
    text = (
        "AWSTemplateFormatVersion: x\nResources:\n"
        "  Net:\n    Type: !Rain::Module ../vpc.yml\n"
        "  Cdn:\n    Type: {'Rain::Module': ../cdn.yml}\n"
        "  More:\n    Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://a/b.yml'}}\n"
        "  Topic:\n    Type: AWS::SNS::Topic\n"
    )
    problem, document = cloudformation.read([source(text)])
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.count) == (ProblemKind.NOT_RENDERED, 2)
    assert problem.span is not None
    assert problem.span.line == 3
    assert isinstance(document, Document)
    assert [view.kind for view in document.views] == ["cloudformation/AWS::SNS::Topic"]
    assert "/Resources/More" in document.unknowns


def test_loops_of_the_deployment_are_unknown() -> None:
    text = HEAD + "1\n  Fn::ForEach::Topics: [T, [a], {}]\n"
    assert "/Resources/Fn::ForEach::Topics" in read(text).unknowns


def test_texts_that_grow_end_in_bounded_size() -> None:
    nested: Any = "x" * 100
    for _ in range(60):
        nested = {"Fn::Sub": ["${A}${A}", {"A": nested}]}
    wide = {"Fn::Sub": "${L}" * 1000}
    template = {
        "AWSTemplateFormatVersion": "x",
        "Parameters": {"L": {"Type": "String", "Default": "y" * 60000}},
        "Conditions": {f"C{n}": {"Fn::And": [{"Condition": f"C{n + 1}"}] * 2} for n in range(100)},
        "Resources": {"A": {"Type": "AWS::A::B", "Properties": {"N": nested, "W": [wide] * 100}}},
    }
    template["Resources"]["A"]["Properties"]["C"] = {"Fn::If": ["C0", 1, 2]}  # type: ignore[index]
    document = read(json.dumps(template), "t.json")
    assert document.unknowns["/Resources/A/Properties/N"].reason == "the text is too long"
    assert document.data["Resources"]["A"]["Properties"]["W"] == [None] * 100
    assert document.data["Resources"]["A"]["Properties"]["C"] is None


def functions() -> st.SearchStrategy[Any]:
    names = st.sampled_from(
        [
            "Ref",
            "Fn::Sub",
            "Fn::Join",
            "Fn::If",
            "Fn::Select",
            "Fn::Split",
            "Fn::FindInMap",
            "Fn::GetAtt",
            "a/b~",
        ]
    )
    leaves = st.sampled_from(
        ["Env", "AWS::NoValue", "AWS::Region", "IsProd", "InEurope", "${Env}", "", 0, None, True, 1.5]
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(names, inner, max_size=1)
            | st.dictionaries(names, inner, max_size=3)
        ),
        max_leaves=12,
    )


@given(functions())
def test_any_nesting_of_functions_gives_data_and_places(value: Any) -> None:
    document = read(HEAD + json.dumps(value) + "\n")
    for pointer in document.unknowns:
        assert resolve(document.data, pointer) is None
    assert all(span.line >= 1 for span in document.tree.values.values())
    assert document.tree.values["/Resources/It/Type"].line == 22
