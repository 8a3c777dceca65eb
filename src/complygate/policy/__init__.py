"""The policy set: reading, checking and selecting. Runs no rule.

`files` reads and checks a file, `rules`, `policies` and `controls` turn files into values, `sets` puts a
set together, `resolve` applies a policy to it. May import `syntax` and what lies below.
"""

from complygate.policy.lint import Remark, in_order, lint
from complygate.policy.place import place_of
from complygate.policy.resolve import Opened, load, load_all, open_policy, resolve, with_layer
from complygate.policy.scaffold import scaffold
from complygate.policy.sets import PolicySet, builtin_root, load_set, read_ahead

__all__ = [
    "Opened",
    "PolicySet",
    "Remark",
    "builtin_root",
    "in_order",
    "lint",
    "load",
    "load_all",
    "load_set",
    "open_policy",
    "place_of",
    "read_ahead",
    "resolve",
    "scaffold",
    "with_layer",
]
