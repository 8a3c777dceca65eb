"""Reports to render: nothing found, a bit of everything, and content that wants to do harm."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from complygate.gate.verdict import decide
from complygate.model.finding import Disposition, Excuse, Finding, Region
from complygate.model.policy import Control, EffectiveRule, Enforcement, Level, Policy, Waivable
from complygate.model.problem import Problem, ProblemKind
from complygate.model.report import Coverage, LeftOut, Notice, Provenance, Report
from complygate.model.rule import Example, Rule, Severity
from complygate.model.tree import Span

DAY = dt.date(2026, 11, 21)
DIGEST = "sha256:ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12"
ALWAYS = dt.date.min

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      hostNetwork: true
      containers:
        - name: web
          image: registry.example.com/web:latest
          securityContext:
            privileged: true
"""


def rule(rule_id: str, severity: Severity = Severity.HIGH, **more: object) -> Rule:
    """Return a rule with everything that a reporter may show."""
    said: dict[str, object] = {
        "title": "Containers run as a non-root user",
        "message": "Container {self.name} may run as root",
        "why": "A process that runs as **root** in a container is root on the node after a break-out.",
        "fix": (
            "Set `securityContext.runAsNonRoot: true`, and see [the docs](https://example.com/x).\n\n"
            "Then rebuild the image."
        ),
        "tags": ("workload", "pss-restricted"),
        "controls": ("nist-800-53/CM-7", "cwe/CWE-250"),
        "references": ("https://kubernetes.io/docs/concepts/security/pod-security-standards/",),
        "aliases": ("CKV_K8S_23",),
        "since": "0.1.0",
        "passing": (Example("spec:\n  securityContext:\n    runAsNonRoot: true\n"),),
        "failing": (Example("spec:\n  securityContext:\n    runAsNonRoot: false   # expect\n"),),
    }
    return Rule(
        id=rule_id,
        severity=severity,
        applies_to=("kubernetes/Pod",),
        engine="cel",
        check={"cel": "true"},
        **(said | more),  # type: ignore[arg-type]
    )


def effective(item: Rule, *steps: tuple[dt.date, Level]) -> EffectiveRule:
    """Return `item` as a policy applies it; at `enforce` unless steps are given."""
    enforcement = Enforcement(steps or ((ALWAYS, Level.ENFORCE),))
    return EffectiveRule(item, enforcement, item.severity, item.params or {}, Waivable(inline=True))


def policy(*rules: EffectiveRule, controls: Iterable[Control] = ()) -> Policy:
    """Return a policy of these rules."""
    return Policy(
        name="baseline",
        title="What every repository meets",
        source="builtin:baseline",
        digest=DIGEST,
        rules={e.rule.id: e for e in sorted(rules, key=lambda e: e.rule.id)},
        controls={c.id: c for c in controls},
    )


def region(text: str, path: str, line: int, column: int, end_column: int, end_line: int = 0) -> Region:
    """Return the region of a stretch of `text`, with up to two lines around it."""
    lines = text.split("\n")
    span = Span(line, column, end_line or line, end_column)
    first, last = max(1, line - 2), min(len(lines), (end_line or line) + 2)
    shown = lines[line - 1][column - 1 : None if end_line else end_column - 1]
    context = Span(first, 1, last, len(lines[last - 1]) + 1)
    around = "\n".join(lines[first - 1 : last])
    return Region(path, span, shown, context, around, line_hash=f"{line:x}c129715d7a2bc9a:1")


def finding(item: EffectiveRule, place: Region, message: str, **more: object) -> Finding:
    """Return a finding of a rule at a place."""
    key = f"{item.rule.id}{place.path}{place.span}{message}"
    said: dict[str, object] = {
        "severity": item.severity,
        "level": item.enforcement.on(DAY),
        "pointer": "/spec/template/spec/containers/0",
        "resource": "Deployment/shop/web",
        "kind": "kubernetes/Deployment",
        "fingerprint": "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest(),
        "next_level": item.enforcement.next_after(DAY),
    }
    return Finding(rule=item.rule.id, message=message, region=place, **(said | more))  # type: ignore[arg-type]


def report(
    policy_: Policy,
    findings: Iterable[Finding] = (),
    problems: Iterable[Problem] = (),
    *,
    notices: Iterable[Notice] = (),
    coverage: Coverage | None = None,
    provenance: Provenance | None = None,
    as_of: bool = False,
) -> Report:
    """Return a report with the verdict that the gate gives these findings and problems."""
    found, undecided = tuple(sorted(findings, key=lambda f: f.order)), tuple(problems)
    judged = Counter(f.rule for f in found)
    return Report(
        version="0.1.0",
        policy=policy_,
        day=DAY,
        as_of=as_of,
        findings=found,
        problems=undecided,
        coverage=coverage or Coverage(1, {"kubernetes/Deployment": 1}, {"kubernetes": 1}, judged, (), ()),
        verdict=decide(found, undecided, policy_),
        provenance=provenance or Provenance(),
        notices=tuple(notices),
    )


