"""Engines: each module compiles and runs one language of checks; its name is the key under a rule's `check`.

An engine satisfies `complygate.model.plugins.Engine` and judges one node at a time. It speaks in JSON
pointers and knows nothing of lines, files or policy.
"""
