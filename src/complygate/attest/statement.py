"""An in-toto Statement v1 about the commit that a report is about, and its signature."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from complygate.attest import dsse
from complygate.attest.details import of_report
from complygate.attest.predicates import PREDICATES, VERIFIER, Facts
from complygate.errors import UsageError
from complygate.values import dataclass

if TYPE_CHECKING:
    from complygate.attest.keys import PrivateKey
    from complygate.attest.report import ReportFile

TYPE = "https://in-toto.io/Statement/v1"
ALLOWABLE = {
    "changed-files": "files were not as the commit has them",
    "other-commit": "the work tree, if any, is not at the report's commit",
    "part": "only a part of the repository was judged",
    "preview": "the day was asked for with --as-of",
    "old-report": "the report is not of today",
}
"""What is not attested, and not believed, unless somebody says so at both ends."""


@dataclass(frozen=True, slots=True)
class Repository:
    """The work tree as it is now.

    Attributes:
        commit: of HEAD, or "" where there is none.
        changes: paths that are not as the commit has them; None where git cannot tell.
    """

    commit: str = ""
    changes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """How a statement is made.

    Attributes:
        now: the time that it says.
        repository: the work tree.
        predicate: one of `PREDICATES`.
        verifier: the verifier's id, a URI.
        resource: the repository's URI, or "" for the report's.
        allowed: which of `ALLOWABLE` do not stop it.
        evidence: further files by name, with their SHA-256.
    """

    now: dt.datetime
    repository: Repository
    predicate: str = "vsa"
    verifier: str = VERIFIER
    resource: str = ""
    allowed: frozenset[str] = frozenset()
    evidence: tuple[tuple[str, str], ...] = ()


def make(report: ReportFile, making: Making) -> dict[str, Any]:
    """Return the statement that `report` supports.

    Raises:
        UsageError: it supports none, or one that nobody allowed.
    """
    if not report.commit:
        raise UsageError(
            f"{report.name}: is not about a commit, and an attestation is",
            hint="scan a git repository that has a commit",
        )
    resource = making.resource or _resource(report)
    exceptions = _exceptions(report, making)
    predicate_type, write, _ = PREDICATES[making.predicate]
    version = str(report.data["tool"]["version"])
    changes = making.repository.changes if "changed-files" in exceptions else None
    details = of_report(report, exceptions, making.evidence, changes)
    facts = Facts(making.verifier, version, making.now, resource, report, details)
    digest = {"gitCommit": report.commit}
    if report.data["provenance"]["tree"] and "changed-files" not in exceptions:
        digest["gitTree"] = report.data["provenance"]["tree"]
    return {
        "_type": TYPE,
        "subject": [{"name": resource, "digest": digest}],
        "predicateType": predicate_type,
        "predicate": write(facts),
    }


def signed(statement: dict[str, Any], key: PrivateKey) -> str:
    """Return `statement` in an envelope signed with `key`: the content of a `.intoto.jsonl` file."""
    payload = json.dumps(statement, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode()
    signature = key.sign(dsse.pae(dsse.PAYLOAD_TYPE, payload))
    return dsse.write(dsse.Envelope(dsse.PAYLOAD_TYPE, payload, ((key.public.keyid, signature),)))


def _resource(report: ReportFile) -> str:
    url = str(report.data["provenance"]["repository"])
    if not url:
        raise UsageError(
            f"{report.name}: the repository has no remote that others can reach, so it has no name",
            hint="name it: --resource-uri git+https://git.example.com/team/app",
        )
    return f"git+{url}"


def _exceptions(report: ReportFile, making: Making) -> dict[str, str]:
    """Return what is wrong, by its name in `ALLOWABLE`, with the words for a person; all of it is allowed.

    Raises:
        UsageError: something is not.
    """
    found = dict(filter(None, (check(report, making) for check in _CHECKS)))
    for name, why in found.items():
        if name not in making.allowed:
            raise UsageError(
                f"{report.name}: {why}: not attested",
                hint=f"{_NEXT[name]}; --allow {name} attests it all the same, and says so in the statement",
            )
    return found


def _changed(report: ReportFile, making: Making) -> tuple[str, str] | None:
    changes = report.data["provenance"]["changes"]
    if changes is None:
        return "changed-files", "does not say whether the files were those of the commit"
    if changes:
        return "changed-files", f"files were not as commit {report.commit[:12]} has them: {_some(changes)}"
    now = making.repository
    if now.commit == report.commit and now.changes:
        return "changed-files", f"files have changed since the scan: {_some(list(now.changes))}"
    return None


def _other_commit(report: ReportFile, making: Making) -> tuple[str, str] | None:
    commit = making.repository.commit
    if commit == report.commit:
        return None
    said = f"HEAD is {commit}" if commit else "there is no work tree here to compare it with"
    return "other-commit", f"is about commit {report.commit}, and {said}"


def _part(report: ReportFile, making: Making) -> tuple[str, str] | None:  # noqa: ARG001 - one of _CHECKS
    return ("part", "is about a part of the repository") if report.in_part else None


def _preview(report: ReportFile, making: Making) -> tuple[str, str] | None:  # noqa: ARG001 - one of _CHECKS
    return ("preview", f"is a preview, as of {report.day}") if report.data["as_of"] else None


def _old(report: ReportFile, making: Making) -> tuple[str, str] | None:
    if report.data["as_of"] or abs(making.now.date() - report.day) <= dt.timedelta(days=1):
        return None  # a scan before midnight, attested after it, is as good
    return "old-report", f"is of {report.day}, and today is {making.now.date()}"


_CHECKS = (_changed, _other_commit, _part, _preview, _old)
_NEXT = {
    "changed-files": "commit them, or put them back, and scan again with -o json=FILE",
    "other-commit": "run it where the report's commit is checked out",
    "part": "scan the repository's top folder, without paths",
    "preview": "scan without --as-of",
    "old-report": "scan again",
}


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""  # noqa: PLR2004 - enough to know what is meant
    return ", ".join(paths[:3]) + more
