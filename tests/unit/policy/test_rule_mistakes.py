"""Every mistake in a rule file is named with its place and the nearest right word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.policy.sets import RULE, Files, mistakes, policy_, rule, told


def case(name: str, files: Files, *said: str) -> Any:
    """Return a case: files, and what is said of each; " | " parts message and hint, where the hint counts."""
    return pytest.param(files, list(said), id=name)


def tool(more: str = "", severity: str = "severity: high", message: str = "{detail}") -> Files:
    """Return a rule for Checkov, with `more` keys from line 3 on."""
    lines = ["title: A title", severity, *more.split("\n"), "check: {checkov: [CKV_K8S_16]}"]
    lines += [f'message: "{message}"', "why: Because.", "fix: Do it."]
    return {"rules/t/r.yaml": "\n".join(filter(None, lines)) + "\n"}


CASES = [
    case(
        "unknown top",
        rule("select:", "selct:"),
        'rules/t/r.yaml:4:1: selct: unknown key | did you mean "select"?',
    ),
    case(
        "engine typo",
        rule("cel:", "cell:"),
        'rules/t/r.yaml:6:3: check.cell: there is no such engine | did you mean "cel"?',
    ),
    case(
        "two engines",
        rule("  cel: 'true'", "  cel: 'true'\n  schema: {}"),
        "rules/t/r.yaml:6:3: check: must have one key, and has cel, schema",
    ),
    case(
        "check not map",
        rule("check:\n  cel: 'true'", "check: true"),
        "rules/t/r.yaml:5:8: check: must be a map, not true",
    ),
    case(
        "check empty",
        rule("check:\n  cel: 'true'", "check: {}"),
        "rules/t/r.yaml:5:8: check: must not be empty",
    ),
    case(
        "severity",
        rule("high", "hihg"),
        'rules/t/r.yaml:2:11: severity: "hihg" is not one of critical, high, medium, low, info',
    ),
    case(
        "severity number",
        rule("severity: high", "severity: 3"),
        "rules/t/r.yaml:2:11: severity: 3 is not one of critical, high, medium, low, info",
    ),
    case(
        "differs",
        rule("fix: Do it.", "fix: Do it.\ndiffers: {Kube Linter: It says more., hadolint: ''}"),
        'rules/t/r.yaml:10:10: differs: "Kube Linter" is not a tool\'s name in lower case with hyphens, '
        "such as zizmor or pod-security-admission",
        "rules/t/r.yaml:10:49: differs.hadolint: must not be empty",
    ),
    case("title missing", rule("title: A title\n", ""), "rules/t/r.yaml:1:1: title: is missing"),
    case("title empty", rule("title: A title", "title: ''"), "rules/t/r.yaml:1:8: title: must not be empty"),
    case(
        "title blank", rule("title: A title", "title: '  '"), "rules/t/r.yaml:1:8: title: must not be empty"
    ),
    case(
        "title null",
        rule("title: A title", "title:"),
        "rules/t/r.yaml:1:7: title: must be a string, not empty",
    ),
    case(
        "two missing",
        rule("why: Because.\nfix: Do it.\n", ""),
        "rules/t/r.yaml:1:1: why: is missing | Why it matters. Markdown.",
        "rules/t/r.yaml:1:1: fix: is missing | How to comply. Markdown.",
    ),
    case(
        "no severity",
        rule("severity: high\n", ""),
        "rules/t/r.yaml:1:1: severity: is missing | critical, high, medium, low or info",
    ),
    case(
        "no kind",
        rule("applies_to: kubernetes/Pod\n", ""),
        "rules/t/r.yaml:1:1: applies_to: is missing | a kind, such as kubernetes/Pod, or several",
    ),
    case(
        "tool with nodes",
        tool("applies_to: kubernetes/Pod\nselect: $.a\nat: a\nreads: [npm/lock]\nunknown: complies"),
        *(
            f"rules/t/r.yaml:{line}:1: {key}: is not for check.checkov, which finds what it judges by itself"
            for line, key in enumerate(("applies_to", "select", "at", "reads", "unknown"), start=3)
        ),
    ),
    case(
        "tool without severity",
        tool(severity=""),
        "rules/t/r.yaml:1:1: severity: is missing",
    ),
    case(
        "tool message",
        tool(message="{self.name} {detial}"),
        "rules/t/r.yaml:4:11: message: unknown placeholder {self.name}",
        'rules/t/r.yaml:4:23: message: unknown placeholder {detial} | did you mean "detail"?',
    ),
    case(
        "tool example",
        tool("examples: {pass: ['a: 1'], fail: [{text: 'a: 1'}, {files: {a.yaml: 'a: 1'}}]}"),
        "rules/t/r.yaml:3:19: examples: has no path"
        " | write {path: NAME, text: ...}: no kind says what the file is called",
        "rules/t/r.yaml:3:35: examples: has no path",
    ),
    case(
        "dup key",
        rule("why: Because.", "why: Because.\nwhy: Again."),
        'rules/t/r.yaml:9:1: The key "why" is given twice in one map, first on line 8; the last one counts.',
    ),
    case(
        "id differs",
        rule("title: A title", "id: t/other\ntitle: A title"),
        'rules/t/r.yaml:1:5: id: is "t/other", and the path says "t/r"',
    ),
    case(
        "id malformed",
        rule("title: A title", "id: T/R\ntitle: A title"),
        'rules/t/r.yaml:1:5: id: "T/R" is not a rule\'s id: a folder and a name, such as kubernetes/run-as-non-root, in lower case with hyphens',  # noqa: E501 - a message is one line
    ),
    case(
        "file name malformed",
        {"rules/t/Bad Name.yaml": RULE},
        "rules/t/Bad Name.yaml:1:1: t/Bad Name: is not a path that a rule may have",
    ),
    case(
        "file at top", {"rules/bad.yaml": RULE}, "rules/bad.yaml:1:1: bad: is not a path that a rule may have"
    ),
    case(
        "jsonpath",
        rule("$.spec.containers[*]", "$.spec.containers[*"),
        "rules/t/r.yaml:4:28: select: not a JSONPath of RFC 9535: unbalanced brackets",
    ),
    case(
        "jsonpath2",
        rule("$.spec.containers[*]", "$.spec[?@.image ==]"),
        "rules/t/r.yaml:4:27: select: not a JSONPath of RFC 9535: unexpected end of expression",
    ),
    case(
        "jsonpath no $",
        rule("$.spec.containers[*]", "spec"),
        'rules/t/r.yaml:4:9: select: "spec" is not a JSONPath, which starts with $',
    ),
    case(
        "jsonpath fn",
        rule("$.spec.containers[*]", "$.spec[?foo(@.a)]"),
        "rules/t/r.yaml:4:17: select: not a JSONPath of RFC 9535: function 'foo' is not defined",
    ),
    case(
        "jsonpath quoted",
        rule("$.spec.containers[*]", '"$.spec.containers[*"'),
        "rules/t/r.yaml:4:29: select: not a JSONPath of RFC 9535: unbalanced brackets",
    ),
    case(
        "message open brace",
        rule("{self.name} is", "{self.name is"),
        "rules/t/r.yaml:7:11: message: a brace stands alone | write {{ or }} for one that is to be seen",
    ),
    case(
        "message closing brace",
        rule("{self.name} is", "{self.name} } {view}"),
        "rules/t/r.yaml:7:23: message: a brace stands alone",
    ),
    case(
        "message doubled and lone",
        rule("{self.name} is", "{{{self.name}}} { {view"),
        "rules/t/r.yaml:7:27: message: a brace stands alone",
    ),
    case(
        "message quoted key",
        rule("{self.name} is", "{self['name']} is"),
        "rules/t/r.yaml:7:11: message: malformed placeholder {self['name']} | write {self.name} or {self.ports[0]}",  # noqa: E501 - a message is one line
    ),
    case(
        "message placeholder",
        rule("{self.name} is", "{slef.name} is"),
        'rules/t/r.yaml:7:11: message: unknown placeholder {slef.name} | did you mean "self"?',
    ),
    case(
        "message empty ph",
        rule("{self.name} is", "{} is"),
        "rules/t/r.yaml:7:11: message: unknown placeholder {}",
    ),
    case(
        "message conv",
        rule("{self.name} is", "{self.name!r:>4} is"),
        "rules/t/r.yaml:7:11: message: malformed placeholder {self.name}",
    ),
    case(
        "message param",
        rule("{self.name} is", "{params.nosuch} is"),
        'rules/t/r.yaml:7:11: message: placeholder {params.nosuch}: there is no parameter "nosuch"',
    ),
    case(
        "at malformed",
        rule("message:", "at: a..b\nmessage:"),
        'rules/t/r.yaml:7:5: at: "a..b" is not a place: names joined by dots (a.b), or a JSON pointer (/a/b)',
    ),
    case(
        "at malformed2",
        rule("message:", "at: $.a\nmessage:"),
        'rules/t/r.yaml:7:5: at: "$.a" is not a place: names joined by dots (a.b), or a JSON pointer (/a/b)',
    ),
    case(
        "at ptr",
        rule("message:", "at: /a/~2\nmessage:"),
        'rules/t/r.yaml:7:5: at: "/a/~2" is not a place: names joined by dots (a.b), or a JSON pointer (/a/b)',  # noqa: E501 - a message is one line
    ),
    case(
        "tags str",
        rule("message:", "tags: security\nmessage:"),
        "rules/t/r.yaml:7:7: tags: must be a list, not a string",
    ),
    case(
        "tags dup",
        rule("message:", "tags: [a, a]\nmessage:"),
        "rules/t/r.yaml:7:7: tags: names something twice",
    ),
    case(
        "tag number",
        rule("message:", "tags: [a, 1]\nmessage:"),
        "rules/t/r.yaml:7:11: tags.1: must be a string, not 1",
    ),
    case(
        "control",
        rule("message:", "controls: [nist-800-53/CM-77]\nmessage:"),
        'rules/t/r.yaml:7:12: controls: there is no control "nist-800-53/CM-77"',
    ),
    case(
        "refs",
        rule("message:", "references: [foo]\nmessage:"),
        'rules/t/r.yaml:7:14: references.0: "foo" is not an absolute URL',
    ),
    case(
        "alias = rule",
        rule("message:", "aliases: [kubernetes/privileged]\nmessage:"),
        'rules/t/r.yaml:7:11: aliases: "kubernetes/privileged" is a name of kubernetes/privileged already',
    ),
    case(
        "alias own",
        {**rule("message:", "aliases: [t/b]\nmessage:"), "rules/t/b.yaml": RULE},
        'rules/t/r.yaml:7:11: aliases: "t/b" is a name of t/b already',
    ),
    case(
        "two aliases",
        {
            **rule("message:", "aliases: [X]\nmessage:"),
            "rules/t/b.yaml": RULE.replace("message:", "aliases: [X]\nmessage:"),
        },
        'rules/t/r.yaml:7:11: aliases: "X" is a name of t/b already',
    ),
    case(
        "replaced_by",
        rule("message:", "replaced_by: kubernetes/privileg\nmessage:"),
        'rules/t/r.yaml:7:14: replaced_by: there is no rule "kubernetes/privileg"',
    ),
    case(
        "deprecated true",
        rule("message:", "deprecated: true\nmessage:"),
        "rules/t/r.yaml:7:13: deprecated: must be a string, not true",
    ),
    case(
        "examples key",
        rule("message:", "examples: {pas: [a]}\nmessage:"),
        'rules/t/r.yaml:7:12: examples.pas: unknown key | did you mean "pass"?',
    ),
    case(
        "example key",
        rule("message:", "examples: {pass: [{txt: a}]}\nmessage:"),
        'rules/t/r.yaml:7:20: examples.pass.0.txt: unknown key | did you mean "text"?',
    ),
    case(
        "example type",
        rule("message:", "examples: {pass: [1]}\nmessage:"),
        "rules/t/r.yaml:7:19: examples.pass.0: must be a string or a map, not 1",
    ),
    case(
        "example str",
        rule("message:", "examples: {pass: foo}\nmessage:"),
        "rules/t/r.yaml:7:18: examples.pass: must be a list, not a string",
    ),
    case(
        "example expect",
        rule("message:", "examples: {fail: [{text: a, expect: [0]}]}\nmessage:"),
        "rules/t/r.yaml:7:38: examples.fail.0.expect.0: must be at least 1, and is 0",
    ),
    case(
        "reads",
        rule("message:", "reads: [a/b]\nmessage:"),
        "rules/t/r.yaml:7:1: reads: is for rules that apply to repository",
    ),
    case(
        "unknown",
        rule("message:", "unknown: fails\nmessage:"),
        'rules/t/r.yaml:7:10: unknown: must be "complies", not "fails"',
    ),
    case(
        "kind",
        rule("kubernetes/Pod", "kuberntes/Pod"),
        'rules/t/r.yaml:3:13: applies_to: no format gives the kind "kuberntes/Pod"',
    ),
    case(
        "kind in small letters",
        rule("kubernetes/Pod", "[kubernetes/Service, kubernetes/deployment]"),
        'rules/t/r.yaml:3:34: applies_to: no format gives the kind "kubernetes/deployment" | kinds of kubernetes begin with a capital letter',  # noqa: E501 - a message is one line
    ),
    case(
        "kind in a closed family",
        rule("kubernetes/Pod", "github-actions/jobs"),
        'rules/t/r.yaml:3:13: applies_to: no format gives the kind "github-actions/jobs" | did you mean "github-actions/job"?',  # noqa: E501 - a message is one line
    ),
    case(
        "reads of an unknown kind",
        rule("applies_to: kubernetes/Pod", "applies_to: repository\nreads: [npm/lock, backstage/component]"),
        'rules/t/r.yaml:4:19: reads: no format gives the kind "backstage/component" | kinds of backstage begin with a capital letter',  # noqa: E501 - a message is one line
    ),
    case(
        "kind list empty",
        rule("applies_to: kubernetes/Pod", "applies_to: []"),
        "rules/t/r.yaml:3:13: applies_to: must not be empty",
    ),
    case(
        "kind num",
        rule("applies_to: kubernetes/Pod", "applies_to: 1"),
        "rules/t/r.yaml:3:13: applies_to: must be a string or a list, not 1",
    ),
    case(
        "since num",
        rule("message:", "since: 0.1\nmessage:"),
        "rules/t/r.yaml:7:8: since: must be a string, not 0.1",
    ),
    case(
        "params list",
        rule("message:", "params: [a]\nmessage:"),
        "rules/t/r.yaml:7:9: params: must be a map, not a list",
    ),
    case("not map", {"rules/t/r.yaml": "- a\n"}, "rules/t/r.yaml:1:1: must be a map of keys and values"),
    case("scalar", {"rules/t/r.yaml": "hello\n"}, "rules/t/r.yaml:1:1: must be a map of keys and values"),
    case("empty", {"rules/t/r.yaml": ""}, "rules/t/r.yaml:1:1: is empty"),
    case("comment only", {"rules/t/r.yaml": "# x\n"}, "rules/t/r.yaml:1:1: is empty"),
    case(
        "two docs",
        {"rules/t/r.yaml": RULE + "---\n" + RULE},
        "rules/t/r.yaml:11:1: a second YAML document starts here | a file holds one",
    ),
    case(
        "syntax",
        {"rules/t/r.yaml": "title: [\n"},
        "rules/t/r.yaml:2:1: This is not YAML: did not find expected node content.",
    ),
    case(
        "tab",
        {"rules/t/r.yaml": "title:\n\ta: b\n"},
        "rules/t/r.yaml:2:1: A tab stands where YAML takes only spaces. | Indent with spaces.",
    ),
    case(
        "latin1", {"rules/t/r.yaml": "title: \xe9".encode("latin1")}, "rules/t/r.yaml:1:8: is not UTF-8 text"
    ),
    case(
        "nul",
        {"rules/t/r.yaml": "title: \0"},
        "rules/t/r.yaml:1:8: The character U+0000 may not stand in YAML.",
    ),
    case("yml", {"rules/t/b.yml": RULE}, "rules/t/b.yml: is not read | call it .yaml"),
    case(
        "builtin id",
        {"rules/kubernetes/privileged.yaml": RULE},
        "rules/kubernetes/privileged.yaml:1:1: there is a built-in rule kubernetes/privileged already",
    ),
    case(
        "many",
        {**rule("severity: high", "severity: hihg\nselct: a"), **policy_("ids", "idz")},
        'policies/p.yaml:4:14: rules.0.select.idz: unknown key | did you mean "ids"?',
        'rules/t/r.yaml:2:11: severity: "hihg" is not one of critical, high, medium, low, info',
        'rules/t/r.yaml:3:1: selct: unknown key | did you mean "select"?',
    ),
    case(
        "xx",
        {"rules/t/r.yaml": RULE.replace("high", "hihg"), "rules/t/b.yaml": RULE.replace("title", "titl")},
        'rules/t/b.yaml:1:1: titl: unknown key | did you mean "title"?',
        'rules/t/r.yaml:2:11: severity: "hihg" is not one of critical, high, medium, low, info',
    ),
]


@pytest.mark.parametrize(("files", "said"), CASES)
def test_a_mistake_is_named(tmp_path: Path, files: Files, said: list[str]) -> None:
    assert told(mistakes(tmp_path, files), said) == said


def test_the_set_that_the_cases_spoil_is_right(tmp_path: Path) -> None:
    assert mistakes(tmp_path, {}) == []
