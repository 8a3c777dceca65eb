"""`primaryLocationLineHash`: how GitHub code scanning recognises a line that has moved.

The definition is that of github/codeql-action, `src/fingerprints.ts`, in words: spaces and tabs do not
count, every line end is one LF, and a line's hash is taken over the 100 UTF-16 units from its start, with
65535 for the end of the file and zeros after it. How often the same hash occurred before in the file is
added after a colon.
"""

from __future__ import annotations

import re
import sys
from array import array
from operator import mul

_LINE_END = re.compile(r"\r\n?")
_BLANKS = {ord(" "): None, ord("\t"): None}
_LF = ord("\n")
_END_OF_FILE = 0xFFFF
_WINDOW = 100
_MASK = (1 << 64) - 1
_POWERS = tuple(pow(37, _WINDOW - 1 - i, 1 << 64) for i in range(_WINDOW))


def primary_location_line_hashes(text: str) -> list[str]:
    """Return the hash of every line of `text`: that of line 1 first.

    A text that ends with a line end has an empty last line, and an empty text has one line.

    Args:
        text: the whole file, decoded. Where the file begins with a byte-order mark, GitHub counts it: put
            U+FEFF in front.
    """
    units = _units(text)
    starts = [0, *(i + 1 for i, unit in enumerate(units) if unit == _LF)]
    units.extend((_END_OF_FILE, *(0,) * _WINDOW))
    seen: dict[int, int] = {}
    hashes = []
    for start in starts:
        value = sum(map(mul, units[start : start + _WINDOW], _POWERS)) & _MASK
        seen[value] = seen.get(value, 0) + 1
        hashes.append(f"{value:x}:{seen[value]}")
    return hashes


def _units(text: str) -> array[int]:
    """Return the UTF-16 units of `text` that count."""
    kept = _LINE_END.sub("\n", text).translate(_BLANKS)
    units = array("H")
    units.frombytes(kept.encode("utf-16-le", "surrogatepass"))
    if sys.byteorder == "big":
        units.byteswap()
    return units
