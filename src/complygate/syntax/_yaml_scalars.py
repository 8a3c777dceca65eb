"""What a plain YAML scalar means: the core schema of YAML 1.2, and nothing of YAML 1.1.

https://yaml.org/spec/1.2.2/#1032-tag-resolution
"""

from __future__ import annotations

import re

from complygate.syntax._numbers import number

MAYBE_NOT_STRING = frozenset("~nNtTfF+-.0123456789")
"""The characters that a plain scalar other than a string starts with."""

_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_BASED = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)")
_YAML = "tag:yaml.org,2002:"
_RESOLVED = frozenset({"null", "bool", "int", "float"})


def resolve(text: str) -> str | int | float | bool | None:
    """Return the value of the plain, untagged scalar `text`."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return number(text)
    if _BASED.fullmatch(text):
        return int(text[2:], 8 if text[1] == "o" else 16)
    return text


def tagged(text: str, tag: str) -> tuple[str | int | float | bool | None, str]:
    """Return the value of the scalar `text` that is tagged `tag`, and the tag that is left to note.

    `!!str 8080` is the string "8080" and nothing more needs saying; `!Ref X` is "X" under "!Ref".
    """
    name = tag.removeprefix(_YAML)
    if name == tag:
        return text, tag
    if name == "str":
        return text, ""
    return (resolve(text), "") if name in _RESOLVED else (text, f"!!{name}")
