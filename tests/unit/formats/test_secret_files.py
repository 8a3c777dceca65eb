"""Environment files, .npmrc and private keys: which files count, and what rules see of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from complygate.formats import dotenv, npm, private_key
from complygate.model.document import Document
from complygate.model.source import Files, Source


def source(name: str, text: str = "") -> Source:
    return Source(name, text, Files(Path("/"), frozenset({name})))


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        (".env", True),
        ("web/.env.production", True),
        ("config/prod.env", True),
        (".env.example", False),
        (".env.production.sample", False),
        ("test.env", True),
        (".env.test", False),
        ("local.env.dist", False),
        (".envrc", False),
        ("environment.py", False),
    ],
)
def test_which_files_are_environments(name: str, taken: bool) -> None:
    assert dotenv.claims(source(name)) == (name if taken else None)


def test_pairs_and_their_places() -> None:
    text = "# a comment\nexport A=1 # why\nB = 'x y'\n\nC=\"q # r\"\nD=\n no pair\nA=2\n"
    (document,) = dotenv.read([source(".env", text)])
    assert isinstance(document, Document)
    pairs = [(one["name"], one["value"]) for one in document.data["variables"]]
    assert pairs == [("A", "2"), ("B", "x y"), ("C", "q # r"), ("D", "")]
    assert [document.tree.values[f"/variables/{index}"].line for index in range(4)] == [8, 3, 5, 6]


def test_npmrc_is_a_list_of_settings() -> None:
    text = (
        "; a comment\nregistry=https://r.example/\n//r.example/:_authToken=${TOKEN}\nignore-scripts = true\n"
    )
    (document,) = npm.read([source(".npmrc", text)])
    assert isinstance(document, Document)
    assert document.data["settings"] == {
        "registry": "https://r.example/",
        "//r.example/:_authToken": "${TOKEN}",
        "ignore-scripts": "true",
    }


BODY = "\n".join(["A" * 64] * 3)


def pem(kind: str, body: str = BODY) -> str:
    words = f"{kind} PRIVATE KEY".strip()
    return f"-----BEGIN {words}-----\n{body}\n-----END {words}-----\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (pem(""), {"type": "", "encrypted": False, "filled": True}),
        (pem("RSA"), {"type": "RSA", "encrypted": False, "filled": True}),
        (pem("ENCRYPTED"), {"type": "ENCRYPTED", "encrypted": True, "filled": True}),
        (pem("EC", f"Proc-Type: 4,ENCRYPTED\n\n{BODY}"), {"type": "EC", "encrypted": True, "filled": True}),
        (pem("", "your key here"), {"type": "", "encrypted": False, "filled": False}),
    ],
)
def test_private_keys(text: str, expected: dict[str, object]) -> None:
    one = source("deploy/server.key", f"# ours\n{text}")
    assert private_key.claims(one) == one.path
    (document,) = private_key.read([one])
    assert isinstance(document, Document)
    assert document.data == {"keys": [expected]}
    assert document.tree.values["/keys/0"].line == 2


@pytest.mark.parametrize("name", ["README", "script.sh", "notes.txt", "cert.pem"])
def test_what_is_no_private_key(name: str) -> None:
    text = "-----BEGIN CERTIFICATE-----\n" if name == "cert.pem" else pem("RSA")
    assert private_key.claims(source(name, text)) is None
