"""Dockerfiles: instructions, places, substitution."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.engines._plain import Cleaner
from complygate.errors import SyntaxProblem
from complygate.model.pointer import MISSING, resolve
from complygate.model.tree import Span
from complygate.syntax.dockerfile import Dockerfile, parse_text


def read(text: str) -> Dockerfile:
    return parse_text("Dockerfile", text)


def cut(text: str, span: Span) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def last(text: str) -> dict[str, Any]:
    record: dict[str, Any] = read(text).tree.data["stages"][-1]["instructions"][-1]
    return record


def shown(text: str, pointer: str) -> str:
    return cut(text, read(text).tree.values[pointer])


def test_stages_and_their_bases() -> None:
    text = "FROM golang:1.22 AS Build\nFROM build AS mid\nFROM ghcr.io/acme/base@sha256:ab\nFROM scratch\n"
    stages = read(text).tree.data["stages"]
    assert [s["name"] for s in stages] == ["build", "mid", None, None]
    assert [s["final"] for s in stages] == [False, False, False, True]
    golang, mid, acme, scratch = (s["base"] for s in stages)
    assert (golang["name"], golang["tag"], golang["registry"], golang["repository"]) == (
        "golang",
        "1.22",
        "docker.io",
        "library/golang",
    )
    assert mid["stage"]
    assert mid["registry"] is None
    assert (acme["registry"], acme["repository"], acme["digest"], acme["tag"]) == (
        "ghcr.io",
        "acme/base",
        "sha256:ab",
        None,
    )
    assert scratch["scratch"]
    assert shown(text, "/stages/0/base/tag") == "golang:1.22"
    assert shown(text, "/stages/0") == "FROM golang:1.22 AS Build"


def test_registry_with_a_port_is_no_tag() -> None:
    base = read("FROM localhost:5000/app\n").tree.data["stages"][0]["base"]
    assert (base["registry"], base["repository"], base["tag"]) == ("localhost:5000", "app", None)


def test_substitution_in_from_uses_the_defaults_before_it() -> None:
    text = "ARG REG=reg.example.com\nARG TAG\nFROM --platform=$BUILDPLATFORM ${REG}/base:${TAG:-3.1}\n"
    parsed = read(text)
    assert parsed.tree.data["args"] == {"REG": "reg.example.com", "TAG": None}
    assert parsed.tree.data["stages"][0]["base"]["image"] == "reg.example.com/base:3.1"
    assert parsed.unknowns["/stages/0/platform"].reason == "BUILDPLATFORM is set by the builder"


def test_an_argument_without_default_makes_only_its_part_unknown() -> None:
    parsed = read("ARG TAG\nFROM node:${TAG}\n")
    base = parsed.tree.data["stages"][0]["base"]
    assert base["name"] == "node"
    assert base["tag"] is None
    assert parsed.unknowns["/stages/0/base/tag"].reason == "ARG TAG has no default"
    assert "/stages/0/base/name" not in parsed.unknowns
    whole = read("ARG IMAGE\nFROM $IMAGE\n")
    assert {f"/stages/0/base/{k}" for k in ("image", "name", "tag", "digest", "stage")} <= set(whole.unknowns)
    registry = read("ARG REG\nFROM $REG/app:1\n")
    assert registry.tree.data["stages"][0]["base"]["tag"] == "1"
    assert "/stages/0/base/registry" in registry.unknowns


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("$A", "one"),
        ("${A}x", "onex"),
        ("${B:-d}", "d"),
        ("${E:-d}", "d"),
        ("${E-d}", ""),
        ("${A:+alt}", "alt"),
        ("${B:+alt}", ""),
        ("${B:-${A}}", "one"),
        ("${P#*.}", "b.c"),
        ("${P##*.}", "c"),
        ("${P%.*}", "a.b"),
        ("${P%%.*}", "a"),
        ("\\$A", "$A"),
        ("'$A'", "$A"),
        ('"$A b"', "one b"),
        ('"\\"q"', '"q'),
    ],
)
def test_variables(word: str, value: str) -> None:
    parsed = read(f"FROM scratch\nARG A=one B\nENV E= P=a.b.c\nLABEL x={word}\n")
    assert parsed.tree.data["stages"][0]["instructions"][-1]["keys"] == {"x": value}
    assert not parsed.unknowns


def test_variables_of_one_instruction_take_the_values_before_it() -> None:
    parsed = read("FROM scratch\nENV a=hello\nENV a=bye d=$a\n")
    assert parsed.tree.data["stages"][0]["instructions"][-1]["keys"] == {"a": "bye", "d": "hello"}


def test_variables_of_the_base_stage_are_inherited_and_of_the_base_image_unknown() -> None:
    parsed = read("FROM alpine AS a\nENV D=/srv\nFROM a\nWORKDIR $D/app\nWORKDIR $HOME\n")
    first, second = parsed.tree.data["stages"][1]["instructions"]
    assert first["args"] == ["/srv/app"]
    assert second["args"] == [None]
    assert "base image" in parsed.unknowns["/stages/1/instructions/1/args/0"].reason


def test_user_of_a_stage_is_the_last_or_the_inherited_one() -> None:
    text = "FROM alpine AS a\nUSER root\nUSER app:grp\nFROM a\nRUN x\nFROM a\nUSER 0\nFROM alpine\n"
    parsed = read(text)
    users = [(s["user"], s["group"]) for s in parsed.tree.data["stages"]]
    assert users == [("app", "grp"), ("app", "grp"), ("0", None), (None, None)]
    assert shown(text, "/stages/0/user") == "app:grp"
    assert shown(text, "/stages/1/user") == "app:grp"
    assert "/stages/3/user" not in parsed.tree.values


def test_unknown_user_is_unknown_until_the_next_one() -> None:
    assert "/stages/0/user" in read("FROM a\nUSER $U\n").unknowns
    assert "/stages/0/user" not in read("FROM a\nUSER $U\nUSER app\n").unknowns


def test_continuations_comments_and_blank_lines() -> None:
    text = "FROM a\n"
    text += "RUN --mount=type=secret,id=x,required apk add \\\n  # why\n\n  curl \\  \n && x \\\\\nUSER app\n"
    record = read(text).tree.data["stages"][0]["instructions"][0]
    assert record["value"] == "apk add   curl  && x \\\\"
    assert record["mounts"] == [{"type": "secret", "id": "x", "required": "true"}]
    assert shown(text, "/stages/0/instructions/0/value").startswith("apk add \\\n")
    assert shown(text, "/stages/0/instructions/0/mounts/0") == "--mount=type=secret,id=x,required"
    assert shown(text, "/stages/0/user") == "app"


def test_places_behind_a_continuation_are_exact() -> None:
    text = "FROM a\nENV A=1 \\\n    B=two\\\n  C=3\n"
    parsed = read(text)
    assert cut(text, parsed.tree.keys["/stages/0/instructions/0/keys/B"]) == "B"
    assert shown(text, "/stages/0/instructions/0/keys/B") == "two"
    assert shown(text, "/stages/0/instructions/0/keys/C") == "3"


def test_escape_directive() -> None:
    text = "# escape=`\nFROM a\nRUN copy c:\\x `\n  d:\\\nUSER app\n"
    data = read(text).tree.data
    assert data["directives"] == {"escape": "`"}
    assert [i["instruction"] for i in data["stages"][0]["instructions"]] == ["RUN", "USER"]


def test_a_directive_after_a_comment_is_a_comment() -> None:
    assert read("# hello\n# escape=`\nFROM a\n").tree.data["directives"] == {}


def test_heredocs() -> None:
    text = (
        "FROM a\nRUN <<EOF cat - <<-'X Y'\ncurl http://x | sh\nFROM evil\nEOF\n\tinner\n\tX Y\n"
        'COPY <<a.txt <<"b.txt" /dest/\naa\na.txt\nbb\nb.txt\nUSER app\n'
    )
    run, copy, user = read(text).tree.data["stages"][0]["instructions"]
    assert [(d["name"], d["content"], d["expand"], d["chomp"]) for d in run["heredocs"]] == [
        ("EOF", "curl http://x | sh\nFROM evil\n", True, False),
        ("X Y", "inner\n", False, True),
    ]
    assert "curl http://x | sh" in run["command"]
    assert run["form"] == "heredoc"
    assert copy["destination"] == "/dest/"
    assert copy["sources"] == []
    assert user["instruction"] == "USER"
    assert shown(text, "/stages/0/instructions/0/heredocs/0/content") == "curl http://x | sh\nFROM evil\n"


@pytest.mark.parametrize(
    "line", ['RUN ["a", "<<EOF"]', "RUN echo '<<EOF'", "RUN echo $((1 <<< 2))", "CMD cat <<EOF"]
)
def test_no_heredoc(line: str) -> None:
    assert last(f"FROM a\n{line}\n")["heredocs"] == []


def test_exec_form() -> None:
    text = 'FROM a\nCMD [ "sh", "-c", "echo \\"hi\\"" ]\nENTRYPOINT [ -f x ] && y\nRUN ["a", 1]\n'
    command, entry, run = read(text).tree.data["stages"][0]["instructions"]
    assert (command["form"], command["args"], command["command"]) == (
        "exec",
        ["sh", "-c", 'echo "hi"'],
        'sh -c echo "hi"',
    )
    assert (entry["form"], entry["args"], entry["command"]) == ("shell", [], "[ -f x ] && y")
    assert run["form"] == "shell"
    assert shown(text, "/stages/0/instructions/0/args/1") == "-c"


def test_add_copy_and_their_sources() -> None:
    text = (
        "FROM a AS b\nFROM c\nADD --checksum=sha256:1 --chown=app https://e.com/x.tgz /x\n"
        'COPY --from=b --link ["my file", "/y z"]\nCOPY --from=nginx:1 /a /b\n'
    )
    add, copy, other = read(text).tree.data["stages"][1]["instructions"]
    assert add["flags"] == {"checksum": "sha256:1", "chown": "app"}
    assert (add["sources"], add["destination"]) == (["https://e.com/x.tgz"], "/x")
    assert copy["flags"]["link"] == "true"
    assert (copy["sources"], copy["destination"], copy["from"]["stage"]) == (["my file"], "/y z", True)
    assert other["from"]["tag"] == "1"
    assert not other["from"]["stage"]
    assert shown(text, "/stages/1/instructions/0/sources/0") == "https://e.com/x.tgz"


def test_healthcheck_and_onbuild() -> None:
    assert last("FROM a\nHEALTHCHECK --interval=5s CMD curl -f http://x\n")["command"] == "curl -f http://x"
    none = last("FROM a\nHEALTHCHECK NONE\n")
    assert (none["value"], none["command"]) == ("NONE", "")
    trigger = last("FROM a\nONBUILD ADD https://x /y\n")["trigger"]
    assert (trigger["instruction"], trigger["sources"]) == ("ADD", ["https://x"])


def test_old_env_form_and_labels() -> None:
    assert last("FROM a\nENV PASS my secret word\n")["keys"] == {"PASS": "my secret word"}
    assert last('FROM a\nLABEL "a.b"="c d" e=f\n')["keys"] == {"a.b": "c d", "e": "f"}


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("FOO x", "does not know the instruction FOO"),
        ("RUN", "needs an argument"),
        ("COPY x", "needs a source and a destination"),
        ("ENV A", "needs a name and a value"),
        ("ENV A=1 B", "needs name=value"),
        ("ONBUILD FROM x", "not allowed"),
        ('LABEL a="b', 'before the matching "'),
        ("LABEL a=${", "name of a variable"),
    ],
)
def test_what_the_builder_refuses_is_noted(line: str, part: str) -> None:
    notes = read(f"FROM a\n{line}\nUSER app\n").tree.notes
    assert len(notes) == 1
    assert part in notes[0].message
    assert notes[0].span.line == 2


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 1, "no FROM"),
        ("# only\n", 1, "no FROM"),
        ("\nRUN x\nFROM a\n", 2, "before the first FROM"),
        ("FROM a\nFROM\n", 2, "FROM needs an image"),
        ("FROM a b\n", 1, "FROM needs an image"),
        ("FROM a\nRUN <<EOF\nx\n", 2, "EOF does not end"),
        ("FROM a\nRUN \0\n", 2, "NUL"),
    ],
)
def test_malformed(text: str, line: int, part: str) -> None:
    with pytest.raises(SyntaxProblem, match=part) as caught:
        read(text)
    assert caught.value.place is not None
    assert caught.value.place.line == line


def test_doubling_variables_end_in_bounded_size() -> None:
    lines = ["FROM scratch", "ENV V0=aaaaaaaaaaaaaaaa"]
    lines += [f"ENV V{n}=$V{n - 1}$V{n - 1}" for n in range(1, 60)]
    lines += [f"ENV W{n}=$V7$V7" for n in range(3000)]
    parsed = read("\n".join(lines))
    assert "/stages/0/instructions/0/keys/V0" not in parsed.unknowns
    assert "/stages/0/instructions/59/keys/V59" in parsed.unknowns
    total = sum(
        len(v or "") for i in parsed.tree.data["stages"][0]["instructions"] for v in i["keys"].values()
    )
    assert total < 10 << 20


def test_deep_nesting_is_noted() -> None:
    assert "too deeply" in read("FROM a\nLABEL x=" + "${A:-" * 5000 + "\n").tree.notes[0].message


PIECES = (
    "FROM |a |AS b|RUN |ENV |ARG A=|<<EOF |\nEOF\n|\n|\\\n|# c\n|[|]|\"|'|,|${A:-|}|$A|--from=x |"
    "--mount=type=|"
    "COPY |ONBUILD |USER |HEALTHCHECK |CMD |\t|\r\n|é😀|\x0c|\u2028|\ud800|=|LABEL |# escape=`\n"
    "|`\n| x |\\u0000|VOLUME |WORKDIR "
)
WORDS = st.sampled_from(PIECES.split("|"))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('FROM a\nENV A=é\nUSER $A\nCMD ["x"]\n', True),
        ('FROM a\nCMD ["\\u0000"]\n', False),
        ('FROM a\nCMD ["\\\n\\ud800"]\n', False),
        ("FROM a\nUSER $A\n", False),
        ("FROM a\nUSER \ud800\n", False),
    ],
)
def test_it_vouches_for_what_needs_no_cleaning(text: str, plain: bool) -> None:
    assert read(text).tree.plain is plain


@given(st.one_of(st.text(), st.lists(WORDS, max_size=40).map(lambda p: "FROM a\n" + "".join(p))))
def test_any_text_gives_a_tree_or_a_syntax_problem(text: str) -> None:
    try:
        parsed = read(text)
    except SyntaxProblem:
        return
    if parsed.tree.plain:
        assert Cleaner(narrow=True)(parsed.tree.data) is parsed.tree.data
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spans = [*parsed.tree.values.values(), *parsed.tree.keys.values(), *(n.span for n in parsed.tree.notes)]
    for span in spans:
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        assert 1 <= span.end_line <= len(lines)
        assert span.column <= len(lines[span.line - 1]) + 2
        assert span.end_column <= len(lines[span.end_line - 1]) + 2
    for pointer in parsed.unknowns:
        assert resolve(parsed.tree.data, pointer) is None
        assert pointer in parsed.tree.values
    for pointer in parsed.tree.values:
        absent = ("/user", "/group")
        assert (
            resolve(parsed.tree.data, pointer) is not MISSING
            or pointer.endswith(absent)
            or "/flags" in pointer
        )


def test_of_some_instructions_a_stage_has_one() -> None:
    text = "FROM a AS b\nCMD x\nENTRYPOINT y\nCMD z\nONBUILD CMD q\n"
    text += "FROM b\nCMD x\nHEALTHCHECK NONE\nHEALTHCHECK CMD y\n"
    found = read(text).tree.data["stages"]
    overruled = [[one["overruled"] for one in stage["instructions"]] for stage in found]
    assert overruled == [[True, False, False, False], [False, True, False]]
