"""complygate: a policy-as-code compliance scanner and gate.

``api`` is the entry point of the library; ``cli`` is the command line over it.
"""

__version__ = "0.1.0"
