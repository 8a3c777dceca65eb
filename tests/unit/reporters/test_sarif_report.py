from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
import sarif_om as om
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reporters import reports

from complygate.model.policy import Level
from complygate.model.report import Provenance, Report
from complygate.model.rule import Severity
from complygate.reporters import _sarif_message, _sarif_model, _sarif_results, sarif

REPORTS = ("empty", "rich", "undecided", "baselined", "hostile")


def run_of(report: Report, profile: str = "full") -> dict[str, Any]:
    out = io.StringIO()
    sarif.render(report, out, profile=profile)
    (run,) = json.loads(out.getvalue())["runs"]
    found: dict[str, Any] = run
    return found


def interpolated(template: str, arguments: list[str]) -> str:
    """Do what SARIF 2.1.0 (3.11.5) says of placeholders."""

    def fill(match: re.Match[str]) -> str:
        return {"{{": "{", "}}": "}"}.get(match[0]) or arguments[int(match[1])]

    return re.sub(r"\{\{|\}\}|\{(\d+)\}", fill, template)


@pytest.mark.parametrize("profile", sarif.PROFILES)
@pytest.mark.parametrize("which", REPORTS)
def test_text_and_template_of_a_message_agree(which: str, profile: str) -> None:
    run = run_of(getattr(reports, which)(), profile)
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        message = result["message"]
        template = rules[result["ruleIndex"]]["messageStrings"][message["id"]]["text"]
        assert interpolated(template, message["arguments"]) == message["text"]
        assert message["text"].endswith(".")


