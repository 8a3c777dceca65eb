"""What whoever starts the program says about sources. Opening them is heavier, and most scans open none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What whoever starts the program says about sources.

    Attributes:
        now: the time at which keys must be valid.
        cache: the user's folder for what is fetched, or None to keep nothing.
        tree: the scanned folder, which is not believed; None where nothing is scanned.
        lock: a lock file, or None.
        signers: a file of allowed signers, or None where signatures are not asked for.
        allowed: URLs, or what they start with up to a slash, that the scanned tree may name.
        named_by_tree: whether the scanned tree named the policy.
    """

    now: dt.datetime
    cache: Path | None = None
    tree: Path | None = None
    lock: Path | None = None
    signers: Path | None = None
    allowed: tuple[str, ...] = ()
    named_by_tree: bool = False
