"""The three forms of a statement: what each says, and how it is read again.

`vsa` is SLSA's verification summary (https://slsa.dev/verification_summary/v1), `test-result` and `svr` are
in-toto's (https://github.com/in-toto/attestation, spec/predicates). What they have no field for stands in one
extension field, whose name is a URI as the framework's parsing rules ask. No SLSA level is claimed.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from complygate.attest.details import check_details
from complygate.errors import UsageError
from complygate.reporters._links import PROJECT_URL
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from complygate.attest.report import ReportFile

VERIFIER = PROJECT_URL
"""The verifier's id where nobody names another: the program, not who runs it."""
DETAILS = f"{PROJECT_URL}/attestation/v1"
PASSED, WARNED, FAILED = "PASSED", "WARNED", "FAILED"
_SHA256 = "sha256:"


@dataclass(frozen=True, slots=True)
class Facts:
    """What every form says in its own words.

    Attributes:
        verifier: the verifier's id, a URI.
        version: complygate's version.
        time: when it was verified.
        resource: the repository, a URI.
        report: what was found.
        details: what the forms have no field for.
    """

    verifier: str
    version: str
    time: dt.datetime
    resource: str
    report: ReportFile
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a statement claims, whatever its form.

    Attributes:
        verifier: the verifier's id.
        result: `PASSED` (also where something warns), else `FAILED`.
        time: when it was verified.
        policy: the policy's URI.
        digest: its digests by algorithm.
        resource: the repository's URI, or "" where the form has none.
        details: the extension field.
    """

    verifier: str
    result: str
    time: dt.datetime
    policy: str
    digest: Mapping[str, str]
    resource: str
    details: Mapping[str, Any]


def policy_uri(source: str) -> str:
    """Return a policy's source as a URI: git sources and `builtin:NAME` are, a path becomes `file:...`."""
    if re.match(r"(git\+[a-z]+:|builtin:|file:)", source):
        return source
    return f"file:{quote(source.replace(chr(92), '/'))}"


def level(policy: str) -> str:
    """Return the level, or property, that a passed policy stands for: `COMPLYGATE_BASELINE_PASSED`."""
    name = re.sub(r"[^A-Z0-9]+", "_", policy.upper()).strip("_")
    return f"COMPLYGATE_{name}_PASSED"


def time_text(time: dt.datetime) -> str:
    """Return a moment as in-toto writes it: RFC 3339, in UTC."""
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _policy(facts: Facts) -> dict[str, Any]:
    policy = facts.report.data["policy"]
    digest = {"sha256": str(policy["digest"]).removeprefix(_SHA256)}
    if policy["origin"]:
        digest["gitCommit"] = policy["origin"]["commit"]
    return {"uri": policy_uri(policy["source"]), "digest": digest}


def _result(facts: Facts) -> str:
    """Return `PASSED` or `FAILED`; what could not be decided has not passed."""
    return PASSED if facts.report.outcome == "pass" else FAILED


def _vsa(facts: Facts) -> dict[str, Any]:
    result = _result(facts)
    return {
        "verifier": {"id": facts.verifier, "version": {"complygate": facts.version}},
        "timeVerified": time_text(facts.time),
        "resourceUri": facts.resource,
        "policy": _policy(facts),
        "verificationResult": result,
        "verifiedLevels": [level(facts.report.data["policy"]["name"]) if result == PASSED else FAILED],
        DETAILS: facts.details,
    }


def _svr(facts: Facts) -> dict[str, Any]:
    if _result(facts) != PASSED:
        raise UsageError(
            f"the report's verdict is {facts.report.outcome}, and svr can only say what passed",
            hint="write it with --predicate vsa or test-result",
        )
    return {
        "verifier": {"id": facts.verifier, "policies": [_policy(facts)]},
        "timeCreated": time_text(facts.time),
        "properties": [level(facts.report.data["policy"]["name"])],
        DETAILS: facts.details,
    }


