"""HCL: blocks, attributes and expressions, and where each stands."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.errors import SyntaxProblem
from complygate.model.tree import Span
from complygate.syntax import hcl
from complygate.syntax import hcl_nodes as nodes


def value(text: str) -> nodes.Expression:
    file = hcl.parse_text(f"a = {text}\n", "x.tfvars")
    assert not file.problems
    return file.attributes["a"].expression


def brief(node: Any) -> Any:
    """Return an expression as nested tuples without places."""
    if isinstance(node, nodes.Literal):
        return node.value
    if isinstance(node, tuple):
        return tuple(brief(item) for item in node)
    if hasattr(node, "span"):
        names = [name for name in type(node).__slots__ if name != "span"]
        return (type(node).__name__, *(brief(getattr(node, name)) for name in names))
    return node


class TestBlocks:
    TEXT = (
        'resource "aws_s3_bucket" "logs" {\n  bucket = "é-logs" # name\n\n  rule {\n    on = true\n  }\n}\n'
    )

    def test_a_block_has_its_labels_and_head(self) -> None:
        (block,) = hcl.parse_text(self.TEXT, "main.tf").blocks
        assert (block.type, block.labels) == ("resource", ("aws_s3_bucket", "logs"))
        assert block.head == Span(1, 1, 1, 32)
        assert block.span == Span(1, 1, 7, 2)

    def test_an_attribute_has_the_places_of_key_and_value(self) -> None:
        (block,) = hcl.parse_text(self.TEXT, "main.tf").blocks
        bucket = block.attributes["bucket"]
        assert bucket.key == Span(2, 3, 2, 9)
        assert bucket.value == Span(2, 12, 2, 20)  # code points, not bytes
        assert bucket.span == Span(2, 3, 2, 20)
        assert (bucket.text, bucket.literal) == ('"é-logs"', True)

    def test_the_place_of_a_value_has_its_parentheses(self) -> None:
        attribute = hcl.parse_text("a = (\n  b\n)\n", "x.tfvars").attributes["a"]
        assert attribute.value == Span(1, 5, 3, 2)
        assert attribute.text == "(\n  b\n)"

    def test_columns_after_a_wide_character_count_code_points(self) -> None:
        (block,) = hcl.parse_text('a { x = "é𝄞" \n y = ["𝄞", b] }\n', "main.tf").blocks
        items = block.attributes["y"].expression
        assert isinstance(items, nodes.TupleCons)
        assert items.items[1].span == Span(2, 12, 2, 13)

    def test_nested_blocks_are_in_order(self) -> None:
        (block,) = hcl.parse_text("a {\n b {\n c = 1\n }\n d {}\n b {}\n}\n", "main.tf").blocks
        assert [child.type for child in block.blocks] == ["b", "d", "b"]
        assert len(list(block.of_type("b"))) == 2

    def test_carriage_returns_are_white_space(self) -> None:
        (block,) = hcl.parse_text('a "b" {\r\n  c = "d"\r\n}\r\n', "main.tf").blocks
        assert block.attributes["c"].value == Span(2, 7, 2, 10)


class TestExpressions:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1", 1),
            ("1.5e3", 1500),
            ("0.25", 0.25),
            ("12345678901234567890", 12345678901234567890),
            ("true", True),
            ("null", None),
            ('""', ""),
            (r'"a\n\"\t\\\u00e9\U0001D11E"', 'a\n"\t\\é𝄞'),
            ('"$${a} %%{b}"', "${a} %{b}"),
            ("<<EOT\n a\\n $${b}\nEOT", " a\\n ${b}\n"),
            ("<<-EOT\n    a\n      b\n\n    c\n  EOT", "a\n  b\n\nc\n"),
            ("<<EOT\nEOT", ""),
        ],
    )
    def test_literals(self, text: str, expected: object) -> None:
        assert brief(value(text)) == expected
        assert nodes.is_literal(value(text))

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('"a ${b} c"', ("Template", ("a ", ("Name", "b"), " c"))),
            ('"${a}"', ("Template", (("Name", "a"),))),
            ('"x  ${~ a ~}  y"', ("Template", ("x", ("Name", "a"), "y"))),
            ("a.b[0].c", ("GetAttr", ("Index", ("GetAttr", ("Name", "a"), "b"), 0), "c")),
            ("a.0.b", ("GetAttr", ("Index", ("Name", "a"), 0), "b")),
            ("a[*].b[0]", ("Splat", ("Name", "a"), ("Index", ("GetAttr", ("Name", "*"), "b"), 0))),
            ("a.*.b[0]", ("Index", ("Splat", ("Name", "a"), ("GetAttr", ("Name", "*"), "b")), 0)),
            ("f(a, b...)", ("Call", "f", (("Name", "a"), ("Name", "b")), True)),
            ("provider::x::y(1)", ("Call", "provider::x::y", (1,), False)),
            ("(1 + 2) * 3", ("Binary", "*", ("Binary", "+", 1, 2), 3)),
            ("!a == b", ("Binary", "==", ("Unary", "!", ("Name", "a")), ("Name", "b"))),
            ("-a.b", ("Unary", "-", ("GetAttr", ("Name", "a"), "b"))),
            ("[1, # one\n 2,]", ("TupleCons", (1, 2))),
            (
                '{ a = 1, "b" : 2, (c) = 3 }',
                (
                    "ObjectCons",
                    (("ObjectItem", "a", 1), ("ObjectItem", "b", 2), ("ObjectItem", ("Name", "c"), 3)),
                ),
            ),
            (
                "[for k, v in a : v if k]",
                ("For", "k", "v", ("Name", "a"), None, ("Name", "v"), ("Name", "k"), False),
            ),
            (
                "{ for v in a : v => 1... }",
                ("For", "", "v", ("Name", "a"), ("Name", "v"), 1, None, True),
            ),
        ],
    )
    def test_shapes(self, text: str, expected: object) -> None:
        assert brief(value(text)) == expected

    def test_conditionals_read_from_the_right(self) -> None:
        inner = ("Conditional", ("Name", "c"), 2, ("Conditional", ("Name", "d"), 3, 4))
        assert brief(value("a ? 1 : c ? 2 : d ? 3 : 4")) == ("Conditional", ("Name", "a"), 1, inner)
        left = ("Conditional", ("Name", "a"), ("Name", "b"), ("Name", "c"))
        assert brief(value("(a ? b : c) ? 1 : 2")) == ("Conditional", left, 1, 2)

    def test_template_directives(self) -> None:
        found = brief(value('"%{ if a }x%{ else }y%{ endif }%{ for v in b }${v},%{ endfor }"'))
        choice = ("TemplateIf", ("Name", "a"), ("Template", ("x",)), ("Template", ("y",)))
        loop = ("TemplateFor", "", "v", ("Name", "b"), ("Template", (("Name", "v"), ",")))
        assert found == ("Template", (choice, loop))

    def test_a_template_of_its_own(self) -> None:
        assert brief(hcl.parse_template("a ${b}\n", "t")) == ("Template", ("a ", ("Name", "b"), "\n"))
        assert brief(hcl.parse_template("END_OF_TEMPLATE", "t")) == "END_OF_TEMPLATE"
        with pytest.raises(SyntaxProblem):
            hcl.parse_template("${", "t")


class TestMistakes:
    def test_a_mistake_has_a_place_and_sound_blocks_stay(self) -> None:
        file = hcl.parse_text("a {\n  b = 1\n}\nc {\n  d = [1,\n}\n", "main.tf")
        assert [block.type for block in file.blocks] == ["a"]
        (problem,) = file.problems
        assert problem.place is not None
        assert (problem.place.path, problem.place.line) == ("main.tf", 5)

    def test_what_is_missing_is_named(self) -> None:
        (problem,) = hcl.parse_text("a {\n  b = 1\n", "main.tf").problems
        assert "}" in problem.message

    def test_a_name_set_twice(self) -> None:
        file = hcl.parse_text("a {\n  b = 1\n  b = 2\n}\n", "main.tf")
        assert not file.blocks
        assert [str(problem) for problem in file.problems] == ['main.tf:3:3: "b" is set twice in this block']

    @pytest.mark.parametrize(
        "text",
        [
            "a = " + "[" * 5000 + "]" * 5000,
            "a = " + "{b=" * 5000,
            "a {\n" * 3000 + "}\n" * 3000,
            "a = " + "b ? " * 3000,
            "a = b" + ".c" * 5000,
            "a = " + "!" * 5000 + "b",
            'a = "' + "${" * 3000,
            "a = 1e999999",
            "a = " + "9" * 9000,
            "a = <<X\n" * 3000,
            "a = 1\0",
        ],
        ids=lambda text: text[:8],
    )
    def test_hostile_text_ends_soon_with_a_problem(self, text: str) -> None:
        start = time.monotonic()
        file = hcl.parse_text(text + "\n", "main.tf")
        assert file.problems
        assert time.monotonic() - start < 10

    def test_lone_surrogates_are_read(self) -> None:
        (block,) = hcl.parse_text('a {\n  b = "\ud800"\n}\n', "main.tf").blocks
        assert block.attributes["b"].value == Span(2, 7, 2, 10)

    def test_a_carriage_return_alone_ends_a_line_as_it_does_for_reports(self) -> None:
        (block,) = hcl.parse_text("\r# a\r\nb {\r  c = 1\r}", "main.tf").blocks
        assert (block.head.line, block.attributes["c"].value) == (3, Span(4, 7, 4, 8))

    @given(st.text(alphabet='ab{}[]()"$%=\n .,:?<-E~#/\\é', max_size=80))
    def test_any_text_gives_a_file(self, text: str) -> None:
        file = hcl.parse_text(text, "main.tf")
        lines = text.split("\n")
        for block in file.blocks:
            assert 1 <= block.span.line <= len(lines)
            assert block.span.end_column <= len(lines[block.span.end_line - 1]) + 1

    @given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=40))
    def test_quoted_text_comes_back(self, text: str) -> None:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        escaped = escaped.replace("${", "$${").replace("%{", "%%{")
        file = hcl.parse_text(f'a = "{escaped}"\n', "x.tfvars")
        if not file.problems:
            assert brief(file.attributes["a"].expression) == text
