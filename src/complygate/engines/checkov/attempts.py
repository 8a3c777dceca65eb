"""What a tree holds that configures checkov when it is run by itself. None of it is obeyed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model.report import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAMES = {
    ".checkov.yaml": "a configuration of checkov",
    ".checkov.yml": "a configuration of checkov",
    ".checkov.baseline": "a baseline of checkov",
    ".secrets.baseline": "a baseline of secrets",
}


def attempts(paths: Iterable[str]) -> Iterator[Notice]:
    """Yield a notice for each file of the tree that would steer checkov elsewhere."""
    for path in paths:
        what = _NAMES.get(path.rpartition("/")[2])
        if what is not None:
            yield Notice(f"{what} in the scanned tree is not obeyed: the policy alone decides", path)
