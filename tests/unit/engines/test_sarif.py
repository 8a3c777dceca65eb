"""Imported SARIF: what is read of it, how it is judged, and that nothing in it can hide, crash or mislead."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complygate.engines import sarif
from complygate.errors import CheckError
from complygate.model.problem import ProblemKind
from complygate.model.remark import Answer, Task
from complygate.model.rule import Severity
from complygate.model.source import Files
from complygate.model.tree import Span

TEXT = "jobs:\n  build:\n    steps:\n      - uses: actions/checkout@v4\n"
PATH = ".github/workflows/ci.yml"
ALL = {"tool": "zizmor", "rule": "*"}


def result(**more: Any) -> dict[str, Any]:
    region = {"startLine": 4, "startColumn": 9, "endLine": 4, "endColumn": 34}
    place = {"artifactLocation": {"uri": PATH}, "region": region}
    return {
        "ruleId": "zizmor/unpinned-uses",
        "message": {"text": "not pinned"},
        "locations": [{"physicalLocation": place}],
        **more,
    }


def log(*results: dict[str, Any], tool: str = "zizmor", rules: Any = (), **run: Any) -> dict[str, Any]:
    driver = {"name": tool, "rules": list(rules)}
    return {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results), **run}]}


@pytest.fixture
def tree(tmp_path: Path) -> Files:
    root = tmp_path / "tree"
    (root / PATH).parent.mkdir(parents=True)
    (root / PATH).write_text(TEXT)
    (root / "wide.py").write_text("x = '\U0001f600' + y\n")
    return Files(root, frozenset({PATH, "wide.py"}))


def judge(tree: Files, *files: Any, **checks: dict[str, Any]) -> Answer:
    paths = []
    for number, data in enumerate(files):
        path = tree.root.parent / f"{number}.sarif"
        path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
        paths.append(path)
    asked = {
        name.replace("_", "/"): sarif.ask(check, {}) for name, check in (checks or {"ci_all": ALL}).items()
    }
    return sarif.run(Task(tree, asked, imports=tuple(paths)))


def messages(answer: Answer) -> str:
    return "\n".join(problem.message for problem in answer.problems)


def test_a_result_keeps_its_place_its_words_and_its_names(tree: Files) -> None:
    answer = judge(tree, log(result(partialFingerprints={"hash/v1": "abc"}, fingerprints={"id": "7"})))
    (remark,) = answer.remarks
    assert not answer.problems
    assert (remark.rule, remark.path, remark.span) == ("ci/all", PATH, Span(4, 9, 4, 34))
    assert (remark.detail, remark.check) == ("not pinned", "zizmor/unpinned-uses")
    assert remark.fingerprints == {"hash/v1": "abc", "id": "7"}
    assert answer.judged == {"ci/all": 1}


@pytest.mark.parametrize(
    ("glob", "taken"),
    [
        ("unpinned-*", True),
        ("zizmor/unpinned-*", True),
        ("*", True),
        (["x", "unpinned-uses"], True),
        ("pinned", False),
    ],
)
def test_rules_take_results_by_glob(tree: Files, glob: Any, taken: bool) -> None:
    answer = judge(tree, log(result()), ci_some={"tool": "Zizmor", "rule": glob})
    assert bool(answer.remarks) is taken
    assert [notice.message for notice in answer.notices] == (
        [] if taken else ["no rule of the policy asks for 1 results of zizmor: unpinned-uses"]
    )


def test_the_rule_that_asks_most_exactly_gets_the_result(tree: Files) -> None:
    rules = {
        "ci_all": ALL,
        "ci_near": {"tool": "*", "rule": "unpinned-*"},
        "ci_own": {"tool": "*", "rule": "unpinned-uses"},
    }
    assert [remark.rule for remark in judge(tree, log(result()), **rules).remarks] == ["ci/own"]


@pytest.mark.parametrize(
    ("more", "rule", "severity"),
    [
        ({"properties": {"security-severity": "9.1"}, "level": "note"}, {}, Severity.CRITICAL),
        ({"level": "note"}, {"properties": {"security-severity": 7}}, Severity.HIGH),
        ({"level": "error"}, {"properties": {"security-severity": "a lot"}}, Severity.HIGH),
        ({"level": "warning"}, {}, Severity.MEDIUM),
        ({}, {"defaultConfiguration": {"level": "note"}}, Severity.LOW),
        ({"level": "none"}, {}, Severity.INFO),
        ({}, {}, Severity.MEDIUM),
        ({"properties": {"security-severity": "0.0"}}, {}, Severity.INFO),
        ({"properties": {"security-severity": "NaN"}, "level": "error"}, {}, Severity.HIGH),
    ],
)
def test_severity_is_the_score_then_the_level(
    tree: Files, more: dict[str, Any], rule: dict[str, Any], severity: Severity
) -> None:
    answer = judge(tree, log(result(ruleIndex=0, **more), rules=[{"id": "zizmor/unpinned-uses", **rule}]))
    assert [remark.severity for remark in answer.remarks] == [severity]


@pytest.mark.parametrize("more", [{"kind": "pass"}, {"kind": "notApplicable"}, {"baselineState": "absent"}])
def test_what_passed_or_is_gone_is_no_violation(tree: Files, more: dict[str, Any]) -> None:
    assert not judge(tree, log(result(**more))).remarks


@pytest.mark.parametrize(
    ("suppressions", "skipped"),
    [
        ([{"kind": "inSource", "justification": "known"}], True),
        ([{"kind": "external", "status": "accepted"}], True),
        ([{"kind": "external", "status": "rejected"}], False),
        ([{"kind": "inSource"}, {"kind": "external", "status": "underReview"}], False),
        ([], False),
        ("all", False),
    ],
)
def test_a_suppression_comes_along_and_hides_nothing(tree: Files, suppressions: Any, skipped: bool) -> None:
    (remark,) = judge(tree, log(result(suppressions=suppressions))).remarks
    assert bool(remark.skip) is skipped


@pytest.mark.parametrize(
    "uri",
    [
        PATH,
        f"./{PATH}",
        ".github/workflows/../workflows/ci.yml",
        ".github%2Fworkflows/ci.yml",
        r".github\workflows\ci.yml",
        "FILE",
    ],
)
def test_a_file_is_found_however_it_is_written(tree: Files, uri: str) -> None:
    uri = (tree.root / PATH).as_uri() if uri == "FILE" else uri
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}
    (remark,) = judge(tree, log(result(locations=[{"physicalLocation": place}]))).remarks
    assert (remark.path, remark.span) == (PATH, Span(1, 0, 1, 0))


def test_bases_and_artifacts_lead_to_the_file(tree: Files) -> None:
    bases = {"WORK": {"uri": "workflows/", "uriBaseId": "TOP"}, "TOP": {"uri": ".github/"}}
    listed = [{"location": {"uri": "ci.yml", "uriBaseId": "WORK"}}]
    place = {"physicalLocation": {"artifactLocation": {"index": 0}, "region": {"startLine": 2}}}
    answer = judge(tree, log(result(locations=[place]), artifacts=listed, originalUriBaseIds=bases))
    assert [remark.path for remark in answer.remarks] == [PATH]


@pytest.mark.parametrize(
    "uri",
    [
        "nowhere.yml",
        "../../etc/passwd",
        "/etc/passwd",
        "https://example.com/ci.yml",
        "file://[",
        "\x1b[31m",
        "a" * 9999,
    ],
)
def test_a_file_that_is_not_in_the_tree_is_a_problem_that_names_the_result(tree: Files, uri: str) -> None:
    place = {"artifactLocation": {"uri": uri}}
    answer = judge(tree, log(result(locations=[{"physicalLocation": place}])))
    (problem,) = answer.problems
    assert not answer.remarks
    assert problem.kind is ProblemKind.ENGINE_ERROR
    assert "unpinned-uses" in problem.message
    assert problem.message.isprintable()
    assert len(problem.message) <= 400


@pytest.mark.parametrize(
    "locations", [[], None, [None], [{"physicalLocation": 3}], [{"logicalLocations": []}]]
)
def test_a_result_without_a_file_is_a_problem(tree: Files, locations: Any) -> None:
    answer = judge(tree, log(result(locations=locations)))
    assert "it names no file" in messages(answer)


@pytest.mark.parametrize("line", [900, 0, -3])
def test_a_line_that_is_not_there_is_a_problem_and_the_finding_stays(tree: Files, line: int) -> None:
    place = {"artifactLocation": {"uri": PATH}, "region": {"startLine": line}}
    answer = judge(tree, log(result(locations=[{"physicalLocation": place}])))
    assert [(remark.path, remark.span) for remark in answer.remarks] == [(PATH, None)]
    assert f"has no line {line}" in messages(answer)


def test_columns_in_utf16_become_code_points(tree: Files) -> None:
    region = {"startLine": 1, "startColumn": 11, "endColumn": 12}
    place = {"artifactLocation": {"uri": "wide.py"}, "region": region}
    spans = []
    for kind in ("utf16CodeUnits", "unicodeCodePoints"):
        (remark,) = judge(tree, log(result(locations=[{"physicalLocation": place}]), columnKind=kind)).remarks
        spans.append(remark.span)
    assert spans == [Span(1, 10, 1, 11), Span(1, 11, 1, 12)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "is not JSON"),
        (b"", "is not JSON"),
        (b"\xff\xfe{\x00", "is not"),
        (b"\x1f\x8b\x08", "is compressed"),
        (b"[]", "is not SARIF"),
        (b'{"version": "2.1.0"}', "is not SARIF"),
        (b'{"version": "1.0.0", "runs": [{}]}', "is not SARIF 2.1.0"),
        (b'{"version": "2.1.0", "runs": []}', "holds no run"),
        (b'{"version": "2.1.0", "runs": [], "runs": [{}]}', "given twice"),
        (b'{"version": "2.1.0", "runs": [NaN]}', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_not_sarif_is_a_problem(tree: Files, data: bytes, said: str) -> None:
    answer = judge(tree, data)
    assert said in messages(answer)
    assert ProblemKind.NOT_IMPORTED in {problem.kind for problem in answer.problems}


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ({"results": None}, "has no list of results"),
        ({"invocations": [{"executionSuccessful": False}]}, "did not run to its end"),
        (
            {
                "invocations": [
                    {"toolExecutionNotifications": [{"level": "error", "message": {"text": "boom"}}]}
                ]
            },
            "an error of its own: boom",
        ),
        ({"externalPropertyFileReferences": {"results": [{}]}}, "in other files"),
        ({"results": [3, None]}, "2 results of zizmor are not maps"),
    ],
)
def test_a_run_that_is_not_whole_is_a_problem(tree: Files, run: dict[str, Any], said: str) -> None:
    data = log()
    data["runs"][0].update(run)
    assert said in messages(judge(tree, data))


def test_a_run_without_results_is_no_problem(tree: Files) -> None:
    answer = judge(tree, log())
    assert (answer.problems, answer.remarks) == ([], [])


def test_results_that_should_be_there_are_missed_once_for_each_tool(tree: Files) -> None:
    rules = {"a_one": ALL, "a_two": {"tool": "zizmor", "rule": "x"}, "b_one": {"tool": "trivy", "rule": "*"}}
    problems = judge(tree, **rules).problems
    assert [(p.kind, p.count, p.rule) for p in problems] == [
        (ProblemKind.NOT_IMPORTED, 1, "b/one"),
        (ProblemKind.NOT_IMPORTED, 2, ""),
    ]


@pytest.mark.parametrize(
    ("check", "pointer"),
    [
        ("zizmor", "/sarif"),
        ({"tool": "zizmor"}, "/sarif"),
        ({"tool": [], "rule": "*"}, "/sarif/tool"),
        ({"tool": "a", "rule": ""}, "/sarif/rule"),
        ({"tool": "a", "rules": "*"}, "/sarif"),
        ({"tool": "a", "rule": ["*", 1]}, "/sarif/rule"),
    ],
)
def test_a_check_names_a_tool_and_a_rule(check: Any, pointer: str) -> None:
    with pytest.raises(CheckError) as caught:
        sarif.ask(check, {})
    assert caught.value.pointer == pointer


WHOLE = log(
    result(
        ruleIndex=0, suppressions=[{"kind": "inSource"}], rule={"index": 0, "toolComponent": {"index": 0}}
    ),
    rules=[{"id": "zizmor/unpinned-uses", "properties": {"security-severity": "5"}}],
    invocations=[{"executionSuccessful": True, "toolExecutionNotifications": []}],
    artifacts=[{"location": {"uri": PATH}}],
    originalUriBaseIds={"TOP": {"uri": "./"}},
)
GARBAGE: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        -1,
        10**30,
        1.5,
        "",
        "\x00",
        "\ud83d",
        "x",
        [],
        {},
        [[]],
        [None],
        {"": None},
        {"uri": 3},
        "9" * 400,
    ]
)


def places_in(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [at, *(place for key, inner in children for place in places_in(inner, (*at, key)))]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.sampled_from(places_in(WHOLE)[1:]), garbage=GARBAGE)
def test_garbage_anywhere_is_a_finding_or_a_problem_never_silence(
    tree: Files, at: tuple[Any, ...], garbage: Any
) -> None:
    data: Any = copy.deepcopy(WHOLE)
    holder = data
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = garbage
    answer = judge(tree, json.dumps(data).encode("utf-8", "surrogatepass"))
    assert answer.remarks or answer.problems or answer.notices or _says_nothing_is_wrong(at, garbage)
    assert all(problem.message.isprintable() for problem in answer.problems)


def _says_nothing_is_wrong(at: tuple[Any, ...], garbage: Any) -> bool:
    """Tell whether the garbage made the file say, in good form, that there are no results."""
    return at == ("runs", 0, "results") and garbage == []


def test_a_list_of_weaknesses_in_another_file_is_not_missed(tree: Files) -> None:
    elsewhere = {"taxonomies": [{"location": {"uri": "https://cwe.example/cwe.sarif"}, "guid": "x"}]}
    assert judge(tree, log(result(), externalPropertyFileReferences=elsewhere)).problems == []


def test_a_column_behind_the_line_is_a_problem_and_the_finding_stays(tree: Files) -> None:
    wrong = result()
    wrong["locations"][0]["physicalLocation"]["region"] = {"startLine": 4, "startColumn": 400}
    answer = judge(tree, log(wrong))
    assert "no such columns" in messages(answer)
    assert [remark.span for remark in answer.remarks] == [Span(4, 0, 4, 0)]


def test_a_character_s_number_is_a_line(tree: Files) -> None:
    there, gone = result(), result()
    there["locations"][0]["physicalLocation"]["region"] = {"charOffset": TEXT.index("uses"), "charLength": 4}
    gone["locations"][0]["physicalLocation"]["region"] = {"charOffset": 9999}
    answer = judge(tree, log(there, gone))
    assert answer.remarks[0].span == Span(4, 9, 4, 34)
    assert "no character 9999" in messages(answer)


def test_an_invocation_may_give_a_rule_another_level(tree: Files) -> None:
    override = {"descriptor": {"id": "zizmor/unpinned-uses"}, "configuration": {"level": "note"}}
    answer = judge(tree, log(result(), invocations=[{"ruleConfigurationOverrides": [override]}]))
    assert answer.remarks[0].severity is Severity.LOW


def test_arguments_do_not_multiply(tree: Files) -> None:
    message = {"text": "{0}" * 100_000, "arguments": ["x" * 100_000]}
    answer = judge(tree, log(result(message=message)))
    assert len(answer.remarks[0].detail) <= 400


def test_what_is_not_listed_is_counted(tree: Files) -> None:
    answer = judge(tree, log(*(result(locations=[]) for _ in range(150))))
    assert "50 more" in messages(answer)