def empty() -> Report:
    """Return the report of a scan that found nothing."""
    return report(policy(effective(rule("kubernetes/run-as-non-root"))))


CONTROLS = (
    Control(
        "nist-800-53/CM-7",
        "Least functionality",
        "nist-800-53",
        "NIST SP 800-53",
        "5.1.1",
        "https://csrc.nist.gov/CM-7",
    ),
    Control("nist-800-53/AC-6", "Least privilege", "nist-800-53", "NIST SP 800-53", "5.1.1"),
    Control(
        "cwe/CWE-250",
        "Execution with unnecessary privileges",
        "cwe",
        "Common Weakness Enumeration",
        "4.18",
        "https://cwe.mitre.org/data/definitions/250.html",
    ),
)

ROOT_RULE = effective(rule("kubernetes/run-as-non-root"))
PRIVILEGED = effective(
    rule(
        "kubernetes/no-privileged",
        Severity.CRITICAL,
        title="No container is privileged",
        message="Container `{self.name}` is privileged.",
        controls=("nist-800-53/AC-6",),
    )
)
PINNED = effective(
    rule(
        "docker/pinned-image",
        Severity.MEDIUM,
        title="Images are pinned",
        message="Image {value} has no digest",
        references=(),
        controls=(),
        tags=("supply-chain",),
    ),
    (dt.date(2026, 10, 1), Level.WARN),
    (dt.date(2027, 2, 1), Level.ENFORCE),
)
TRIAL = effective(
    rule(
        "kubernetes/no-host-network", Severity.INFO, title="No pod uses the host's network", message="On it"
    ),
    (dt.date(2026, 10, 1), Level.AUDIT),
    (dt.date(2026, 12, 1), Level.WARN),
)


def findings() -> list[Finding]:
    """Return findings of every level and disposition."""
    web = "k8s/web deployment.yaml"
    return [
        finding(ROOT_RULE, region(DEPLOYMENT, web, 12, 11, 26), "Container web may run as root"),
        finding(PRIVILEGED, region(DEPLOYMENT, web, 13, 13, 29), "Container `web` is privileged."),
        finding(PINNED, region(DEPLOYMENT, web, 11, 11, 49), "Image registry.example.com/web has no digest"),
        finding(TRIAL, region(DEPLOYMENT, web, 8, 7, 24), "On it"),
        finding(
            ROOT_RULE,
            region(DEPLOYMENT, "k8s/old.yaml", 12, 11, 29, end_line=13),
            "Container old may run as root",
            disposition=Disposition.WAIVED,
            excuse=Excuse("inline", "replaced in spring", "k8s/old.yaml", 11, dt.date(2027, 1, 31)),
        ),
        finding(
            PRIVILEGED,
            region(DEPLOYMENT, "k8s/agent.yaml", 13, 13, 29),
            "Container `agent` is privileged.",
            disposition=Disposition.WAIVED,
            excuse=Excuse("waiver", "node agent", "waivers/agents.yaml", 3, dt.date(2027, 3, 1), "security"),
        ),
        finding(
            PINNED,
            region("FROM alpine\nRUN true\n", "Dockerfile", 1, 6, 12),
            "Image alpine has no digest",
            resource="",
            kind="docker/Dockerfile",
        ),
    ]


def rich(**more: object) -> Report:
    """Return a failing report with something of every kind in it."""
    said: dict[str, object] = {
        "problems": [
            Problem(
                ProblemKind.NOT_RENDERED,
                "The chart shop has templates that need values",
                path="charts/shop",
                hint="Render it with `helm template` and scan the result.",
                count=12,
            ),
            Problem(
                ProblemKind.UNKNOWN_VALUE,
                "var.environment has no default",
                path="infra/main.tf",
                span=Span(3, 5, 3, 20),
                rule="kubernetes/run-as-non-root",
            ),
        ],
        "notices": [Notice("The ignore ended on 2026-10-31.", "k8s/old.yaml", 4, "docker/pinned-image")],
        "coverage": Coverage(
            files=4,
            documents={"kubernetes/Deployment": 3, "docker/Dockerfile": 1},
            formats={"kubernetes": 3, "docker": 1},
            rules={"kubernetes/run-as-non-root": 3, "kubernetes/no-privileged": 3, "docker/pinned-image": 4},
            left_out=(LeftOut("node_modules/", "ignored"), LeftOut("logo.png", "binary")),
            unparsed=(),
        ),
        "provenance": Provenance(
            "https://user:secret@github.com/shop/storefront.git",
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
            "main",
        ),
    }
    rules = policy(ROOT_RULE, PRIVILEGED, PINNED, TRIAL, controls=CONTROLS)
    return report(rules, findings(), **(said | more))  # type: ignore[arg-type]


