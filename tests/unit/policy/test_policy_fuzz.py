"""Whatever stands in a policy set's files, loading ends in a policy or in an error that says where."""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policy.sets import write

from complygate import policy
from complygate.errors import PolicyError, UsageError

RULE = """\
id: t/r
title: A title
severity: high
tags: [a, b]
controls: [nist-800-53/CM-7]
applies_to: [kubernetes/Pod, "kubernetes/*"]
select: $.spec.containers[?@.image == 'x']
params: {names: [a], limit: 1}
check:
  cel: >-
    self.name in params.names
    && true
at: a.b
message: "{self.name} is wrong {params.limit}"
why: Because.
fix: Do it.
references: ["https://example.com/a"]
aliases: [X_1]
examples:
  pass:
    - |
      a: b
  fail:
    - {path: a.yaml, text: "a: b", expect: [1], files: {b.yaml: ""}}
"""
POLICY = """\
name: p
title: P
rules:
  - select: {ids: ["t/*"], severity: ">=high", tags: [a]}
    enforcement: {audit: 2026-10-01, warn: 2026-12-01, enforce: 2027-02-01}
    params: {names: [b]}
    waivable: {inline: true, max_days: 30}
  - select: {all: true}
    except: [t/r]
    severity: low
    scope: {paths: ["src/**"]}
undecided: {parse-error: warn}
exclude: [vendor/**]
"""
CONTROLS = "id: own\ntitle: Own\nversion: '1'\ncontrols:\n  - {id: A-1, title: A}\n"
SET = "name: s\ntitle: S\ndefault: p\n"
FILES = {
    "rules/t/r.yaml": RULE, "policies/p.yaml": POLICY, "controls/own.yaml": CONTROLS, "policyset.yaml": SET,
}  # fmt: skip
WORDS = """- |[|]|{|"|'||>-|#|&a |*a|<<: |!t |---|null|true|-1|1e999|.nan|2026-02-30|$..|{self|all: true|~"""
BITS = st.sampled_from(
    [
        *WORDS.split("|"),
        "|",
        "\n",
        "\n  ",
        "\n---\n",
        ">-\n",
        ":",
        "\t",
        "\0",
        "\u2028",
        "\r",
        "\\",
        "🦀",
        "a" * 300,
    ]
)


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, str]:
    """Return the right files, with some stretches of one replaced."""
    name = draw(st.sampled_from(sorted(FILES)))
    text = FILES[name]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 12))
        text = text[:start] + draw(BITS) + text[start + length :]
    return {**FILES, name: text}


def check(files: dict[str, str] | dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = write(Path(folder), dict(files))
        error = failure(base)
        for one in (error, *error.others) if isinstance(error, PolicyError) else ():
            assert one.message
            assert one.place is not None
            lines = (base / one.place.path).read_bytes().splitlines()
            assert 0 <= one.place.line <= len(lines) + 1
        assert error is None or isinstance(error, PolicyError) or error.hint


def failure(base: Path) -> PolicyError | UsageError | None:
    """Load the set and return how that fails, if it does."""
    try:
        policy.load(".", base=base)
        policy.lint(policy.load_set(".", base=base))
    except (PolicyError, UsageError) as error:
        return error
    return None


def test_the_files_are_right_to_begin_with(tmp_path: Path) -> None:
    assert policy.load(".", base=write(tmp_path, dict(FILES))).name == "p"


@given(spoiled())
def test_spoiled_files(files: dict[str, str]) -> None:
    check(files)


@given(st.sampled_from(sorted(FILES)), st.binary(max_size=60))
def test_any_bytes(name: str, data: bytes) -> None:
    check({**{key: text.encode() for key, text in FILES.items()}, name: data})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_any_value_at_any_key(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FILES)))
    loaded = yaml.safe_load(FILES[name])
    node = loaded
    while True:
        key = data.draw(
            st.sampled_from(sorted(node)) if isinstance(node, dict) else st.integers(0, len(node) - 1)
        )
        inner = node[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            node[key] = data.draw(JSON)
            break
        node = inner
    check({**FILES, name: yaml.safe_dump(loaded, allow_unicode=True)})
