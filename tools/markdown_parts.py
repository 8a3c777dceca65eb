"""Pieces of Markdown that the generated pages are made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BACKTICKS = re.compile(r"`+")
_LANGUAGES = {
    ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".tf": "hcl", ".toml": "toml", ".mod": "go",
}  # fmt: skip


def cell(text: str) -> str:
    """Return `text` as it stands in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def row(cells: Sequence[str]) -> str:
    """Return one row of a table."""
    return f"| {' | '.join(cells)} |"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table. The cells' bars are escaped here."""
    lines = [row(heads), f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(row([re.sub(r"(?<!\\)\|", "\\|", one) for one in cells]) for cells in rows)])


def fenced(text: str, path: str) -> str:
    """Return the text of a file as a block of code, in the language that its path tells."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    name = path.rpartition("/")[2]
    language = "dockerfile" if "ockerfile" in name else _LANGUAGES.get(f".{name.rpartition('.')[2]}", "text")
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
