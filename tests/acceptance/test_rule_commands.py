"""`complygate rules …`, `explain` and `policy …`: what a person who writes rules sees and types."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.acceptance.conftest import GOOD_CHECK, RULE, Run, policy_set, write

EXAMPLES = """\
aliases: [OLD_1]
controls: [nist-800-53/CM-7]
references: ["https://example.com/root"]
differs:
  checkov: It accepts a number, which an image can change.
examples:
  pass:
    - |
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec: {containers: [{name: web, securityContext: {runAsNonRoot: true}}]}
  fail:
    - |
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec:
        containers:
          - name: web
            securityContext:
              runAsNonRoot: false  # expect
"""


@pytest.fixture
def proven(house: Path) -> Path:
    """The set of one rule, which has examples, an alias, a control and a reference."""
    write(house, "rules/demo/non-root.yaml", RULE.format(check=GOOD_CHECK) + EXAMPLES)
    return house


# explain


def test_explain_says_all_that_a_developer_needs(run: Run, proven: Path) -> None:
    said = run("explain", "demo/non-root", "--policy", proven)
    assert said.code == 0
    blocks = said.out.split("\n\n")
    assert blocks[0].splitlines() == [
        "demo/non-root  (high)",
        "Containers run as a non-root user",
        "Applies to: kubernetes/Pod",
        "Policy house: enforce, which blocks",
    ]
    assert "Why\n  Root in a container is root on the node once it breaks out." in blocks
    assert "How to comply\n  Set `runAsNonRoot` to true." in blocks
    assert "\n          runAsNonRoot: false  # expect\n" in said.out
    assert "{runAsNonRoot: true}" in said.out
    assert "Where other tools differ\n  checkov: It accepts a number, which an image can change." in blocks
    assert re.search(r"nist-800-53/CM-7  \w", said.out)
    assert "Read more\n  https://example.com/root" in blocks


@pytest.mark.parametrize(
    ("name", "rule"), [("OLD_1", "demo/non-root"), ("CKV_K8S_16", "kubernetes/privileged")]
)
def test_explain_knows_former_and_foreign_ids(run: Run, proven: Path, name: str, rule: str) -> None:
    said = run("explain", name, "--policy", proven)
    assert (said.code, said.out.split()[0]) == (0, rule)


def test_a_slip_in_an_id_leads_to_the_nearest(run: Run, proven: Path) -> None:
    for words in (("explain",), ("rules", "show")):
        said = run(*words, "demo/non-rot", "--policy", proven)
        assert (said.code, said.out) == (2, "")
        assert "error: there is no rule 'demo/non-rot'\n  help: did you mean demo/non-root" in said.err
    assert "`complygate rules list` names all" in run("explain", "qqqqqqqq").err


OWNED = """\
name: house
title: House rules
owner: "platform team, #platform"
rules:
  - select: {ids: [demo/non-root]}
    enforcement: {audit: 2020-01-01, warn: 2020-06-01, enforce: 2999-02-01}
    scope: {paths: [deploy/**]}
    severity: low
  - select: {ids: [docker/add-remote]}
    owner: "build team"
    enforcement: audit
  - select: {ids: [docker/base-image-tag]}
"""


def under(run: Run, house: Path, rule: str) -> list[str]:
    said = run("explain", rule, "--policy", house)
    assert said.code == 0, said.err
    return [line for line in said.out.split("\n\n")[0].splitlines() if line.startswith(("Owner", "Policy"))]


def test_explain_says_whom_to_ask_and_when_it_blocks(run: Run, proven: Path) -> None:
    write(proven, "policies/house.yaml", OWNED)
    assert under(run, proven, "demo/non-root") == [
        "Owner: platform team, #platform",
        (
            "Policy house: warn, which is shown and blocks nothing; enforce, which blocks, from 2999-02-01"
            " (severity low, in deploy/**)"
        ),
    ]
    assert under(run, proven, "docker/add-remote") == [
        "Owner: build team",
        "Policy house: audit, which is recorded and blocks nothing",
    ]
    assert under(run, proven, "docker/base-image-tag") == [
        "Owner: platform team, #platform",
        "Policy house: enforce, which blocks",
    ]
    assert under(run, proven, "docker/piped-download") == ["Policy house: not selected"]


def test_explain_speaks_of_every_policy_where_none_is_named(run: Run, proven: Path) -> None:
    write(proven, "policyset.yaml", "name: house\n")
    text = (proven / "policies/house.yaml").read_text()
    write(proven, "policies/later.yaml", text.replace("house", "later").replace("enforce\n", "warn\n"))
    assert under(run, proven, "demo/non-root") == [
        "Policy house: enforce, which blocks",
        "Policy later: warn, which is shown and blocks nothing",
    ]
    assert under(run, proven / "policies/later.yaml", "demo/non-root") == [
        "Policy later: warn, which is shown and blocks nothing"
    ]


def test_explain_without_a_policy_speaks_of_the_baseline(run: Run) -> None:
    said = run("explain", "kubernetes/privileged").out
    assert "Policy baseline: enforce, which blocks\n" in said
    assert "Owner" not in said


# rules list, rules show


def listed(run: Run, *options: str | Path) -> list[str]:
    said = run("rules", "list", *options)
    assert said.code == 0, said.err
    return [line.split()[0] for line in said.out.splitlines()]


def test_list_shows_own_and_built_in_rules_in_order(run: Run, proven: Path) -> None:
    ids = listed(run, "--policy", proven)
    assert {"demo/non-root", "kubernetes/privileged"} <= set(ids)
    assert ids == sorted(ids)
    assert "demo/non-root" not in listed(run)


def test_list_filters(run: Run, proven: Path) -> None:
    def ids(*options: str) -> set[str]:
        return set(listed(run, "--policy", proven, *options))

    everything = ids()
    assert ids("--tag", "demo") == {"demo/non-root"}
    assert "demo/non-root" in ids("--control", "nist-800-53/CM-7")
    assert ids("--kind", "compose/file") < everything
    assert "compose/privileged" in ids("--kind", "compose/*")
    assert ids("--tag", "demo", "--kind", "kubernetes/*") == {"demo/non-root"}
    assert ids("--tag", "demo", "--kind", "docker/stage") == set()


def test_list_that_finds_nothing_says_so(run: Run) -> None:
    said = run("rules", "list", "--tag", "nosuch")
    assert (said.code, said.out) == (0, "")
    assert "no rule is like that" in said.err
    as_json = run("rules", "list", "--tag", "nosuch", "--format", "json")
    assert (as_json.code, json.loads(as_json.out), as_json.err) == (0, [], "")


def test_list_and_show_as_json(run: Run, proven: Path) -> None:
    (one,) = json.loads(run("rules", "list", "--policy", proven, "--tag", "demo", "--format", "json").out)
    assert one == json.loads(run("rules", "show", "OLD_1", "--policy", proven).out)
    assert one["id"] == "demo/non-root"
    assert one["check"] == {"cel": GOOD_CHECK}
    assert one["select"] == "$.spec.containers[*]"
    assert one["controls"] == ["nist-800-53/CM-7"]
    assert one["file"] == "house/rules/demo/non-root.yaml:1:1"


# policy test, policy lint


def test_a_set_tests_its_own_rules_only(run: Run, proven: Path) -> None:
    said = run("policy", "test", "--policy", proven)
    assert (said.code, said.out) == (0, "1 rules, 2 examples, 0 failed, 0 rules unproven\n")
    one = run("policy", "test", "docker/piped-download")
    assert one.code == 0
    assert one.out.startswith("1 rules, ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("false  # expect", "false", "marks no line with `# expect`"),
        ("{runAsNonRoot: true}", "{}", "is reported and not expected"),
        ("runAsNonRoot: false", "runAsNonRoot: true", "is expected and not reported"),
        ("cel: '", "cel: '1 + ", "check.cel"),
    ],
)
def test_an_example_that_proves_nothing_fails(run: Run, proven: Path, old: str, new: str, said: str) -> None:
    file = proven / "rules/demo/non-root.yaml"
    assert file.read_text().count(old) == 1
    file.write_text(file.read_text().replace(old, new))
    result = run("policy", "test", "--policy", proven)
    assert result.code == 1
    assert said in result.out
    assert result.out.startswith("house/rules/demo/non-root.yaml:")


_LISTED = """\
title: Names are listed
severity: low
applies_to: kubernetes/Namespace
params: {names: []}
check: {cel: "params.names.size() == 0 || self.metadata.name in params.names"}
message: "{resource} is not listed"
why: Because.
fix: List it.
examples:
  pass:
    - "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"
    - params: {names: [shop]}
      text: "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"
  fail:
    - params: PARAMS
      text: "{apiVersion: v1, kind: Namespace, metadata: {name: sales}} # expect"
"""


def test_an_example_may_bring_parameters_of_its_own(run: Run, proven: Path) -> None:
    (proven / "rules/demo/listed.yaml").write_text(_LISTED.replace("PARAMS", "{names: [shop]}"))
    said = run("policy", "test", "--policy", proven)
    assert (said.code, said.out) == (0, "2 rules, 5 examples, 0 failed, 0 rules unproven\n")
    assert '# params: {"names": ["shop"]}' in run("explain", "demo/listed", "--policy", proven).out


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("{nams: [shop]}", 'params: the rule has no parameter "nams"'),
        ("{names: shop}", "params: names: the rule's own value is of another type"),
    ],
)
def test_parameters_of_an_example_are_those_of_the_rule(
    run: Run, proven: Path, params: str, said: str
) -> None:
    (proven / "rules/demo/listed.yaml").write_text(_LISTED.replace("PARAMS", params))
    found = run("policy", "test", "--policy", proven)
    assert found.code == 1
    assert said in found.out


def test_a_rule_without_examples_is_unproven(run: Run, house: Path) -> None:
    tested, linted = run("policy", "test", "--policy", house), run("policy", "lint", "--policy", house)
    assert (tested.code, linted.code) == (1, 1)
    assert "demo/non-root: has no passing and failing example; nothing proves it" in tested.out
    assert "demo/non-root has no failing example (nothing proves it)" in linted.out


def test_a_set_in_order(run: Run, proven: Path) -> None:
    said = run("policy", "lint", "--policy", proven)
    assert (said.code, said.out) == (0, "1 rules, 0 remarks\n")


def test_a_set_without_rules_has_nothing_to_test(run: Run, house: Path) -> None:
    (house / "rules/demo/non-root.yaml").unlink()
    policy_file = house / "policies/house.yaml"
    policy_file.write_text(policy_file.read_text().replace("[demo]", "[baseline]"))
    said = run("policy", "test", "--policy", house)
    assert said.code == 0
    assert "no rules of its own" in said.out


def test_what_no_rule_of_the_set_is_called(run: Run, proven: Path) -> None:
    typo = run("policy", "test", "demo/non-rot", "--policy", proven)
    assert (typo.code, typo.out) == (2, "")
    assert 'did you mean "demo/non-root"?' in typo.err
    # A word that names nothing is not covered up by one that does.
    assert run("policy", "test", "demo/*", "demo/gone", "--policy", proven).code == 2
    foreign = run("policy", "test", "kubernetes/privileged", "--policy", proven)
    assert foreign.code == 2
    assert "a built-in rule, which is tested without --policy" in foreign.err


# Mistakes in a check: the place is that in the file, whatever the scalar's style.

STYLES = {
    "plain": ("cel: self.a == 1 && selff.b == 2\n", "6:23"),
    "single": ("cel: 'self.a == ''1'' && selff.b'\n", "6:28"),
    "double": ('cel: "self.a == \\"1\\" && selff.b"\n', "6:28"),
    "literal": ("cel: |\n    self.a == 1\n      && selff.b\n", "8:10"),
    "folded": ("cel: >-\n    self.a == 1\n    && selff.b\n", "8:8"),
    "schema": ("schema:\n    type: object\n    propertis: {}\n", "8:5"),
    "schema, flow": ("schema: {properties: {a: {type: strin}}}\n", "6:29"),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_mistake_in_a_check(run: Run, house: Path, repo: Path, style: str) -> None:
    check, place = STYLES[style]
    text = RULE.format(check="X").replace("cel: 'X'\n", check).replace("tags: [demo]\n", "")
    write(house, "rules/demo/non-root.yaml", text)
    policy_file = house / "policies/house.yaml"
    policy_file.write_text(policy_file.read_text().replace("tags: [demo]", "ids: [demo/non-root]"))
    for command in (["scan", repo], ["policy", "show"], ["policy", "lint"]):
        said = run(*command, "--policy", house)
        assert (said.code, said.out) == (2, ""), command
        assert said.err.startswith("error: house/rules/demo/non-root.yaml:")
        assert "did you mean" in said.err
        found = re.match(r"error: \S+?:(\d+:\d+): check\.", said.err)
        assert found
        assert found[1] == place


def test_lint_compiles_what_is_not_in_force_yet(run: Run, house: Path, repo: Path) -> None:
    write(house, "rules/demo/broken.yaml", RULE.format(check="selff.a").replace("[demo]", "[later]"))
    assert run("scan", repo, "--policy", house).code == 0
    said = run("policy", "lint", "--policy", house)
    assert said.code == 2
    assert "house/rules/demo/broken.yaml:7:" in said.err


def test_no_word_of_a_file_steers_the_terminal(run: Run, house: Path) -> None:
    write(house, "rules/demo/non-root.yaml", RULE.format(check="true") + '"\\e[2J\\u202e": 1\n')
    said = run("policy", "lint", "--policy", house)
    assert said.code == 2
    assert "␛[2J<U+202E>: unknown key" in said.err
    assert "\x1b" not in said.err


# rules new


def test_a_new_rule_loads_and_is_unproven_until_it_has_examples(
    run: Run, proven: Path, tmp_path: Path
) -> None:
    made = run("rules", "new", "kubernetes/Pod", "Pods say who owns them", "--rules", "house/rules")
    assert made.code == 0, made.err
    file = proven / "rules/kubernetes/pods-say-who-owns-them.yaml"
    assert f"{file.relative_to(tmp_path)}: fill it in" in made.out
    advice = re.search(r"`complygate (.*)`", made.out)
    assert advice
    tested = run(*advice[1].split())
    assert tested.code == 1
    assert "pods-say-who-owns-them: has no passing and failing example" in tested.out
    linted = run("policy", "lint", "--policy", proven)
    assert linted.code == 1
    assert "kubernetes/pods-say-who-owns-them has no failing example" in linted.out
    assert "kubernetes/pods-say-who-owns-them is selected by no policy" in linted.out


def test_a_new_rule_replaces_none(run: Run, proven: Path) -> None:
    words = ("rules", "new", "demo/x", "Non root", "--rules", proven / "rules")
    before = (proven / "rules/demo/non-root.yaml").read_text()
    said = run(*words)
    assert said.code == 2
    assert "there is such a rule already" in said.err
    assert (proven / "rules/demo/non-root.yaml").read_text() == before


def test_what_gives_no_id_is_an_error(run: Run) -> None:
    said = run("rules", "new", "Kube rnetes", "!!")
    assert said.code == 2
    assert said.err.startswith("error: cannot name a rule")


# The environment names the set for all of them.


def test_the_environment_names_the_set(run: Run, proven: Path) -> None:
    source = str(policy_set(proven.parent / "other"))
    for words in (["rules", "list", "--tag", "demo"], ["explain", "demo/non-root"]):
        assert "demo/non-root" in run(*words, COMPLYGATE_POLICY=source).out


def test_mutants_that_no_example_notices_fail_the_test_of_a_policy(run: Run, proven: Path) -> None:
    noticed = run("policy", "test", "--policy", proven, "--mutants")
    lines = noticed.out.splitlines()
    assert lines[0] == "1 rules, 2 examples, 0 failed, 0 rules unproven"
    found = re.fullmatch(
        r"(\d+) mutants, (\d+) not noticed by any example, 0 explained as equivalent", lines[-1]
    )
    assert found
    assert noticed.code == int(found[2] != "0")
    rule = proven / "rules/demo/non-root.yaml"
    text = rule.read_text()
    rule.write_text(text.replace(GOOD_CHECK, f"({GOOD_CHECK}) || self.?never.orValue(false) == true"))
    said = run("policy", "test", "--policy", proven, "--mutants")
    assert said.code == 1
    (line,) = [one for one in said.out.splitlines() if "mutant: without self.?never" in one]
    assert re.match(
        r".*rules/demo/non-root\.yaml:\d+:\d+: demo/non-root, mutant: without self\.\?never", line
    )
    rule.write_text(rule.read_text() + "equivalent: {without self.q: It is gone.}\n")
    said = run("policy", "test", "--policy", proven, "--mutants")
    assert "demo/non-root: equivalent names no mutant that survives: without self.q" in said.out
