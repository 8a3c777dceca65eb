"""Text from scanned files, made safe to print.

What stands in a scanned file may be hostile: escape sequences that repaint the terminal, characters that
reverse the reading direction, commands that a CI runner obeys when they appear in its log.
"""

from __future__ import annotations

import re
import unicodedata

_TAB = "    "
_SURROGATE = re.compile("[\ud800-\udfff]")
_RUNNER_COMMAND = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)
"""`##[name]` is obeyed by GitHub's runner and `##vso[...]` by Azure's anywhere in a line of the log."""
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PICTURES = {chr(code): chr(0x2400 + code) for code in range(0x20)} | {"\x7f": "\u2421", "\t": _TAB}


def encodable(text: str) -> str:
    """Return `text` with lone surrogates replaced, so that it can be written as UTF-8."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def visible(text: str) -> str:
    """Return `text` on one line, with every character that would not print as itself made visible.

    A control character becomes its picture (ESC is shown as one sign), others become `<U+202E>`; a tab
    becomes four spaces. What a CI runner would take for a command is broken up by a zero-width space.
    """
    if not text.isprintable():
        text = "".join(map(_show, text))
    if "##" in text:
        text = _RUNNER_COMMAND.sub("#\u200b#", text)
    return text


def _show(char: str) -> str:
    if char.isprintable():
        return char
    if char in _PICTURES:
        return _PICTURES[char]
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    hidden = category in {"Cc", "Cs", "Cn", "Zl", "Zp"} or char in _REORDERING
    return f"<U+{ord(char):04X}>" if hidden else char


def one_line(text: str) -> str:
    """Return `text` with runs of white space as one space, safe to print."""
    return visible(" ".join(text.split()))


def width(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, longest: int) -> str:
    """Return `text`, shortened to `longest` characters with an ellipsis at the end where it is longer."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
