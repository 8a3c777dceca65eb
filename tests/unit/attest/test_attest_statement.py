"""What is attested, in which words, and what is not attested unless somebody says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.unit.attest.reports_for_attest import (
    COMMIT,
    NOW,
    ORIGIN,
    Bench,
    bench,
    finding,
    report,
    undecided,
)  # fmt: skip

from complygate.attest import Repository, check, policy_uri
from complygate.attest.predicates import DETAILS
from complygate.errors import UsageError
from complygate.model.finding import Disposition, Excuse
from complygate.model.policy import Level
from complygate.model.report import Provenance, Report, Scanned


@pytest.fixture(scope="module")
def desk() -> Bench:
    return bench()


def is_uri(text: str) -> bool:
    return bool(urlsplit(text).scheme) and " " not in text


@pytest.mark.parametrize(
    "made", [report(), report(finding()), report(finding(level=Level.ENFORCE)), undecided()]
)
def test_a_vsa_has_what_slsa_asks_for(desk: Bench, made: Report) -> None:
    """https://slsa.dev/spec/v1.2/verification_summary: required fields, words, and names of extensions."""
    statement = desk.statement(made)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://slsa.dev/verification_summary/v1"
    assert [subject["digest"]["gitCommit"] for subject in statement["subject"]] == [COMMIT]
    said = statement["predicate"]
    known = {"verifier", "timeVerified", "resourceUri", "policy", "verificationResult", "verifiedLevels"}
    assert known <= said.keys()
    assert all(is_uri(name) for name in said.keys() - known)
    assert said.keys().isdisjoint({"inputAttestations", "slsaVersion", "dependencyLevels"})
    assert all(map(is_uri, (said["verifier"]["id"], said["resourceUri"], said["policy"]["uri"])))
    passed = made.verdict.outcome == "pass"
    assert said["verificationResult"] == ("PASSED" if passed else "FAILED")
    assert said["verifiedLevels"] == (["COMPLYGATE_HOUSE_PASSED"] if passed else ["FAILED"])
    assert dt.datetime.fromisoformat(said["timeVerified"]) == NOW
    assert said["policy"]["digest"] == {"sha256": "e" * 64, "gitCommit": ORIGIN.commit}


def test_a_test_result_names_rules(desk: Bench) -> None:
    said = desk.statement(report(finding()), predicate="test-result")["predicate"]
    assert (said["result"], said["passedTests"], said["warnedTests"]) == ("WARNED", ["own/old"], ["own/new"])
    failed = report(finding("own/old", Level.ENFORCE))
    said = desk.statement(failed, predicate="test-result")["predicate"]
    assert (said["result"], said["failedTests"]) == ("FAILED", ["own/old"])
    assert desk.statement(report(), predicate="test-result")["predicate"]["result"] == "PASSED"


def test_an_svr_names_what_passed(desk: Bench) -> None:
    said = desk.statement(report(), predicate="svr")["predicate"]
    assert said["properties"] == ["COMPLYGATE_HOUSE_PASSED"]
    assert said["verifier"]["policies"][0]["uri"] == ORIGIN.source


_PROVENANCE = report().provenance
_CHANGED = replace(_PROVENANCE, changes=("a", "b", "c", "d"))