@pytest.mark.parametrize("profile", sarif.PROFILES)
@pytest.mark.parametrize("which", REPORTS)
def test_indices_lead_where_the_ids_say(which: str, profile: str) -> None:
    run = run_of(getattr(reports, which)(), profile)
    driver = run["tool"]["driver"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    for note in run["invocations"][0].get("toolExecutionNotifications", []):
        assert driver["notifications"][note["descriptor"]["index"]]["id"] == note["descriptor"]["id"]
    for rule in driver["rules"]:
        for relation in rule.get("relationships", []):
            target = relation["target"]
            taxonomy = run["taxonomies"][target["toolComponent"]["index"]]
            assert taxonomy["guid"] == target["toolComponent"]["guid"]
            assert taxonomy["taxa"][target["index"]]["id"] == target["id"]


@pytest.mark.parametrize("which", REPORTS)
def test_the_github_profile_holds_only_what_code_scanning_may_show(which: str) -> None:
    report = getattr(reports, which)()
    run = run_of(report, "github")
    assert len(run["results"]) == report.verdict.blocking + report.verdict.warning
    for result in run["results"]:
        assert result["kind"] == "fail"
        assert not {"suppressions", "baselineState", "properties"} & result.keys()
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"]
        assert result["partialFingerprints"]
    assert "taxonomies" not in run


@pytest.mark.parametrize("which", REPORTS)
def test_the_full_profile_holds_every_finding_with_its_suppressions(which: str) -> None:
    report = getattr(reports, which)()
    run = run_of(report)
    assert len(run["results"]) == len(report.findings)
    suppressed = sum(bool(result["suppressions"]) for result in run["results"])
    assert suppressed == report.verdict.waived + report.verdict.baselined


def test_a_suppression_tells_who_where_and_why() -> None:
    results = run_of(reports.rich())["results"]
    found = {s["justification"]: s for r in results for s in r["suppressions"]}
    inline, waived = found["replaced in spring"], found["node agent"]
    assert (inline["kind"], inline["status"]) == ("inSource", "accepted")
    assert inline["location"]["physicalLocation"]["region"] == {"startLine": 11}
    assert waived["kind"] == "external"
    assert waived["properties"] == {
        "how": "waiver",
        "until": "2027-03-01",
        "approver": "security",
        "writtenIn": "waivers/agents.yaml:3",
    }
    assert "location" not in waived  # it is in the policy set, and not in the scanned tree


def test_baseline_state_is_told_only_where_there_is_a_baseline() -> None:
    assert {r["baselineState"] for r in run_of(reports.baselined())["results"]} == {"unchanged"}
    assert not any("baselineState" in r for r in run_of(reports.rich())["results"])


def test_github_gets_the_worst_of_too_many_results_and_is_told() -> None:
    report = reports.many(5200)
    run = run_of(report, "github")
    assert len(run["results"]) == 5000
    kept = sum(result["level"] == "error" for result in run["results"])
    assert kept == report.verdict.blocking
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "200 results left out: the worst are in the file."
    assert len(run_of(report)["results"]) == 5200


@pytest.mark.parametrize(
    ("level", "severity", "expected"),
    [
        (Level.ENFORCE, Severity.LOW, "error"),
        (Level.ENFORCE, Severity.CRITICAL, "error"),
        (Level.WARN, Severity.CRITICAL, "warning"),
        (Level.WARN, Severity.LOW, "note"),
        (Level.AUDIT, Severity.CRITICAL, "note"),
    ],
)
def test_the_level_of_a_result_is_what_the_finding_does(
    level: Level, severity: Severity, expected: str
) -> None:
    finding = replace(reports.findings()[0], level=level, severity=severity)
    assert _sarif_results.level(finding) == expected


def test_a_level_that_equals_the_default_is_still_written() -> None:
    result = om.Result(message=om.Message(text="x"), level="warning", kind="fail")
    assert _sarif_model.plain(result) == {"message": {"text": "x"}, "kind": "fail", "level": "warning"}


def test_sentinels_are_left_out_and_empty_lists_kept() -> None:
    result = om.Result(message=om.Message(text="x"), suppressions=[], rule_index=-1, rank=-1.0)
    assert _sarif_model.plain(result)["suppressions"] == []
    assert not {"ruleIndex", "rank"} & _sarif_model.plain(result).keys()


@pytest.mark.parametrize(
    ("which", "successful", "code"),
    [("empty", True, 0), ("rich", True, 1), ("undecided", False, 3), ("hostile", False, 1)],
)
def test_an_incomplete_scan_is_no_success_and_a_violation_is(which: str, successful: bool, code: int) -> None:
    (invocation,) = run_of(getattr(reports, which)())["invocations"]
    assert invocation["executionSuccessful"] is successful
    assert invocation["exitCode"] == code


def test_problems_that_block_are_errors_and_others_warnings() -> None:
    def levels(report: Report) -> set[tuple[str, str]]:
        (invocation,) = run_of(report)["invocations"]
        return {(n["descriptor"]["id"], n["level"]) for n in invocation["toolExecutionNotifications"]}

    assert levels(reports.undecided()) == {("parse-error", "error"), ("engine-error", "error")}
    assert levels(reports.rich()) == {
        ("not-rendered", "warning"),
        ("unknown-value", "warning"),
        ("scan-notice", "note"),
    }


def test_a_rule_carries_score_tags_and_help() -> None:
    rules = {rule["id"]: rule for rule in run_of(reports.rich())["tool"]["driver"]["rules"]}
    rule = rules["kubernetes/run-as-non-root"]
    assert rule["name"] == "KubernetesRunAsNonRoot"
    assert rule["properties"]["security-severity"] == "8.0"
    assert rule["properties"]["tags"][:3] == ["security", "external/cwe/cwe-250", "nist-800-53/CM-7"]
    for part in ("**Containers run", "How to fix", "runAsNonRoot: true", "NIST SP 800-53", "<https://"):
        assert part in rule["help"]["markdown"]
    assert "# expect" not in rule["help"]["markdown"]
    assert "**" not in rule["help"]["text"]


def test_a_rule_for_information_is_no_security_rule() -> None:
    rules = {rule["id"]: rule for rule in run_of(reports.rich())["tool"]["driver"]["rules"]}
    properties = rules["kubernetes/no-host-network"]["properties"]
    assert "security-severity" not in properties
    assert "security" not in properties["tags"]


def test_github_limits_of_a_rule_are_kept() -> None:
    long = reports.rule(
        "kubernetes/" + "very-" * 100 + "long",
        title="long " * 300,
        why="because " * 500,
        tags=tuple(f"tag-{n}" for n in range(30)),
    )
    (rule,) = run_of(reports.report(reports.policy(reports.effective(long))))["tool"]["driver"]["rules"]
    assert len(rule["name"]) <= 255
    assert len(rule["shortDescription"]["text"]) <= 1024
    assert len(rule["fullDescription"]["text"]) <= 1024
    assert len(rule["properties"]["tags"]) == 10


def test_provenance_is_told_without_credentials_or_not_at_all() -> None:
    (control,) = run_of(reports.rich())["versionControlProvenance"]
    assert control["repositoryUri"] == "https://github.com/shop/storefront.git"
    assert control["mappedTo"] == {"uriBaseId": "SRCROOT"}
    local = replace(reports.rich(), provenance=Provenance("/srv/git/shop.git", "4b825dc"))
    assert "versionControlProvenance" not in run_of(local)


def test_the_category_is_left_to_whoever_uploads() -> None:
    assert "automationDetails" not in run_of(reports.rich())


def test_paths_are_relative_uris() -> None:
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run_of(reports.rich())["results"]
    }
    assert "k8s/web%20deployment.yaml" in uris
    whole = replace(reports.findings()[0], region=replace(reports.findings()[0].region, path=""))
    result = run_of(reports.report(reports.rich().policy, [whole]))["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "."


def test_a_redacted_place_has_a_context_without_the_text() -> None:
    finding = reports.findings()[0]
    hidden = replace(finding.region, snippet="[redacted]", context=None, context_snippet="")
    result = run_of(reports.report(reports.rich().policy, [replace(finding, region=hidden)]))["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place["contextRegion"]["startColumn"] < place["region"]["startColumn"]
    assert place["contextRegion"]["snippet"] == {"text": "[redacted]"}


@given(
    st.lists(st.text(alphabet="ab '{}[]\\`.", max_size=6), min_size=1, max_size=5),
    st.text(alphabet="xy {}'.[", max_size=5),
)
def test_any_template_gives_the_text_that_it_interpolates_to(literals: list[str], value: str) -> None:
    def braces(part: str) -> str:
        return part.replace("{", "{{").replace("}", "}}")

    rule = reports.rule("a/b", message="{value}".join(map(braces, literals)))
    finding = replace(reports.findings()[0], message=value.join(literals))
    message = _sarif_message.message(finding, rule)
    template = _sarif_message.strings(rule)[message.id].text
    assert interpolated(template, message.arguments) == message.text


@given(st.text(max_size=60))
def test_any_words_give_a_pascal_case_name(words: str) -> None:
    assert re.fullmatch(r"([A-Z][a-z0-9]+)+", _sarif_model.pascal(words))
