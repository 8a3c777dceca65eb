"""The conditions that docs/formats.md shows do what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from complygate.formats import docker
from complygate.model.document import Document
from complygate.model.outcome import Subject, Undetermined, Violation
from complygate.model.plugins import engine
from complygate.model.source import Files, Source

PAGE = Path(__file__).parents[3] / "docs" / "formats.md"
BLOCK = re.search(r"```cel\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
EXAMPLES = re.findall(r"// (\S+): (.+)\n(.+)\n", BLOCK[1] if BLOCK else "")

GOOD = "FROM node:20@sha256:ab AS a\nRUN curl -o x https://x | cat\nADD x /y\nFROM a\nUSER app\n"
BAD = """\
FROM node:20
RUN curl https://x \\
  | sh
ADD https://x /y
USER root
"""


def outcomes(kind: str, condition: str, text: str) -> set[type]:
    (document,) = docker.read([Source("Dockerfile", text, Files(Path("/"), frozenset()))])
    assert isinstance(document, Document)
    check = engine("cel").compile(condition, {})
    found: set[type] = set()
    for view in document.views:
        if view.kind == kind:
            unknowns = {
                pointer.removeprefix(view.base): unknown
                for pointer, unknown in document.unknowns.items()
                if pointer.startswith(f"{view.base}/")
            }
            subject = Subject(view.data, view.data, document.data, unknowns=unknowns, outer_unknowns=unknowns)
            found |= {type(outcome) for outcome in check.evaluate(subject)}
    return found


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 4


@pytest.mark.parametrize(("kind", "title", "condition"), EXAMPLES)
def test_example(kind: str, title: str, condition: str) -> None:
    assert outcomes(kind, condition, GOOD) == set(), title
    assert outcomes(kind, condition, BAD) == {Violation}, title


def test_an_unknown_user_is_undetermined() -> None:
    kind, _, condition = EXAMPLES[0]
    assert outcomes(kind, condition, "FROM a\nUSER $NAME\n") == {Undetermined}
