from __future__ import annotations

import jsonpath_rfc9535
import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.evaluate.select import Node, Selector
from complygate.model import pointer as ptr
from complygate.model.document import Unknown


def test_the_whole() -> None:
    assert list(Selector("$").nodes([1])) == [Node("", [1])]


def test_nodes_come_with_their_pointers() -> None:
    data = {"spec": {"containers": [{"name": "a"}, {"name": "b"}], "x/y": [1]}}
    assert [n.pointer for n in Selector("$.spec.containers[*]").nodes(data)] == [
        "/spec/containers/0",
        "/spec/containers/1",
    ]
    assert list(Selector("$.spec['x/y'][0]").nodes(data)) == [Node("/spec/x~1y/0", 1)]


@pytest.mark.parametrize(
    ("path", "unknown", "hidden"),
    [
        ("$.ingress[*].cidr[*]", "/ingress/0/cidr", True),
        ("$.ingress[*].cidr[*]", "/ingress", True),
        ("$.ingress[*].cidr[*]", "/ingress/0/ports", False),
        ("$.ingress[*].cidr[*]", "/egress/0/cidr", False),
        ("$.ingress[*].cidr", "/ingress/0/cidr", False),
        ("$.ingress[0].cidr[*]", "/ingress/1/cidr", False),
        ("$.ingress[-1].cidr[*]", "/ingress/1/cidr", True),
        ("$.ingress[?@.self == true].cidr", "/ingress/0/self", True),
        ("$.ingress[?@.self == true].cidr", "/ingress/0/other", False),
        ("$..cidr", "/a/b", True),
        ("$", "/a", False),
    ],
)
def test_a_selection_that_an_unknown_value_may_cut_short_says_so(
    path: str, unknown: str, hidden: bool
) -> None:
    found = list(Selector(path).hidden({unknown: Unknown("x")}))
    assert found == ([unknown] if hidden else [])


_NAMES = st.sampled_from(["a", "b", "x y", "tilde~", "sl/ash", "ä"])
_DATA = st.recursive(
    st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)
_SEGMENTS = st.sampled_from(
    [".a", ".b", ".ä", "[*]", ".*", "['a','b']", "['a', 'x y']", "['tilde~']", "['sl/ash']", "[0]", "[-1]",
     "[0:2]", "['a',0]", "..a", "..[*]", "[?@.a]", "[?$.a == @.b]", '["a"]', "[ 'a' ]", " .a", "['\\u0061']"]
)  # fmt: skip


@given(data=_DATA, path=st.lists(_SEGMENTS, max_size=4).map(lambda parts: "".join(["$", *parts])))
def test_it_selects_what_the_library_selects(data: object, path: str) -> None:
    library = jsonpath_rfc9535.find(path, data)  # type: ignore[arg-type]
    assert list(Selector(path).nodes(data)) == [Node(ptr.build(n.location), n.value) for n in library]
