from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.model.glob import any_matches, matches


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("kubernetes/*", "kubernetes/Pod", True),
        ("kubernetes/*", "kubernetes/a/b", False),
        ("kubernetes/**", "kubernetes/a/b", True),
        ("kubernetes/**", "kubernetes", True),
        ("**", "", True),
        ("**", "a/b/c", True),
        ("**/x.yaml", "x.yaml", True),
        ("**/x.yaml", "a/b/x.yaml", True),
        ("**/x.yaml", "ax.yaml", False),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("v[12].x", "v1.x", True),
        ("v[12].x", "v1yx", False),
        ("v[!12]", "v3", True),
        ("v[!12]", "v1", False),
        ("a[", "a[", True),
        # Signs by which a later Python may mean sets within sets.
        ("[[]a", "[a", True),
        ("[a[]", "b", False),
        ("[a&&b]", "&", True),
        ("[a||b]", "|", True),
        ("[a~~b]", "~", True),
        ("[a--]", "[a--]", True),
        ("a.b", "axb", False),
        ("terraform/data.*", "terraform/data.aws_ami", True),
        ("cloudformation/AWS::S3::Bucket", "cloudformation/AWS::S3::Bucket", True),
    ],
)
def test_matches(pattern: str, name: str, expected: bool) -> None:
    assert matches(pattern, name) is expected


@given(st.text(alphabet="abc/*?[]!-\\.&|~", max_size=12), st.text(alphabet="abc/-]\\", max_size=12))
def test_no_pattern_raises(pattern: str, name: str) -> None:
    matches(pattern, name)


@given(st.text(alphabet="ab/.:", max_size=12))
def test_a_name_without_wildcards_matches_itself_and_no_longer_name(name: str) -> None:
    assert matches(name, name)
    assert not matches(name, f"{name}x")


@given(st.text(alphabet="ab/", max_size=8), st.integers(2, 4))
def test_repeating_a_wildcard_for_folders_changes_nothing(name: str, times: int) -> None:
    for before, after in (("", "b"), ("a/", "*"), ("a", "b/**")):
        once = f"{before}**/{after}"
        assert matches(f"{before}{'**/' * times}{after}", name) is matches(once, name)


def test_many_wildcards_for_folders_cost_as_much_as_one() -> None:
    # Tried one by one, the ways to divide the name among the wildcards would outlast the machine.
    assert not matches("**/" * 1000 + "x", "a/" * 40 + "b")
    assert matches("**/" * 1000 + "x", "a/" * 40 + "x")


def test_any_matches() -> None:
    assert any_matches(["x", "a/*"], "a/b")
    assert not any_matches([], "a")
