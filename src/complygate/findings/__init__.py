"""Pointers to places: span, snippet, fingerprint. The one layer that knows lines.

`locate` finds the span, `snippet` cuts the text, `fingerprint` names the finding, `make` puts them together;
`remarks` does for tools what they leave open, and `duplicates` keeps one of two findings that are the same.
"""

from complygate.findings.duplicates import without_duplicates
from complygate.findings.make import Maker
from complygate.findings.texts import Texts

__all__ = ["Maker", "Texts", "without_duplicates"]
