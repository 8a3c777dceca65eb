"""Numbers as JSON may hold them."""

from __future__ import annotations

import math

_MOST_DIGITS = 400


def number(text: str) -> int | float | str:
    """Return the decimal number `text`; as the string it is when it is beyond any reader's range.

    That is: an integer of hundreds of digits, which costs time to read and fits nowhere, and a float that
    would be infinite, for which JSON has no word.
    """
    try:
        return int(text) if len(text) <= _MOST_DIGITS else text
    except ValueError:
        value = float(text)
        return value if math.isfinite(value) else text
