"""Which repositories an entry of a policy is for, and what is known of the scanned one."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.errors import Place


@dataclass(frozen=True, slots=True)
class Criteria:
    """What `scope` asks of a repository. It must meet all that is asked, and of several words one.

    Attributes:
        catalog: fields of a catalogue entity, each with the values that fit, in order of the field's name.
        owners: owners by CODEOWNERS, as globs.
        repositories: names of repositories, as globs.
    """

    catalog: tuple[tuple[str, tuple[str, ...]], ...] = ()
    owners: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the criteria in words: `catalog lifecycle production, owners @org/team`."""
        words = [f"catalog {name} {' or '.join(values)}" for name, values in self.catalog]
        words += [f"owners {' or '.join(self.owners)}"] if self.owners else []
        words += [f"repositories {' or '.join(self.repositories)}"] if self.repositories else []
        return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a repository. What cannot be known is None, and `reasons` says why.

    Attributes:
        name: `org/name`, or None.
        entities: the entities of its catalogue file, as data; or None.
        owners: who owns it as a whole by CODEOWNERS; or None.
        reasons: why something is None, by the attribute's name.
    """

    name: str | None = None
    entities: tuple[Mapping[str, Any], ...] | None = ()
    owners: frozenset[str] | None = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unclear:
    """Criteria that could not be decided.

    Attributes:
        criteria: the criteria.
        reason: what is not known.
        place: where the policy asks.
    """

    criteria: Criteria
    reason: str
    place: Place