def _test_result(facts: Facts) -> dict[str, Any]:
    data = facts.report.data
    judged = {rule for rule, count in data["coverage"]["rules"].items() if count}
    failed = {finding["rule"] for finding in data["findings"] if finding["blocks"]}
    failed |= {problem["rule"] for problem in data["problems"] if problem["blocks"] and problem["rule"]}
    warned = {finding["rule"] for finding in data["findings"]}
    warned |= {problem["rule"] for problem in data["problems"] if problem["rule"]}
    result = _result(facts)
    return {
        "result": WARNED if result == PASSED and warned else result,
        "configuration": [{"name": data["policy"]["name"], **_policy(facts)}],
        "passedTests": sorted(judged - failed - warned),
        "warnedTests": sorted(warned - failed),
        "failedTests": sorted(failed),
        DETAILS: {
            **facts.details,
            "verifier": {"id": facts.verifier, "version": {"complygate": facts.version}},
            "timeVerified": time_text(facts.time),
        },
    }


def _read_vsa(data: Any) -> Claim:
    result, levels = data["verificationResult"], data["verifiedLevels"]
    if not isinstance(levels, list) or (result == PASSED) == (FAILED in levels):
        raise ValueError("its verifiedLevels contradict its verificationResult")
    return _claim(
        data, data["verifier"]["id"], result, data["timeVerified"], data["policy"], data["resourceUri"]
    )


def _read_svr(data: Any) -> Claim:
    policies, properties = data["verifier"]["policies"], data["properties"]
    if not isinstance(policies, list) or len(policies) != 1:
        raise ValueError("it names no policy, or several")
    passed = isinstance(properties, list) and level(data[DETAILS]["policy"]["name"]) in properties
    result = PASSED if passed else FAILED
    return _claim(data, data["verifier"]["id"], result, data["timeCreated"], policies[0], "")


def _read_test_result(data: Any) -> Claim:
    said, details = data["result"], data[DETAILS]
    if said not in {PASSED, WARNED, FAILED} or (said != FAILED and data.get("failedTests")):
        raise ValueError("its failedTests contradict its result")
    if not isinstance(data["configuration"], list) or len(data["configuration"]) != 1:
        raise ValueError("it names no policy, or several")
    result = FAILED if said == FAILED else PASSED
    return _claim(
        data, details["verifier"]["id"], result, details["timeVerified"], data["configuration"][0], ""
    )


def _claim(data: Any, verifier: Any, result: Any, time: Any, policy: Any, resource: Any) -> Claim:
    details = data[DETAILS]
    check_details(details)
    texts = (verifier, result, time, policy["uri"], resource, details["day"])
    if not all(isinstance(text, str) for text in texts) or result not in {PASSED, FAILED}:
        raise ValueError("a field is not what it should be")
    if (details["outcome"] == "pass") != (result == PASSED):
        raise ValueError(f"it says {result}, and of the same scan that its verdict was {details['outcome']}")
    digest = policy["digest"]
    if not isinstance(digest, dict) or not all(isinstance(value, str) for value in digest.values()):
        raise ValueError("the policy's digest is malformed")
    moment = dt.datetime.fromisoformat(time)
    if moment.tzinfo is None:
        raise ValueError("its time has no zone")
    return Claim(verifier, result, moment, policy["uri"], digest, resource, details)


PREDICATES: dict[str, tuple[str, Callable[[Facts], dict[str, Any]], Callable[[Any], Claim]]] = {
    "vsa": ("https://slsa.dev/verification_summary/v1", _vsa, _read_vsa),
    "test-result": ("https://in-toto.io/attestation/test-result/v0.1", _test_result, _read_test_result),
    "svr": ("https://in-toto.io/attestation/svr/v0.2", _svr, _read_svr),
}
"""By name: the predicate's type, what writes it and what reads it."""


def read_claim(predicate_type: str, data: Any) -> Claim:
    """Return what the predicate `data` claims.

    Raises:
        ValueError: it is of another type, or not as its type is defined; the message says how.
    """
    readers = {kind: reader for kind, _, reader in PREDICATES.values()}
    if predicate_type not in readers:
        raise ValueError(f"{predicate_type[:200]!r} is not a predicate that complygate writes")
    try:
        return readers[predicate_type](data)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a field is missing or malformed: {error}") from None