def undecided() -> Report:
    """Return a report that is neither a pass nor a failure."""
    broken = Problem(
        ProblemKind.PARSE_ERROR,
        "mapping values are not allowed here",
        path="k8s/broken.yaml",
        span=Span(2, 7, 2, 8),
    )
    crashed = Problem(
        ProblemKind.ENGINE_ERROR, "no such key: spec", path="k8s/web.yaml", rule=ROOT_RULE.rule.id
    )
    coverage = Coverage(1, {"kubernetes/Deployment": 1}, {"kubernetes": 2}, {}, (), ("k8s/broken.yaml",))
    warned = [f for f in findings() if f.level is Level.WARN]
    rules = policy(ROOT_RULE, PINNED)
    return report(rules, warned, [broken, crashed], coverage=coverage, as_of=True)


def baselined() -> Report:
    """Return a report in which a finding was known before."""
    known = replace(
        findings()[0],
        disposition=Disposition.BASELINED,
        excuse=Excuse("baseline", "", ".complygate-baseline.json", 0),
    )
    return rich().__class__(
        **{  # a copy with other findings and the verdict that goes with them
            **{name: getattr(rich(), name) for name in rich().__dataclass_fields__},
            "findings": (known,),
            "verdict": decide((known,), (), rich().policy),
            "problems": (),
        }
    )


NASTY = (
    "\x1b[31mred\x1b[0m \x07 \x9b31m",
    "two\nlines\r\nand::error::me",
    "a|b `code` <script>alert(1)</script> @octocat #1 [x](javascript:y) *b*",
    "lone \ud800 surrogate and \udcff",
    "]]> --> ${{ github.token }} ##[error]x ##vso[task.complete]y",
    "zero \0 byte, \u202egnp.exe\u202c, \u2028line",
    "{0} {{1}} {self} %0A 100%",
    "\U0001f600 wide 漢字 e\u0301",
    "",
)


def hostile() -> Report:
    """Return a report whose every text, but for the policy's, came from someone who means harm."""
    items = []
    for number, text in enumerate(NASTY, 1):
        line = f"\t{text}: 漢字\t# {text}".replace("\n", " ").replace("\r", " ")
        body = f"a\n{line}\nb"
        place = region(body, f"k8s/{text}.yaml", 2, 2, 2 + len(text))
        items.append(finding(ROOT_RULE, place, f"Container {text} may run as root", resource=text))
        items.append(finding(PINNED, replace(place, context=None, context_snippet=""), f"{text}{number}"))
        items.append(
            finding(
                PRIVILEGED,
                replace(place, path=f"{number}.yaml"),
                text,
                disposition=Disposition.WAIVED,
                excuse=Excuse("inline", text, f"{text}.yaml", number),
            )
        )
    return report(
        policy(ROOT_RULE, PRIVILEGED, PINNED, controls=CONTROLS),
        items,
        [
            Problem(ProblemKind.PARSE_ERROR, text, path=text, rule=ROOT_RULE.rule.id, hint=text)
            for text in NASTY
        ],
        notices=[Notice(text, text, 1, text) for text in NASTY],
        coverage=Coverage(
            9, {"kubernetes/Deployment": 9}, {"kubernetes": 9}, {}, (LeftOut(NASTY[0], "ignored"),), NASTY
        ),
        provenance=Provenance("git@github.com:shop/storefront.git", "4b825dc", NASTY[0]),
    )


def many(count: int) -> Report:
    """Return a report with `count` findings, one in ten of them blocking and the worst ones last by place."""
    bodies: Mapping[bool, EffectiveRule] = {True: ROOT_RULE, False: PINNED}
    items = []
    for number in range(count):
        item = bodies[number % 10 == 9]
        place = Region(f"{number // 1000:03}.yaml", Span(number % 1000 + 1, 1, number % 1000 + 1, 5), "some")
        items.append(finding(item, place, f"Image {number} has no digest"))
    return report(policy(ROOT_RULE, PINNED), items)
