"""The vocabulary: plain, frozen values that every other layer speaks in.

Nothing here reads a file, knows an engine, or imports a library beyond the standard one. The words are
those of `docs/architecture.md`.
"""
