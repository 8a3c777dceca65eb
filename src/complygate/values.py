"""The `dataclass` of this project: what the standard one makes, without the code it would write and compile.

A scan makes a hundred classes of values before it opens its first file. The standard decorator writes six
functions for each and compiles them, which was a fourteenth of the time that a scan of a thousand files
takes, and far more of one that a hook starts for a single file. Here only `__init__` is written; comparing,
hashing and showing are shared functions.

Type checkers are shown the standard decorator, and hold what it says: a frozen class is frozen to them. At
run time nothing stops an assignment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from operator import attrgetter

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True):
        """Return `cls` as a class of values, as `dataclasses.dataclass` does for the same arguments.

        Args:
            cls: the class, or None where the decorator is given arguments.
            frozen: values are hashed by their fields, and no code changes one.
            slots: values have no `__dict__`.
            eq: values are compared by their fields.
        """

        def make(plain):
            made = dataclasses.dataclass(init=True, repr=False, eq=False, slots=slots)(plain)
            defined = plain.__dict__
            if "__repr__" not in defined:
                made.__repr__ = _shown
            if eq:
                made.__compared__ = _key_of(made)
                if "__eq__" not in defined:
                    made.__eq__ = _same
                if defined.get("__hash__") is None:
                    made.__hash__ = _hash if frozen else None
            return made

        return make if cls is None else make(cls)

    def _key_of(made):
        """Return the function that gives what of a value is compared."""
        names = [field.name for field in dataclasses.fields(made) if field.compare]
        return attrgetter(*names) if names else type  # values without fields are all the same

    def _same(self, other):
        """Tell whether two values of one class have equal fields."""
        if other.__class__ is not self.__class__:
            return NotImplemented
        key = self.__class__.__compared__
        return key(self) == key(other)

    def _hash(self):
        """Return the hash of the fields."""
        return hash(self.__class__.__compared__(self))

    def _shown(self):
        """Return the value as an expression that makes it."""
        shown = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
        return f"{self.__class__.__qualname__}({', '.join(shown)})"


__all__ = ["dataclass"]
