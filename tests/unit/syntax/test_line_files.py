"""go.mod, requirements files and CODEOWNERS: data, places, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.errors import SyntaxProblem
from complygate.model.pointer import MISSING, resolve
from complygate.model.tree import Span, Tree
from complygate.syntax import codeowners, gomod, requirements

GO_MOD = """\
// Deprecated: use b
module example.com/a // c

go 1.22
toolchain go1.22.1

require golang.org/x/net v1.2.3 // indirect
require (
\tgithub.com/a/b v1.0.0
\t"github.com/c/d" v2.0.0+incompatible // indirect; why
)
replace github.com/a/b => ../b
replace (
  x v1 => y v2
)
exclude old v1
retract [v1.0.0, v1.1.0] // bad
retract v2
tool golang.org/x/tools/cmd/stringer
godebug default=go1.21
"""


def cut(text: str, span: Span) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def check_places(text: str, tree: Tree) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for pointer, span in tree.values.items():
        assert resolve(tree.data, pointer) is not MISSING
        assert (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column)
        assert span.end_line <= len(lines)
        assert span.end_column <= len(lines[span.end_line - 1]) + 2
    for note in tree.notes:
        assert 1 <= note.span.line <= len(lines)


def test_go_mod() -> None:
    tree = gomod.parse_text("go.mod", GO_MOD)
    data = tree.data
    assert (data["module"], data["go"], data["toolchain"]) == ("example.com/a", "1.22", "go1.22.1")
    assert data["require"] == [
        {"path": "golang.org/x/net", "version": "v1.2.3", "indirect": True},
        {"path": "github.com/a/b", "version": "v1.0.0", "indirect": False},
        {"path": "github.com/c/d", "version": "v2.0.0+incompatible", "indirect": True},
    ]
    assert data["replace"] == [
        {"path": "github.com/a/b", "version": None, "with": {"path": "../b", "version": None, "local": True}},
        {"path": "x", "version": "v1", "with": {"path": "y", "version": "v2", "local": False}},
    ]
    assert data["exclude"] == [{"path": "old", "version": "v1"}]
    assert data["retract"] == [
        {"low": "v1.0.0", "high": "v1.1.0", "reason": "bad"},
        {"low": "v2", "high": "v2", "reason": ""},
    ]
    assert data["tool"] == ["golang.org/x/tools/cmd/stringer"]
    assert data["godebug"] == {"default": "go1.21"}
    assert tree.notes == ()
    assert cut(GO_MOD, tree.values["/require/2/version"]) == "v2.0.0+incompatible"
    assert cut(GO_MOD, tree.values["/replace/0/with"]) == "../b"
    assert cut(GO_MOD, tree.keys["/go"]) == "go"


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("foo bar", "no directive"),
        ("require x", "not a form of require"),
        ("replace x y", "not a form of replace"),
        ("replace => y", "not a form of replace"),
        ("retract [a b]", "not a form of retract"),
        ("go", "not a form of go"),
        ("(", "no directive"),
    ],
)
def test_a_wrong_line_of_go_mod_is_a_note(line: str, part: str) -> None:
    (note,) = gomod.parse_text("go.mod", f"module a\n{line}\ngo 1.2\n").notes
    assert part in note.message
    assert note.span.line == 2


@pytest.mark.parametrize(
    ("text", "part"), [("", "no module"), ("module a\nrequire (\na v1\n", "does not end")]
)
def test_a_broken_go_mod(text: str, part: str) -> None:
    with pytest.raises(SyntaxProblem, match=part):
        gomod.parse_text("go.mod", text)


REQUIREMENTS = """\
# c
-r base.txt
--index-url=https://x/simple
--require-hashes
requests[socks]==2.31.0 ; python_version >= "3.8" \\
    --hash=sha256:aa \\
    --hash=sha256:bb  # via x
