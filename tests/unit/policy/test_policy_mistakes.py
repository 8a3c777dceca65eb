"""Every mistake in a policy file is named with its place and the nearest right word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.policy.sets import POLICY, Files, mistakes, policy_, rule, told


def case(name: str, files: Files, *said: str) -> Any:
    """Return a case: files, and what is said of each; " | " parts message and hint, where the hint counts."""
    return pytest.param(files, list(said), id=name)


CASES = [
    case(
        "unknown",
        policy_("title: P", "titel: P"),
        'policies/p.yaml:2:1: titel: unknown key | did you mean "title"?',
    ),
    case(
        "name",
        policy_("name: p", "name: q"),
        'policies/p.yaml:1:7: name: is "q", and the file is called "p"',
    ),
    case(
        "entry key",
        policy_("enforcement", "enforcment"),
        'policies/p.yaml:5:5: rules.0.enforcment: unknown key | did you mean "enforcement"?',
    ),
    case(
        "sel key",
        policy_("ids", "id"),
        'policies/p.yaml:4:14: rules.0.select.id: unknown key | did you mean "ids"?',
    ),
    case(
        "sel checkov",
        policy_("{ids: [t/r]}", "{checkov: [CKV_*, CKV_K8S_9999]}"),
        'policies/p.yaml:4:31: there is no check "CKV_K8S_9999" | did you mean "CKV_K8S_99"?',
    ),
    case(
        "sel checkov family",
        policy_("{ids: [t/r]}", "{checkov: [CKV_AWSS_*]}"),
        'policies/p.yaml:4:24: there is no check "CKV_AWSS_*"',
    ),
    case(
        "sel checkov empty",
        policy_("{ids: [t/r]}", "{checkov: []}"),
        "policies/p.yaml:4:23: rules.0.select.checkov: must not be empty",
    ),
    case(
        "sel checkov str",
        policy_("{ids: [t/r]}", "{checkov: CKV_*}"),
        "policies/p.yaml:4:23: rules.0.select.checkov: must be a list, not a string",
    ),
    case(
        "sel checkov and rules",
        policy_("{ids: [t/r]}", "{ids: [t/r], checkov: [CKV_K8S_1]}"),
        "policies/p.yaml:4:13: select: selects no rule",
    ),
    case(
        "sel checkov tag",
        policy_("{ids: [t/r]}", "{checkov: [CKV_K8S_1], tags: [kubernets]}"),
        'policies/p.yaml:4:43: there is no rule with the tag "kubernets" | did you mean "kubernetes"?',
    ),
    case(
        "id of a check",
        policy_("[t/r]", "[CKV_K8S_1]"),
        'policies/p.yaml:4:20: there is no rule "CKV_K8S_1"'
        ' | "CKV_K8S_1" is a check of checkov; select it with `checkov: [CKV_K8S_1]`',
    ),
    case(
        "id in the catalogue",
        policy_("[t/r]", "[checkov/CKV_K8S_9999]"),
        'policies/p.yaml:4:20: there is no rule "checkov/CKV_K8S_9999" | did you mean "checkov/CKV_K8S_99"?',
    ),
    case(
        "except a check",
        policy_("{ids: [t/r]}", "{checkov: [CKV_K8S_*]}\n    except: [CKV_K8S_9998]"),
        'policies/p.yaml:5:14: there is no rule "CKV_K8S_9998" | did you mean "CKV_K8S_99"?',
    ),
    case(
        "sel empty",
        policy_("{ids: [t/r]}", "{}"),
        "policies/p.yaml:4:13: rules.0.select: must not be empty",
    ),
    case(
        "sel list",
        policy_("{ids: [t/r]}", "[t/r]"),
        "policies/p.yaml:4:13: rules.0.select: must be a map, not a list",
    ),
    case(
        "ids str",
        policy_("[t/r]", "t/r"),
        "policies/p.yaml:4:19: rules.0.select.ids: must be a list, not a string",
    ),
    case(
        "id unknown",
        policy_("t/r", "t/s"),
        'policies/p.yaml:4:20: there is no rule "t/s" | did you mean "t/r"?',
    ),
    case(
        "id alias",
        {**rule("message:", "aliases: [XX]\nmessage:"), **policy_("t/r", "XX")},
        'policies/p.yaml:4:20: there is no rule "XX" | "XX" is an alias; its rule is "t/r"',
    ),
    case("glob none", policy_("t/r", "u/*"), 'policies/p.yaml:4:20: there is no rule "u/*"'),
    case(
        "tag none",
        policy_("{ids: [t/r]}", "{tags: [securty]}"),
        'policies/p.yaml:4:21: there is no rule with the tag "securty" | did you mean "security"?',
    ),
    case(
        "control none",
        policy_("{ids: [t/r]}", "{controls: [nist-800-53/CM-7x]}"),
        'policies/p.yaml:4:25: there is no control "nist-800-53/CM-7x" | did you mean "nist-800-53/CM-7"?',
    ),
    case(
        "sev",
        policy_("{ids: [t/r]}", "{severity: '>=hihg'}"),
        'policies/p.yaml:4:24: rules.0.select.severity: ">=hihg" is not one of critical, high, medium, low, info, >=critical, >=high, >=medium, >=low, >=info',  # noqa: E501 - a message is one line
    ),
    case(
        "sev2",
        policy_("{ids: [t/r]}", "{severity: [hihg]}"),
        'policies/p.yaml:4:25: rules.0.select.severity.0: "hihg" is not one of critical, high, medium, low, info',  # noqa: E501 - a message is one line
    ),
    case(
        "sev>",
        policy_("{ids: [t/r]}", "{severity: '>high'}"),
        'policies/p.yaml:4:24: rules.0.select.severity: ">high" is not one of critical, high, medium, low, info, >=critical, >=high, >=medium, >=low, >=info',  # noqa: E501 - a message is one line
    ),
    case(
        "and none",
        policy_("{ids: [t/r]}", "{ids: [t/r], tags: [security]}"),
        "policies/p.yaml:4:13: select: selects no rule | a rule must meet every criterion",
    ),
    case(
        "except none",
        policy_("    enforcement", "    except: [t/zz]\n    enforcement"),
        'policies/p.yaml:5:14: there is no rule "t/zz"',
    ),
    case(
        "except all",
        policy_("    enforcement", "    except: [t/r]\n    enforcement"),
        "policies/p.yaml:4:13: select: selects no rule | a rule must meet every criterion",
    ),
    case(
        "level",
        policy_("enforcement: enforce", "enforcement: enforced"),
        'policies/p.yaml:5:18: rules.0.enforcement: "enforced" is not one of enforce, warn, audit, off',
    ),
    case(
        "level date",
        policy_("enforcement: enforce", "enforcement: {enforce: 2026-13-01}"),
        "policies/p.yaml:5:28: enforcement.enforce: 2026-13-01 is not a day of the calendar",
    ),
    case(
        "level date2",
        policy_("enforcement: enforce", "enforcement: {enforce: soon}"),
        'policies/p.yaml:5:28: rules.0.enforcement.enforce: "soon" is not a date (YYYY-MM-DD)',
    ),
    case(
        "level key",
        policy_("enforcement: enforce", "enforcement: {enfroce: 2026-12-01}"),
        'policies/p.yaml:5:19: rules.0.enforcement.enfroce: unknown key | did you mean "enforce"?',
    ),
    case(
        "order",
        policy_("enforcement: enforce", "enforcement: {enforce: 2026-11-01, warn: 2026-12-01}"),
        "policies/p.yaml:5:46: enforcement: enforce must start after warn",
    ),
    case(
        "same day",
        policy_("enforcement: enforce", "enforcement: {enforce: 2026-11-01, warn: 2026-11-01}"),
        "policies/p.yaml:5:46: enforcement: enforce must start after warn",
    ),
    case(
        "params",
        policy_("    enforcement", "    params: {a: 1}\n    enforcement"),
        "policies/p.yaml:5:14: params.a: no selected rule has such a parameter",
    ),
    case(
        "params2",
        {
            **rule("message:", "params: {registries: [a]}\nmessage:"),
            **policy_("    enforcement", "    params: {registrys: [b]}\n    enforcement"),
        },
        "policies/p.yaml:5:14: params.registrys: no selected rule has such a parameter",
    ),
    case(
        "params type",
        {
            **rule("message:", "params: {registries: [a]}\nmessage:"),
            **policy_("    enforcement", "    params: {registries: b}\n    enforcement"),
        },
        "policies/p.yaml:5:14: params.registries: must be a list, as in t/r, not a string",
    ),
    case(
        "waivable",
        policy_("    enforcement", "    waivable: {inlin: true}\n    enforcement"),
        'policies/p.yaml:5:16: rules.0.waivable.inlin: unknown key | did you mean "inline"?',
    ),
    case(
        "waivable bool",
        policy_("    enforcement", "    waivable: true\n    enforcement"),
        "policies/p.yaml:5:15: rules.0.waivable: must be a map, not true",
    ),
    case(
        "maxdays",
        policy_("    enforcement", "    waivable: {max_days: 0}\n    enforcement"),
        "policies/p.yaml:5:26: rules.0.waivable.max_days: must be at least 1, and is 0",
    ),
    case(
        "maxdays true",
        policy_("    enforcement", "    waivable: {max_days: true}\n    enforcement"),
        "policies/p.yaml:5:26: rules.0.waivable.max_days: must be a whole number, not true",
    ),
    case(
        "undecided",
        policy_("title: P", "title: P\nundecided: {parse-eror: fail}"),
        'policies/p.yaml:3:13: undecided.parse-eror: unknown key | did you mean "parse-error"?',
    ),
    case(
        "undecided2",
        policy_("title: P", "title: P\nundecided: {parse-error: ignore}"),
        'policies/p.yaml:3:26: undecided.parse-error: "ignore" is not one of fail, warn',
    ),
    case(
        "off",
        policy_("enforcement: enforce", "enforcement: 'off'"),
        "policies/p.yaml:4:3: rules: every rule is off",
    ),
    case(
        "no rules",
        policy_("rules:\n  - select: {ids: [t/r]}\n    enforcement: enforce\n", "rules: []\n"),
        "policies/p.yaml:3:8: rules: must not be empty",
    ),
    case(
        "all false",
        policy_("{ids: [t/r]}", "{all: false}"),
        "policies/p.yaml:4:19: rules.0.select.all: must be true, not false",
    ),
    case(
        "all + tags",
        policy_("{ids: [t/r]}", "{all: true, tags: [x]}"),
        'policies/p.yaml:4:32: there is no rule with the tag "x"',
    ),
    case(
        "set default",
        {"policyset.yaml": "name: x\ndefault: q\n"},
        'policyset.yaml:2:10: default: there is no policy "q" | there is only p',
    ),
    case(
        "set key",
        {"policyset.yaml": "name: x\ndefalt: p\n"},
        'policyset.yaml:2:1: defalt: unknown key | did you mean "default"?',
    ),
    case(
        "in subfolder",
        {"policies/sub/q.yaml": POLICY.replace("name: p", "name: q")},
        "policies/sub/q.yaml: is not read | put it into policies/ itself",
    ),
    case(
        "ctl",
        {"controls/c.yaml": "id: c\ntitle: C\ncontrols:\n  - {id: a, title: A}\n  - {id: a, title: B}\n"},
        'controls/c.yaml:5:10: controls: "a" is there already',
    ),
    case(
        "ctl id",
        {"controls/c.yaml": "id: d\ntitle: C\ncontrols:\n  - {id: a, title: A}\n"},
        'controls/c.yaml:1:5: id: is "d", and the file is called "c"',
    ),
    case(
        "ctl builtin",
        {"controls/nist-800-53.yaml": "id: nist-800-53\ntitle: C\ncontrols:\n  - {id: CM-7, title: A}\n"},
        "controls/nist-800-53.yaml:4:10: there is a built-in control nist-800-53/CM-7 already",
    ),
    case(
        "ctl ver num",
        {"controls/c.yaml": "id: c\ntitle: C\nversion: 1.0\ncontrols:\n  - {id: a, title: A}\n"},
        "controls/c.yaml:3:10: version: must be a string, not 1.0",
    ),
]


@pytest.mark.parametrize(("files", "said"), CASES)
def test_a_mistake_is_named(tmp_path: Path, files: Files, said: list[str]) -> None:
    assert told(mistakes(tmp_path, files), said) == said
