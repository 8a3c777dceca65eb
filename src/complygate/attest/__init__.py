"""What a scan found, stated about a commit and signed; and the check of such a statement before a deployment.

`strict` reads JSON that may be hostile, `dsse` is the signed envelope, `keys` the keys, `report` what a JSON
report says, `predicates` the three forms of a statement, `statement` puts one together, `judge` holds one
against what a deployment asks for. Reads no clock, no environment and no repository; `cryptography` is
imported in `keys` alone, and only `complygate[sign]` installs it. May import what lies below `sources`.
"""

from complygate.attest.judge import Asked, Checked, check
from complygate.attest.keys import read_private, read_public, read_signers
from complygate.attest.predicates import PREDICATES, VERIFIER, policy_uri
from complygate.attest.report import read_report
from complygate.attest.statement import ALLOWABLE, Making, Repository, make, signed

__all__ = [
    "ALLOWABLE",
    "PREDICATES",
    "VERIFIER",
    "Asked",
    "Checked",
    "Making",
    "Repository",
    "check",
    "make",
    "policy_uri",
    "read_private",
    "read_public",
    "read_report",
    "read_signers",
    "signed",
]
