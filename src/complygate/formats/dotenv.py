"""Files of environment variables: .env, .env.production. Examples and templates of them are left alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complygate.model.document import Document
from complygate.model.pointer import join
from complygate.model.tree import Tree
from complygate.syntax import pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "dotenv"
KINDS = ("dotenv/file",)
ORDER = 10
ENDINGS: frozenset[str] | None = None
EXAMPLE_PATHS = {"dotenv/*": ".env"}

_LIST = "variables"
_MODEL = re.compile(
    r"(?i)[._-](?:examples?|samples?|templates?|tpl|tmpl|dist|defaults?|schema|tests?|testing|ci|j2)(?=[._-]|$)"
)


def claims(source: Source) -> str | None:
    """Return the file's own path when programs would read it as their environment."""
    name = source.name
    if not (name == ".env" or name.startswith(".env.") or source.suffix == ".env"):
        return None
    return None if _MODEL.search(name) else source.path


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the file: `{variables: [{name, value}]}`."""
    for source in sources:
        tree = pairs.parse(source, _LIST)
        listed = tree.data[_LIST].items()
        data = {_LIST: [{"name": name, "value": value} for name, value in listed]}
        values = {"": tree.values[""]}
        values |= {f"/{_LIST}/{i}": tree.values[join("", _LIST, name)] for i, (name, _) in enumerate(listed)}
        yield Document("dotenv/file", "", Tree(tree.path, tree.syntax, data, values, {}, tree.comments), data)
