"""Private keys in PEM form, in files of their own. Nothing of the key itself goes into the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complygate.model.document import Document
from complygate.model.tree import Tree
from complygate.syntax.offsets import Offsets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.model.problem import Problem
    from complygate.model.source import Source

NAME = "private-key"
KINDS = ("private-key/pem",)
ORDER = 50
ENDINGS = frozenset({"", ".pem", ".key", ".p8", ".pk8", ".crt", ".cer"})
EXAMPLE_PATHS = {"private-key/*": "server.key"}

_KEY = re.compile(r"(?m)^-----BEGIN ((?:[A-Z]+ )?)PRIVATE KEY-----\s*$")
_ENCRYPTED = re.compile(r"Proc-Type: 4,ENCRYPTED")
_BODY = re.compile(r"[A-Za-z0-9+/=\s]{60}")
_NAMES = re.compile(
    r"(?:.*[._-])?(?:key|id_[a-z0-9]+)(?:[._-].*)?|.*\.(?:pem|key|p8|pk8|crt|cer)", re.IGNORECASE
)


def claims(source: Source) -> str | None:
    """Return the file's own path when it is named like a key or a certificate and holds a private key."""
    if not _NAMES.fullmatch(source.name) or "PRIVATE KEY-----" not in source.text:
        return None
    return source.path if _KEY.search(source.text) else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield `{keys: [{type, encrypted, filled}]}`; `filled` tells a key from a stand-in without one."""
    for source in sources:
        text = source.text
        offsets = Offsets(text)
        values = {"": offsets.span(0, 0)}
        keys = []
        for index, match in enumerate(_KEY.finditer(text)):
            kind = match[1].strip()
            values[f"/keys/{index}"] = offsets.span(match.start(), match.start() + len(match[0].rstrip()))
            encrypted = kind == "ENCRYPTED" or _ENCRYPTED.match(text, match.end() + 1) is not None
            filled = encrypted or _BODY.match(text, match.end()) is not None
            keys.append({"type": kind, "encrypted": encrypted, "filled": filled})
        tree = Tree(source.path, "pem", {"keys": keys}, values, {}, comments=("#",))
        yield Document("private-key/pem", "", tree, tree.data)
