"""Where a policy comes from: git sources made local, the lock, and whose signature is believed.

`address` reads what was asked for, `mirror` brings git objects onto this machine, `objects` reads them by
id, `trust` looks at signatures, `lock` holds what was pinned, `opener` puts them together. GitPython is
imported in `mirror` alone. May import `policy`, `discover` and what lies below.
"""

from complygate.sources.address import is_git
from complygate.sources.loading import Loaded, load, place
from complygate.sources.lock import LOCK, read_lock, write_lock
from complygate.sources.opener import Opener, Settings

__all__ = [
    "LOCK",
    "Loaded",
    "Opener",
    "Settings",
    "is_git",
    "load",
    "place",
    "read_lock",
    "write_lock",
]
