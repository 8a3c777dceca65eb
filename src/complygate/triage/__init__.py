"""What became of each finding. Keeps every one, and says why it is not active.

`inline` reads ignore comments; `apply` matches them with findings, on the policy's terms.
"""

from complygate.triage.apply import Triage
from complygate.triage.inline import MARK, Ignore, ignores_in

__all__ = ["MARK", "Ignore", "Triage", "ignores_in"]
