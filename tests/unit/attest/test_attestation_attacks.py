"""What somebody would try with an attestation, each refused with a reason."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.attest.reports_for_attest import (
    COMMIT,
    NOW,
    ORIGIN,
    TREE,
    Bench,
    as_json,
    bench,
    envelope,
    finding,
    private_key,
    report,
    undecided,
)  # fmt: skip

from complygate import __version__
from complygate.attest import check, dsse, read_report, signed
from complygate.attest.predicates import DETAILS, PREDICATES
from complygate.errors import UndecidedError, UsageError
from complygate.model.finding import Excuse
from complygate.model.policy import Level

FORMS = list(PREDICATES)


@pytest.fixture(scope="module")
def desk() -> Bench:
    return bench()


def repacked(attestation: bytes, **changed: Any) -> bytes:
    return json.dumps(envelope(attestation) | changed).encode()


def payload_of(attestation: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(base64.b64decode(envelope(attestation)["payload"]))
    return data


def refusals(desk: Bench, content: bytes, **asked: Any) -> str:
    return "\n".join(check(content, "a", desk.trusted, replace(desk.asked, **asked)).refusals)


def not_believed(desk: Bench, content: bytes, message: str) -> None:
    with pytest.raises(UndecidedError, match=message):
        check(content, "a.intoto.jsonl", desk.trusted, desk.asked)


@pytest.mark.parametrize("form", FORMS)
def test_a_passing_scan_lets_its_commit_be_deployed(desk: Bench, form: str) -> None:
    checked = check(desk.attested(report(), predicate=form), "a", desk.trusted, desk.asked)
    assert checked.refusals == ()
    assert checked.subject == {"gitCommit": COMMIT, "gitTree": TREE}
    assert checked.claim.details["policy"]["origin"]["signer"] == ORIGIN.signer


class TestTheEnvelope:
    def test_an_altered_payload(self, desk: Bench) -> None:
        good = desk.attested(report(finding(level=Level.ENFORCE)))
        text = json.dumps(payload_of(good)).replace("FAILED", "PASSED").replace('"fail"', '"pass"')
        not_believed(
            desk, repacked(good, payload=base64.b64encode(text.encode()).decode()), "not signed by a trusted"
        )

    @pytest.mark.parametrize("kind", ["application/json", "application/vnd.in-toto+json "])
    def test_an_altered_payload_type(self, desk: Bench, kind: str) -> None:
        not_believed(desk, repacked(desk.attested(report()), payloadType=kind), "is no in-toto statement")

    def test_another_payload_type_that_is_signed(self, desk: Bench) -> None:
        statement = json.dumps(desk.statement(report())).encode()
        signature = desk.key.sign(dsse.pae("text/plain", statement))
        line = dsse.write(dsse.Envelope("text/plain", statement, (("", signature),)))
        not_believed(desk, line.encode(), "is no in-toto statement")
        moved = dsse.write(dsse.Envelope(dsse.PAYLOAD_TYPE, statement, (("", signature),)))
        not_believed(desk, moved.encode(), "not signed by a trusted key")

    def test_a_signature_over_the_payload_alone(self, desk: Bench) -> None:
        statement = json.dumps(desk.statement(report())).encode()
        line = dsse.write(dsse.Envelope(dsse.PAYLOAD_TYPE, statement, (("", desk.key.sign(statement)),)))
        not_believed(desk, line.encode(), "not signed by a trusted key")

    def test_another_key_under_the_trusted_keys_id(self, desk: Bench) -> None:
        other = signed(desk.statement(report()), private_key()).encode()
        entry = envelope(other)["signatures"][0] | {"keyid": desk.key.public.keyid}
        not_believed(desk, repacked(other, signatures=[entry]), "not signed by a trusted key")

    def test_several_signatures(self, desk: Bench) -> None:
        good, statement = desk.attested(report()), desk.statement(report())
        others = [envelope(signed(statement, private_key()).encode())["signatures"][0] for _ in range(3)]
        both = repacked(good, signatures=[*others, *envelope(good)["signatures"]])
        assert check(both, "a", desk.trusted, desk.asked).key == desk.trusted[0]
        not_believed(desk, repacked(good, signatures=others), "not signed by a trusted key")
        not_believed(desk, repacked(good, signatures=others * 6), "more than 16 signatures")
        not_believed(desk, repacked(good, signatures=[]), "no signatures")

    @pytest.mark.parametrize("key", ["payload", "payloadType", "signatures"])
    def test_a_key_named_twice(self, desk: Bench, key: str) -> None:
        good = desk.attested(report()).decode().strip()
        data = json.loads(good)
        not_believed(desk, f"{good[:-1]},{json.dumps(key)}:{json.dumps(data[key])}}}".encode(), "twice")

    def test_a_key_named_twice_in_what_is_signed(self, desk: Bench) -> None:
        text = json.dumps(desk.statement(report(finding(level=Level.ENFORCE))))
        text = text.replace(
            '"verificationResult": "FAILED"', '"verificationResult": "FAILED", "verificationResult": "PASSED"'
        )
        signature = desk.key.sign(dsse.pae(dsse.PAYLOAD_TYPE, text.encode()))
        line = dsse.write(dsse.Envelope(dsse.PAYLOAD_TYPE, text.encode(), (("", signature),)))
        not_believed(desk, line.encode(), "'verificationResult' twice")

    def test_several_attestations_in_one_file(self, desk: Bench) -> None:
        failed = desk.attested(report(finding(level=Level.ENFORCE)))
        not_believed(desk, failed + desk.attested(report()), "holds 2 attestations")

    @pytest.mark.parametrize(
        "content",
        [
            b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b"NaN",
            b'{"payload": 1, "payloadType": "x", "signatures": [1]}',
            b'{"payload": "!!", "payloadType": "x", "signatures": [{"sig": "AA=="}]}',
            b'{"payload": "A", "payloadType": "x", "signatures": [{"sig": "AA=="}]}',
            b'{"payload": "AA==", "payloadType": "x", "signatures": [{"keyid": 1, "sig": "AA=="}]}',
            b'{"x": ' + b"9" * 10_000 + b"}",
        ],
    )  # fmt: skip
    def test_what_is_no_envelope(self, desk: Bench, content: bytes) -> None:
        not_believed(desk, content, "is not a DSSE envelope")

    def test_a_huge_file(self, desk: Bench) -> None:
        not_believed(desk, b" " * (dsse.MAX_BYTES + 1), "is larger than")

    @given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
    def test_no_bit_can_be_turned(self, desk: Bench, at: int, bit: int) -> None:
        """Whatever bit is turned: not believed, or believed and the same (a key id is only a hint)."""
        good = desk.attested(report(finding(level=Level.ENFORCE)))
        turned = bytearray(good)
        turned[at % len(good)] ^= 1 << bit
        try:
            checked = check(bytes(turned), "a", desk.trusted, desk.asked)
        except UndecidedError:
            return
        assert checked.claim == check(good, "a", desk.trusted, desk.asked).claim


class TestTheStatement:
    def test_another_commit(self, desk: Bench) -> None:
        good = desk.attested(report())
        assert "is deployed" in refusals(desk, good, commit="5" * 40)
        assert "is about tree" in refusals(desk, good, tree="5" * 40)
        assert refusals(desk, good, commit="", tree=TREE) == ""

    def test_another_policy(self, desk: Bench) -> None:
        good = desk.attested(report())
        assert "is asked for" in refusals(desk, good, policy="builtin:baseline")
        assert "is asked for" in refusals(
            desk, good, policy="git+https://git.example.com/security/policies@v3"
        )
        assert "is asked for" in refusals(desk, good, policy="git+https://git.example.com/*@v2")
        assert "is asked for" in refusals(desk, good, policy="*")
        assert refusals(desk, good, policy="git+https://git.example.com/security/policies@*") == ""
        assert "digest was" in refusals(desk, good, policy_digest="sha256:" + "0" * 64)
        for digest in ("sha256:" + "e" * 64, "E" * 64, ORIGIN.digest):
            assert refusals(desk, good, policy="", policy_digest=digest) == ""
        assert "mallory@example.com is asked for" in refusals(desk, good, policy_signer="mallory@example.com")
        assert refusals(desk, good, policy_signer=ORIGIN.signer) == ""

    @pytest.mark.parametrize("form", FORMS)
    def test_another_repository_and_another_verifier(self, desk: Bench, form: str) -> None:
        good = desk.attested(report(), predicate=form)
        assert refusals(desk, good, resource="git+https://git.example.com/team/app") == ""
        assert "not git+https" in refusals(desk, good, resource="git+https://git.example.com/team/other")
        assert "verifier calls itself" in refusals(desk, good, verifier="https://ci.example.com")

    def test_an_expired_one_and_one_from_the_future(self, desk: Bench) -> None:
        good = desk.attested(report())
        day = dt.timedelta(days=1)
        assert refusals(desk, good, now=NOW + 30 * day) == ""
        assert "31 days old" in refusals(desk, good, now=NOW + 31 * day)
        assert "yet to come" in refusals(desk, good, now=NOW - day)

    def test_the_calendar_that_went_on(self, desk: Bench) -> None:
        """A finding that warned at the scan blocks from 2027-02-01: a young statement is no help then."""
        good = desk.attested(report(finding()))
        far = dt.timedelta(days=400)
        before, after = dt.datetime(2027, 1, 31, tzinfo=dt.UTC), dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
        assert refusals(desk, good, now=before, max_age=far) == ""
        assert "it ended on 2027-02-01" in refusals(desk, good, now=after, max_age=far)

    def test_the_end_of_a_waiver(self, desk: Bench) -> None:
        excuse = Excuse("waiver", "because", "waivers/a.yaml", 3, dt.date(2026, 12, 1), "security")
        good = desk.attested(report(finding("own/old", Level.ENFORCE, excuse)))
        far = dt.timedelta(days=400)
        assert refusals(desk, good, now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC), max_age=far) == ""
        after = refusals(desk, good, now=dt.datetime(2026, 12, 2, tzinfo=dt.UTC), max_age=far)
        assert "it ended on 2026-12-02" in after
        assert payload_of(good)["predicate"][DETAILS]["excuses"][0]["approver"] == "security"

    @pytest.mark.parametrize("made", [report(finding(level=Level.ENFORCE)), undecided()])
    @pytest.mark.parametrize("form", ["vsa", "test-result"])
    def test_a_failed_one(self, desk: Bench, made: Any, form: str) -> None:
        assert "the verdict was" in refusals(desk, desk.attested(made, predicate=form))
        with pytest.raises(UsageError, match="svr can only say what passed"):
            desk.attested(made, predicate="svr")

    @pytest.mark.parametrize("form", FORMS)
    def test_a_failed_one_presented_as_passed(self, desk: Bench, form: str) -> None:
        """Signed by a trusted key, but with words of a pass about a scan that failed, or the reverse."""
        statement = desk.statement(report(), predicate=form)
        statement["predicate"][DETAILS]["outcome"] = "fail"
        not_believed(desk, desk.signed(statement), "its verdict was fail")

    def test_fields_that_contradict_each_other(self, desk: Bench) -> None:
        vsa = desk.statement(report())
        vsa["predicate"]["verifiedLevels"] = ["FAILED"]
        not_believed(desk, desk.signed(vsa), "contradict")
        tests = desk.statement(report(), predicate="test-result")
        tests["predicate"]["failedTests"] = ["own/old"]
        not_believed(desk, desk.signed(tests), "contradict")
        svr = desk.statement(report(), predicate="svr")
        svr["predicate"]["properties"] = ["COMPLYGATE_OTHER_PASSED"]
        not_believed(desk, desk.signed(svr), "its verdict was pass")

    def test_one_predicate_under_anothers_type(self, desk: Bench) -> None:
        statement = desk.statement(report(), predicate="svr")
        statement["predicateType"] = PREDICATES["vsa"][0]
        not_believed(desk, desk.signed(statement), "missing or malformed")
        statement["predicateType"] = "https://slsa.dev/provenance/v1"
        not_believed(desk, desk.signed(statement), "not a predicate that complygate writes")

    def test_a_subject_and_a_resource_that_differ(self, desk: Bench) -> None:
        statement = desk.statement(report())
        statement["subject"][0]["name"] = "git+https://git.example.com/team/other"
        not_believed(desk, desk.signed(statement), "not the name of its subject")

    def test_several_subjects(self, desk: Bench) -> None:
        statement = desk.statement(report())
        statement["subject"].append({"name": "x", "digest": {"gitCommit": "5" * 40}})
        not_believed(desk, desk.signed(statement), "about several things")

    @given(data=st.data())
    def test_a_field_that_is_something_else(self, desk: Bench, data: st.DataObject) -> None:
        """Replace or remove any part of a signed statement: an answer, or not believed; never a crash."""
        statement: Any = desk.statement(report(finding()), predicate=data.draw(st.sampled_from(FORMS)))
        node, key = statement, data.draw(st.sampled_from(list(statement)))
        while isinstance(node[key], dict | list) and node[key] and data.draw(st.booleans()):
            node = node[key]
            key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
        odd: st.SearchStrategy[Any] = st.sampled_from(
            [None, -5, 0, 5, "", "x", "9999-99-99", "\ud800", (), {}]
        )
        node[key] = data.draw(odd)
        with contextlib.suppress(UndecidedError):
            check(desk.signed(statement), "a", desk.trusted, desk.asked)


class TestTheReport:
    def read(self, data: dict[str, Any]) -> None:
        read_report(json.dumps(data).encode(), "r.json", __version__)

    @pytest.mark.parametrize(
        ("where", "value"),
        [
            (("verdict", "outcome"), "pass"),
            (("verdict", "blocking"), 0),
            (("verdict", "exit_code"), 0),
            (("findings", 0, "blocks"), False),
            (("findings", 0, "level"), "warn"),
            (("findings", 0, "disposition"), "waived"),
        ],
    )
    def test_one_that_somebody_changed(self, where: tuple[Any, ...], value: Any) -> None:
        data = json.loads(as_json(report(finding("own/old", Level.ENFORCE))))
        self.read(data)
        node = data
        for part in where[:-1]:
            node = node[part]
        node[where[-1]] = value
        with pytest.raises(UsageError, match="contradicts itself"):
            self.read(data)

    def test_of_another_version_or_no_report(self) -> None:
        data = json.loads(as_json(report()))
        with pytest.raises(UsageError, match=r"made by complygate 9\.9"):
            self.read(data | {"tool": {"name": "complygate", "version": "9.9"}})
        with pytest.raises(UsageError, match="is not a report of complygate"):
            self.read({"runs": []})
        with pytest.raises(UsageError, match="/day"):
            self.read(data | {"day": "today"})
        with pytest.raises(UsageError, match="a date that is none"):
            self.read(data | {"day": "2026-99-99"})
        with pytest.raises(UsageError, match="twice"):
            read_report(
                as_json(report()).replace(b'"as_of"', b'"day": "2026-11-21", "as_of"', 1), "r", __version__
            )