@pytest.mark.parametrize(
    ("exception", "made", "making", "message"),
    [
        ("changed-files", {"provenance": _CHANGED}, {}, "a, b, c and 1 more"),
        ("changed-files", {"provenance": replace(_PROVENANCE, changes=None)}, {}, "does not say"),
        ("changed-files", {}, {"repository": Repository(COMMIT, ("x",))}, "changed since the scan: x"),
        ("other-commit", {}, {"repository": Repository("5" * 40, ())}, "HEAD is 555"),
        ("other-commit", {}, {"repository": Repository()}, "no work tree here"),
        ("part", {"scanned": Scanned("deploy")}, {}, "a part of the repository"),
        ("part", {"scanned": Scanned("", ("a.yaml",))}, {}, "a part of the repository"),
        ("part", {"scanned": Scanned(imports_only=True)}, {}, "a part of the repository"),
        ("preview", {"as_of": True, "day": dt.date(2025, 1, 1)}, {}, "as of 2025-01-01"),
        ("old-report", {"day": dt.date(2026, 11, 19)}, {}, "is of 2026-11-19"),
        ("old-report", {"day": dt.date(2026, 11, 23)}, {}, "is of 2026-11-23"),
    ],
)  # fmt: skip
def test_an_exception_has_to_be_allowed_at_both_ends(
    desk: Bench, exception: str, made: dict[str, Any], making: dict[str, Any], message: str
) -> None:
    scan = report(**made)
    with pytest.raises(UsageError, match=message) as error:
        desk.statement(scan, **making)
    assert f"--allow {exception}" in error.value.hint
    attested = desk.attested(scan, **making, allowed=frozenset({exception}))
    checked = check(attested, "a", desk.trusted, desk.asked)
    assert any(exception in why and message in why for why in checked.refusals)
    allowing = replace(desk.asked, allowed=frozenset({exception}))
    assert check(attested, "a", desk.trusted, allowing).refusals == ()
    assert ("gitTree" in checked.subject) == (exception != "changed-files")


def test_yesterdays_report_is_as_good(desk: Bench) -> None:
    assert (
        desk.statement(report(day=NOW.date() - dt.timedelta(days=1)))["predicate"][DETAILS]["exceptions"]
        == {}
    )


def test_what_has_no_commit_or_no_name(desk: Bench) -> None:
    with pytest.raises(UsageError, match="is not about a commit"):
        desk.statement(report(provenance=Provenance()))
    nameless = report(provenance=replace(_PROVENANCE, repository=""))
    with pytest.raises(UsageError, match="no remote that others can reach"):
        desk.statement(nameless)
    assert (
        desk.statement(nameless, resource="git+https://x.example/a")["subject"][0]["name"]
        == "git+https://x.example/a"
    )


def test_a_report_and_its_evidence_are_tied(desk: Bench) -> None:
    attested = desk.attested(report(), evidence=(("complygate.sarif", "a" * 64),))
    for digest, refused in (("a" * 64, False), ("b" * 64, True)):
        asked = replace(desk.asked, evidence=(("complygate.sarif", digest),))
        assert bool(check(attested, "a", desk.trusted, asked).refusals) == refused


def test_the_baseline_is_summed_up_by_rule(desk: Bench) -> None:
    known = [
        replace(
            finding(
                "own/old",
                Level.ENFORCE,
                Excuse("baseline", "known before", ".complygate/baseline.json", line),
            ),
            disposition=Disposition.BASELINED,
        )
        for line in range(5, 45)
    ]
    waived = [finding(excuse=Excuse("waiver", "r", "w.yaml", line, approver="s")) for line in (2, 9)]
    (*waivers, baseline) = sorted(
        desk.statement(report(*known, *waived))["predicate"][DETAILS]["excuses"], key=lambda one: -one["line"]
    )
    assert [one["line"] for one in waivers] == [9, 2]
    assert (baseline["how"], baseline["line"], baseline["findings"]) == ("baseline", 0, 40)


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ("builtin:baseline", "builtin:baseline"),
        ("git+file:///a@v1#b", "git+file:///a@v1#b"),
        ("/etc/my policies", "file:/etc/my%20policies"),
        ("house", "file:house"),
    ],
)
def test_a_policy_is_named_by_a_uri(source: str, uri: str) -> None:
    assert policy_uri(source) == uri
    assert is_uri(uri)


def test_the_day_on_which_a_pass_ends_is_the_first_of_them(desk: Bench) -> None:
    said = desk.statement(report(finding()))["predicate"][DETAILS]
    assert said["endsOn"] == "2027-02-01"
    assert desk.statement(report())["predicate"][DETAILS]["endsOn"] is None
