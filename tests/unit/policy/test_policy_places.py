"""A mistake inside a scalar is shown where it stands in the file, whatever the scalar's style."""

from __future__ import annotations

from pathlib import Path

import jsonpath_rfc9535
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policy.sets import RULE, write

from complygate import policy
from complygate.errors import CheckError
from complygate.policy import rule_checks, scalars

STYLES = {
    "literal": "|\n    self.name == 'a'\n      && selff.b\n\n    && it.c == \"d\"\n",
    "literal, stripped, with indentation": "|2-  # a comment\n    self.name == 'a'\n      && selff.b\n",
    "folded": ">-\n    self.name == 'a'\n    && selff.b\n    && it.c\n",
    "folded, with deeper lines": ">\n    self.name == 'a'\n\n      && selff.b\n      && it.c\n    && true\n",
    "plain": "self.name == 1 && selff.b\n",
    "plain, over lines": "self.name == 1\n     && selff.b\n     && it.c\n",
    "single quotes": "'self.name == ''a'' && selff.b'\n",
    "single quotes, over lines": "'self.name == ''a''\n\n     && selff.b'\n",
    "double quotes": '"self.name == \\"a\\" && selff.b"\n',
    "double quotes, over lines": '"self.name ==\\n \\x41 \\\n     && selff.b"\n',
}


@pytest.mark.parametrize("style", STYLES)
def test_the_place_of_a_mistake_in_a_check(tmp_path: Path, style: str) -> None:
    text = RULE.replace("'true'\n", STYLES[style])
    loaded = policy.load_set(".", base=write(tmp_path, {"rules/t/r.yaml": text})).rules["t/r"]
    before = loaded.check[: loaded.check.index("selff")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    place = policy.place_of(loaded, CheckError("unknown", pointer="/cel", line=line, column=column)).place
    assert place is not None
    lines = text.split("\n")
    assert lines[place.line - 1][place.column - 1 :].startswith("selff"), place


def test_the_end_of_a_text_is_behind_its_last_character(tmp_path: Path) -> None:
    text = RULE.replace("'true'\n", ">-\n    self.a &&\n    \n")
    loaded = policy.load_set(".", base=write(tmp_path, {"rules/t/r.yaml": text})).rules["t/r"]
    error = CheckError("unexpected end", pointer="/cel", line=1, column=len(loaded.check) + 1)
    assert str(policy.place_of(loaded, error)) == "rules/t/r.yaml:7:14: check.cel: unexpected end"


def test_a_mistake_in_a_schema_is_at_its_key(tmp_path: Path) -> None:
    text = RULE.replace("cel: 'true'", "schema:\n    type: object\n    propertis: {}")
    loaded = policy.load_set(".", base=write(tmp_path, {"rules/t/r.yaml": text})).rules["t/r"]
    error = policy.place_of(loaded, CheckError("no such keyword", pointer="/schema/propertis", hint="x"))
    assert str(error) == "rules/t/r.yaml:8:5: check.schema.propertis: no such keyword"
    assert error.hint == "x"


VALUES = st.text("ab'\"\\ \n\té:#&{", min_size=1, max_size=40)


@given(VALUES, st.sampled_from(["|", ">", "'", '"', None]), st.integers(20, 30))
def test_every_visible_character_is_found(value: str, style: str | None, width: int) -> None:
    text = yaml.dump(value, default_style=style, width=width, allow_unicode=True)
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    assert node is not None
    source = text[node.start_mark.index : node.end_mark.index]
    for offset, char in enumerate(node.value):
        at = scalars.locate(source, node.value, offset)
        if not char.isspace():
            # An escape such as "\xe9" stands for a character without showing it.
            assert source[at] in {char, "\\"}
        assert 0 <= at <= len(source)


@given(st.text(max_size=60), st.text(max_size=30), st.integers(0, 70))
def test_no_source_and_value_lead_outside(source: str, value: str, offset: int) -> None:
    assert 0 <= scalars.locate(source, value, offset) <= len(source)


@given(st.text("ab\n", max_size=20), st.integers(-1, 30), st.integers(-1, 30))
def test_an_offset_stays_inside_its_text(value: str, line: int, column: int) -> None:
    assert 0 <= scalars.offset_of(value, line, column) <= len(value)


@given(st.from_regex(r"\$(\.[A-Za-z_*][A-Za-z0-9_]*|\[\*\]|\[-?[0-9]+\]){0,4}", fullmatch=True))
def test_a_path_that_is_taken_without_the_library_is_right_for_it(path: str) -> None:
    if rule_checks._SIMPLE_PATH.fullmatch(path):
        jsonpath_rfc9535.compile(path)
