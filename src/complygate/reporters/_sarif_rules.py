"""The rules of a SARIF run, and the controls that they give evidence for, as taxonomies."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import sarif_om as om

from complygate.model.rule import Severity
from complygate.reporters._links import PROJECT_URL, rule_url
from complygate.reporters._markdown import plain, rule_help
from complygate.reporters._sarif_message import strings
from complygate.reporters._sarif_model import pascal, sentence, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from complygate.model.policy import Control, EffectiveRule, Policy
    from complygate.reporters._sarif_model import Node

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
SCORES = {
    Severity.CRITICAL: 9.5,
    Severity.HIGH: 8.0,
    Severity.MEDIUM: 5.5,
    Severity.LOW: 2.0,
    Severity.INFO: 0.5,
}
"""In the middle of the bands in which GitHub and others read a score (critical is above 9.0, and so on)."""

_PROBLEM_SEVERITIES = {"error": "error", "warning": "warning", "note": "recommendation"}
_MOST_TAGS = 10
"""GitHub shows 10 tags of a rule and refuses a file with more than 20 on one."""
_LONGEST_NAME = 255


class Taxonomies:
    """The frameworks and controls that a run's rules name, with their places in `run.taxonomies`."""

    def __init__(self, policy: Policy, rules: Iterable[EffectiveRule]) -> None:
        """Collect the controls of `rules`, in order of framework and control."""
        named = {control for effective in rules for control in effective.rule.controls}
        self._frameworks: dict[str, list[Control]] = {}
        for control_id in sorted(named & policy.controls.keys()):
            control = policy.controls[control_id]
            self._frameworks.setdefault(control.framework, []).append(control)
        self._places = {
            control.id: (component, place)
            for component, controls in enumerate(self._frameworks.values())
            for place, control in enumerate(controls)
        }

    def components(self) -> list[Node]:
        """Return `run.taxonomies`."""
        return [self._component(name, controls) for name, controls in self._frameworks.items()]

    def supported(self) -> list[Node]:
        """Return `driver.supportedTaxonomies`."""
        return [
            om.ToolComponentReference(name=name, index=i, guid=_guid(name))
            for i, name in enumerate(self._frameworks)
        ]

    def relationships(self, controls: Iterable[str]) -> list[Node]:
        """Return a rule's relationships: each control contains the check, so results need not repeat it."""
        return [self._relationship(control) for control in controls if control in self._places]

    def _relationship(self, control: str) -> Node:
        component, place = self._places[control]
        framework = list(self._frameworks)[component]
        reference = om.ToolComponentReference(name=framework, index=component, guid=_guid(framework))
        target = om.ReportingDescriptorReference(id=control, index=place, tool_component=reference)
        return om.ReportingDescriptorRelationship(target=target, kinds=["superset"])

    def _component(self, name: str, controls: list[Control]) -> Node:
        title = controls[0].framework_title or name
        return om.ToolComponent(
            name=name,
            full_name=title,
            guid=_guid(name),
            version=controls[0].framework_version or None,
            short_description=text(sentence(title)),
            is_comprehensive=False,
            taxa=[self._taxon(control) for control in controls],
        )

    @staticmethod
    def _taxon(control: Control) -> Node:
        return om.ReportingDescriptor(
            id=control.id,
            name=pascal(control.title),
            short_description=text(sentence(control.title)),
            help_uri=control.url or None,
        )


def _guid(framework: str) -> str:
    """Return an id that is the same in every report of every installation."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{PROJECT_URL}/controls/{framework}"))


def descriptor(effective: EffectiveRule, policy: Policy, taxonomies: Taxonomies | None) -> Node:
    """Return the `reportingDescriptor` of a rule; controls are related to it where `taxonomies` are given."""
    rule = effective.rule
    why, fix = plain(rule.why), plain(rule.fix)
    related = taxonomies.relationships(rule.controls) if taxonomies else []
    return om.ReportingDescriptor(
        id=rule.id,
        name=pascal(rule.id)[:_LONGEST_NAME],
        short_description=text(sentence(rule.title)),
        full_description=text(sentence(why or rule.title)),
        help=text("\n\n".join(filter(None, (sentence(rule.title), why, fix))), rule_help(effective, policy)),
        help_uri=rule_url(rule),
        message_strings=strings(rule),
        default_configuration=om.ReportingConfiguration(
            level=LEVELS[effective.severity], rank=SCORES[effective.severity] * 10
        ),
        relationships=related or None,
        properties=_properties(effective, policy),
    )


def _properties(effective: EffectiveRule, policy: Policy) -> dict[str, Any]:
    rule = effective.rule
    properties: dict[str, Any] = {
        "tags": _tags(effective, policy),
        "precision": "very-high",
        "problem.severity": _PROBLEM_SEVERITIES[LEVELS[effective.severity]],
    }
    if effective.severity is not Severity.INFO:
        # A score makes the rule a security rule; what is for information only is none.
        properties["security-severity"] = str(SCORES[effective.severity])
    properties["severity"] = str(effective.severity)
    if rule.aliases:
        properties["aliases"] = list(rule.aliases)
    if rule.since:
        properties["since"] = rule.since
    if rule.deprecated:
        properties["deprecated"] = rule.deprecated
    return properties


def _tags(effective: EffectiveRule, policy: Policy) -> list[str]:
    """Return at most ten tags: `security`, weaknesses in GitHub's form, controls, the rule's own."""
    rule = effective.rule
    first = [] if effective.severity is Severity.INFO else ["security"]
    controls = sorted(rule.controls, key=lambda control: not _is_weakness(control, policy))
    mirrored = [
        f"external/cwe/{control.rpartition('/')[2].lower()}" if _is_weakness(control, policy) else control
        for control in controls
    ]
    return list(dict.fromkeys((*first, *mirrored, *rule.tags)))[:_MOST_TAGS]


def _is_weakness(control_id: str, policy: Policy) -> bool:
    control = policy.controls.get(control_id)
    return control is not None and control.framework.lower() == "cwe"
