"""Reports as `complygate scan -o json=FILE` writes them, keys, and what a deployment asks for."""

from __future__ import annotations

import copy
import datetime as dt
import io
import json
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from complygate import __version__
from complygate.attest import Asked, Making, Repository, make, read_private, read_public, read_report, signed
from complygate.attest.keys import PrivateKey, PublicKey
from complygate.gate.turns import ends_on
from complygate.gate.verdict import decide
from complygate.model import plugins
from complygate.model.finding import Disposition, Excuse, Finding, Region
from complygate.model.policy import EffectiveRule, Enforcement, Level, Origin, Policy, Waivable
from complygate.model.problem import Problem, ProblemKind
from complygate.model.report import Coverage, Provenance, Report
from complygate.model.rule import Rule, Severity
from complygate.model.tree import Span

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
COMMIT, TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "1" * 40
ORIGIN = Origin(
    source="git+https://git.example.com/security/policies@v2",
    url="https://git.example.com/security/policies",
    ref="v2",
    commit="2" * 40,
    tag_object="3" * 40,
    digest="sha256:" + "d" * 64,
    serial=2,
    signer="security@example.com",
)
DIGEST = "sha256:" + "e" * 64
CALENDAR = Enforcement(
    (
        (dt.date(2026, 10, 1), Level.AUDIT),
        (dt.date(2026, 11, 1), Level.WARN),
        (dt.date(2027, 2, 1), Level.ENFORCE),
    )
)


def effective(rule: str, enforcement: Enforcement) -> EffectiveRule:
    made = Rule(
        id=rule, title="T", severity=Severity.HIGH, applies_to=("kubernetes/Pod",), engine="cel",
        check="true",        message="m", why="w", fix="f",
    )  # fmt: skip
    return EffectiveRule(made, enforcement, Severity.HIGH, {}, Waivable())


def finding(rule: str = "own/new", level: Level = Level.WARN, excuse: Excuse | None = None) -> Finding:
    return Finding(
        rule=rule, message="m", severity=Severity.HIGH, level=level,
        region=Region("a.yaml", Span(1, 1, 1, 2)),
        pointer="/a", resource="Pod/a", kind="kubernetes/Pod", fingerprint=f"sha256:{rule}",
        disposition=Disposition.WAIVED if excuse else Disposition.ACTIVE, excuse=excuse,
    )  # fmt: skip


def report(*findings: Finding, problems: tuple[Problem, ...] = (), **more: Any) -> Report:
    policy = Policy(
        name="house", title="House", source=ORIGIN.source, digest=DIGEST, origin=ORIGIN,
        rules={
            "own/new": effective("own/new", CALENDAR),
            "own/old": effective("own/old", Enforcement(((dt.date.min, Level.ENFORCE),))),
        },
    )  # fmt: skip
    made = Report(
        version=__version__, policy=policy, day=NOW.date(), as_of=False, findings=findings, problems=problems,
        coverage=Coverage(1, {"kubernetes/Pod": 1}, {"kubernetes": 1}, {"own/new": 1, "own/old": 1}, (), ()),
        verdict=decide(findings, problems, policy), ends_on=ends_on(findings, policy, NOW.date()),
        provenance=Provenance("https://git.example.com/team/app", COMMIT, "main", TREE, ()),
    )  # fmt: skip
    return replace(made, **more)


def as_json(made: Report) -> bytes:
    out = io.StringIO()
    plugins.reporter("json").render(made, out)
    return out.getvalue().encode()


def undecided() -> Report:
    return report(problems=(Problem(ProblemKind.PARSE_ERROR, "broken", "b.yaml"),))


def private_key() -> PrivateKey:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return read_private(pem, "key")


def public_of(key: PrivateKey) -> bytes:
    made: bytes = key.public._key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return made


@dataclass
class Bench:
    """A key, who believes it, and what a deployment asks for."""

    key: PrivateKey
    trusted: tuple[PublicKey, ...]
    asked: Asked
    making: Making

    def statement(self, made: Report, **making: Any) -> dict[str, Any]:
        said = read_report(as_json(made), "report.json", __version__)
        return make(said, replace(self.making, **making))

    def attested(self, made: Report, **making: Any) -> bytes:
        return signed(self.statement(made, **making), self.key).encode()

    def signed(self, statement: dict[str, Any]) -> bytes:
        return signed(statement, self.key).encode()


def bench() -> Bench:
    key = private_key()
    return Bench(
        key,
        read_public(public_of(key), "key.pub"),
        Asked(NOW, commit=COMMIT, policy=ORIGIN.source),
        Making(NOW, Repository(COMMIT, ())),
    )


def envelope(attestation: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(attestation)
    return copy.deepcopy(data)
