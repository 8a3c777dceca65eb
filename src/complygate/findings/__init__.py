"""Pointers to places: span, snippet, fingerprint. The one layer that knows lines.

`locate` finds the span, `snippet` cuts the text, `fingerprint` names the finding, `make` puts them together.
"""

from complygate.findings.make import Maker
from complygate.findings.texts import Texts

__all__ = ["Maker", "Texts"]
