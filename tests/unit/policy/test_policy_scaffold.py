"""The skeleton of a new rule."""

from __future__ import annotations

import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.policy.sets import write

from complygate import policy
from complygate.errors import UsageError


def loaded(folder: Path, kind: str, title: str) -> policy.PolicySet:
    rule_id, text = policy.scaffold(kind, title)
    return policy.load_set(".", base=write(folder, {f"rules/{rule_id}.yaml": text}))


def test_it_loads_and_says_that_nothing_proves_it_yet(tmp_path: Path) -> None:
    chosen = loaded(tmp_path, "kubernetes/Pod", "Pods say who owns them")
    rule = chosen.rules["kubernetes/pods-say-who-owns-them"]
    assert (rule.title, rule.applies_to, rule.engine) == (
        "Pods say who owns them",
        ("kubernetes/Pod",),
        "cel",
    )
    assert rule.message == "{resource} does not meet: Pods say who owns them"
    said = [str(remark) for remark in policy.lint(chosen) if rule.id in remark.message]
    assert [text.split(rule.id)[-1] for text in said] == [
        " has no failing example (nothing proves it)",
        " has no passing example (nothing proves it)",
        " is selected by no policy of the set",
    ]


@pytest.mark.parametrize(
    "kind", ["kubernetes/*", "cloudformation/AWS::S3::Bucket", "repository", "docker/stage"]
)
def test_any_kind(tmp_path: Path, kind: str) -> None:
    name = f"{kind.partition('/')[0]}/a-b"
    assert loaded(tmp_path, kind, "A: {b}?").rules[name].applies_to == (kind,)


@given(st.text(string.printable.replace("\x0b", "").replace("\x0c", "") + "é🦀", min_size=1, max_size=40))
def test_any_title(title: str) -> None:
    assume(any(char in string.ascii_letters + string.digits for char in title))
    with tempfile.TemporaryDirectory() as folder:
        chosen = loaded(Path(folder), "docker/stage", title)
    rule = next(chosen.rules[name] for name in chosen.own if name.startswith("docker/"))
    assert rule.title == title.strip()


@pytest.mark.parametrize(("kind", "title"), [("kubernetes/Pod", "!?"), ("Kube rnetes", "A"), ("", "A")])
def test_what_gives_no_id(kind: str, title: str) -> None:
    with pytest.raises(UsageError) as caught:
        policy.scaffold(kind, title)
    assert caught.value.hint


@pytest.mark.parametrize(
    "title", ["true", "Null", "12", "1.5", "a #b", "- a", "a: b", "~a", "{a}", "{{a", "'a\" b\\"]
)
def test_a_title_that_yaml_would_read_otherwise(tmp_path: Path, title: str) -> None:
    chosen = loaded(tmp_path, "docker/stage", title)
    assert [rule.title for name, rule in chosen.rules.items() if name in chosen.own - {"t/r"}] == [title]