Flask_Login>=1,<2
django==4.*
pip @ https://e.com/pip.whl#sha256=11
git+https://github.com/a/b@0123456789012345678901234567890123456789#egg=b
-e .[dev]
-e git+https://x/y#egg=Z
numpy
"""


def test_requirements() -> None:
    tree = requirements.parse_text("requirements.txt", REQUIREMENTS)
    rows = tree.data["requirements"]
    assert [(r["name"], r["pinned"]) for r in rows] == [
        ("requests", True),
        ("flask-login", False),
        ("django", False),
        ("pip", True),
        ("b", True),
        (None, False),
        ("z", False),
        ("numpy", False),
    ]
    assert rows[0]["hashes"] == ["sha256:aa", "sha256:bb"]
    assert rows[0]["marker"] == 'python_version >= "3.8"'
    assert rows[0]["extras"] == ["socks"]
    assert (rows[0]["specifier"], rows[1]["specifier"], rows[7]["specifier"]) == ("==2.31.0", "<2,>=1", "")
    assert [r["editable"] for r in rows[4:7]] == [False, True, True]
    assert rows[3]["url"] == "https://e.com/pip.whl#sha256=11"
    assert tree.data["options"] == [
        {"option": "--requirement", "value": "base.txt"},
        {"option": "--index-url", "value": "https://x/simple"},
        {"option": "--require-hashes", "value": None},
    ]
    assert tree.notes == ()
    assert cut(REQUIREMENTS, tree.values["/requirements/0/hashes/1"]) == "sha256:bb"
    assert cut(REQUIREMENTS, tree.values["/requirements/7"]) == "numpy"
    assert cut(REQUIREMENTS, tree.values["/options/1/value"]) == "https://x/simple"
    check_places(REQUIREMENTS, tree)


@pytest.mark.parametrize("line", ["not a requirement!", "a==", "x ; " + "(" * 5000, "a" * 9000, "-", "==1"])
def test_a_wrong_requirement_is_a_note(line: str) -> None:
    tree = requirements.parse_text("requirements.txt", f"a\n{line}\nb\n")
    assert [r["name"] for r in tree.data["requirements"]] == ["a", "b"]
    assert [n.span.line for n in tree.notes] == [2]


OWNERS = """\
* @org/team a@b.c  # hi
/docs/
path\\ with\\ space @x
[Sec][2] @def
*.py
^[Opt]
*.rb @@maintainer bad
#x
"""


def test_codeowners() -> None:
    tree = codeowners.parse_text("CODEOWNERS", OWNERS)
    assert tree.data == {
        "rules": [
            {"pattern": "*", "owners": ["@org/team", "a@b.c"], "section": None},
            {"pattern": "/docs/", "owners": [], "section": None},
            {"pattern": "path\\ with\\ space", "owners": ["@x"], "section": None},
            {"pattern": "*.py", "owners": ["@def"], "section": "Sec"},
            {"pattern": "*.rb", "owners": ["@@maintainer"], "section": "Opt"},
        ],
        "sections": [
            {"name": "Sec", "optional": False, "approvals": 2, "owners": ["@def"]},
            {"name": "Opt", "optional": True, "approvals": 0, "owners": []},
        ],
        "mistakes": [{"text": "bad", "reason": "it is neither @user, @org/team nor an e-mail address"}],
    }
    assert cut(OWNERS, tree.values["/rules/0/owners/1"]) == "a@b.c"
    assert cut(OWNERS, tree.values["/rules/0"]) == "* @org/team a@b.c"
    assert not tree.notes
    assert (tree.values["/mistakes/0"].line, tree.values["/mistakes/0"].column) == (7, 19)


def test_codeowners_cannot_negate() -> None:
    assert "negated" in codeowners.parse_text("CODEOWNERS", "!x @a\n").data["mistakes"][0]["reason"]


_WORDS = (
    "module |require |=>|v1 |a |// |indirect|--hash=|-e |-r|==1|@a|git+https://x|retract |replace |godebug "
)
PIECES = st.sampled_from(_WORDS.split("|")) | st.sampled_from("()\n\r\"'`[],\\#;@^|\x0c\ud800\0./\u2028<!é😀")
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))


@given(TEXTS)
def test_any_text(text: str) -> None:
    check_places(text, requirements.parse_text("r", text))
    check_places(text, codeowners.parse_text("c", text))
    with_module = f"module x\n{text}"
    try:
        tree = gomod.parse_text("g", with_module)
    except SyntaxProblem:
        return
    check_places(with_module, tree)
