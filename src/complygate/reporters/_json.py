"""JSON text that is safe to print: on a terminal, and as UTF-8."""

from __future__ import annotations

import json
import re
from typing import Any

from complygate.reporters._plain import encodable

_CONTROL = re.compile("[\x7f-\x9f]")


def dumps(data: Any) -> str:
    """Return `data` as indented JSON with a line end.

    Lone surrogates, which UTF-8 cannot hold, are replaced. The control characters that JSON allows in a
    string as they are, and that a terminal obeys, are escaped.
    """
    text = encodable(json.dumps(data, ensure_ascii=False, indent=2))
    return _CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}", text) + "\n"
