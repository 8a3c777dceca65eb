"""Where policies live, and how they are asked for."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from tests.unit.policy.sets import POLICY, RULE, write

from complygate import policy
from complygate.errors import PolicyError, UsageError
from complygate.model.policy import Level

Q = POLICY.replace("name: p", "name: q")


def test_the_built_in_policies() -> None:
    baseline = policy.load("builtin:baseline", base=Path("/"))
    strict = policy.load("builtin:strict", base=Path("/"))
    assert (baseline.name, baseline.source) == ("baseline", "builtin:baseline")
    assert set(baseline.rules) <= set(strict.rules)
    everything = policy.load_set("builtin:", base=Path("/")).rules
    assert set(strict.rules) == set(everything)
    assert set(baseline.rules) == {name for name, rule in everything.items() if "baseline" in rule.tags}
    levels = {effective.enforcement.on(dt.date(2027, 1, 1)) for effective in baseline.rules.values()}
    assert levels == {Level.ENFORCE}


@pytest.mark.parametrize("source", ["p", "./p", "p/policies/p.yaml", "../{name}/p"])
def test_a_set_is_named_by_its_folder_or_a_policy_of_it(tmp_path: Path, source: str) -> None:
    write(tmp_path / "p")
    chosen = policy.load(source.format(name=tmp_path.name), base=tmp_path)
    assert chosen.name == "p"
    assert str(chosen.rules["t/r"].rule.place) == "p/rules/t/r.yaml:1:1"


def test_an_absolute_path_is_shown_as_it_is_needed(tmp_path: Path) -> None:
    write(tmp_path / "p")
    inside = policy.load(str(tmp_path / "p"), base=tmp_path)
    outside = policy.load(str(tmp_path / "p"), base=tmp_path / "elsewhere")
    assert str(inside.rules["t/r"].rule.place) == "p/rules/t/r.yaml:1:1"
    assert str(outside.rules["t/r"].rule.place) == f"{tmp_path.resolve()}/p/rules/t/r.yaml:1:1"
    assert inside.digest == outside.digest


def test_of_several_policies_the_default_stands_for_the_folder(tmp_path: Path) -> None:
    write(tmp_path, {"policies/q.yaml": Q, "policyset.yaml": "name: s\ndefault: q\n"})
    assert policy.load(".", base=tmp_path).name == "q"
    assert policy.load("policies/p.yaml", base=tmp_path).name == "p"


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        (".", "has several policies and no default", "name one of p, q as `default` in policyset.yaml"),
        ("empty", "is not a policy set", "policyset.yaml, rules/ or policies/"),
        ("bare", "has no policy", "add policies/NAME.yaml"),
        ("nowhere", "no such policy", "builtin:NAME, a policy set's folder, or a YAML file"),
        ("rules/t/r.yaml", "is not in the policies/ folder", "builtin:NAME"),
        ("builtin:baselin", "there is no policy 'baselin'", 'did you mean "baseline"?'),
        ("n" * 5000, "no such policy", "builtin:NAME"),
        ("nul\0", "no such policy", "builtin:NAME"),
    ],
)
def test_what_leads_nowhere(tmp_path: Path, source: str, message: str, hint: str) -> None:
    write(tmp_path, {"policies/q.yaml": Q})
    (tmp_path / "empty").mkdir()
    (tmp_path / "bare/rules").mkdir(parents=True)
    with pytest.raises(UsageError) as caught:
        policy.load(source, base=tmp_path)
    assert str(caught.value) == f"{source}: {caught.value.message.removeprefix(f'{source}: ')}"
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_own_and_built_in_rules_and_controls_are_one_pool(tmp_path: Path) -> None:
    both = POLICY.replace("[t/r]", "[t/r, kubernetes/privileged]")
    text = RULE + "controls: [own/A-1, nist-800-53/CM-7]\n"
    own = "id: own\ntitle: Own\nversion: '2'\nurl: https://example.com\ncontrols:\n  - {id: A-1, title: A}\n"
    write(tmp_path, {"policies/p.yaml": both, "rules/t/r.yaml": text, "controls/own.yaml": own})
    chosen = policy.load_set(".", base=tmp_path)
    assert chosen.own == {"t/r"}
    assert list(chosen.rules) == sorted(chosen.rules)
    control = chosen.controls["own/A-1"]
    assert (control.title, control.framework, control.framework_version) == ("A", "own", "2")
    assert control.url == "https://example.com"
    assert list(policy.load(".", base=tmp_path).rules) == ["kubernetes/privileged", "t/r"]


def test_all_mistakes_of_all_files_come_in_one_go(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "rules/t/r.yaml": RULE.replace("high", "hihg"),
            "rules/a/b.yaml": "title: [\n",
            "policies/p.yaml": POLICY.replace("ids", "idz"),
            "controls/c.yaml": "id: c\n",
            "policyset.yaml": "nam: x\n",
        },
    )
    with pytest.raises(PolicyError) as caught:
        policy.load(".", base=tmp_path)
    places = [str(error.place) for error in (caught.value, *caught.value.others)]
    assert places == [
        "controls/c.yaml:1:1",
        "controls/c.yaml:1:1",
        "policies/p.yaml:4:14",
        "policyset.yaml:1:1",
        "rules/a/b.yaml:2:1",
        "rules/t/r.yaml:2:11",
    ]


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    write(tmp_path)
    os.mkfifo(tmp_path / "rules/t/pipe.yaml")
    (tmp_path / "rules/t/gone.yaml").symlink_to("nowhere")
    (tmp_path / "rules/README.md").write_text("Not a rule.")
    with pytest.raises(PolicyError) as caught:
        policy.load(".", base=tmp_path)
    assert [str(error) for error in (caught.value, *caught.value.others)] == [
        "rules/t/gone.yaml: cannot be read: No such file or directory",
        "rules/t/pipe.yaml: is not a file",
    ]
