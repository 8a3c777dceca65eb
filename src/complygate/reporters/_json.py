"""JSON text that is safe to print: on a terminal, and as UTF-8."""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring
from typing import Any

from complygate.reporters._plain import encodable

_WORDS = {None: "null", True: "true", False: "false"}
_CONTROL = re.compile("[\x7f-\x9f]")


def dumps(data: Any) -> str:
    """Return `data` as indented JSON with a line end.

    Lone surrogates, which UTF-8 cannot hold, are replaced. The control characters that JSON allows in a
    string as they are, and that a terminal obeys, are escaped.
    """
    text = indented(data)
    if text.isascii() and "\x7f" not in text:  # as reports mostly are; there is nothing to look for
        return f"{text}\n"
    return _CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}", encodable(text)) + "\n"


def indented(value: Any, margin: str = "\n") -> str:
    """Return what `json.dumps(value, ensure_ascii=False, indent=2)` does, in half the time.

    Args:
        value: what JSON can say; the keys of maps are strings.
        margin: a line end, and the indentation of the line that `value` stands in.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if not isinstance(value, dict | list | tuple):
        if type(value) is int:
            return repr(value)
        return _WORDS[value] if value is None or isinstance(value, bool) else json.dumps(value)
    if not value:
        return "{}" if isinstance(value, dict) else "[]"
    inner = margin + "  "
    if isinstance(value, dict):
        # Most values are texts: they are written without another call.
        items = [
            f"{encode_basestring(key)}: "
            f"{encode_basestring(item) if item.__class__ is str else indented(item, inner)}"
            for key, item in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(items)}{margin}}}"
    return f"[{inner}{f',{inner}'.join([indented(item, inner) for item in value])}{margin}]"
