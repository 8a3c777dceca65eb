"""A folder of policies written for another program, which an engine turns into rules."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.errors import Place


@dataclass(frozen=True)
class PolicyFolder:
    """What was read of such a folder.

    Attributes:
        shown: the folder's path, as messages name it.
        name: what the ids of its rules start with.
        files: its policy files: text by path below the folder.
        data: data that comes with them.
        namespaces: the packages whose rules judge; () for whichever have such rules.
        place: where the folder is named, for mistakes that are in none of its files; or None.
    """

    shown: str
    name: str
    files: Mapping[str, str]
    data: Mapping[str, Any] = field(default_factory=dict)
    namespaces: tuple[str, ...] = ()
    place: Place | None = None
