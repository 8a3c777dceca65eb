"""What reports say of controls: evidence for an auditor, never a certificate.

`controls` works it out from a JSON report, `render` writes it. May import `attest`, which reads reports.
"""

from complygate.evidence.controls import ControlEvidence, RepositoryEvidence, RuleEvidence, State, evidence_of
from complygate.evidence.render import FORMATS, render

__all__ = [
    "FORMATS",
    "ControlEvidence",
    "RepositoryEvidence",
    "RuleEvidence",
    "State",
    "evidence_of",
    "render",
]
